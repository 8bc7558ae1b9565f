"""Scrapes of a thousand, ten thousand and a hundred thousand series, as Prometheus asks for them (packed)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases.scrape import SCRAPES, prepared
from benchmarks.harness import Case, Measured

SIZES = {"1 千条": 1_000, "1 万条": 10_000, "10 万条": 100_000}
SERIES_A_TARGET = 5


def prepare(fixture: Path) -> None:
    """Nothing to prepare."""


def _of(size: str) -> Measured:
    measured = prepared("gzip", SIZES[size] // SERIES_A_TARGET, unpack=True)
    measured.content = None  # pages of different sizes
    return measured


def _small(fixture: Path, scratch: Path) -> Measured:
    return _of("1 千条")


def _middle(fixture: Path, scratch: Path) -> Measured:
    return _of("1 万条")


def _large(fixture: Path, scratch: Path) -> Measured:
    return _of("10 万条")


CASE = Case(
    name="growth_scrape",
    title=f"抓取 1 千、1 万、10 万条序列（压缩，各 {SCRAPES} 次）",
    prepare=prepare,
    roles={"1 千条": _small, "1 万条": _middle, "10 万条": _large},
    goals=(),
    sizes=SIZES,
    alike=False,
)
