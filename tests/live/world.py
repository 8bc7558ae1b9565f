"""A recorder over a store of its own, the checks of a test, and a twin that goes through all of them one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from adapters.probes.base import State
from adapters.probes.config import ProbeConfig
from collector.archive import Archive
from collector.live import Recorder
from collector.probing.plans import Check
from collector.settings import ContractSettings, Organization, Project, Settings, SourceSettings
from collector.store import Store, open_store
from tests.conftest import Clock

START = 1_790_812_800  # 2026-10-01T00:00:00Z, whole hours
MINUTE, HOUR = 60, 3_600
INTERVAL, STALENESS = 60, 150
COLUMNS = ("asset_no", "state", "first_at", "last_at", "interval_seconds", "staleness_seconds", "check_count")
_courts = count(1)


def settings(*sources: str, folder: Path = Path("/court")) -> Settings:
    """A court that probes one target a source."""
    config = {"targets": [{"asset_no": "A", "probe": "tcp", "host": "h", "port": 1}]}
    contract = ContractSettings(starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    return Settings(
        workspace=folder,
        organization=Organization(id="court", name="法院"),
        projects=(Project(id="ops", name="运维", contract=contract),),
        sources=tuple(
            SourceSettings(
                id=source, name=source, adapter="probe", config=ProbeConfig.model_validate_json(json.dumps(config))
            )
            for source in sources or ("dial",)
        ),
    )


def check(asset_no: str, at: int, state: State = "up", source: str = "dial", **more: Any) -> Check:
    """A finished check ``at`` seconds after ``START``."""
    given = {"latency_ms": 5, "reason": "", "certificate_expires_at": None, "late_seconds": 0.0}
    rhythm = {"interval_seconds": INTERVAL, "staleness_seconds": STALENESS}
    return Check(source=source, asset_no=asset_no, checked_at=START + at, state=state, **{**given, **rhythm, **more})


@dataclass
class Live:
    """A recorder with its store, and what the twin knows."""

    recorder: Recorder
    store: Store
    archive: Archive
    clock: Clock
    known: dict[tuple[str, int], Check] = field(default_factory=dict)

    def take(self, *checks: Check) -> None:
        """Store a round, a second later than the last."""
        self.clock.forward(1)
        self.recorder.take(list(checks))
        self.known.update({(one.asset_no, one.checked_at): one for one in checks})

    def seal(self) -> int:
        """Seal every hour there is."""
        return self.recorder.seal(START + 10_000 * HOUR)

    def index(self, **moment: int) -> list[tuple[Any, ...]]:
        """The intervals that figures see, the columns ``COLUMNS``."""
        found = self.store.facts(**moment).states
        return list(zip(*(found[name].tolist() for name in COLUMNS), strict=True))

    def twin(self) -> list[tuple[Any, ...]]:
        """What they should be."""
        return intervals(self.known)


def intervals(known: dict[tuple[str, int], Check]) -> list[tuple[Any, ...]]:
    """All checks sorted: the same interval while state and rhythm go on and nothing is missing."""
    found: list[list[Any]] = []
    last: Check | None = None
    for _, one in sorted(known.items(), key=lambda item: item[0]):
        if last is not None and _goes_on(last, one):
            found[-1][3] = one.checked_at
            found[-1][6] += 1
        else:
            rhythm = [one.interval_seconds, one.staleness_seconds]
            found.append([one.asset_no, one.state, one.checked_at, one.checked_at, *rhythm, 1])
        last = one
    return [tuple(row) for row in found]


def _goes_on(last: Check, one: Check) -> bool:
    same = ("asset_no", "state", "interval_seconds", "staleness_seconds")
    alike = all(getattr(last, name) == getattr(one, name) for name in same)
    return alike and one.checked_at - last.checked_at <= last.staleness_seconds


@contextmanager
def live(database_url: str, folder: Path, clock: Clock | None = None, made: Settings | None = None) -> Iterator[Live]:
    """A recorder of an organisation of its own in the database."""
    clock = clock or Clock(START)
    with open_store(database_url, f"court{next(_courts)}", folder / "checks", clock) as store:
        archive = Archive(folder / "archive")
        yield Live(Recorder(made or settings(), store, archive, clock), store, archive, clock)


Opens = Callable[[], Live]
