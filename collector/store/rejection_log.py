"""Rejected rows as they are asked for: counted, a few of them, or all of them one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Engine, Select, case, func, select

from adapters.base import REJECTION_COLUMNS
from collector.store.bulk import among, batches, bulk_of
from collector.store.engine import reading
from collector.store.facts import to_frame
from collector.store.schema import deliveries, rejections

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 2_000  # read at once of what is handed over one by one
_resolving = deliveries.alias("resolving")


class RejectionLog:
    """The rejected rows of one organisation."""

    def __init__(self, engine: Engine, organization_id: str) -> None:
        self._engine = engine
        self._mine: ColumnElement[bool] = rejections.c.organization_id == organization_id

    def rows(
        self,
        open_only: bool = True,
        source: str | None = None,
        code: str | None = None,
        first: int | None = None,
        skip: int = 0,
    ) -> pd.DataFrame:
        """The columns of ``Store.rejections``, in the order of arrival, after ``skip`` and no more than ``first``."""
        query = _listed().where(*self._asked(open_only, source)).order_by(rejections.c.rejection_id)
        if code is not None:
            query = query.where(rejections.c.code == code)
        with reading(self._engine) as connection:
            return to_frame(bulk_of(connection).read(query.limit(first).offset(skip)))

    def by_place(self, source: str | None = None) -> Iterator[Mapping[str, Any]]:
        """The open ones one by one, with the same columns; memory takes their numbers and not their texts.

        In the order of source, record type, delivery, sheet and row, so that what was refused of one row stands
        together.
        """
        place = (
            *(deliveries.c.source, rejections.c.record, deliveries.c.sequence),
            *(rejections.c.sheet, rejections.c.row_no, rejections.c.rejection_id),
        )
        numbers = _of_deliveries(select(rejections.c.rejection_id)).where(*self._asked(True, source)).order_by(*place)
        with reading(self._engine) as connection:
            ids = bulk_of(connection).read(numbers).column(0).to_numpy()
            for part in batches(len(ids), _ROWS):
                asked = ids[part].tolist()
                found = connection.execute(_listed().where(among(connection, rejections.c.rejection_id, asked)))
                rows = {row["rejection_id"]: dict(row) for row in found.mappings()}
                yield from (rows[number] for number in asked)

    def waiting(self, source: str) -> pd.DataFrame:
        """What tells the open ones of ``source`` when they come again: ``rejection_id``, ``record``, ``code``,
        ``value``, ``key``, ``row_no``; and where ``key`` is null ``name`` (of the file), ``sheet`` and ``raw``.
        """
        its, unkeyed = rejections.c, rejections.c.key.is_(None)
        told = {"name": deliveries.c.name, "sheet": its.sheet, "raw": its.raw}
        query = select(
            *(its.rejection_id, its.record, its.code, its.value, its.key, its.row_no),
            *(case((unkeyed, column)).label(name) for name, column in told.items()),
        )
        with reading(self._engine) as connection:
            found = _of_deliveries(query).where(*self._asked(True, source)).order_by(its.rejection_id)
            return to_frame(bulk_of(connection).read(found))

    def counts(self, open_only: bool = True) -> dict[str, int]:
        """How many there are, by source; a source without any is not named."""
        query = _of_deliveries(select(deliveries.c.source, func.count())).where(*self._asked(open_only, None))
        with reading(self._engine) as connection:
            rows = connection.execute(query.group_by(deliveries.c.source).order_by(deliveries.c.source)).all()
        return {str(source): int(count) for source, count in rows}

    def _asked(self, open_only: bool, source: str | None) -> Iterator[ColumnElement[bool]]:
        yield self._mine
        if open_only:
            yield rejections.c.state == "open"
        if source is not None:
            yield deliveries.c.source == source


def _of_deliveries(query: Select[Any]) -> Select[Any]:
    return query.join_from(rejections, deliveries, rejections.c.delivery_id == deliveries.c.delivery_id)


def _listed() -> Select[Any]:
    """Rejections with the delivery they came in."""
    query = select(
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
    return _of_deliveries(query).outerjoin(_resolving, rejections.c.resolved_by == _resolving.c.delivery_id)
