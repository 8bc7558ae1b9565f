"""Runs what is due and notes how it went; what failed is tried again, later and later."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.daemon.due import Due, due
from collector.daemon.jobs import Job
from collector.daemon.logs import event
from collector.store import JobStore
from metrics.errors import PassingError, YunweiError

_LOG = logging.getLogger("yunwei.daemon")
#: Seconds until the first and at most until the next attempt: of what passes by itself, and of what does not.
_PASSING, _LASTING = (30, 900), (600, 7200)
_PATIENCE = 300  # seconds after which others do not wait any longer for a job that runs

#: Does the work of a slot; what it returns is kept for the next run and logged.
Work = Callable[[Due], Mapping[str, Any]]


@dataclass(slots=True)
class _Failing:
    """Attempts that failed since the last that did not, and when the next is due (UTC seconds)."""

    attempts: int = 0
    again_at: int = 0


class Dispatcher:
    """The jobs of one configuration with those who do their work, by the job's kind; safe for several threads.

    ``clock`` tells UTC seconds. One job never runs twice at once.
    """

    def __init__(
        self, jobs: Sequence[Job], works: Mapping[str, Work], store: JobStore, clock: Callable[[], int]
    ) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._failing: dict[str, _Failing] = {}
        self._running: dict[str, int] = {}  # since when
        self.jobs: Sequence[Job] = ()
        self.take(jobs, works)

    def take(self, jobs: Sequence[Job], works: Mapping[str, Work]) -> None:
        """Go by these from now on; failures so far are forgotten, for their cause may be mended."""
        with self._lock:
            self.jobs, self._works = tuple(jobs), works
            self._failing.clear()

    @property
    def running(self) -> list[str]:
        """The jobs that run now."""
        with self._lock:
            return sorted(self._running)

    def begin(self) -> None:
        """Let jobs that make up for each slot count from now on, where they never ran."""
        now = self._clock()
        for job in self.jobs:
            if job.each and job.enabled:
                self._store.begin_with(job.name, job.latest(now))

    def ready(self) -> list[Due]:
        """What is due now, not running, and not waiting for another attempt; PassingError if the store is silent."""
        return [item for item in self._due() if item.job not in self._running]

    def _due(self) -> list[Due]:
        """What is due now, running or not, and not waiting for another attempt."""
        now = self._clock()
        done = self._store.last_slots(now)
        with self._lock:
            overdue = {name for name, since in self._running.items() if now - since > _PATIENCE}
            found = due(self.jobs, done, now, failing=self._failing.keys() | overdue)
            return [item for item in found if not self._rests(item.job, now)]

    def _rests(self, name: str, now: int) -> bool:
        """Whether a failed job waits; a clock that was set back does not make it wait longer than it should."""
        failing = self._failing.get(name)
        return failing is not None and 0 < failing.again_at - now <= _LASTING[1]

    def run(self, name: str) -> bool:
        """Do what is due of a job, slot after slot; whether anything was done. Nothing is raised."""
        with self._lock:
            if name in self._running:
                return False
            self._running[name] = self._clock()
        done = False
        try:
            while (item := self._next(name)) is not None and self._attempt(item):
                done = True
        finally:
            with self._lock:
                del self._running[name]
        return done

    def _next(self, name: str) -> Due | None:
        """The first slot of a job that is due; None if none is, or the store is silent."""
        try:
            return next((item for item in self._due() if item.job == name), None)
        except YunweiError as error:
            event(_LOG, logging.WARNING, "store_unavailable", error=str(error))
            return None

    def _attempt(self, item: Due) -> bool:
        started, run = time.monotonic(), None
        kind = item.job.partition(":")[0]
        try:
            run = self._store.start(item.job, item.slot)
            detail = self._works[kind](item)
            self._store.end(run, "done", _milliseconds(started), detail=detail)
        except Exception as error:
            self._failed(item, run, _milliseconds(started), error)
            return False
        with self._lock:
            self._failing.pop(item.job, None)
        seconds = round(time.monotonic() - started, 3)
        event(
            _LOG,
            logging.INFO,
            "job_done",
            job=item.job,
            slot=_shown(item.slot),
            missed=item.missed,
            seconds=seconds,
            **detail,
        )
        return True

    def _failed(self, item: Due, run: int | None, milliseconds: int, error: Exception) -> None:
        first, most = _PASSING if isinstance(error, PassingError) else _LASTING
        known = isinstance(error, YunweiError)
        with self._lock:
            failing = self._failing.setdefault(item.job, _Failing())
            failing.attempts += 1
            wait = min(first * 2 ** (failing.attempts - 1), most)
            failing.again_at = self._clock() + wait
        event(
            _LOG,
            logging.WARNING if known else logging.ERROR,
            "job_failed",
            error if not known else None,
            job=item.job,
            slot=_shown(item.slot),
            error=str(error) if known else f"{type(error).__name__}: {error}",
            attempt=failing.attempts,
            again_in_seconds=wait,
        )
        if run is None:
            return
        try:
            told = str(error) if known else f"程序出错，详见日志（{type(error).__name__}）"
            self._store.end(run, "failed", milliseconds, error=told)
        except YunweiError as silent:
            event(_LOG, logging.WARNING, "store_unavailable", error=str(silent))


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _shown(slot: int) -> str:
    return f"{datetime.fromtimestamp(slot, UTC):%Y-%m-%dT%H:%M:%SZ}"
