"""The same file of a million tickets delivered again, and one with 1% of the rows changed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases._tickets import write_tickets
from benchmarks.cases._workspace import deliver, make_workspace, open_parts, take
from benchmarks.harness import Case, Goal, Measured, timed

ROWS = 1_000_000


def prepare(fixture: Path) -> None:
    """A file and its corrected copy."""
    write_tickets(fixture / "tickets.csv", ROWS)
    write_tickets(fixture / "corrected.csv", ROWS, changed_share=0.01)


def _second(fixture: Path, scratch: Path, again: str | None) -> Measured:
    """Time the first ingest, or the one after it that finds ``again`` in the inbox."""
    make_workspace(scratch / "court")
    deliver(scratch / "court", fixture / "tickets.csv")
    parts, measured = open_parts(scratch / "court"), Measured()
    if again is None:
        with timed(measured):
            take(parts)
        return measured
    take(parts)
    (scratch / "court" / "inbox" / "tickets.csv").unlink()
    deliver(scratch / "court", fixture / again)
    with timed(measured):
        report = take(parts)
    measured.numbers["更正行数"] = sum(delivery.superseding for delivery in report.deliveries)
    return measured


def first(fixture: Path, scratch: Path) -> Measured:
    """The first time."""
    return _second(fixture, scratch, None)


def same(fixture: Path, scratch: Path) -> Measured:
    """The same file again."""
    return _second(fixture, scratch, "tickets.csv")


def corrected(fixture: Path, scratch: Path) -> Measured:
    """A file in which every hundredth row has another engineer."""
    return _second(fixture, scratch, "corrected.csv")


CASE = Case(
    name="ticket_again",
    title="同一份 100 万行工单再次交付；1% 的行有更正",
    prepare=prepare,
    roles={"first": first, "same file": same, "1% changed": corrected},
    goals=(
        Goal("同一文件再次 / 首次", "same file", "first", 0.05),
        Goal("1% 更正 / 首次", "1% changed", "first", 0.5),
    ),
)
