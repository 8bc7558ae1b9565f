"""Checks of one delivery: told apart from what the log holds, appended to it, and taken into its index.

As with records, rows are told apart one after the other; of equal moments the later row counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, select, update

from collector.store.bulk import among
from collector.store.canonical import ARROW, arrow_column
from collector.store.check_keys import NEVER, NO_KEY, asset_of, key_of, time_of
from collector.store.check_log import (
    DAY,
    SCHEMA,
    CheckLog,
    coded_states,
    day_of,
    sources_of,
    state_words,
    visible_checks,
)
from collector.store.check_runs import STATES, Runs, median_spacing
from collector.store.organization import lock_organization
from collector.store.records import Outcome, Scope
from collector.store.schema import check_partitions, check_series
from collector.store.sealing import Sealing
from collector.store.state_intervals import StateIndex
from collector.store.targets import Assets

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from collector.store.check_runs import Ints
    from collector.store.live_rounds import Hour

_BUFFERED = 4_000_000  # checks kept in memory, about 40 bytes each, before they are written
_KNOWN_DAYS = 8_000_000  # checks of the log kept for comparison
_NO_LATENCY = -1
_STALE_AFTER = 3  # intervals


@dataclass(frozen=True)
class _Block:
    """Checks by column: ``key`` orders by asset and time, ``value`` is state and latency in one number."""

    key: Ints
    value: Ints
    equal: NDArray[np.bool_]  # the log says the same already

    def find(self, key: Ints) -> tuple[NDArray[np.bool_], Ints]:
        """For sorted blocks: which keys there are, and their values."""
        places = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return self.key[places] == key, self.value[places]


@dataclass
class _Pending:
    """What was delivered and not yet written."""

    blocks: list[_Block] = field(default_factory=list)
    staleness: int | None = None
    interval: int | None = None

    @property
    def count(self) -> int:
        return sum(len(block.key) for block in self.blocks)


class CheckWriter:
    """Writes the checks of one delivery."""

    def __init__(self, scope: Scope, log: CheckLog, rereads: bool, seals: Hour | None = None) -> None:
        self._scope = scope
        self._log = log
        self._rereads = rereads  # then every check is written anew, for the earlier files may be withdrawn
        self._assets = Assets()
        self._index = StateIndex(scope, log, self._assets)
        self._pending = _Pending()
        self._last: dict[str, tuple[int, int]] | None = None
        self._known: dict[str, _Block] = {}
        self._sealing = None if seals is None else Sealing(scope, seals, self._assets)

    def write(self, frame: pd.DataFrame, staleness: int | None, interval: int | None) -> Outcome:
        """Take checks; ``interval`` in seconds, None: the median spacing of the asset's delivered checks.

        ``staleness`` in seconds, None: three intervals. Rows are written when the delivery is finished.
        """
        if not len(frame):
            return Outcome()
        if (staleness, interval) != (self._pending.staleness, self._pending.interval):
            self.flush()
            self._pending = _Pending(staleness=staleness, interval=interval)
        key, value = self._coded(frame)
        order = np.argsort(key, kind="stable")
        key, value = key[order], value[order]
        known, same, equal = self._compare(key, value)
        block = _Block(key, value, equal)
        self._pending.blocks.append(_latest(block))
        if self._pending.count >= _BUFFERED:
            self.flush()
        return Outcome(int((~known).sum()), int((known & same).sum()), int((known & ~same).sum()))

    def flush(self) -> None:
        """Write what is pending into the log and the index."""
        blocks, self._pending.blocks = self._pending.blocks, []
        if not blocks:
            return
        key = np.concatenate([block.key for block in blocks])
        order = np.argsort(key, kind="stable")
        everything = _Block(
            key[order],
            np.concatenate([block.value for block in blocks])[order],
            np.concatenate([block.equal for block in blocks])[order],
        )
        latest = _latest(everything)
        interval, staleness = self._rhythm(latest.key)
        whole = self._rereads or self._sealing is not None  # a sealed check may say the same in another rhythm
        written = latest if whole else _where(latest, ~latest.equal)
        if len(written.key):
            self._append(written, interval, staleness)
        if self._sealing is not None:
            self._sealing.delivered(everything.key)
        self._known.clear()
        self._last = None

    def finish(self) -> None:
        """After the last row; an hour that is sealed is in the log now and needs no rounds any more."""
        self.flush()
        if self._sealing is not None:
            asset, at = self._sealing.finish()
            if len(at):
                self._index.rebuild(asset, at)

    def withdraw(self, delivery_ids: list[int]) -> int:
        """Close the files of those deliveries; the number of checks that no other file holds."""
        self.flush()
        found = self._log.parts(self._scope.source, deliveries=delivery_ids)
        parts = [part for part in found if not part.is_day]  # those hold other deliveries' checks, too
        if not parts:
            return 0
        tables = [self._log.read(part) for part in parts]
        asset = np.concatenate([self._assets.codes(table["asset_no"].combine_chunks()) for table in tables])
        at = np.concatenate([table["checked_at"].to_numpy() for table in tables])
        self._scope.connection.execute(
            update(check_partitions)
            .where(
                among(self._scope.connection, check_partitions.c.partition_id, (part.partition_id for part in parts))
            )
            .values(known_until=self._scope.sequence)
        )
        return self._index.rebuild(asset, at)

    def _coded(self, frame: pd.DataFrame) -> tuple[Ints, Ints]:
        asset = self._assets.codes(arrow_column(frame["asset_no"], ARROW["text"]))
        at = arrow_column(frame["checked_at"], pa.int64()).to_numpy()
        latency = arrow_column(frame["latency_ms"], pa.int64()).fill_null(_NO_LATENCY).to_numpy()
        state = coded_states(arrow_column(frame["state"], ARROW["code"]))
        return key_of(asset, at), latency * 4 + state

    def _compare(self, key: Ints, value: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Per check: was its moment known, did it say the same, does the log itself say the same?"""
        first = np.append(True, key[1:] != key[:-1])
        in_log, logged = self._logged(key)
        equal = in_log & (logged == value)
        known, before = in_log.copy(), logged.copy()
        for block in self._pending.blocks:  # the latest is the last word
            found, values = _overlap(block, key)
            known |= found
            before = np.where(found, values, before)
        known[~first] = True
        before[1:] = np.where(first[1:], before[1:], value[:-1])
        return known, known & (before == value), equal

    def _logged(self, key: Ints) -> tuple[NDArray[np.bool_], Ints]:
        """What the log says of these moments; only days at or before the last check of an asset are read."""
        if self._last is None:
            self._last = self._index.last_checks()
        found, values = np.zeros(len(key), bool), np.zeros(len(key), np.int64)
        if not self._last:
            return found, values
        asset, at = asset_of(key), time_of(key)
        last = np.array([self._last.get(name, (NEVER, 0))[0] for name in self._assets.names], np.int64)
        late = np.flatnonzero(at <= last[asset])
        days = at[late] // DAY
        for day in np.unique(days).tolist():
            rows = late[days == day]
            first, last_of_day = int(at[rows].min()), int(at[rows].max())
            parts = self._log.parts(self._scope.source, [day_of(day * DAY)])
            if not any(part.touches(first, last_of_day) for part in parts):
                continue
            there, said = self._day(day_of(day * DAY)).find(key[rows])
            found[rows], values[rows] = there, said
        return found, values

    def _day(self, day: str) -> _Block:
        if day not in self._known:
            if sum(len(block.key) for block in self._known.values()) > _KNOWN_DAYS:
                self._known.clear()
            self._known[day] = self._read_day(day)
        return self._known[day]

    def _read_day(self, day: str) -> _Block:
        keys, values = [np.array([NO_KEY])], [np.zeros(1, np.int64)]
        for _, tables in visible_checks(self._log, self._log.parts(self._scope.source, [day])):
            for table in tables:
                asset = self._assets.codes(table["asset_no"].combine_chunks())
                latency = table["latency_ms"].combine_chunks().fill_null(_NO_LATENCY).to_numpy()
                keys.append(key_of(asset, table["checked_at"].to_numpy()))
                values.append(latency * 4 + coded_states(table["state"].combine_chunks()))
        key, value = np.concatenate(keys), np.concatenate(values)
        order = np.argsort(key, kind="stable")
        return _latest(_Block(key[order], value[order], np.zeros(len(key), bool)))

    def _rhythm(self, key: Ints) -> tuple[Ints, Ints]:
        """Per asset the interval and the staleness of its checks, in seconds."""
        if self._pending.interval is not None:
            interval = np.full(len(self._assets), self._pending.interval)
        else:
            interval = median_spacing(asset_of(key), time_of(key), len(self._assets))
            last = self._index.last_checks()  # a single check goes on in the rhythm of those before it
            before = np.array([last.get(name, (0, 0))[1] for name in self._assets.names], np.int64)
            interval = np.where(interval > 0, interval, before)
        if self._pending.staleness is not None:
            return interval, np.full(len(interval), self._pending.staleness)
        return interval, interval * _STALE_AFTER

    def _append(self, checks: _Block, interval: Ints, staleness: Ints) -> None:
        asset, at, state = asset_of(checks.key), time_of(checks.key), checks.value & 3
        names = pa.array(self._assets.names, pa.string())
        latency = checks.value >> 2
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(asset, pa.int32()), names),
            pa.array(at),
            state_words(state),
            pa.array(latency, mask=latency == _NO_LATENCY),
            pa.array(interval[asset]),
            pa.array(staleness[asset]),
        ]
        table = pa.table(dict(zip(SCHEMA.names, columns, strict=True)))
        before = self._log.append(self._scope, table)
        runs = Runs(asset, state, at, at, interval[asset], staleness[asset], np.ones(len(at), np.int64))
        if self._sealing is not None:
            runs = runs.take(~self._sealing.counted(checks.key, runs))
        if len(runs):
            self._index.add(runs, before)


@dataclass(frozen=True, slots=True)
class Correction:
    """An interval of the index that its log does not bear out, or (``missing``) one that was not there."""

    source: str
    asset_no: str
    state: str
    first_at: int
    last_at: int
    check_count: int
    missing: bool


def rebuild_index(connection: Connection, organization_id: str, folder: Path) -> list[Correction]:
    """Make every source's index anew from the log and the rounds not sealed; what was wrong, by source, asset, time."""
    sequence = lock_organization(connection, organization_id)
    log = CheckLog(connection, organization_id, folder)
    series = check_series.c
    query = select(series.source, series.asset_no).where(series.organization_id == organization_id).distinct()
    named: dict[str, list[str]] = {source: [] for source in sources_of(connection, organization_id)}
    for source, asset_no in connection.execute(query):
        named.setdefault(source, []).append(asset_no)
    found = []
    for source in sorted(named):
        assets = Assets()
        assets.codes(pa.array(sorted(named[source]), pa.string()))  # as files are sorted, which is quick then
        index = StateIndex(Scope(connection, organization_id, source, 0, sequence), log, assets)
        for runs, missing in zip(index.rebuild_all(), (False, True), strict=True):
            found += _corrections(source, assets, runs, missing)
    return sorted(found, key=lambda one: (one.source, one.asset_no, one.first_at, one.missing))


def _corrections(source: str, assets: Assets, runs: Runs, missing: bool) -> list[Correction]:
    columns = (runs.asset, runs.state, runs.first, runs.last, runs.count)
    return [
        Correction(source, assets.names[asset], STATES[state], first, last, count, missing)
        for asset, state, first, last, count in zip(*(column.tolist() for column in columns), strict=True)
    ]


def forget_hour(connection: Connection, organization_id: str, hour: Hour, folder: Path) -> None:
    """Let go of the rounds of an hour; the log alone speaks for it then."""
    sequence = lock_organization(connection, organization_id)
    scope, assets = Scope(connection, organization_id, hour.source, 0, sequence), Assets()
    asset, at = Sealing(scope, hour, assets).finish()
    if len(at):
        StateIndex(scope, CheckLog(connection, organization_id, folder), assets).rebuild(asset, at)


def _where(block: _Block, mask: NDArray[np.bool_]) -> _Block:
    return _Block(block.key[mask], block.value[mask], block.equal[mask])


def _latest(block: _Block) -> _Block:
    """Of equal keys the last."""
    last = np.append(block.key[1:] != block.key[:-1], True)
    return block if last.all() else _where(block, last)


def _overlap(block: _Block, key: Ints) -> tuple[NDArray[np.bool_], Ints]:
    if key[0] > block.key[-1] or key[-1] < block.key[0]:
        return np.zeros(len(key), bool), np.zeros(len(key), np.int64)
    return block.find(key)
