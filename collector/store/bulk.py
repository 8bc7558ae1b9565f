"""The hot paths: many rows in and out by whole columns, in each database's own way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Select,
    Table,
    any_,
    func,
    literal,
    select,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Versions:
    """Current versions of rows: key, hash ``(n, 16)`` and row_id, in no order."""

    keys: pa.Array
    hashes: NDArray[np.uint8]
    row_ids: NDArray[np.int64]


class Bulk(Protocol):
    """One connection's way of moving many rows; everything happens in the connection's transaction."""

    def current(self, table: Table, organization_id: str, source: str, keys: pa.Array) -> Versions:
        """The current versions of those ``keys`` (sorted, each once) that the source has."""
        ...

    def insert(self, table: Table, constants: Mapping[str, Any], columns: Mapping[str, pa.Array]) -> None:
        """Insert rows: ``columns`` of equal length, ``constants`` the same for every row."""
        ...

    def insertion(
        self, table: Table, constants: Mapping[str, Any], columns: Mapping[str, pa.Array]
    ) -> Callable[[], None]:
        """What inserts these rows when it is called, with as much as possible done now: another thread may call it."""
        ...

    def close(self, table: Table, row_ids: NDArray[np.int64], sequence: int) -> None:
        """Set ``known_until`` of these versions."""
        ...

    def read(self, query: Select[Any]) -> pa.Table:
        """The rows of a query, columns typed as :func:`arrow_type` says."""
        ...

    def read_records(self, table: Table, names: Sequence[str], wanted: ColumnElement[bool]) -> pa.Table:
        """Columns of a record table's rows in the order of ``row_id``; made for many rows.

        Their texts are null or not empty and hold no separators, as :func:`canonical.arrow_column` sees to.
        """
        ...


def bulk_of(connection: Connection) -> Bulk:
    """The way of the connection's database."""
    if connection.dialect.name == "sqlite":
        from collector.store.bulk_sqlite import SqliteBulk

        return SqliteBulk(connection)
    from collector.store.bulk_postgres import PostgresBulk

    return PostgresBulk(connection)


def arrow_type(kind: Any) -> pa.DataType:
    """The Arrow type in which a SQL column is read."""
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, (BigInteger, Integer)):
        return pa.int64()
    if isinstance(kind, Float):
        return pa.float64()
    return pa.binary() if isinstance(kind, LargeBinary) else pa.large_string()


def schema_of(query: Select[Any]) -> pa.Schema:
    """The Arrow schema of a query's rows."""
    return pa.schema([(column.name, arrow_type(column.type)) for column in query.selected_columns])


def hash_column(hashes: NDArray[np.uint8]) -> pa.Array:
    """Hashes ``(n, 16)`` as an Arrow column of 16 bytes each."""
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(hashes), [None, pa.py_buffer(np.ascontiguousarray(hashes))]
    )


def no_versions() -> Versions:
    """Nothing current."""
    return Versions(pa.array([], pa.large_string()), np.empty((0, 16), np.uint8), np.empty(0, np.int64))


def versions_of(table: pa.Table) -> Versions:
    """Versions from columns ``natural_key``, ``row_hash`` (hexadecimal) and ``row_id``."""
    columns = table.combine_chunks()
    digits = columns["row_hash"].chunk(0).buffers()[2].to_pybytes() if len(columns) else b""
    hashes = np.frombuffer(bytes.fromhex(digits[: 32 * len(columns)].decode()), np.uint8).reshape(-1, 16)
    keys = columns["natural_key"]
    return Versions(keys.chunk(0) if len(columns) else no_versions().keys, hashes, columns["row_id"].to_numpy())


def among(connection: Connection, column: ColumnElement[int], ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition that a column is one of any number of ids, passed as one value."""
    listed = [int(one) for one in ids]
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(json.dumps(listed)).table_valued("value").c.value))
    return column == any_(literal(listed, ARRAY(BigInteger())))


def batches(length: int, size: int) -> Iterator[slice]:
    """``range(length)`` cut into slices of at most ``size``."""
    for start in range(0, length, size):
        yield slice(start, min(start + size, length))
