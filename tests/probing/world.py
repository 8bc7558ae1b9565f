"""A clock that stands still, checks that run at once, and a probe that says what the test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest

from adapters.probes.base import Checker, ProbeResult, ProbeTarget, State
from collector.probing.engine import Engine
from collector.probing.plans import Check, Plan, Target

START = 1_790_812_800  # 2026-10-01T00:00:00Z, whole minutes and hours


class FakeTarget(ProbeTarget):
    host: str = ""


@dataclass
class FakeClock:
    """Wall and monotonic seconds; a test moves both, or lets the wall step."""

    wall: float = START
    steady: float = 1000.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        self.forward(seconds or 0)

    def forward(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@dataclass
class Runner:
    """Runs tasks at once, or keeps those of ``hanging`` hosts until they are released."""

    held: list[Callable[[], None]] = field(default_factory=list)
    hold: bool = False

    def run(self, task: Callable[[], None]) -> None:
        if self.hold:
            self.held.append(task)
        else:
            task()

    def stop(self) -> None:
        self.held.clear()

    def release(self) -> None:
        tasks, self.held = self.held, []
        for task in tasks:
            task()


@dataclass
class World:
    """An engine under a test's control; ``says`` is what each host answers (up unless said)."""

    clock: FakeClock = field(default_factory=FakeClock)
    runner: Runner = field(default_factory=Runner)
    says: dict[str, State | Exception] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    taken: list[Check] = field(default_factory=list)
    engine: Any = None

    def run(self, *plans: Plan) -> Engine:
        self.engine = engine = Engine(plans, self.taken.extend, self.clock, self.runner)
        return engine

    def pass_time(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass in steps, starting what is due at each."""
        for _ in range(round(seconds / step)):
            self.clock.forward(step)
            self.engine.tick()

    def checks(self, asset_no: str = "") -> list[Check]:
        """What the sink has been given after one more round."""
        self.engine.round()
        return [check for check in self.taken if asset_no in ("", check.asset_no)]


@dataclass
class _FakeChecker:
    world: World
    host: str

    def check(self, timeout: float) -> ProbeResult:
        said = self.world.says.get(self.host, "up")
        if isinstance(said, Exception):
            raise said
        return ProbeResult(said, 5 if said == "up" else None, "" if said == "up" else "拒绝连接")

    def close(self) -> None:
        self.world.closed.append(self.host)


class _FakeProbe:
    name: ClassVar[str] = "fake"
    label: ClassVar[str] = "假"
    config: ClassVar[type[ProbeTarget]] = FakeTarget

    def __init__(self, world: World) -> None:
        self._world = world

    def open(self, target: Any, folder: Path) -> Checker:
        self._world.opened.append(target.host)
        return _FakeChecker(self._world, target.host)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("collector.probing.engine.PROBES", {"fake": _FakeProbe(world)})
    return world


def target(name: str, interval: int = 60, **more: Any) -> Target:
    """A target of source ``dial`` whose host is its own name."""
    probe = FakeTarget(probe="fake", asset_no=name, host=more.pop("host", name))
    numbers = {"timeout": 5, "jitter": 0, "staleness": 3 * interval, "folder": Path("/nowhere"), **more}
    return Target("dial", name, probe, interval, **numbers)


def link(interval: int = 10, host: str = "gateway") -> Target:
    """A probe of our own connectivity."""
    probe = FakeTarget(probe="fake", host=host)
    return Target("dial", "", probe, interval, 2, 0, 0, Path("/nowhere"))
