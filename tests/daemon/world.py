"""A dispatcher with a store of its own, a clock that a test moves, and work that a test may spoil."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from collector.configuration.daemon import JOBS
from collector.configuration.schedules import parse_schedule
from collector.daemon.dispatcher import Dispatcher
from collector.daemon.due import Due
from collector.daemon.jobs import Job
from collector.store import JobStore
from tests.conftest import Clock

CHINA = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    """UTC seconds of a local time of 2026 in China, ``10-08 09:07``."""
    return int(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA).timestamp())


def job(name: str, text: str, **more: Any) -> Job:
    """A job of local times in China."""
    return Job(name, name, parse_schedule(text, CHINA), text, CHINA, **more)


@dataclass
class World:
    """``did`` is the work done in order; ``spoilt`` says by job what goes wrong next, each once."""

    store: JobStore
    clock: Clock
    did: list[Due] = field(default_factory=list)
    spoilt: dict[str, list[BaseException]] = field(default_factory=dict)
    before: Callable[[Due], None] = lambda item: None

    def dispatcher(self, jobs: Sequence[Job]) -> Dispatcher:
        return Dispatcher(jobs, dict.fromkeys(JOBS, self.work), self.store, self.clock)

    def work(self, item: Due) -> Mapping[str, Any]:
        self.before(item)
        if self.spoilt.get(item.job):
            raise self.spoilt[item.job].pop(0)
        self.did.append(item)
        return {"slot_was": item.slot}

    def catch_up(self, dispatcher: Dispatcher) -> None:
        """Do what is due until nothing is."""
        while ready := dispatcher.ready():
            dispatcher.run(ready[0].job)
