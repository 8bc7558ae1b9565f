"""Tickets into an empty store at growing sizes, up to five million rows and a file of about a gigabyte."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases._tickets import write_tickets
from benchmarks.cases._workspace import make_workspace, open_parts, take
from benchmarks.harness import Case, Measured, timed

SIZES = {"5 万": 50_000, "50 万": 500_000, "500 万": 5_000_000}


def prepare(fixture: Path) -> None:
    """A file for each size."""
    for name, rows in SIZES.items():
        write_tickets(fixture / f"{name}.csv", rows)


def _taken(fixture: Path, scratch: Path, name: str) -> Measured:
    make_workspace(scratch / "court")
    (scratch / "court" / "inbox" / "tickets.csv").hardlink_to(fixture / f"{name}.csv")
    parts, measured = open_parts(scratch / "court"), Measured()
    with timed(measured):
        report = take(parts)
    accepted = sum(delivery.accepted for delivery in report.deliveries)
    if accepted != SIZES[name]:
        raise RuntimeError(f"{accepted} of {SIZES[name]} rows were accepted")
    measured.numbers["文件 MiB"] = (fixture / f"{name}.csv").stat().st_size / 2**20
    return measured


def _small(fixture: Path, scratch: Path) -> Measured:
    return _taken(fixture, scratch, "5 万")


def _middle(fixture: Path, scratch: Path) -> Measured:
    return _taken(fixture, scratch, "50 万")


def _large(fixture: Path, scratch: Path) -> Measured:
    return _taken(fixture, scratch, "500 万")


CASE = Case(
    name="growth_ingest",
    title="工单 CSV 入库：5 万、50 万、500 万行（SQLite）",
    prepare=prepare,
    roles={"5 万": _small, "50 万": _middle, "500 万": _large},
    goals=(),
    memory_goal_mib={"500 万": 600},
    sizes=SIZES,
    alike=False,
)
