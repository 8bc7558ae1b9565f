"""What the pages ask for again and again: accounts of sources, whether there are new results, what is known now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, case, func, select

from collector.store.engine import reading
from collector.store.facts import first_check, longest_staleness, read_facts, read_states_beside, sequence_at
from collector.store.results import newest_run
from collector.store.schema import deliveries, rejections
from metrics.indicators import Facts


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """One source since the beginning.

    Attributes:
        last_success: when a delivery of it was last stored that could be read (UTC seconds); None without one.
        read, refused: deliveries.
        rows: accepted, unchanged, superseding, rejected, set_aside → rows.
        open_rejections: rejected rows that nobody has dealt with.
    """

    source: str
    last_success: int | None
    read: int
    refused: int
    rows: dict[str, int]
    open_rejections: int


class Overview:
    """One organisation, seen by whoever shows it."""

    def __init__(self, engine: Engine, organization_id: str) -> None:
        self._engine, self._organization_id = engine, organization_id

    def sources(self) -> dict[str, SourceAccount]:
        """What every source that ever delivered has delivered so far, by its code."""
        with reading(self._engine) as connection:
            return _source_accounts(connection, self._organization_id)

    def newest_results(self) -> int | None:
        """The number of the last run that saved results; while it stays the same, so do they."""
        with reading(self._engine) as connection:
            return newest_run(connection, self._organization_id)

    def facts(self, earlier: tuple[int, Facts] | None) -> tuple[int, Facts]:
        """The present sequence and all that is known; ``earlier``, what it gave before, saves reading records again."""
        with reading(self._engine) as connection:
            sequence = sequence_at(connection, self._organization_id, None)
            if earlier is None or earlier[0] != sequence:
                return sequence, read_facts(connection, self._organization_id, sequence)
            frames = earlier[1].frames
            return sequence, read_states_beside(connection, self._organization_id, sequence, frames)

    def longest_staleness(self) -> int:
        """The longest time that a check of any target holds, in seconds; 0 before the first check."""
        with reading(self._engine) as connection:
            return longest_staleness(connection, self._organization_id)

    def first_check(self, sequence: int) -> int | None:
        """When the first check known at ``sequence`` was made, UTC seconds; None where none is known."""
        with reading(self._engine) as connection:
            return first_check(connection, self._organization_id, sequence)


_ROWS = ("accepted", "unchanged", "superseding", "rejected", "set_aside")


def _source_accounts(connection: Connection, organization_id: str) -> dict[str, SourceAccount]:
    table = deliveries.c
    was_read = case((table.state == "read", 1), else_=0)
    query = (
        select(
            table.source,
            func.max(case((table.state == "read", table.recorded_at))),
            func.sum(was_read),
            func.sum(1 - was_read),
            *(func.sum(table[f"{name}_count"]) for name in _ROWS),
        )
        .where(table.organization_id == organization_id)
        .group_by(table.source)
        .order_by(table.source)
    )
    still_open = _open_rejections(connection, organization_id)
    return {
        source: SourceAccount(
            source,
            last,
            int(read),
            int(refused),
            {name: int(count) for name, count in zip(_ROWS, rows, strict=True)},
            still_open.get(source, 0),
        )
        for source, last, read, refused, *rows in connection.execute(query)
    }


def _open_rejections(connection: Connection, organization_id: str) -> dict[str, int]:
    query = (
        select(deliveries.c.source, func.count())
        .join_from(rejections, deliveries, rejections.c.delivery_id == deliveries.c.delivery_id)
        .where(rejections.c.organization_id == organization_id, rejections.c.state == "open")
        .group_by(deliveries.c.source)
    )
    return {source: int(count) for source, count in connection.execute(query)}
