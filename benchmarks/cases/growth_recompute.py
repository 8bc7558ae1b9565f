"""All indicators of a year out of a tenth of the demo's records, the demo's and ten times the demo's."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases.recompute import make_court, ours
from benchmarks.harness import Case, Measured

SCALES = {"演示 × 0.1": 0.1, "演示 × 1": 1.0, "演示 × 10": 10.0}


def prepare(fixture: Path) -> None:
    """A workspace for each size."""
    for name, scale in SCALES.items():
        (fixture / name).mkdir()
        make_court(fixture / name, scale)


def _small(fixture: Path, scratch: Path) -> Measured:
    return ours(fixture / "演示 × 0.1", scratch)


def _middle(fixture: Path, scratch: Path) -> Measured:
    return ours(fixture / "演示 × 1", scratch)


def _large(fixture: Path, scratch: Path) -> Measured:
    return ours(fixture / "演示 × 10", scratch)


CASE = Case(
    name="growth_recompute",
    title="全年全部指标重算一遍：演示数据的十分之一、一倍、十倍",
    prepare=prepare,
    roles={"演示 × 0.1": _small, "演示 × 1": _middle, "演示 × 10": _large},
    goals=(),
    sizes={name: round(scale * 10) for name, scale in SCALES.items()},
    alike=False,
)
