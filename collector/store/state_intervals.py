"""The index over the log of checks: state intervals, kept with history, rebuilt only where checks touched them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, delete, func, select

from collector.store.bulk import among, bulk_of
from collector.store.check_log import DAY, CheckLog, coded_states, day_of, state_words, visible_checks
from collector.store.check_runs import (
    Runs,
    concatenate,
    differences,
    in_order,
    join,
    overlapping_assets,
    spans,
)
from collector.store.schema import state_intervals

if TYPE_CHECKING:
    from collector.store.check_runs import Ints
    from collector.store.records import Scope

_COLUMNS = (
    "row_id",
    "known_from",
    "asset_no",
    "state",
    "first_at",
    "last_at",
    "interval_seconds",
    "staleness_seconds",
    "check_count",
)


class Assets:
    """Codes for asset numbers, given as they come."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def codes(self, column: pa.Array) -> Ints:
        """The codes of a column of asset numbers; new ones are added."""
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        known = np.array([self._code(name) for name in coded.dictionary.to_pylist()], np.int64)
        return np.asarray(known[coded.indices.to_numpy()]) if len(known) else np.empty(0, np.int64)

    def _code(self, name: str) -> int:
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]


def checks_as_runs(tables: list[pa.Table], assets: Assets) -> Runs:
    """The checks of some files as runs of one, in order; of equal times the later file's check."""
    parts = []
    for table in tables:
        columns = {name: table[name].combine_chunks() for name in table.column_names}
        at = columns["checked_at"].to_numpy()
        parts.append(
            Runs(
                assets.codes(columns["asset_no"]),
                coded_states(columns["state"]),
                at,
                at,
                columns["interval_seconds"].to_numpy(),
                columns["staleness_seconds"].to_numpy(),
                np.ones(len(at), np.int64),
            )
        )
    runs = in_order(concatenate(parts))
    last = np.ones(len(runs), bool)
    last[:-1] = (runs.asset[1:] != runs.asset[:-1]) | (runs.first[1:] != runs.first[:-1])
    return runs if last.all() else runs.take(last)


class StateIndex:
    """The current intervals of one source, changed within one delivery's transaction."""

    def __init__(self, scope: Scope, log: CheckLog, assets: Assets) -> None:
        self._scope = scope
        self._log = log
        self._assets = assets
        self._bulk = bulk_of(scope.connection)

    def last_checks(self) -> dict[str, tuple[int, int]]:
        """Asset → time of its last check and the interval of its last state interval."""
        table = state_intervals.c
        latest = (
            select(table.asset_no, func.max(table.last_at).label("last_at"))
            .where(
                table.organization_id == self._scope.organization_id,
                table.source == self._scope.source,
                table.known_until.is_(None),
            )
            .group_by(table.asset_no)
            .subquery()
        )
        query = select(table.asset_no, table.last_at, table.interval_seconds).join(
            latest,
            (table.asset_no == latest.c.asset_no)
            & (table.last_at == latest.c.last_at)
            & (table.organization_id == self._scope.organization_id)
            & (table.source == self._scope.source)
            & table.known_until.is_(None),
        )
        return {asset: (last, interval) for asset, last, interval in self._scope.connection.execute(query)}

    def add(self, checks: Runs) -> None:
        """Take in checks (runs of one, in order) that the log holds already."""
        new = join(checks)
        low, high = spans(new.asset, new.first, new.last, len(self._assets))
        old, row_ids, known_from = self._near(low, high, int(new.staleness.max()))
        low, high = _sized(low, high, len(self._assets))
        pieces = in_order(concatenate([old, new]))
        late = overlapping_assets(pieces, len(self._assets))
        joined = join(pieces.of_assets(~late))
        if late.any():
            joined = concatenate([joined, self._from_log(old.of_assets(late), new.of_assets(late))])
        self._replace(old, row_ids, known_from, joined)

    def rebuild(self, asset: Ints, at: Ints) -> int:
        """Make anew, from the log, what held these moments; how many checks fewer there are now."""
        low, high = spans(asset, at, at, len(self._assets))
        old, row_ids, known_from = self._near(low, high, self._longest_staleness())  # neighbours may join now
        joined = self._from_log(old, old)
        self._replace(old, row_ids, known_from, joined)
        return int(old.count.sum() - joined.count.sum())

    def rebuild_all(self) -> int:
        """Make the whole index anew from the log; how many intervals were wrong or missing."""
        parts = self._log.parts(self._scope.source)
        days = [join(checks_as_runs(tables, self._assets)) for _, tables in visible_checks(self._log, parts)]
        old, row_ids, known_from = self._current()
        return self._replace(old, row_ids, known_from, join(in_order(concatenate(days))))

    def _longest_staleness(self) -> int:
        table = state_intervals.c
        query = select(func.max(table.staleness_seconds)).where(
            table.organization_id == self._scope.organization_id,
            table.source == self._scope.source,
            table.known_until.is_(None),
        )
        return self._scope.connection.scalar(query) or 0

    def _near(self, low: Ints, high: Ints, reach: int) -> tuple[Runs, Ints, Ints]:
        """The current intervals that come within ``reach`` seconds of an asset's span, with row_id, known_from."""
        table = state_intervals.c
        runs, row_ids, known_from = self._current(
            table.last_at >= int(low.min()) - reach, table.first_at <= int(high.max()) + reach
        )
        low, high = _sized(low, high, len(self._assets))
        distant = np.iinfo(np.int64).max // 2  # of an asset without a span
        low, high = np.minimum(low, distant), np.maximum(high, -distant)
        near = (runs.last >= low[runs.asset] - reach) & (runs.first <= high[runs.asset] + reach)
        return runs.take(near), row_ids[near], known_from[near]

    def _current(self, *conditions: ColumnElement[bool]) -> tuple[Runs, Ints, Ints]:
        """The source's current intervals with their row_id and known_from."""
        table = state_intervals.c
        query = select(*(table[name] for name in _COLUMNS)).where(
            table.organization_id == self._scope.organization_id,
            table.source == self._scope.source,
            table.known_until.is_(None),
            *conditions,
        )
        found = self._bulk.read(query).combine_chunks()
        row_ids, known_from, first, last, interval, staleness, count = (
            found[name].to_numpy() for name in _COLUMNS if name not in ("asset_no", "state")
        )
        asset, state = self._assets.codes(_flat(found["asset_no"])), coded_states(_flat(found["state"]))
        return Runs(asset, state, first, last, interval, staleness, count), row_ids, known_from

    def _from_log(self, old: Runs, new: Runs) -> Runs:
        """The runs of the checks in the log within each asset's span of ``old`` and ``new`` together."""
        both = concatenate([old, new])
        if not len(both):
            return both
        low, high = spans(both.asset, both.first, both.last, len(self._assets))
        days = _days(both)
        parts = []
        for _, tables in visible_checks(self._log, self._log.parts(self._scope.source, days)):
            checks = checks_as_runs(tables, self._assets)
            low, high = _sized(low, high, len(self._assets))
            wanted = (checks.first >= low[checks.asset]) & (checks.first <= high[checks.asset])
            parts.append(join(checks.take(wanted)))
        return join(in_order(concatenate(parts)))

    def _replace(self, old: Runs, row_ids: Ints, known_from: Ints, new: Runs) -> int:
        gone, come = differences(old, new)
        mine = known_from == self._scope.sequence  # never visible to anyone: no need to keep them
        self._bulk.close(state_intervals, row_ids[gone & ~mine], self._scope.sequence)
        self._forget(row_ids[gone & mine])
        if come.any():
            constants = {
                "organization_id": self._scope.organization_id,
                "source": self._scope.source,
                "known_from": self._scope.sequence,
            }
            self._bulk.insert(state_intervals, constants, interval_columns(new.take(come), self._assets))
        return int(max(gone.sum(), come.sum()))

    def _forget(self, row_ids: Ints) -> None:
        if len(row_ids):
            condition = among(self._scope.connection, state_intervals.c.row_id, row_ids.tolist())
            self._scope.connection.execute(delete(state_intervals).where(condition))


def interval_columns(runs: Runs, assets: Assets) -> dict[str, pa.Array]:
    """Runs as columns of the table of state intervals."""
    return {
        "asset_no": pa.array(assets.names, pa.large_string()).take(pa.array(runs.asset)),
        "state": state_words(runs.state).cast(pa.large_string()),
        "first_at": pa.array(runs.first),
        "last_at": pa.array(runs.last),
        "interval_seconds": pa.array(runs.interval),
        "staleness_seconds": pa.array(runs.staleness),
        "check_count": pa.array(runs.count),
    }


def _days(runs: Runs) -> set[str]:
    """The UTC days that the runs touch."""
    first, last = runs.first // DAY, runs.last // DAY
    whole: set[int] = set()
    for start, end in set(zip(first.tolist(), last.tolist(), strict=True)):
        whole.update(range(start, end + 1))
    return {day_of(day * DAY) for day in whole}


def _sized(low: Ints, high: Ints, assets: int) -> tuple[Ints, Ints]:
    """Spans for assets that got their code since: they have none."""
    more = assets - len(low)
    return (
        np.append(low, np.full(more, np.iinfo(np.int64).max)),
        np.append(high, np.full(more, np.iinfo(np.int64).min)),
    )


def _flat(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks()
    return flat if isinstance(flat, pa.Array) else pa.array([], column.type)
