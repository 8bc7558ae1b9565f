"""Records with their history: which rows are new, unchanged, or supersede what was known (semantics 7).

Rows are told apart one after the other in the order of the delivery, though by column: the same rows in other
blocks give the same history.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Table, select

from collector.store.bulk import Versions, among, batches, bulk_of, hash_column, no_versions
from collector.store.canonical import columns_of, natural_keys, row_hashes
from collector.store.schema import RECORD_TABLES
from metrics.records import RECORDS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


_ROWS_AT_ONCE = 50_000  # bounds the memory, whatever the size of the caller's blocks
_BLOCKS_WAITING = 2  # so that the database need not wait where one block takes longer to prepare than another


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows were new, as known, or replaced what was known."""

    accepted: int = 0
    unchanged: int = 0
    superseding: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.accepted + other.accepted,
            self.unchanged + other.unchanged,
            self.superseding + other.superseding,
        )

    @property
    def changed(self) -> int:
        """Rows that made a new version."""
        return self.accepted + self.superseding


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a delivery writes: its transaction, organisation, source and place in the sequence."""

    connection: Connection
    organization_id: str
    source: str
    delivery_id: int
    sequence: int


@dataclass
class _Seen:
    """What this delivery knows of one record's table without asking again."""

    was_empty: bool
    ranges: list[tuple[str, str]] = field(default_factory=list)
    unchanged: list[NDArray[np.int64]] = field(default_factory=list)

    def may_hold(self, first: str, last: str) -> bool:
        """Whether keys of the range may have a version; in byte order, as both databases compare."""
        if not self.was_empty:
            return True
        low, high = first.encode(), last.encode()
        return any(low <= b.encode() and a.encode() <= high for a, b in self.ranges)


class RecordWriter:
    """Writes the records of one delivery, block by block, with bounded memory."""

    def __init__(self, scope: Scope, rereads: bool) -> None:
        self._scope = scope
        self._bulk = bulk_of(scope.connection)
        self._rereads = rereads  # only then must unchanged rows be remembered, for the withdrawal
        self._seen: dict[str, _Seen] = {}
        self._beside = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def settle(self, left: int = 0) -> None:
        """Wait until all blocks but ``left`` are in the table; nobody else may use the connection before all are."""
        while len(self._waiting) > left:
            self._waiting.popleft().result()

    def close(self) -> None:
        """Wait, whatever became of the block: an error was or will be told by another."""
        self._beside.shutdown(wait=True)

    def write(self, name: str, frame: pd.DataFrame) -> Outcome:
        """Store a block of rows of record ``name``; the columns are those of :class:`adapters.base.Batch`.

        The rows are inserted beside, while the caller reads the next block: see :meth:`settle`.
        """
        parts = batches(len(frame), _ROWS_AT_ONCE)
        return sum((self._write(name, frame.iloc[part]) for part in parts), Outcome())

    def _write(self, name: str, frame: pd.DataFrame) -> Outcome:
        record, table = RECORDS[name], RECORD_TABLES[name]
        columns = columns_of(record, frame)
        keys = natural_keys(record, columns)
        order = _order(keys)
        if order is not None:
            keys, columns = keys.take(order), _take(columns, order)
        lookup = self._lookup(table, keys)
        hashes = row_hashes(record, columns)
        told = classify(keys, hashes, lookup.result() if lookup else no_versions())
        self._store(table, columns | {"natural_key": keys, "row_hash": hash_column(hashes)}, told)
        seen = self._seen[name]
        seen.ranges.append((keys[0].as_py(), keys[-1].as_py()))
        if self._rereads:
            seen.unchanged.append(told.confirmed)
        return told.outcome

    def withdraw(self, delivery_ids: list[int]) -> dict[str, int]:
        """Close the rows of those deliveries that this one has neither read again nor replaced, by record."""
        return {name: self._withdraw(table, delivery_ids) for name, table in RECORD_TABLES.items()}

    def _withdraw(self, table: Table, delivery_ids: list[int]) -> int:
        query = select(table.c.row_id).where(
            table.c.organization_id == self._scope.organization_id,
            table.c.source == self._scope.source,
            table.c.known_until.is_(None),
            among(self._scope.connection, table.c.delivery_id, delivery_ids),
        )
        rows = np.array(self._scope.connection.scalars(query).all(), np.int64)
        seen = self._seen.get(table.name)
        if seen is not None and seen.unchanged:
            rows = np.setdiff1d(rows, np.concatenate(seen.unchanged))
        self._bulk.close(table, rows, self._scope.sequence)
        return len(rows)

    def _seen_of(self, table: Table) -> _Seen:
        if table.name not in self._seen:
            query = select(table.c.row_id).where(
                table.c.organization_id == self._scope.organization_id,
                table.c.source == self._scope.source,
                table.c.known_until.is_(None),
            )
            self._seen[table.name] = _Seen(self._scope.connection.execute(query.limit(1)).first() is None)
        return self._seen[table.name]

    def _lookup(self, table: Table, keys: pa.Array) -> Future[Versions] | None:
        """The current versions of the keys, read beside, after the block before is in the table; None: surely none."""
        seen = self._seen.get(table.name)
        if seen is not None and not seen.may_hold(keys[0].as_py(), keys[-1].as_py()):
            return None
        return self._beside.submit(self._current, table, keys)

    def _current(self, table: Table, keys: pa.Array) -> Versions:
        if not self._seen_of(table).may_hold(keys[0].as_py(), keys[-1].as_py()):
            return no_versions()
        fresh = np.flatnonzero(_differs_from_last(keys))
        return self._bulk.current(table, self._scope.organization_id, self._scope.source, keys.take(pa.array(fresh)))

    def _store(self, table: Table, columns: dict[str, pa.Array], told: Classified) -> None:
        scope = self._scope
        constants = {
            "organization_id": scope.organization_id,
            "source": scope.source,
            "delivery_id": scope.delivery_id,
            "known_from": scope.sequence,
        }
        parts: list[tuple[dict[str, Any], dict[str, pa.Array]]] = []
        if told.inserted.all() and told.last.all():
            parts.append((constants, columns))
        else:
            superseded = constants | {"known_until": scope.sequence}  # by a later row of the same block
            for mask, shared in ((told.last, constants), (~told.last, superseded)):
                rows = np.flatnonzero(told.inserted & mask)
                if len(rows):
                    parts.append((shared, _take(columns, rows)))
        steps = [self._bulk.insertion(table, shared, those) for shared, those in parts]
        if len(told.closed):  # before a new version of the same key comes
            steps.insert(0, partial(self._bulk.close, table, told.closed, scope.sequence))
        self.settle(left=_BLOCKS_WAITING - 1)
        self._waiting.append(self._beside.submit(_run, steps))


def _run(steps: list[Callable[[], None]]) -> None:
    for step in steps:
        step()


@dataclass(frozen=True)
class Classified:
    """What becomes of a block's rows: masks over the rows, and row_ids of stored versions.

    ``inserted``: the row makes a version; ``last``: no later row of the block supersedes it; ``closed``: versions
    superseded by the block; ``confirmed``: versions that the block left as they are.
    """

    outcome: Outcome
    inserted: NDArray[np.bool_]
    last: NDArray[np.bool_]
    closed: NDArray[np.int64]
    confirmed: NDArray[np.int64]


def classify(keys: pa.Array, hashes: NDArray[np.uint8], current: Versions) -> Classified:
    """Tell a block's rows apart; equal keys stand together, in the order of the delivery."""
    words = np.ascontiguousarray(hashes).view(np.uint64)
    first = _differs_from_last(keys)
    known, same = np.zeros(len(keys), bool), np.zeros(len(keys), bool)
    same[1:] = ~first[1:] & (words[1:] == words[:-1]).all(axis=1)
    known[~first] = True
    stored = np.full(len(keys), -1)
    if len(current.row_ids):
        stored = pc.index_in(keys, value_set=current.keys).fill_null(-1).to_numpy()
        at = np.flatnonzero(first & (stored >= 0))
        known[at] = True
        same[at] = (words[at] == np.ascontiguousarray(current.hashes).view(np.uint64)[stored[at]]).all(axis=1)
    inserted = ~(known & same)
    last = _no_later(inserted, first)
    groups = np.flatnonzero(first)
    replaced = np.logical_or.reduceat(inserted, groups)  # per key: is there a new version?
    at_group = stored[groups]
    outcome = Outcome(int((~known).sum()), int((known & same).sum()), int((known & ~same).sum()))
    return Classified(
        outcome,
        inserted,
        last,
        current.row_ids[at_group[replaced & (at_group >= 0)]],
        current.row_ids[at_group[~replaced & (at_group >= 0)]],
    )


def _no_later(inserted: NDArray[np.bool_], first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of each row, whether no later row of its key is inserted."""
    total = np.cumsum(inserted)
    ends = np.append(np.flatnonzero(first)[1:] - 1, len(first) - 1)
    of_group = np.cumsum(first) - 1
    return np.asarray(total[ends][of_group] == total)


def _differs_from_last(keys: pa.Array) -> NDArray[np.bool_]:
    differs = np.ones(len(keys), bool)
    if len(keys) > 1:
        differs[1:] = pc.not_equal(keys[1:], keys[:-1]).to_numpy(zero_copy_only=False)
    return differs


def _order(keys: pa.Array) -> pa.Array | None:
    """The stable order by key (an index grows fastest in order), None when they are in order already."""
    if len(keys) < 2 or pc.all(pc.less_equal(keys[:-1], keys[1:])).as_py():
        return None
    return pc.array_sort_indices(keys)


def _take(columns: dict[str, pa.Array], rows: NDArray[Any] | pa.Array) -> dict[str, pa.Array]:
    places = rows if isinstance(rows, pa.Array) else pa.array(rows)
    return {name: column.take(places) for name, column in columns.items()}
