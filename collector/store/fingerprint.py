"""A hash over everything a store holds, whatever its physical ids: equal content, equal fingerprint.

Runs are left out (a killed one leaves its start behind), and so are the moments of computing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, select

from collector.store.bulk import bulk_of
from collector.store.schema import (
    RECORD_TABLES,
    check_partitions,
    check_series,
    contents,
    cursors,
    deliveries,
    fetched,
    live_rounds,
    objection_decisions,
    objections,
    open_intervals,
    register_changes,
    rejections,
    results,
    revisions,
    state_intervals,
)

_PHYSICAL = {"organization_id", "path"} | {
    f"{name}_id"
    for name in ("row", "delivery", "partition", "rejection", "run", "result", "revision", "objection", "decision")
}
_WHOLE = (
    contents,
    deliveries,
    register_changes,
    results,
    revisions,
    objections,
    objection_decisions,
)
_OF_COMPUTING = {"computed_at", "position"}
_resolving = deliveries.alias("resolving")


def fingerprint(connection: Connection, organization_id: str) -> str:
    """The hash, 64 hexadecimal digits; a delivery is named by its sequence and a run by its order."""
    digest = hashlib.sha256()
    bulk = bulk_of(connection)
    for name, query in _queries(organization_id):
        columns = [column.to_pylist() for column in bulk.read(query).columns]
        lines = sorted(repr(row) for row in zip(*columns, strict=True))
        digest.update(f"{name} {len(lines)}\n".encode())
        digest.update("\n".join(lines).encode())
    return digest.hexdigest()


def _queries(organization_id: str) -> Iterator[tuple[str, Select[Any]]]:
    for table in _WHOLE:
        names = [column for column in table.columns if column.name not in _PHYSICAL | _OF_COMPUTING]
        yield table.name, select(*names).where(table.c.organization_id == organization_id)
    target = [check_series.c[name] for name in ("source", "asset_no", "interval_seconds", "staleness_seconds")]
    for table in (state_intervals, open_intervals):
        names = [column for column in table.columns if column.name not in {"row_id", "series_id"}]
        query = select(*target, *names).join_from(table, check_series, table.c.series_id == check_series.c.series_id)
        yield table.name, query.where(check_series.c.organization_id == organization_id)
    names = [live_rounds.c[name] for name in ("source", "hour", "check_count", "checks")]
    yield live_rounds.name, select(*names).where(live_rounds.c.organization_id == organization_id)
    for table in (*RECORD_TABLES.values(), check_partitions):
        names = [deliveries.c.sequence, *(column for column in table.columns if column.name not in _PHYSICAL)]
        query = select(*names).join_from(table, deliveries, table.c.delivery_id == deliveries.c.delivery_id)
        yield table.name, query.where(table.c.organization_id == organization_id)
    names = [column for column in fetched.columns if column.name not in {"fetched_id", "organization_id"}]
    yield fetched.name, select(*names).where(fetched.c.organization_id == organization_id)
    yield cursors.name, select(cursors.c.source, cursors.c.position).where(cursors.c.organization_id == organization_id)
    names = [column for column in rejections.columns if column.name not in {*_PHYSICAL, "resolved_by"}]
    yield (
        rejections.name,
        select(deliveries.c.sequence, _resolving.c.sequence.label("resolved"), *names)
        .join_from(rejections, deliveries, rejections.c.delivery_id == deliveries.c.delivery_id)
        .outerjoin(_resolving, rejections.c.resolved_by == _resolving.c.delivery_id)
        .where(rejections.c.organization_id == organization_id),
    )
