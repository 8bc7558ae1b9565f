"""A series is one target in one rhythm of checks; intervals cite it by a number instead of repeating its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, select, true

from collector.store.bulk import among, bulk_of
from collector.store.schema import check_series

if TYPE_CHECKING:
    from sqlalchemy import Table

    from collector.store.check_runs import Ints, Runs
    from collector.store.records import Scope
    from collector.store.targets import Assets

_NAMES = ("series_id", "source", "asset_no", "interval_seconds", "staleness_seconds")


@dataclass(frozen=True)
class Series:
    """The series of an organisation, or of one of its sources, in no order."""

    table: pa.Table

    @property
    def ids(self) -> Ints:
        """Their numbers."""
        return np.asarray(self.table["series_id"].to_numpy(), np.int64)

    def rows_of(self, series_ids: Ints) -> Ints:
        """For each number the row of its series here, -1 where it is none of them."""
        ids = self.ids
        if not len(ids):
            return np.full(len(series_ids), -1, np.int64)
        order = np.argsort(ids)
        places = np.minimum(np.searchsorted(ids[order], series_ids), len(ids) - 1)
        rows = order[places]
        return np.where(ids[rows] == series_ids, rows, -1)

    def condition(self, connection: Connection, table: Table) -> ColumnElement[bool]:
        """Rows of these series; on SQLite all rows, for there is no index and others are few."""
        return true() if connection.dialect.name == "sqlite" else among(connection, table.c.series_id, self.ids)


def read_series(connection: Connection, organization_id: str, source: str | None = None) -> Series:
    """All series, of one source only where it is named."""
    query = select(*(check_series.c[name] for name in _NAMES)).where(check_series.c.organization_id == organization_id)
    if source is not None:
        query = query.where(check_series.c.source == source)
    return Series(bulk_of(connection).read(query))


class SeriesBook:
    """The series of one source under the codes of its assets; new ones are entered as they are needed."""

    def __init__(self, scope: Scope, assets: Assets) -> None:
        self.scope = scope  # another one in each transaction
        self._assets = assets
        self._ids: dict[tuple[int, int, int], int] = {}
        self.read()

    def read(self) -> None:
        """Take them from the database."""
        self.series = read_series(self.scope.connection, self.scope.organization_id, self.scope.source)
        table = self.series.table.combine_chunks()
        self.interval, self.staleness = (table[name].to_numpy() for name in _NAMES[-2:])
        self.asset = self._assets.codes(_flat(table["asset_no"]))
        keys = zip(self.asset.tolist(), self.interval.tolist(), self.staleness.tolist(), strict=True)
        self._ids = dict(zip(keys, self.series.ids.tolist(), strict=True))

    def ids(self, runs: Runs) -> Ints:
        """The number of each run's series."""
        keys = list(zip(runs.asset.tolist(), runs.interval.tolist(), runs.staleness.tolist(), strict=True))
        missing = sorted({key for key in keys if key not in self._ids})
        if missing:
            asset, interval, staleness = (pa.array(values, pa.int64()) for values in zip(*missing, strict=True))
            names = pa.array(self._assets.names, pa.large_string()).take(asset)
            constants = {"organization_id": self.scope.organization_id, "source": self.scope.source}
            columns = {"asset_no": names, "interval_seconds": interval, "staleness_seconds": staleness}
            bulk_of(self.scope.connection).insert(check_series, constants, columns)
            self.read()
        return np.array([self._ids[key] for key in keys], np.int64)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    return flat if isinstance(flat, pa.Array) else pa.array([], column.type)
