"""The jobs of a configuration: what there is to do, when, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zlib import crc32
from zoneinfo import ZoneInfo

from collector.configuration.daemon import JOBS, JobSettings
from collector.configuration.schedules import Schedule, parse_schedule

if TYPE_CHECKING:
    from collector.settings import Settings

#: Jobs of one lane run one after the other.
Lane = Literal["intake", "figures"]
_LANES: dict[str, Lane] = {
    "ingest": "intake",
    "seal": "intake",
    "compute": "figures",
    "day_end": "figures",
    "publish": "figures",
    "month_end": "figures",
    "housekeeping": "intake",
}
#: Jobs that make up for every slot they missed; the others once for all of them.
_EACH_SLOT = {"day_end", "month_end"}
#: Job → those that go first while they are due as well, unless they fail.
_AFTER = {
    "compute": ("seal", "ingest"),
    "day_end": ("seal", "ingest"),
    "publish": ("seal", "ingest", "compute", "day_end"),
}
#: Job → those without which it makes no sense, failing or not.
_NEEDS = {"month_end": ("day_end",)}


@dataclass(frozen=True)
class Job:
    """One job: ``name`` is ``kind``, or ``ingest:source``; ``jitter`` in seconds.

    Attributes:
        each: every missed slot is made up for by itself; otherwise one run makes up for all.
        after: names of jobs that go first while they are due, unless they fail.
        needs: names of jobs whose work up to the same slot must be done.
    """

    name: str
    label: str
    schedule: Schedule
    text: str
    zone: ZoneInfo
    jitter: int = 0
    lane: Lane = "intake"
    each: bool = False
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    enabled: bool = True

    @property
    def kind(self) -> str:
        """The key of ``JOBS``."""
        return self.name.partition(":")[0]

    def starts_at(self, slot: int) -> int:
        """When the work of a slot begins: late by the jitter, the same for the same slot."""
        return slot + crc32(f"{self.name}|{slot}".encode()) % (self.jitter + 1)

    def latest(self, at: int) -> int:
        """The newest slot whose work may have begun at ``at``."""
        slot = self.schedule.latest(at)
        while self.starts_at(slot) > at:
            slot = self.schedule.latest(slot - 1)
        return slot

    def next_start(self, after: int) -> int:
        """When work begins next, later than ``after``."""
        slot = self.schedule.following(after - self.jitter)
        while self.starts_at(slot) <= after:
            slot = self.schedule.following(slot)
        return self.starts_at(slot)


def jobs_of(settings: Settings) -> list[Job]:
    """All jobs, also those that are switched off, in the order in which they belong."""
    daemon = settings.daemon
    ingests = {f"ingest:{source.id}": source for source in settings.sources}
    registers = tuple(name for name, source in ingests.items() if "asset" in source.config.records)
    zone = ZoneInfo(daemon.timezone or settings.organization.timezone)
    found = []
    for kind, (label, default) in JOBS.items():
        general: JobSettings = getattr(daemon.jobs, kind)
        if kind != "ingest":
            found.append(_job(kind, label, general, default, zone, tuple(_names(_AFTER.get(kind, ()), ingests))))
            continue
        for name, source in ingests.items():
            chosen = daemon.sources.get(source.id, general)
            first = () if name in registers else registers  # rows that name assets need the register
            found.append(_job(name, f"{label} {source.name}", chosen, general.schedule or default, zone, first))
    return found


def _names(kinds: Iterable[str], ingests: Iterable[str]) -> Iterator[str]:
    """Names of jobs for their kinds: ``ingest`` stands for that of every source."""
    for kind in kinds:
        yield from ingests if kind == "ingest" else (kind,)


def _job(name: str, label: str, made: JobSettings, default: str, zone: ZoneInfo, after: tuple[str, ...]) -> Job:
    kind, text = name.partition(":")[0], made.schedule or default
    own = ZoneInfo(made.timezone) if made.timezone else zone
    return Job(
        name,
        label,
        parse_schedule(text, own),
        text,
        own,
        made.jitter,
        _LANES[kind],
        kind in _EACH_SLOT,
        after,
        _NEEDS.get(kind, ()),
        made.enabled,
    )
