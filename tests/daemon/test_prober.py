"""The engine in a process of its own: what it finds arrives, what is refused comes again, its end is noticed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.daemon.prober import Prober
from collector.probing.plans import Check
from collector.settings import Settings, load_settings
from metrics.errors import PassingError
from tests.adapters.probes.servers import free_port
from tests.settings.workspace import write


def settings(folder: Path, *assets: str) -> Settings:
    """A court whose targets all refuse."""
    head = "id: dial\nname: 拨测\nadapter: probe\ninterval: 1秒\ntimeout: 1秒\ntargets:\n"
    lines = "".join(f"  - {{asset_no: {name}, probe: tcp, host: 127.0.0.1, port: {free_port()}}}\n" for name in assets)
    return load_settings(write(folder, **{"sources/dial.yaml": head + lines}))


class Sink:
    """Keeps what it takes; refuses the first ``refusals`` rounds."""

    def __init__(self, refusals: int = 0) -> None:
        self.taken: list[Check] = []
        self.refusals = refusals

    def __call__(self, checks: list[Check]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise PassingError("正被另一个程序写入")
        self.taken.extend(checks)


def wait(holds: Callable[[], bool]) -> None:
    """Until it holds."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[Sink], Prober]]:
    probers: list[Prober] = []

    def start(sink: Sink) -> Prober:
        probers.append(Prober(settings(tmp_path / "court", "OA"), sink))
        probers[-1].start()
        return probers[-1]

    yield start
    for prober in probers:
        prober.stop()


def test_checks_arrive_in_order_and_what_was_refused_comes_again(started: Callable[[Sink], Prober]) -> None:
    sink = Sink(refusals=2)
    prober = started(sink)
    wait(lambda: len(sink.taken) >= 3)
    assert {(check.source, check.asset_no, check.state) for check in sink.taken} == {("dial", "OA", "down")}
    moments = [check.checked_at for check in sink.taken]
    assert moments == sorted(set(moments))
    assert prober.alive
    began = time.monotonic()
    prober.stop()
    assert time.monotonic() - began < 5
    assert not prober.alive
    assert prober.status().lost == 0


def test_a_new_configuration_is_probed(started: Callable[[Sink], Prober], tmp_path: Path) -> None:
    sink = Sink()
    prober = started(sink)
    wait(lambda: bool(sink.taken))
    prober.reload(settings(tmp_path / "court", "OA", "MAIL"))
    wait(lambda: "MAIL" in {check.asset_no for check in sink.taken})
    wait(lambda: prober.status().targets == 2)


def test_its_death_is_noticed(started: Callable[[Sink], Prober]) -> None:
    sink = Sink()
    prober = started(sink)
    wait(lambda: bool(sink.taken))
    assert prober._process is not None
    prober._process.kill()
    wait(lambda: not prober.alive)
