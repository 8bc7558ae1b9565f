"""Rounds of checks into the index, fast where they say what is expected: the same again, one interval later.

Between rounds the open intervals of a source are remembered; they are read anew when another program changed them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from collector.store.bulk import batches
from collector.store.check_log import CheckLog
from collector.store.check_runs import STATES, Runs, in_order, latest
from collector.store.check_sources import take_turn
from collector.store.interval_rows import IntervalRows, Kept
from collector.store.judged import Judged, judged_until
from collector.store.live_rounds import SCHEMA, keep_round
from collector.store.organization import lock_organization, next_sequence
from collector.store.records import Scope
from collector.store.state_intervals import StateIndex
from collector.store.targets import Assets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collector.store.check_runs import Ints

_DOWN = STATES.index("down")
_ROW = ("series_id", "state", "first_at", "last_at", "check_count", "known_from")
#: The rows are there: many of them a statement take half the time of one ``UPDATE`` each.
_EXTEND = (
    f"INSERT INTO open_intervals ({', '.join(_ROW)}) VALUES %s"
    " ON CONFLICT (series_id) DO UPDATE SET last_at = excluded.last_at, check_count = excluded.check_count"
)
_ROWS_A_STATEMENT = 1_000
_UPDATE_MANY = (
    "UPDATE open_intervals SET last_at = new.last_at, check_count = new.check_count"
    " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS new (last_at, check_count, series_id)"
    " WHERE open_intervals.series_id = new.series_id"
)


@dataclass
class _Remembered:
    """The open intervals of a source at a version."""

    version: int
    assets: Assets
    rows: IntervalRows

    def slots(self) -> Ints:
        """Per asset code the place of its open interval, -1 without one."""
        slots = np.full(len(self.assets), -1, np.int64)
        opened = self.rows.open()
        slots[opened.runs.asset] = np.arange(len(opened))
        return slots


class LiveIndex:
    """Takes rounds of one organisation; not safe for several threads."""

    def __init__(self, organization_id: str, folder: Path) -> None:
        self._organization_id = organization_id
        self._folder = folder
        self._sources: dict[str, _Remembered] = {}

    def take(self, connection: Connection, rounds: dict[str, pa.Table], received_at: int) -> None:
        """Store rounds by source, columns of ``live_rounds.SCHEMA``, in the transaction of ``connection``."""
        sequence = lock_organization(connection, self._organization_id)  # deliveries and rounds take turns
        judged = Judged(judged_until(connection, self._organization_id), _Once(connection, self._organization_id))
        for source in sorted(rounds):
            scope = Scope(connection, self._organization_id, source, 0, sequence)
            version, cleared = take_turn(scope)
            checks = _in_time(rounds[source], cleared)
            self._extend(scope, self._current(scope, version), checks, judged)
            keep_round(scope, checks, received_at)

    def forget(self) -> None:
        """After a transaction that failed: what was remembered may not have come to pass."""
        self._sources.clear()

    def _current(self, scope: Scope, version: int) -> _Remembered:
        remembered = self._sources.get(scope.source)
        if remembered is not None and remembered.version == version - 1:
            remembered.version = version
            remembered.rows.go_on(scope)
            return remembered
        assets = Assets()
        self._sources[scope.source] = _Remembered(version, assets, IntervalRows(scope, assets, locked=True))
        return self._sources[scope.source]

    def _extend(self, scope: Scope, remembered: _Remembered, table: pa.Table, judged: Judged) -> None:
        opened = remembered.rows.open()
        checks = _runs_of(table, remembered.assets)
        if not len(checks):
            return
        slot = remembered.slots()[checks.asset]
        plain = np.zeros(len(checks), bool)
        if len(opened):
            plain = _only_extend(opened.runs.take(slot), checks, judged.until) & (slot >= 0)
        _store(scope.connection, opened, slot[plain], checks.take(plain))
        if not plain.all():
            log = CheckLog(scope.connection, self._organization_id, self._folder)
            StateIndex(scope, log, remembered.assets, judged, remembered.rows).add(checks.take(~plain), None)


def _in_time(checks: pa.Table, cleared: int) -> pa.Table:
    """Checks of time whose log was cleared do not count; they are refused when their hour is sealed."""
    at = checks["checked_at"].to_numpy()
    if at.min() >= cleared:
        return checks
    known = pa.array(checks["known"].to_numpy(zero_copy_only=False) & (at >= cleared))
    return checks.set_column(checks.schema.get_field_index("known"), "known", known)


class _Once:
    """The next sequence of the organisation, taken when it is first needed."""

    def __init__(self, connection: Connection, organization_id: str) -> None:
        self._connection, self._organization_id = connection, organization_id
        self._sequence: int | None = None

    def __call__(self) -> int:
        if self._sequence is None:
            self._sequence = next_sequence(self._connection, self._organization_id)
        return self._sequence


def _runs_of(table: pa.Table, assets: Assets) -> Runs:
    """The checks that the register knows, as runs of one, in order; of equal moments the last."""
    if table["known"].combine_chunks().true_count != len(table):
        table = table.filter(table["known"])
    columns: dict[str, Any] = {name: table[name].combine_chunks() for name in SCHEMA.names}
    at = columns["checked_at"].to_numpy()
    return latest(
        in_order(
            Runs(
                assets.codes(columns["asset_no"]),
                columns["state"].to_numpy().astype(np.int64),
                at,
                at,
                columns["interval_seconds"].to_numpy(),
                columns["staleness_seconds"].to_numpy(),
                np.ones(len(at), np.int64),
            )
        )
    )


def _only_extend(opened: Runs, checks: Runs, judged: int) -> NDArray[np.bool_]:
    """Which checks are the only one of their asset and go on with its open interval, changing nothing judged."""
    alone = np.ones(len(checks), bool)
    same = checks.asset[1:] == checks.asset[:-1]
    alone[1:] &= ~same
    alone[:-1] &= ~same
    goes_on = (checks.first > opened.last) & (checks.first <= opened.last + opened.staleness)
    for name in ("state", "interval", "staleness"):
        goes_on &= getattr(checks, name) == getattr(opened, name)
    new = (checks.first >= judged) | ((judged <= opened.last + opened.staleness) & (checks.state != _DOWN))
    plain: NDArray[np.bool_] = alone & goes_on & new
    return plain


def _store(connection: Connection, opened: Kept, slots: Ints, checks: Runs) -> None:
    """Extend these open intervals to these checks."""
    if not len(slots):
        return
    runs = opened.runs
    runs.last[slots] = checks.last
    runs.count[slots] += 1
    series = -opened.row_id[slots]
    if connection.dialect.name == "sqlite":
        known = opened.known_from[slots]
        rows = np.column_stack(
            [series, runs.state[slots], runs.first[slots], runs.last[slots], runs.count[slots], known]
        )
        for part in batches(len(rows), _ROWS_A_STATEMENT):
            _upsert(connection, rows[part])
    else:
        driver: Any = connection.connection.driver_connection
        driver.execute(_UPDATE_MANY, [runs.last[slots].tolist(), runs.count[slots].tolist(), series.tolist()])


def _upsert(connection: Connection, rows: NDArray[np.int64]) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(_extending(len(rows)), rows.ravel().tolist())


@lru_cache(maxsize=16)
def _extending(rows: int) -> str:
    places = f"({', '.join('?' * len(_ROW))})"
    return _EXTEND % ", ".join([places] * rows)
