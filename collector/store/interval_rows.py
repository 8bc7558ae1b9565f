"""The rows of the state index: settled intervals with their history, and beside them the newest of each target.

The newest, the open one, changes in place; when another follows it settles. A row of ``open_intervals`` is known by
``-series_id``, so that both kinds have one number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlalchemy import delete, select

from collector.store.bulk import among, bulk_of
from collector.store.check_runs import Runs, concatenate
from collector.store.check_series import SeriesBook
from collector.store.check_sources import take_turn
from collector.store.schema import open_intervals, state_intervals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collector.store.check_runs import Ints
    from collector.store.records import Scope
    from collector.store.targets import Assets

_OPEN = ("series_id", "state", "first_at", "last_at", "check_count", "known_from")
_SETTLED = ("row_id", *_OPEN)


@dataclass(frozen=True)
class Kept:
    """Intervals as they are stored: by row the run, its number (negative: open) and since when it is known."""

    runs: Runs
    row_id: Ints
    known_from: Ints

    def __len__(self) -> int:
        return len(self.row_id)

    def take(self, places: NDArray[np.bool_] | Ints) -> Kept:
        """Those at these places, or where a mask holds."""
        return Kept(self.runs.take(places), self.row_id[places], self.known_from[places])


def both(first: Kept, second: Kept) -> Kept:
    """One after the other."""
    return Kept(
        concatenate([first.runs, second.runs]),
        np.concatenate([first.row_id, second.row_id]),
        np.concatenate([first.known_from, second.known_from]),
    )


class IntervalRows:
    """The current intervals of one source; the open ones are remembered as they are read and changed."""

    def __init__(self, scope: Scope, assets: Assets, locked: bool = False) -> None:
        """``locked``: the turn at this source is ours already."""
        if not locked:
            take_turn(scope)
        self._assets = assets
        self._book = SeriesBook(scope, assets)
        self._opened: Kept | None = None
        self.go_on(scope)

    def go_on(self, scope: Scope) -> None:
        """Work in another transaction; what is remembered must still be so."""
        self._connection = scope.connection
        self._bulk = bulk_of(scope.connection)
        self._book.scope = scope

    def open(self) -> Kept:
        """The newest interval of each target, where it is open."""
        if self._opened is None:
            condition = self._book.series.condition(self._connection, open_intervals)
            found = self._bulk.read(select(*(open_intervals.c[name] for name in _OPEN)).where(condition))
            self._opened = self._kept(found.add_column(0, "row_id", pa.nulls(len(found), pa.int64())))
        return self._opened

    def all_open(self) -> bool:
        """Whether every target that ever had an interval has an open one, which then is its newest."""
        return bool(np.isin(self._book.asset, self.open().runs.asset).all())

    def settled(self, last_from: int | None = None, first_until: int | None = None) -> Kept:
        """Current settled intervals, of a span only: those that end not before and begin not after."""
        table = state_intervals.c
        wanted = table.known_until.is_(None) & self._book.series.condition(self._connection, state_intervals)
        if last_from is not None:
            wanted &= table.last_at >= last_from
        if first_until is not None:
            wanted &= table.first_at <= first_until
        return self._kept(self._bulk.read_records(state_intervals, _SETTLED, wanted))

    def longest_staleness(self) -> list[int]:
        """Of the source's series, in seconds."""
        staleness: list[int] = self._book.staleness.tolist()
        return staleness

    def supersede(self, rows: Kept, sequence: int) -> None:
        """These are not known any more from ``sequence`` on; what came with it leaves no trace."""
        mine = rows.known_from == sequence
        self.remove(rows.take(mine))
        gone = rows.take(~mine)
        settled = gone.row_id > 0
        self._bulk.close(state_intervals, gone.row_id[settled], sequence)
        self.settle(gone.take(~settled), known_until=sequence)

    def settle(self, rows: Kept, known_until: int | None = None) -> None:
        """Let open ones be settled."""
        if len(rows):
            self.add(rows.runs, rows.known_from, known_until)
            self.remove(rows)

    def remove(self, rows: Kept) -> None:
        """Without trace."""
        for table, key, chosen in (
            (state_intervals, "row_id", rows.row_id > 0),
            (open_intervals, "series_id", rows.row_id < 0),
        ):
            if chosen.any():
                ids = np.abs(rows.row_id[chosen]).tolist()
                self._connection.execute(delete(table).where(among(self._connection, table.c[key], ids)))
        if self._opened is not None:
            self._opened = self._opened.take(~np.isin(self._opened.row_id, rows.row_id[rows.row_id < 0]))

    def add(self, runs: Runs, known_from: Ints, known_until: int | None = None) -> None:
        """Settled intervals."""
        if len(runs):
            constants = {} if known_until is None else {"known_until": known_until}
            self._bulk.insert(state_intervals, constants, self._columns(runs, known_from))

    def add_open(self, runs: Runs, known_from: Ints) -> None:
        """Open intervals, of targets that have none."""
        if len(runs):
            columns = self._columns(runs, known_from)
            self._bulk.insert(open_intervals, {}, columns)
            if self._opened is not None:
                self._opened = both(self._opened, Kept(runs, -columns["series_id"].to_numpy(), known_from))

    def _columns(self, runs: Runs, known_from: Ints) -> dict[str, pa.Array]:
        values = (self._book.ids(runs), runs.state, runs.first, runs.last, runs.count, known_from)
        return {name: pa.array(column, pa.int64()) for name, column in zip(_OPEN, values, strict=True)}

    def _kept(self, found: pa.Table) -> Kept:
        row_id, series, state, first, last, count, known_from = (
            found[name].to_numpy(zero_copy_only=False) for name in _SETTLED
        )
        if found["row_id"].null_count:
            row_id = -series
        row = self._book.series.rows_of(series)
        mine = row >= 0
        row = row[mine]
        runs = Runs(
            self._book.asset[row],
            state[mine].astype(np.int64),
            first[mine],
            last[mine],
            self._book.interval[row],
            self._book.staleness[row],
            count[mine],
        )
        return Kept(runs, row_id[mine].astype(np.int64), known_from[mine])
