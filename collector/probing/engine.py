"""The probing engine: checks every target at its time, whatever the others do, and hands results over in rounds.

Each target has its own slots and its own session, and is checked by whichever worker is free; there are as many workers
as checks run at once, so a target that hangs costs its timeout and delays nobody. Slots are counted on the monotonic
clock: a step of the wall clock moves neither them nor the time between checks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from adapters.probes import PROBES
from adapters.probes.base import Checker, ProbeResult
from collector.probing.clock import Clock, SystemClock
from collector.probing.handover import Handover, Sink
from collector.probing.plans import Check, Key, Plan, Target
from collector.probing.timetable import Due, Timetable
from collector.probing.verdicts import Verdicts
from collector.probing.workers import Workers

_LOG = logging.getLogger(__name__)
_GRACE = 0.3  # seconds that running checks get at the stop before they are given up
_LINK = ""  # stands for the asset in the key of a source's own connectivity
_MISSED = "没有按时检测"


class Runner(Protocol):
    """What runs checks; tests may run them at once."""

    def run(self, task: Callable[[], None]) -> None: ...

    def stop(self) -> None: ...


@dataclass(slots=True)
class _Entry:
    """What the engine knows of one key; ``targets`` are several only for a link."""

    targets: tuple[Target, ...]
    checkers: list[Checker] | None = None
    running: bool = False
    removed: bool = False

    @property
    def first(self) -> Target:
        return self.targets[0]


@dataclass(frozen=True, slots=True)
class Status:
    """Counts since the start, and how things stand now.

    ``missed`` slots whose time was not served, ``kept`` checks not yet stored, ``lost`` ones that never will be.
    """

    targets: int
    running: int
    checks: int
    missed: int
    kept: int
    lost: int


class Engine:
    """Runs plans until it is stopped.

    Args:
        sink: takes the settled checks of a round; called by one thread at a time, not after :meth:`stop`. If it
            raises, the same checks come again with the next round.
        round_seconds: how often results are handed over.
    """

    def __init__(
        self,
        plans: Iterable[Plan],
        sink: Sink,
        clock: Clock | None = None,
        runner: Runner | None = None,
        round_seconds: float = 1.0,
    ) -> None:
        self._clock = clock or SystemClock()
        self._runner = runner or Workers()
        self._handover = Handover(sink)
        self._round_seconds = round_seconds
        self._lock = threading.RLock()
        self._timetable: Timetable[Key] = Timetable()
        self._entries: dict[Key, _Entry] = {}
        self._verdicts = Verdicts()
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._closed = False
        self._running = self._checks = self._missed = 0
        self._threads: list[threading.Thread] = []
        self._origin = self._clock.time() - self._clock.monotonic()
        self.reload(plans)

    def start(self) -> None:
        """Begin to probe, in threads of our own; slots that passed since the engine was made do not count."""
        with self._lock:
            self._time_slots(self._entries)
        for work in (self._schedule, self._hand_over):
            thread = threading.Thread(target=work, name=f"probing{work.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End within a second, also while targets hang: what they would have said is not known. Then the last round."""
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(_GRACE)
        if self._running:
            self._clock.wait(threading.Event(), _GRACE)
        with self._lock:
            self._closed = True
            entries = list(self._entries.values())
            self._verdicts.settle_all()
        self._runner.stop()
        for entry in entries:
            _close(entry)
        self.round()

    @property
    def alive(self) -> bool:
        """Whether both threads of ours go on, as they should after :meth:`start`."""
        return all(thread.is_alive() for thread in self._threads)

    def reload(self, plans: Iterable[Plan]) -> None:
        """Take new plans; a target that stays the same keeps its slots and its session. Not for several threads."""
        wanted = _entries_of(plans)
        known = {key: entry for key, entry in self._entries.items() if key in wanted}
        same = {key for key, entry in known.items() if entry.targets == wanted[key].targets}
        new = {key: entry for key, entry in wanted.items() if key not in same}
        for entry in new.values():
            _prepare(entry)  # takes its time, so the others go on meanwhile
        with self._lock:
            self._verdicts.watch({source for source, asset in wanted if asset == _LINK})
            for key in set(self._entries) - same:
                self._remove(key)
            for key in same:
                self._entries[key].targets = wanted[key].targets  # its service window may be another
            self._entries |= new
            self._time_slots(new)
        self._wake.set()

    def _time_slots(self, keys: Iterable[Key]) -> None:
        """Let the first slot of these keys be the next from now on."""
        now = self._now()
        for key in keys:
            target = self._entries[key].first
            self._timetable.add(key, target.interval, target.phase, target.jitter, now)

    def status(self) -> Status:
        """How things stand."""
        with self._lock:
            targets = sum(key[1] != _LINK for key in self._entries)
            kept, lost = self._handover.kept, self._handover.lost
            return Status(targets, self._running, self._checks, self._missed, kept, lost)

    def tick(self) -> float | None:
        """Start every check whose time has come; seconds until the next, None if there is none."""
        with self._lock:
            for due in self._timetable.due(self._now()):
                self._begin(due)
            next_at = self._timetable.next_at()
            return None if next_at is None else max(0.0, next_at - self._now())

    def round(self) -> bool:
        """Hand over what is settled; whether the sink took it."""
        with self._lock:
            settled = self._verdicts.take()
        return self._handover.give(settled)

    def _schedule(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            pause = self.tick()
            if not self._stopping.is_set():
                self._clock.wait(self._wake, pause)

    def _hand_over(self) -> None:
        while not self._stopping.is_set():
            self._clock.wait(self._stopping, self._round_seconds)
            if not self._stopping.is_set():
                self.round()

    def _now(self) -> float:
        """Seconds that never step and began as UTC."""
        return self._clock.monotonic() + self._origin

    def _wall(self, at: float) -> int:
        """UTC, as the wall clock has it now, of a moment of :meth:`_now`."""
        return int(at - self._now() + self._clock.time())

    def _begin(self, due: Due[Key]) -> None:
        entry = self._entries[due.key]
        if due.missed_at is not None:
            self._note_missed(entry, due.missed_at)
        if entry.running:
            self._note_missed(entry, due.at)
        elif _is_open(entry.first, self._wall(due.at)):
            entry.running = True
            self._running += 1
            self._runner.run(partial(self._check_link if due.key[1] == _LINK else self._check, entry, due.at))

    def _note_missed(self, entry: _Entry, at: float) -> None:
        """Time unknown from this slot on; of several in a row the first says it for all."""
        target = entry.first
        if not target.asset_no or not _is_open(target, self._wall(at)):
            return
        self._missed += 1
        check = _check_of(target, self._wall(at), ProbeResult("unknown", reason=_MISSED), None)
        self._verdicts.add(check, at, at)

    def _check(self, entry: _Entry, due: float) -> None:
        started, wall, target = self._now(), self._clock.time(), entry.first
        result = _looked(entry, 0)
        with self._lock:
            self._finish(entry)
            if not (self._closed or entry.removed):
                self._checks += 1
                self._verdicts.add(_check_of(target, int(wall), result, started - due), started, self._now())

    def _check_link(self, entry: _Entry, due: float) -> None:
        """One probe of our connectivity that succeeds is enough; one that cannot be carried out says nothing."""
        started, states = self._now(), []
        for position in range(len(entry.targets)):
            states.append(_looked(entry, position).state)
            if states[-1] == "up":
                break
        up = "up" in states or "unknown" in states
        with self._lock:
            self._finish(entry)
            if not (self._closed or entry.removed):
                self._verdicts.link_checked(entry.first.source, up, started, self._now())

    def _finish(self, entry: _Entry) -> None:
        entry.running = False
        self._running -= 1
        if self._closed or entry.removed:
            _close(entry)

    def _remove(self, key: Key) -> None:
        entry = self._entries.pop(key)
        self._timetable.remove(key)
        entry.removed = True
        _close(entry)


def _entries_of(plans: Iterable[Plan]) -> dict[Key, _Entry]:
    entries = {}
    for plan in plans:
        entries.update({target.key: _Entry((target,)) for target in plan.targets})
        if plan.links:
            entries[plan.source, _LINK] = _Entry(plan.links)
    return entries


def _is_open(target: Target, at: int) -> bool:
    return target.open_at is None or target.open_at(at)


def _looked(entry: _Entry, position: int) -> ProbeResult:
    """The result of one check; a fault of our own makes it unknown and is logged."""
    target = entry.targets[position]
    try:
        if entry.checkers is None:
            entry.checkers = [_opened(target) for target in entry.targets]
        return entry.checkers[position].check(target.timeout)
    except Exception:
        _LOG.exception("probing %s %s failed", target.source, target.asset_no)
        return ProbeResult("unknown", reason="探测程序出错，详见日志")


def _prepare(entry: _Entry) -> None:
    """Open before the first slot, for what a probe imports would make that one late; its check reports a fault."""
    with suppress(Exception):
        entry.checkers = [_opened(target) for target in entry.targets]


def _opened(target: Target) -> Checker:
    return PROBES[target.probe.probe].open(target.probe, target.folder)


def _close(entry: _Entry) -> None:
    for checker in entry.checkers or ():
        checker.close()


def _check_of(target: Target, at: int, result: ProbeResult, late: float | None) -> Check:
    return Check(
        target.source,
        target.asset_no,
        at,
        result.state,
        result.latency_ms,
        result.reason,
        result.certificate_expires_at,
        target.interval,
        target.staleness,
        late,
    )
