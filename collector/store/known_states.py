"""The state intervals that were known at a moment, with their names."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Table, select, true

from collector.store.bulk import bulk_of
from collector.store.check_log import state_words
from collector.store.check_series import read_series
from collector.store.schema import open_intervals, state_intervals

_OPEN = ("series_id", "state", "first_at", "last_at", "check_count")
_OF_SERIES = ("source", "asset_no", "interval_seconds", "staleness_seconds")


def visible(table: Table, sequence: int) -> ColumnElement[bool]:
    """The condition on versions visible at ``sequence``."""
    until = table.c.known_until
    return (table.c.known_from <= sequence) & (until.is_(None) | (until > sequence))


def read_states(
    connection: Connection,
    organization_id: str,
    sequence: int,
    first_at: int | None = None,
    last_at: int | None = None,
) -> pa.Table:
    """The intervals visible at ``sequence``, by asset, source and time; the columns of ``Facts.states``.

    ``first_at``, ``last_at``: only those that say something of that time. The ``row_id`` of an open interval is
    negative.
    """
    bulk, series = bulk_of(connection), read_series(connection, organization_id)
    reach = max([0, *series.table["staleness_seconds"].to_pylist()])
    since = None if first_at is None else first_at - reach
    wanted = _of_span(state_intervals, since, last_at) & visible(state_intervals, sequence)
    wanted &= series.condition(connection, state_intervals)
    known = _of_span(open_intervals, since, last_at) & (open_intervals.c.known_from <= sequence)
    known &= series.condition(connection, open_intervals)
    settled = bulk.read_records(state_intervals, ("row_id", *_OPEN), wanted)
    opened = bulk.read(select(*(open_intervals.c[name] for name in _OPEN)).where(known))
    numbers = pa.array(-opened["series_id"].to_numpy(zero_copy_only=False).astype(np.int64), pa.int64())
    found = pa.concat_tables([settled, opened.add_column(0, "row_id", numbers)]).combine_chunks()
    row = series.rows_of(found["series_id"].to_numpy())
    found, row = found.filter(pa.array(row >= 0)), row[row >= 0]
    order = np.lexsort((found["first_at"].to_numpy(), _ranks(series.table)[row]))
    found, row = found.take(pa.array(order)), pa.array(row[order])
    columns = {name: series.table[name].take(row) for name in _OF_SERIES}
    columns |= {name: found[name] for name in ("row_id", "first_at", "last_at", "check_count")}
    words = state_words(found["state"].to_numpy()).cast(pa.large_string())
    return pa.table({"row_id": columns.pop("row_id"), "state": words, **columns})


def _of_span(table: Table, since: int | None, until: int | None) -> ColumnElement[bool]:
    """Asked first of a row, for most fail here: a month out of a year is read in half the time."""
    asked: ColumnElement[bool] = true()
    if since is not None:
        asked &= table.c.last_at >= since
    if until is not None:
        asked &= table.c.first_at <= until
    return asked


def _ranks(series: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The place of each series when they are sorted by asset and source, whatever their rhythm."""
    names = list(zip(series["asset_no"].to_pylist(), series["source"].to_pylist(), strict=True))
    places = {name: place for place, name in enumerate(sorted(set(names)))}
    return np.array([places[name] for name in names], np.int64)
