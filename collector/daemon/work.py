"""The work of each job: the application's own verbs, called at their time. Every one may be repeated."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from collector.daemon.dispatcher import Work
from collector.daemon.due import Due
from collector.daemon.logs import event
from collector.version import program_version
from metrics.errors import InputError

if TYPE_CHECKING:
    from collector.archive import Archive
    from collector.settings import Settings
    from collector.store import Store
    from collector.unaffected import Confirmed
    from metrics.period import Period

_LOG = logging.getLogger("yunwei.daemon")
_ARCHIVE_PARTS = 28  # a part of the archive is read a day: all of it in four weeks
_RUNS_KEPT = 400 * 86_400  # seconds for which runs of jobs are listed


class CheckKeeper(Protocol):
    """What keeps our own checks (``collector.live.Recorder``); ``now`` in UTC seconds."""

    def seal(self, now: int) -> int: ...

    def compact(self, now: int) -> int: ...

    def retire(self, now: int) -> int: ...


class Works:
    """Who does the work, under one configuration.

    Args:
        clock: UTC seconds.
        changed: told after results or deliveries changed.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        archive: Archive,
        keeper: CheckKeeper,
        clock: Callable[[], int],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings, self._store, self._archive = settings, store, archive
        self._keeper, self._clock, self._changed = keeper, clock, changed

    def by_kind(self) -> Mapping[str, Work]:
        """Kind of job → its work; the keys are those of ``JOBS``."""
        return {
            "ingest": self.ingest,
            "seal": self.seal,
            "compute": self.compute,
            "day_end": self.day_end,
            "publish": self.publish,
            "month_end": self.month_end,
            "housekeeping": self.housekeeping,
        }

    def ingest(self, item: Due) -> Mapping[str, Any]:
        """Take what one source offers; refused rows and files are no failure of the job, they are listed.

        Raises:
            YunweiError: its server could not be read to the end.
        """
        from collector.ingest import ingest

        source = item.job.partition(":")[2]
        report = ingest(self._settings, self._store, self._archive, sources=[source])
        notes = [refused.line() for refused in report.refused]
        for note in (*notes, *(left.line() for left in report.left if left.trouble)):
            event(_LOG, logging.WARNING, "delivery_trouble", source=source, note=note)
        for note in report.notes:
            event(_LOG, logging.WARNING, "source_note", source=source, note=note)
        if report.deliveries:
            self._changed()
        if report.failures:  # what came before it stands; the job is tried again
            raise report.failures[0]
        counts = ("read", "accepted", "unchanged", "superseding", "rejected")
        return {"deliveries": len(report.deliveries), **{name: getattr(report, name) for name in counts}}

    def seal(self, item: Due) -> Mapping[str, Any]:
        """Deliver the hours of our own checks that are over."""
        return {"sealed": self._keeper.seal(self._clock())}

    def compute(self, item: Due) -> Mapping[str, Any]:
        """The periods that have not ended, as of now; all of them after a delivery or a change of configuration."""
        now, sequence = self._clock(), self._store.sequence_at()
        last = self._store.jobs.detail("compute") or {}
        changed = last.get("configuration") != self._settings.hash or self._delivered_since(int(last["sequence"]))
        results = self._compute(None if changed else self._day(now), now)
        configuration = self._settings.hash
        confirmed = {"as_of": now, "sequence": sequence, "configuration": configuration, "program": program_version()}
        return {
            "configuration": configuration,
            "sequence": sequence,
            "all": changed,
            "results": results,
            "confirmed": confirmed if changed else last.get("confirmed"),
        }

    def day_end(self, item: Due) -> Mapping[str, Any]:
        """The periods of the day that ended before the slot, as of its end."""
        from metrics.period import midnight

        today = self._day(item.slot)
        results = self._compute(today - timedelta(days=1), midnight(today, self._settings.zone))
        return {"day": (today - timedelta(days=1)).isoformat(), "results": results}

    def publish(self, item: Due) -> Mapping[str, Any]:
        """Write the configured outputs of the newest results; papers of a period only if it was computed since."""
        outputs = sha256(repr(self._settings.outputs).encode()).hexdigest()
        last = self._store.jobs.detail("publish") or {}
        before = int(last.get("run") or 0) if last.get("outputs") == outputs else 0
        newest = self._store.overview.newest_results() or 0
        return {"files": len(self._export((), None, before)), "run": newest, "outputs": outputs}

    def month_end(self, item: Due) -> Mapping[str, Any]:
        """The outputs of the month that ended before the slot, and of what ended with it, in a folder of their own."""
        from metrics.period import period_of

        month = period_of("month", self._day(item.slot).replace(day=1) - timedelta(days=1))
        ended = {
            period.label: None
            for periods in self._periods(self._clock()).values()
            for period in periods
            if period.last_on == month.last_on or (period.kind == "range" and _within(period.last_on, month))
        }
        return {"month": month.label, "files": len(self._export(tuple(ended), month.label) if ended else [])}

    def housekeeping(self, item: Due) -> Mapping[str, Any]:
        """Keep the log of checks small, read a part of the archive, forget what nothing needs.

        Raises:
            InputError: files of the archive are missing or damaged; everything else is done.
        """
        now = self._clock()
        counts = {
            "days_compacted": self._keeper.compact(now),
            "files_retired": self._keeper.retire(now),
            "results_forgotten": self._store.upkeep.forget_results(now - self._settings.daemon.keep_results),
            "runs_forgotten": self._store.jobs.forget(now - _RUNS_KEPT),
        }
        return {**counts, "archived_files_read": self._check_archive(item.slot // 86_400 % _ARCHIVE_PARTS)}

    def _check_archive(self, part: int) -> int:
        mine = [name for name in self._store.upkeep.content_hashes() if int(name[:4], 16) % _ARCHIVE_PARTS == part]
        damaged = []
        for name in mine:
            try:
                self._archive.verified(name)
            except InputError as error:
                damaged.append(str(error))
                event(_LOG, logging.ERROR, "archive_damaged", error=str(error))
        if damaged:
            more = f"；另有 {len(damaged) - 1} 个文件，见日志" if len(damaged) > 1 else ""
            raise InputError(damaged[0] + more)
        return len(mine)

    def _delivered_since(self, sequence: int) -> bool:
        """Whether anything but sealed hours of checks came; those only add to what has not ended."""
        live = {source.id for source in self._settings.sources if getattr(source.config, "self_contained", False)}
        return bool(self._store.upkeep.sources_since(sequence) - live)

    def _compute(self, day: date | None, as_of: int) -> int:
        """Compute the periods that hold ``day``, None: all; how many results."""
        from collector.compute import Asked, compute

        now, count, confirmed = self._clock(), 0, self._confirmed()
        for project, periods in self._periods(as_of).items():
            wanted = tuple(period for period in periods if day is None or _within(day, period))
            asked = Asked(wanted, (project,))
            if wanted and any(definition.project == project for definition in self._settings.indicators):
                report = compute(
                    self._settings,
                    self._store,
                    asked,
                    now=now,
                    as_of=as_of,
                    only_affected=True,
                    confirmed=confirmed,
                )
                count += len(report.results)
        if count:
            self._changed()
        return count

    def _confirmed(self) -> Confirmed | None:
        """The last compute of all periods."""
        from collector.unaffected import Confirmed

        last = (self._store.jobs.detail("compute") or {}).get("confirmed")
        if last is None:
            return None
        return Confirmed(int(last["as_of"]), int(last["sequence"]), last["configuration"], last["program"])

    def _periods(self, as_of: int) -> dict[str, list[Period]]:
        """Project → its periods that have begun at ``as_of``."""
        from collector.compute import default_periods

        return {
            project.id: default_periods(self._settings, self._settings.contract(project.id), as_of)
            for project in self._settings.projects
        }

    def _export(self, labels: tuple[str, ...], below: str | None, newer_than: int = 0) -> list[Path]:
        """Write the configured outputs, and say what was written. Nothing before there are results."""
        from collector.outputs import export, stored_results
        from metrics.errors import UsageError

        if not self._settings.outputs:
            return []
        try:
            results = stored_results(self._store, labels)
        except UsageError:  # nothing was computed yet
            return []
        folder = self._settings.output / below if below else None
        keep_closed = below is None
        return export(self._settings, self._store, results, (), folder, keep_closed=keep_closed, newer_than=newer_than)

    def _day(self, at: int) -> date:
        return datetime.fromtimestamp(at, self._settings.zone).date()


def _within(day: date, period: Period) -> bool:
    return period.first_on <= day <= period.last_on
