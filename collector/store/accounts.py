"""What each source delivered so far, added up by the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from collector.store.schema import deliveries, rejections


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


_ROWS = ("accepted", "unchanged", "superseding", "rejected", "set_aside")


def source_accounts(connection: Connection, organization_id: str) -> dict[str, SourceAccount]:
    """Source → its account, of every source that ever delivered."""
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
