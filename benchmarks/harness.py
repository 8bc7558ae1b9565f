"""Run one case: every role in a fresh process, interleaved, content compared before anything is timed.

A role is a function ``(fixture: Path, scratch: Path) -> Measured``: it times its own work, so that neither imports
nor loading the fixture count, and hands back a content that must be equal for all roles that claim one.
"""

from __future__ import annotations

import json
import math
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

#: Time grows with size to this power at most: n log n from 10⁵ to 10⁷ rows is 1.08, and caches fill up.
MOST_GROWTH = 1.15


@dataclass
class Measured:
    """What a role hands back: its seconds, what it computed (hashable text), and further numbers to print.

    ``fixture_mib``: what it held of the fixture in memory; it does not count as its own.
    """

    seconds: float = 0.0
    content: str | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    fixture_mib: float = 0.0


@dataclass(frozen=True)
class Goal:
    """``role`` must take at most ``at_most`` × (or at least ``at_least`` × faster than) ``beside``."""

    text: str
    role: str
    beside: str
    at_most: float


@dataclass(frozen=True)
class Case:
    """A case of performance.md."""

    name: str
    title: str
    prepare: Callable[[Path], None]
    roles: dict[str, Callable[[Path, Path], Measured]]
    goals: tuple[Goal, ...]
    repetitions: int = 5
    memory_goal_mib: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)  # roles that do the same at growing sizes
    alike: bool = True  # whether all roles compute the same content


@contextmanager
def timed(measured: Measured) -> Iterator[None]:
    """Add the block's wall seconds to ``measured``."""
    start = time.perf_counter()
    yield
    measured.seconds += time.perf_counter() - start


def run_role(case: Case, role: str, fixture: Path) -> dict[str, object]:
    """In this process: run ``role`` once in a scratch folder of its own and say what it cost."""
    with tempfile.TemporaryDirectory(dir=fixture) as scratch:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        measured = case.roles[role](fixture, Path(scratch))
        peak = max(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        )
    return {
        "seconds": measured.seconds,
        "content": measured.content,
        "numbers": measured.numbers,
        "peak_mib": peak / 1024 - measured.fixture_mib,
        "start_mib": before,
    }


def _fresh(case: Case, role: str, fixture: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--role", f"{case.name}:{role}", "--fixture", str(fixture)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{case.name}:{role} failed\n{done.stderr[-4000:]}")
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def run_case(case: Case, say: Callable[[str], None]) -> dict[str, object]:
    """Prepare, compare contents, time all roles interleaved; returns medians, spreads, peaks and judged goals."""
    fixture = Path(tempfile.mkdtemp(prefix=f"yunwei-bench-{case.name}-"))
    try:
        say(f"{case.name}: 准备数据")
        subprocess.run(
            [sys.executable, "-m", "benchmarks", "--prepare", case.name, "--fixture", str(fixture)], check=True
        )
        if case.alike:
            _compare(case, {role: _fresh(case, role, fixture) for role in case.roles})
        runs: dict[str, list[dict[str, object]]] = {role: [] for role in case.roles}
        for turn in range(case.repetitions):
            for role in case.roles:
                say(f"{case.name}: 第 {turn + 1}/{case.repetitions} 轮 {role}")
                runs[role].append(_fresh(case, role, fixture))
    finally:
        shutil.rmtree(fixture)
    return _summary(case, runs)


def _compare(case: Case, answers: dict[str, dict[str, object]]) -> None:
    contents = {role: answer["content"] for role, answer in answers.items() if answer["content"] is not None}
    if len(set(map(str, contents.values()))) > 1:
        raise RuntimeError(f"{case.name}: the roles do not compute the same: {contents}")


def _summary(case: Case, runs: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    roles = {}
    for role, answers in runs.items():
        seconds = [float(str(answer["seconds"])) for answer in answers]
        peaks = [float(str(answer["peak_mib"])) for answer in answers]
        roles[role] = {
            "median": statistics.median(seconds),
            "least": min(seconds),
            "most": max(seconds),
            "peak_mib": max(peaks),
            "numbers": answers[-1]["numbers"],
        }
    goals = []
    for goal in case.goals:
        ratio = roles[goal.role]["median"] / roles[goal.beside]["median"]  # type: ignore[operator]
        goals.append({"text": goal.text, "ratio": ratio, "goal": goal.at_most, "met": ratio <= goal.at_most})
    for (small, few), (large, many) in pairwise(case.sizes.items()):
        times = roles[large]["median"] / roles[small]["median"]  # type: ignore[operator]
        exponent = math.log(times) / math.log(many / few)
        goals.append(
            {
                "text": f"{small} → {large} 的指数",
                "ratio": exponent,
                "goal": MOST_GROWTH,
                "met": exponent <= MOST_GROWTH,
            }
        )
    for role, limit in case.memory_goal_mib.items():
        peak = roles[role]["peak_mib"]
        goals.append({"text": f"{role} 内存峰值 MiB", "ratio": peak, "goal": limit, "met": peak <= limit})  # type: ignore[operator]
    return {"case": case.name, "title": case.title, "roles": roles, "goals": goals}
