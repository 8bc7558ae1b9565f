"""2,000 HTTP targets on time while 0, 10 or 50% of them hang, beside a bare asyncio client.

Shortened from a minute to ten seconds an interval, so six times the rate that is asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import Case, Goal, Measured
from collector.probing.plans import Target

TARGETS, INTERVAL, TIMEOUT, ROUNDS = 2_000, 10, 4, 2
#: After the last round, until what hangs has cost its timeout.
REST = TIMEOUT + 2


def prepare(fixture: Path) -> None:
    """Nothing to prepare: the servers are started by each role."""


@contextmanager
def _servers() -> Iterator[tuple[int, int]]:
    """The ports that answer and that keep silent, served by a process of their own."""
    script = Path(__file__).with_name("_answering.py")
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        answering, silent = map(int, process.stdout.readline().split())
        yield answering, silent
    finally:
        process.kill()
        process.communicate()


def _targets(dead_percent: int, answering: int, silent: int) -> list[Target]:
    from adapters.probes.http import HttpTarget

    targets = []
    for number in range(TARGETS):
        port = silent if number % 100 < dead_percent else answering
        probe = HttpTarget(probe="http", asset_no=f"asset {number}", url=f"http://127.0.0.1:{port}/{number}")
        name = str(probe.asset_no)
        targets.append(Target("bench", name, probe, INTERVAL, TIMEOUT, 0, 3 * INTERVAL, Path("/")))
    return targets


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _measured(role: str, fixture: Path, started: list[tuple[str, float]], cpu: float, wall: float) -> Measured:
    """``started``: (target, seconds late) of every check; the p99 of lateness is what is timed."""
    counts = Counter(name for name, _ in started)
    late = sorted(seconds for _, seconds in started)
    p99 = late[int(len(late) * 0.99)]
    (fixture / f"{role}.json").write_text(json.dumps(cpu / wall), encoding="utf-8")
    measured = Measured(p99, f"{len(counts)} targets, each at least {min(counts.values()) >= ROUNDS}")
    measured.numbers = late_numbers(late, cpu, wall)
    return measured


def late_numbers(late: list[float], cpu: float, wall: float) -> dict[str, float]:
    """What is worth printing of sorted seconds of lateness; ``cpu`` and ``wall`` in seconds."""
    return {
        "晚点 p50 ms": statistics.median(late) * 1000,
        "晚点 p99 ms": late[int(len(late) * 0.99)] * 1000,
        "晚点最大 ms": late[-1] * 1000,
        "占核": cpu / wall,
        "检测/秒": len(late) / wall,
        "检测/秒·核": len(late) / cpu,
    }


def _ours(dead_percent: int) -> Callable[[Path, Path], Measured]:
    def role(fixture: Path, scratch: Path) -> Measured:
        from collector.probing.engine import Engine
        from collector.probing.plans import Check, Plan

        taken: list[Check] = []
        with _servers() as ports:
            engine = Engine([Plan("bench", tuple(_targets(dead_percent, *ports)))], taken.extend)
            cpu, wall = _used(), time.monotonic()
            engine.start()
            time.sleep(INTERVAL * ROUNDS + REST)
            cpu, wall = _used() - cpu, time.monotonic() - wall
            engine.stop()
        started = [(check.asset_no, check.late_seconds) for check in taken if check.late_seconds is not None]
        measured = _measured(f"ours {dead_percent}%", fixture, started, cpu, wall)
        measured.numbers["失败"] = sum(check.state != "up" for check in taken) / len(taken)
        return measured

    return role


def bare(fixture: Path, scratch: Path) -> Measured:
    """One task a target on asyncio streams: the status line and nothing else is looked at."""
    started: list[tuple[str, float]] = []

    async def fetch(port: int, number: str) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(f"GET /{number} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            return b" 200 " in await reader.readline() and bool(await reader.read())
        finally:
            writer.close()

    async def watch(target: Target, port: int, begin: float) -> None:
        loop = asyncio.get_running_loop()
        for turn in range(ROUNDS):
            due = begin + target.phase + turn * INTERVAL
            await asyncio.sleep(due - loop.time())
            started.append((target.asset_no, loop.time() - due))
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(fetch(port, target.asset_no.split()[1]), TIMEOUT)

    async def run(answering: int, silent: int) -> None:
        begin = asyncio.get_running_loop().time() + 0.1
        ports = [silent if number % 100 < 50 else answering for number in range(TARGETS)]
        targets = _targets(50, answering, silent)
        await asyncio.gather(*(watch(target, port, begin) for target, port in zip(targets, ports, strict=True)))

    with _servers() as ports:
        cpu, wall = _used(), time.monotonic()
        asyncio.run(run(*ports))
        return _measured("asyncio 50%", fixture, started, _used() - cpu, time.monotonic() - wall)


def share(fixture: Path, scratch: Path) -> Measured:
    """What our run with 50% dead targets took of one core, as seconds a second."""
    return Measured(json.loads((fixture / "ours 50%.json").read_text(encoding="utf-8")))


def one(fixture: Path, scratch: Path) -> Measured:
    """The goal as a role: one second late, one core."""
    return Measured(1.0)


CASE = Case(
    name="probes",
    title=f"拨测：{TARGETS:,} 个 HTTP 目标每 {INTERVAL} 秒一次（缩短为六分之一），计时为晚点的 p99",
    prepare=prepare,
    roles={
        "ours 0%": _ours(0),
        "ours 10%": _ours(10),
        "ours 50%": _ours(50),
        "asyncio 50%": bare,
        "ours 50% 占核": share,
        "1": one,
    },
    goals=(
        *(Goal(f"{dead}% 不通时晚点 p99 / 1 s", f"ours {dead}%", "1", 1.0) for dead in (0, 10, 50)),
        Goal("50% 不通时占用 / 一个核", "ours 50% 占核", "1", 1.0),
    ),
)
