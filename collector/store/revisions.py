"""Closed periods: their revisions, what they rest on, and which time they cite (semantics 7)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, insert, select, update

from collector.store import results as _results
from collector.store.schema import deliveries, organizations, revisions
from metrics.errors import PassingError

if TYPE_CHECKING:
    import pandas as pd

    from collector.store.runs import Run


@dataclass(frozen=True, slots=True)
class Revision:
    """One closing of a project's period. Moments in UTC seconds; ``starts_at``..``ends_at`` is the period.

    ``sequence``, ``configuration_hash``, ``as_of`` and ``program_version`` decide the figures; ``inputs_hash`` is
    that of all deliveries up to the sequence. ``remarks``: what was left open, a sentence a line.
    """

    project: str
    period: str
    revision_no: int
    starts_at: int
    ends_at: int
    sequence: int
    as_of: int
    configuration_hash: str
    program_version: str
    inputs_hash: str
    run_id: int
    closed_at: int
    closed_by: str | None = None
    reason: str | None = None
    remarks: str | None = None


@dataclass(frozen=True)
class Closing:
    """What is to become a revision; ``results`` are rows of the results table, one figure each, in order."""

    project: str
    period: str
    revision_no: int
    starts_at: int
    ends_at: int
    sequence: int
    as_of: int
    results: pd.DataFrame
    closed_by: str | None = None
    reason: str | None = None
    remarks: str | None = None


_NAMES = tuple(Revision.__dataclass_fields__)


def listed(connection: Connection, organization_id: str, project: str | None, period: str | None) -> list[Revision]:
    """Revisions by project, period and number."""
    table = revisions.c
    query = select(*(table[name] for name in _NAMES)).where(table.organization_id == organization_id)
    for column, value in ((table.project, project), (table.period, period)):
        if value is not None:
            query = query.where(column == value)
    rows = connection.execute(query.order_by(table.project, table.period, table.revision_no))
    return [Revision(*row) for row in rows]


def close(
    connection: Connection, organization_id: str, run: Run, closings: Sequence[Closing], program_version: str, now: int
) -> None:
    """Store revisions with their results, all or none.

    Raises:
        PassingError: another program closed one of these periods meanwhile.
    """
    _lock(connection, organization_id)
    for closing in closings:
        done = _newest_no(connection, organization_id, closing.project, closing.period)
        if done != closing.revision_no - 1:
            raise PassingError(f"{closing.period} 刚刚已由另一个程序封账，请重新运行")
        _results.save(connection, organization_id, run, closing.results, now)
        row = {name: getattr(closing, name) for name in Closing.__dataclass_fields__ if name != "results"}
        connection.execute(
            insert(revisions).values(
                organization_id=organization_id,
                configuration_hash=run.configuration_hash,
                program_version=program_version,
                inputs_hash=inputs_hash(connection, organization_id, closing.sequence),
                run_id=run.run_id,
                closed_at=now,
                **row,
            )
        )


def _lock(connection: Connection, organization_id: str) -> None:
    """Let nobody else close, or deliver, until the end of the transaction."""
    mine = organizations.c.organization_id == organization_id
    connection.execute(update(organizations).where(mine).values(sequence=organizations.c.sequence))


def _newest_no(connection: Connection, organization_id: str, project: str, period: str) -> int:
    table = revisions.c
    query = select(func.max(table.revision_no)).where(
        table.organization_id == organization_id, table.project == project, table.period == period
    )
    return connection.scalar(query) or 0


def inputs_hash(connection: Connection, organization_id: str, sequence: int) -> str:
    """SHA-256 over the deliveries up to ``sequence``: a line ``sequence source content mapping kind`` each."""
    row = deliveries.c
    query = (
        select(row.sequence, row.source, row.content_hash, row.mapping_hash, row.kind)
        .where(row.organization_id == organization_id, row.sequence <= sequence)
        .order_by(row.sequence)
    )
    digest = hashlib.sha256()
    for line in connection.execute(query):
        digest.update(("\t".join(str(part) for part in line) + "\n").encode())
    return digest.hexdigest()


def cited_spans(connection: Connection, organization_id: str) -> list[tuple[int, int]]:
    """``[start, end)`` of all closed periods, merged and in order."""
    table = revisions.c
    query = (
        select(table.starts_at, table.ends_at)
        .where(table.organization_id == organization_id)
        .distinct()
        .order_by(table.starts_at, table.ends_at)
    )
    merged: list[tuple[int, int]] = []
    for start, end in connection.execute(query):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
