"""Keeping the log of checks small: a day's files of a source become one, and time whose checks expired is cleared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, func, select, update

from collector.store.check_log import DAY, CheckLog, Part, day_of
from collector.store.check_sources import take_turn
from collector.store.organization import lock_organization
from collector.store.records import Scope
from collector.store.schema import check_partitions, check_sources

Span = tuple[int, int]


def days_in_pieces(connection: Connection, organization_id: str, source: str, before: int) -> list[str]:
    """The UTC days of a source that ended by ``before`` (UTC seconds) and lie in more than one file."""
    table = check_partitions.c
    query = (
        select(table.day)
        .where(
            table.organization_id == organization_id,
            table.source == source,
            table.known_until.is_(None),
            table.day < day_of(before),
        )
        .group_by(table.day)
        .having(func.count() > 1)
        .order_by(table.day)
    )
    return list(connection.scalars(query))


def is_cited(day: str, spans: list[Span]) -> bool:
    """Whether a UTC day shares time with one of ``spans``."""
    start = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())
    return any(start < last and first < start + DAY for first, last in spans)


def compact_day(connection: Connection, organization_id: str, source: str, day: str, folder: Path) -> None:
    """Make one file of a day's; each check says with which sequence it came, so that no earlier moment changes."""
    sequence = lock_organization(connection, organization_id)
    log = CheckLog(connection, organization_id, folder)
    parts = log.parts(source, [day])
    if len(parts) < 2:
        return
    tables = [log.dated(part) for part in parts]
    whole = pa.concat_tables(tables, promote_options="permissive").unify_dictionaries().combine_chunks()
    names = np.array(whole["asset_no"].chunk(0).dictionary.to_pylist(), object)
    rank = np.argsort(np.argsort(names))[whole["asset_no"].chunk(0).indices.to_numpy()] if len(names) else np.array([])
    whole = whole.take(pa.array(np.lexsort((whole["known_from"].to_numpy(), whole["checked_at"].to_numpy(), rank))))
    scope = Scope(connection, organization_id, source, parts[-1].delivery_id, sequence)
    log.replace(scope, parts, whole)


def retire(
    connection: Connection, organization_id: str, source: str, before: int, kept: list[Span], folder: Path
) -> int:
    """Clear the days of a source that ended by ``before`` but those that touch a span of ``kept``; how many files."""
    lock_organization(connection, organization_id)
    log = CheckLog(connection, organization_id, folder)
    old = [part for part in log.everything(source) if part.day < day_of(before) and not _touches(part, kept)]
    if not old:
        return 0
    take_turn(Scope(connection, organization_id, source, 0, 0))
    cleared = max((part.last_at // DAY + 1) * DAY for part in old)
    table = check_sources.c
    mine = (table.organization_id == organization_id) & (table.source == source)
    latest = max(cleared, log.retired_before(source))
    connection.execute(update(check_sources).where(mine).values(retired_before=latest))
    log.discard(old)
    return len(old)


def _touches(part: Part, spans: list[Span]) -> bool:
    return any(part.touches(start, end - 1) for start, end in spans)
