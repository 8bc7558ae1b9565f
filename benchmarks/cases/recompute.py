"""All indicators of a year with months and breakdowns out of ten times the demo's records, beside a pandas script."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.harness import Case, Goal, Measured, timed

SCALE = 10
AS_OF = 1_767_196_800  # 2026-01-01 00:00 in Asia/Shanghai


def prepare(fixture: Path) -> None:
    """Ten times the demo."""
    make_court(fixture, SCALE)


def make_court(fixture: Path, scale: float) -> None:
    """The demo's deliveries and configuration, everything ingested."""
    import shutil

    from benchmarks.cases._workspace import open_parts, take
    from collector.demo.generate import generate
    from collector.demo.workspace import write_configuration

    court = fixture / "court"
    court.mkdir()
    write_configuration(court)
    generate(court / "inbox", scale, step=lambda name: None)
    take(open_parts(court))
    shutil.rmtree(court / "inbox")  # what a recompute does not read


def _opened(fixture: Path) -> tuple[Any, Any]:
    from collector.settings import load_settings
    from collector.store import open_store

    settings = load_settings(fixture / "court")
    return settings, open_store(
        settings.database_url(), settings.organization.id, checks=settings.checks, clock=lambda: AS_OF
    )


def ours(fixture: Path, scratch: Path) -> Measured:
    """``yunwei compute``: figures judged, printed, noted and stored."""
    from collector.compute import Asked, compute

    settings, store = _opened(fixture)
    measured = Measured()
    with timed(measured):
        report = compute(settings, store, Asked(), now=AS_OF)
    figures = [result.figure for result in report.results]
    names = [result.indicator for result in report.results]
    measured.numbers["结果"] = len(figures)
    measured.content = _content(
        (name, figure.period.label, figure.dimension, figure.dimension_value, figure.numerator, figure.denominator)
        for name, figure in zip(names, figures, strict=True)
    )
    return measured


def pandas_script(fixture: Path, scratch: Path) -> Measured:
    """``benchmarks/peer_pandas.py``: the figures alone, as numbers."""
    from benchmarks.peer_pandas import figures

    settings, store = _opened(fixture)
    calendar, database = settings.calendars()["5x8"], settings.workspace / "data" / "yunwei.db"
    store.close()
    measured = Measured()

    @cache
    def is_workday(day: date) -> bool:
        return bool(calendar.hours_on(day))

    with timed(measured):
        found = figures(database, AS_OF, is_workday)
    measured.numbers["结果"] = len(found)
    measured.content = _content((*key, *value) for key, value in found.items())
    return measured


def _content(rows: Iterable[tuple[Any, ...]]) -> str:
    """Every figure that has data; a script's floats are the same to six digits after the point."""
    lines = sorted(
        "|".join((*map(str, row[:4]), *("" if part is None else f"{float(part):.6f}" for part in row[4:])))
        for row in rows
        if row[4] is not None and row[5] != 0
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


CASE = Case(
    name="recompute",
    title="演示数据 × 10：全年全部指标、各月、各分列重算一遍",
    prepare=prepare,
    roles={"ours": ours, "pandas script": pandas_script},
    goals=(Goal("ours / pandas 脚本", "ours", "pandas script", 1 / 20),),
)
