"""The row of an organisation: its sequence, and the lock that lets writers take turns."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from collector.store.schema import organizations


def lock_organization(connection: Connection, organization_id: str) -> int:
    """Its present sequence; nobody else delivers or stores checks until the end of the transaction."""
    own = select(organizations.c.sequence).where(organizations.c.organization_id == organization_id)
    sequence: int = connection.scalars(own.with_for_update(key_share=True)).one()
    return sequence


def next_sequence(connection: Connection, organization_id: str) -> int:
    """Take the organisation's next number; its row stays locked until the end of the transaction."""
    sequence: int = connection.execute(
        update(organizations)
        .where(organizations.c.organization_id == organization_id)
        .values(sequence=organizations.c.sequence + 1)
        .returning(organizations.c.sequence)
    ).scalar_one()
    return sequence
