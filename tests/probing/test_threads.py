"""The engine's own threads against servers on loopback: parallel, ended within a second, nothing left behind."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.probes.command import CommandTarget
from adapters.probes.tcp import TcpTarget
from adapters.probes.tls import TlsHandshakeTarget
from collector.probing.engine import Engine
from collector.probing.plans import Check, Plan, Target
from collector.probing.workers import Workers

PATIENCE = 20.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; the test fails if it does not come true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        threading.Event().wait(0.01)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@pytest.fixture
def answering() -> Iterator[int]:
    """A port that takes connections and ends them."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                server.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def tcp(name: str, port: int, interval: int = 1) -> Target:
    probe = TcpTarget(probe="tcp", asset_no=name, host="127.0.0.1", port=port)
    return Target("dial", name, probe, interval, 0.9, 0, 3, Path("/"))


def hanging(name: str, port: int) -> Target:
    probe = TlsHandshakeTarget(probe="tls", asset_no=name, host="127.0.0.1", port=port)
    return Target("dial", name, probe, 2, 30, 0, 90, Path("/"))


def test_workers_run_at_the_same_time_and_are_used_again() -> None:
    workers, together = Workers(), threading.Barrier(3)

    def meet() -> None:
        together.wait(PATIENCE)

    for _ in range(2):
        for _ in range(2):
            workers.run(meet)
        together.wait(PATIENCE)
    until(lambda: workers.count <= 4)
    workers.stop()
    until(lambda: workers.count == 0)


def test_a_task_that_fails_costs_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    workers, done = Workers(), threading.Event()
    workers.run(lambda: [][0])
    until(lambda: "a probing task failed" in caplog.text)
    workers.run(done.set)
    assert done.wait(PATIENCE)
    workers.stop()


@pytest.mark.slow
def test_targets_that_hang_delay_neither_the_others_nor_the_stop(answering: int, silent: int, tmp_path: Path) -> None:
    taken: list[Check] = []
    sleeper = CommandTarget(probe="command", asset_no="sleeps", command=("sleep", "1000"))
    targets = (
        *(tcp(f"fine {number}", answering) for number in range(20)),
        *(hanging(f"hangs {number}", silent) for number in range(20)),
        Target("dial", "sleeps", sleeper, 1, 0.9, 0, 3, tmp_path),
    )
    engine = Engine([Plan("dial", targets)], taken.extend, round_seconds=0.05)
    engine.start()
    until(lambda: sum(check.asset_no.startswith("fine") for check in taken) >= 60)
    started = time.monotonic()
    engine.stop()
    assert time.monotonic() - started < 1
    fine = [check for check in taken if check.asset_no.startswith("fine")]
    assert {check.state for check in fine} == {"up"}
    assert max(check.late_seconds or 0 for check in fine) < 1
    assert {check.reason for check in taken if check.asset_no.startswith("hangs")} <= {"没有按时检测"}
    count = len(taken)
    until(lambda: engine.status().running <= 20)
    assert len(taken) == count
