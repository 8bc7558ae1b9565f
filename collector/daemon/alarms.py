"""The scheduler: APScheduler wakes each job at its slots, and whatever is due besides as soon as it may run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
    JobExecutionEvent,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from collector.daemon.dispatcher import Dispatcher
from collector.daemon.jobs import Job
from collector.daemon.logs import event
from metrics.errors import YunweiError

_LOG = logging.getLogger("yunwei.daemon")
_LANES = ("intake", "figures", "pages")


class SlotTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires when the work of a job's next slot begins."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next start after ``now``; what was missed before is made up for by :meth:`Alarms.nudge`."""
        return datetime.fromtimestamp(self._job.next_start(int(now.timestamp())), UTC)


class Alarms:
    """Wakes the dispatcher's jobs, those of one lane one after the other."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._lock = threading.Lock()
        self._queued: set[str] = set()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={lane: ThreadPoolExecutor(1) for lane in _LANES},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin to wake; what is due already is woken at once."""
        self._scheduler.start()
        self.set_again()

    def set_again(self) -> None:
        """Wake by the dispatcher's jobs as they are now, and by the clock as it is now."""
        wanted = {job.name: job for job in self._dispatcher.jobs if job.enabled}
        for known in self._scheduler.get_jobs():
            if known.executor != "pages" and known.id not in wanted:
                self._scheduler.remove_job(known.id)
        for name, job in wanted.items():
            self._scheduler.add_job(
                self._run, SlotTrigger(job), args=(name,), id=name, executor=job.lane, replace_existing=True
            )
        self.nudge()

    def every(self, seconds: int, name: str, work: Callable[[], None]) -> None:
        """Call ``work`` now and again and again, in a lane of its own; nobody makes up for a call that was missed."""
        self._scheduler.add_job(
            work,
            IntervalTrigger(seconds=seconds),
            id=name,
            executor="pages",
            replace_existing=True,
            next_run_time=datetime.now(UTC),
        )

    def no_more(self, name: str) -> None:
        """Call nothing of that name any more."""
        with suppress(JobLookupError):
            self._scheduler.remove_job(name)

    def nudge(self) -> None:
        """Wake everything that is due and neither runs nor waits: what was missed, held back, or failed before."""
        try:
            found = self._dispatcher.ready()
        except YunweiError as error:
            event(_LOG, logging.WARNING, "store_unavailable", error=str(error))
            return
        with self._lock:
            ready = [name for name in dict.fromkeys(item.job for item in found) if name not in self._queued]
            self._queued.update(ready)
        for name in ready:
            try:
                self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))
            except JobLookupError:  # the configuration has just changed
                with self._lock:
                    self._queued.discard(name)

    def stop(self) -> None:
        """Wake nobody any more; what runs goes on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def alive(self) -> bool:
        """Whether anybody would be woken."""
        return bool(self._scheduler.running)

    def _run(self, name: str) -> None:
        with self._lock:
            self._queued.discard(name)
        self._dispatcher.run(name)
        if self._scheduler.running:
            self.nudge()  # others may have waited for it


def _tell(happened: JobEvent) -> None:
    """APScheduler drops what it cannot run with a line in its own log; we say it in ours. ``nudge`` makes good."""
    names = {EVENT_JOB_MISSED: "wake_missed", EVENT_JOB_MAX_INSTANCES: "wake_while_running"}
    error = happened.exception if isinstance(happened, JobExecutionEvent) else None
    level = logging.ERROR if error else logging.WARNING
    event(_LOG, level, names.get(happened.code, "wake_failed"), error, job=happened.job_id)
