"""The daemon's process: it waits until it leads, keeps its parts running, and heeds signals.

SIGTERM and SIGINT end it within seconds; SIGHUP reads the configuration again, which is refused as a whole where
anything is wrong with it.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from collector.daemon.logs import event, set_up
from collector.daemon.memory import settle
from collector.daemon.notify import notify, reloading, watchdog_seconds
from collector.daemon.parts import MakePages, MakeRecorder, Parts
from collector.settings import ConfigErrors, Settings, load_settings
from collector.store import Leadership, Store, open_store
from metrics.errors import ConfigError, PassingError

_LOG = logging.getLogger("yunwei.daemon")
_TICK = 0.5  # seconds between two looks at signals
_CLAIM_SECONDS = 5  # between two attempts to lead
_HELD_SECONDS = 4  # between two looks whether we still lead
_NUDGE_SECONDS = 10
_COUNTS_SECONDS = 3600  # between two lines on probing
_SETTLE_SECONDS = 600  # between two settlings of what is loaded
_STEP_SECONDS = 5  # by which the wall clock must have been set to be worth a line
_MOST_WAIT = 60  # seconds between two attempts to reach the database
_LOST = "本进程已不再主持（与数据库的联系断了，或正在停止），这次写入作废"


class Service:
    """``yunwei run`` in one workspace.

    Attributes:
        jobs_given_up: after :meth:`run`: jobs still ran at the stop, so that the process must be ended the hard way;
            whatever they do, they do not write any more.
    """

    def __init__(
        self, workspace: Path, clock: Callable[[], int], make_recorder: MakeRecorder, make_pages: MakePages
    ) -> None:
        self._workspace, self._clock = workspace, clock
        self._make_recorder, self._make_pages = make_recorder, make_pages
        self._stopping, self._reload = threading.Event(), threading.Event()
        self._wake = threading.Event()
        self._next_watchdog = 0.0
        self.jobs_given_up = False

    def run(self) -> None:
        """Work until stopped.

        Raises:
            ConfigErrors: the configuration is wrong.
            PassingError: another daemon runs on the same embedded database.
        """
        settings = load_settings(self._workspace)
        set_up(settings.daemon.log)
        with self._signals():
            event(_LOG, logging.INFO, "started", workspace=str(settings.workspace), pid=os.getpid())
            notify("READY=1", "STATUS=正在启动")
            failures = 0
            while not self._stopping.is_set():
                try:
                    settings = self._serve(settings)
                    failures = 0
                except PassingError as error:
                    if isinstance(error, AlreadyRunningError):
                        raise
                    failures += 1
                    event(_LOG, logging.WARNING, "store_unavailable", error=str(error))
                    notify(f"STATUS=等待数据库：{error}")
                    self._pause(min(2**failures, _MOST_WAIT))
            notify("STOPPING=1")
            event(_LOG, logging.INFO, "stopped", jobs_given_up=self.jobs_given_up)

    def stop(self, *_: object) -> None:
        """End soon; also what SIGTERM and SIGINT do."""
        self._stopping.set()
        self._wake.set()

    def reload(self, *_: object) -> None:
        """Read the configuration again soon; also what SIGHUP does."""
        self._reload.set()
        self._wake.set()

    def _serve(self, settings: Settings) -> Settings:
        """Lead as soon as possible and as long as possible; the settings that held at the end."""
        lost: list[str] = []
        store = open_store(settings.database_url(), settings.organization.id, checks=settings.checks, clock=self._clock)
        claim = store.leadership()
        try:
            store.refuse_writes(lost)
            if self._led(claim):
                settings = self._lead(settings, store, claim, lost)
        finally:
            lost.append(_LOST)
            if not self.jobs_given_up:  # else the end of the process gives it back
                claim.release()
                store.close()
        return settings

    def _led(self, claim: Leadership) -> bool:
        """Wait until we lead; False if we are stopped first."""
        told = False
        for attempt in range(1_000_000_000):
            if self._stopping.is_set():
                return False
            if claim.acquire():
                return True
            if not claim.waits and attempt >= 10:
                leader = claim.leader()
                raise AlreadyRunningError(
                    f"这个数据库上已有一个 yunwei run 在运行{f'（{leader}）' if leader else ''}，不能同时运行两个"
                )
            if claim.waits and not told:
                told = True
                event(_LOG, logging.INFO, "standby", leader=claim.leader())
                notify("STATUS=待命：另一台服务器正在主持")
            self._pause(_CLAIM_SECONDS if claim.waits else 0.2)
        return False

    def _lead(self, settings: Settings, store: Store, claim: Leadership, lost: list[str]) -> Settings:
        parts = Parts(settings, store, self._clock, self._make_recorder, self._make_pages)
        try:
            parts.start()
            notify(f"STATUS=主持中：{len(settings.sources)} 个数据来源，{len(settings.indicators)} 个指标")
            return self._watch(settings, parts, claim, lost)
        finally:
            ended = parts.stop()
            self.jobs_given_up = self.jobs_given_up or not ended

    def _watch(self, settings: Settings, parts: Parts, claim: Leadership, lost: list[str]) -> Settings:
        """Until we are stopped or lead no longer."""
        held = _Again(_HELD_SECONDS)
        nudged, counted, settled = _Again(_NUDGE_SECONDS), _Again(_COUNTS_SECONDS), _Again(_SETTLE_SECONDS)
        settle()
        offset = time.time() - time.monotonic()
        while not self._stopping.is_set():
            self._pause(_TICK)
            if not parts.alive:
                raise RuntimeError("a part of the daemon has ended by itself")
            if held.now() and not claim.held():
                lost.append(_LOST)
                event(_LOG, logging.ERROR, "leadership_lost")
                return settings
            if self._reload.is_set():
                settings = self._reloaded(settings, parts)
            step = time.time() - time.monotonic() - offset
            if abs(step) > _STEP_SECONDS:
                offset += step
                event(_LOG, logging.WARNING, "clock_stepped", seconds=round(step))
                parts.clock_stepped()
            elif nudged.now():
                parts.nudge()
            if counted.now():
                event(_LOG, logging.INFO, "probing", **parts.probing())
            if settled.now():
                settle()
        return settings

    def _reloaded(self, settings: Settings, parts: Parts) -> Settings:
        self._reload.clear()
        notify(*reloading())
        try:
            new = load_settings(self._workspace)
            _same_place(settings, new)
            parts.reload(new)
        except ConfigErrors as errors:
            for problem in errors.problems:
                event(_LOG, logging.ERROR, "reload_refused", error=str(problem))
        except ConfigError as error:
            event(_LOG, logging.ERROR, "reload_refused", error=str(error))
        else:
            settings = new
            set_up(new.daemon.log)
            event(_LOG, logging.INFO, "reloaded", configuration=new.hash)
        notify("READY=1")
        return settings

    def _pause(self, seconds: float) -> None:
        """Wait, but not after a signal; the watchdog of systemd is fed meanwhile."""
        deadline = time.monotonic() + seconds
        interval = watchdog_seconds()
        while True:
            if interval is not None and time.monotonic() >= self._next_watchdog:
                notify("WATCHDOG=1")
                self._next_watchdog = time.monotonic() + interval
            left = deadline - time.monotonic()
            if left <= 0 or self._wake.wait(min(left, 1.0)):
                self._wake.clear()
                return

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Heed signals, where we run in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted: dict[int, Callable[[int, FrameType | None], None]] = {
            signal.SIGTERM: self.stop,
            signal.SIGINT: self.stop,
        }
        if hasattr(signal, "SIGHUP"):
            wanted[signal.SIGHUP] = self.reload
        before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class AlreadyRunningError(PassingError):
    """Another daemon runs where only one can."""


class _Again:
    """Tells when so many seconds have passed since it last told."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = time.monotonic() + seconds

    def now(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + self._seconds
        return True


def _same_place(old: Settings, new: Settings) -> None:
    """Refuse to move house while everything runs."""
    for what, name in (("organization", "id"), ("database", "url"), ("paths", "archive"), ("paths", "checks")):
        if getattr(getattr(old, what), name) != getattr(getattr(new, what), name):
            raise ConfigError(f"改动了 {what}.{name}，要停止后重新启动才能生效")
