"""The row of an organisation: its sequence, and the lock that lets writers take turns.

What every round of checks asks is a statement made once: making it takes longer than answering it.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select, update

from collector.store.schema import organizations, register_changes

_MINE = organizations.c.organization_id == bindparam("own")
_LOCKED = select(organizations.c.sequence).where(_MINE).with_for_update(key_share=True)
_REGISTER = select(func.max(register_changes.c.sequence)).where(register_changes.c.organization_id == bindparam("own"))


def lock_organization(connection: Connection, organization_id: str) -> int:
    """Its present sequence; nobody else delivers or stores checks until the end of the transaction."""
    sequence: int = connection.scalars(_LOCKED, {"own": organization_id}).one()
    return sequence


def register_changed(connection: Connection, organization_id: str) -> int:
    """The sequence of the last change of the assets, 0 when there never was one."""
    return connection.scalar(_REGISTER, {"own": organization_id}) or 0


def next_sequence(connection: Connection, organization_id: str) -> int:
    """Take the organisation's next number; its row stays locked until the end of the transaction."""
    sequence: int = connection.execute(
        update(organizations)
        .where(organizations.c.organization_id == organization_id)
        .values(sequence=organizations.c.sequence + 1)
        .returning(organizations.c.sequence)
    ).scalar_one()
    return sequence
