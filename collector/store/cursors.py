"""How far each source was read from its server: one position a source, in its adapter's own words."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from collector.store.schema import cursors


def read_cursor(connection: Connection, organization_id: str, source: str) -> str | None:
    """Where the last load stood; None before the first."""
    row = cursors.c
    query = select(row.position).where(row.organization_id == organization_id, row.source == source)
    return connection.scalar(query)


def move_cursor(connection: Connection, organization_id: str, source: str, position: str, now: int) -> None:
    """Put the position down; it holds with the commit of the transaction."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    told = {"position": position, "moved_at": now}
    row = dialect.insert(cursors).values(organization_id=organization_id, source=source, **told)
    connection.execute(row.on_conflict_do_update(index_elements=["organization_id", "source"], set_=told))
