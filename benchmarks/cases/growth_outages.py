"""Overlapping outages to monthly downtime at a hundredth, a tenth and the whole of twenty million."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases.outages import argsort, ours, write_outages
from benchmarks.harness import Case, Goal, Measured

SIZES = {"20 万": 200_000, "200 万": 2_000_000, "2000 万": 20_000_000}
LARGEST = "2000 万"


def prepare(fixture: Path) -> None:
    """A folder for each size."""
    for name, rows in SIZES.items():
        (fixture / name).mkdir()
        write_outages(fixture / name, rows)


def _small(fixture: Path, scratch: Path) -> Measured:
    return ours(fixture / "20 万", scratch)


def _middle(fixture: Path, scratch: Path) -> Measured:
    return ours(fixture / "200 万", scratch)


def _large(fixture: Path, scratch: Path) -> Measured:
    return ours(fixture / LARGEST, scratch)


def _sorted(fixture: Path, scratch: Path) -> Measured:
    return argsort(fixture / LARGEST, scratch)


CASE = Case(
    name="growth_outages",
    title="重叠中断 → 按月停机时间：20 万、200 万、2000 万条",
    prepare=prepare,
    roles={"20 万": _small, "200 万": _middle, LARGEST: _large, "argsort 2000 万": _sorted},
    goals=(
        Goal("2000 万条 / argsort", LARGEST, "argsort 2000 万", 3.0),
        Goal("2000 万条 / 200 万条（线性为 10）", LARGEST, "200 万", 13.0),
    ),
    memory_goal_mib={LARGEST: 1024},
    sizes=SIZES,
    alike=False,
)
