"""Rejected rows: kept whole, listed, resolved by the delivery that reads them at last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import Select, case, func, select, update

from adapters.base import REJECTION_COLUMNS
from collector.store.bulk import among, bulk_of
from collector.store.canonical import TEXT, arrow_column
from collector.store.schema import deliveries, rejections

if TYPE_CHECKING:
    import pandas as pd

    from collector.store.records import Scope

_resolving = deliveries.alias("resolving")


class Rejecting:
    """The rejections of one open delivery."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.count = 0

    def keep(self, frame: pd.DataFrame) -> None:
        """Keep rows of ``REJECTION_COLUMNS`` in their order."""
        if not len(frame):
            return
        scope = self._scope
        columns = {
            name: arrow_column(frame[name], pa.int64() if name == "row_no" else TEXT) for name in REJECTION_COLUMNS
        }
        constants: dict[str, Any] = {
            "organization_id": scope.organization_id,
            "delivery_id": scope.delivery_id,
            "state": "open",
        }
        bulk_of(scope.connection).insert(rejections, constants, columns)
        self.count += len(frame)

    def resolve(self, ids: Iterable[int]) -> None:
        """Mark open rejections as resolved by this delivery."""
        connection = self._scope.connection
        connection.execute(
            update(rejections)
            .where(
                rejections.c.organization_id == self._scope.organization_id,
                among(connection, rejections.c.rejection_id, ids),
                rejections.c.state == "open",
            )
            .values(state="resolved", resolved_by=self._scope.delivery_id)
        )

    def replace(self, delivery_ids: list[int]) -> None:
        """Resolve what is open of deliveries whose bytes this one has read anew."""
        connection = self._scope.connection
        connection.execute(
            update(rejections)
            .where(among(connection, rejections.c.delivery_id, delivery_ids), rejections.c.state == "open")
            .values(state="resolved", resolved_by=self._scope.delivery_id)
        )


def listing(organization_id: str, open_only: bool, source: str | None, code: str | None) -> Select[Any]:
    """Rejections with the delivery they came in, in the order of deliveries and rows."""
    query = _listing(organization_id, source).order_by(rejections.c.rejection_id)
    if open_only:
        query = query.where(rejections.c.state == "open")
    return query if code is None else query.where(rejections.c.code == code)


def by_place(organization_id: str, source: str | None) -> Select[Any]:
    """The open ones in the order of sources, records, deliveries, sheets and rows."""
    place = (
        *(deliveries.c.source, rejections.c.record, deliveries.c.sequence),
        *(rejections.c.sheet, rejections.c.row_no, rejections.c.rejection_id),
    )
    return _listing(organization_id, source).where(rejections.c.state == "open").order_by(*place)


def waiting(organization_id: str, source: str) -> Select[Any]:
    """What tells an open rejection again: its key, or where there is none its text and place."""
    mine, unkeyed = rejections.c, rejections.c.key.is_(None)
    told = {"name": deliveries.c.name, "sheet": mine.sheet, "raw": mine.raw}
    return (
        select(
            *(mine.rejection_id, mine.record, mine.code, mine.value, mine.key, mine.row_no),
            *(case((unkeyed, column)).label(name) for name, column in told.items()),
        )
        .join_from(rejections, deliveries, mine.delivery_id == deliveries.c.delivery_id)
        .where(mine.organization_id == organization_id, deliveries.c.source == source, mine.state == "open")
        .order_by(mine.rejection_id)
    )


def numbers(organization_id: str, open_only: bool) -> Select[Any]:
    """How many there are, by source."""
    query = (
        select(deliveries.c.source, func.count())
        .join_from(rejections, deliveries, rejections.c.delivery_id == deliveries.c.delivery_id)
        .where(rejections.c.organization_id == organization_id)
        .group_by(deliveries.c.source)
        .order_by(deliveries.c.source)
    )
    return query.where(rejections.c.state == "open") if open_only else query


def _listing(organization_id: str, source: str | None) -> Select[Any]:
    query = (
        select(
            rejections.c.rejection_id,
            rejections.c.delivery_id,
            deliveries.c.source,
            deliveries.c.name,
            deliveries.c.content_hash,
            deliveries.c.mapping_hash,
            deliveries.c.sequence,
            deliveries.c.recorded_at,
            *(rejections.c[name] for name in REJECTION_COLUMNS),
            rejections.c.state,
            rejections.c.resolved_by,
            _resolving.c.recorded_at.label("resolved_at"),
        )
        .join_from(rejections, deliveries, rejections.c.delivery_id == deliveries.c.delivery_id)
        .outerjoin(_resolving, rejections.c.resolved_by == _resolving.c.delivery_id)
        .where(rejections.c.organization_id == organization_id)
    )
    return query if source is None else query.where(deliveries.c.source == source)
