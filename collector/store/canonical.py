"""A frame of records as Arrow columns, with the natural key and the hash of each row; all by column.

The hash goes over ``flags`` and the record's columns in their declared order, empty ones at the end left out. So
a new column belongs at the end of its record: then the rows stored before keep their hashes.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from metrics.records import Kind, RecordType

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

TEXT: pa.DataType = pa.large_string()
ARROW: dict[Kind, pa.DataType] = {
    "text": TEXT,
    "code": TEXT,
    "date": TEXT,
    "decimal": TEXT,
    "instant": pa.int64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}
_LINEAGE = {"sheet": TEXT, "row_no": pa.int64(), "flags": TEXT}
_SEPARATOR, _ESCAPE = "\x1e", "\x1f"


def columns_of(record: RecordType, frame: pd.DataFrame) -> dict[str, pa.Array]:
    """The record's columns and ``sheet``, ``row_no``, ``flags`` as one Arrow array each; absent lineage is null."""
    types = {column.name: ARROW[column.kind] for column in record.columns}
    columns = {name: arrow_column(frame[name], kind) for name, kind in types.items()}
    for name, kind in _LINEAGE.items():
        columns[name] = arrow_column(frame[name], kind) if name in frame else pa.nulls(len(frame), kind)
    return columns


def arrow_column(series: pd.Series[Any], kind: pa.DataType) -> pa.Array:
    """One unchunked Arrow array; the character NUL, which PostgreSQL cannot hold, becomes U+FFFD."""
    column = pa.array(series, type=kind, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_large_string(kind) and _holds(column, b"\x00"):
        column = pc.replace_substring(column, "\x00", "\ufffd")
    return column


def natural_keys(record: RecordType, columns: dict[str, pa.Array]) -> pa.Array:
    """What ``metrics.records.natural_key`` gives, as Arrow."""
    parts = [_as_text(columns[name]) for name in record.key]
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*parts, pa.scalar("|", TEXT))


def row_hashes(record: RecordType, columns: dict[str, pa.Array]) -> NDArray[np.uint8]:
    """A 128-bit blake2b hash per row over its read values and flags, shape ``(n, 16)``."""
    rows = _canonical([_escaped(_as_text(columns[name])) for name in ("flags", *record.names)])
    offsets = _offsets(rows).tolist()
    data = rows.buffers()[2].to_pybytes() if rows.buffers()[2] is not None else b""
    fresh = hashlib.blake2b(digest_size=16).copy  # copying a state is cheaper than making one
    digests = []
    for start, end in pairwise(offsets):
        state = fresh()
        state.update(data[start:end])
        digests.append(state.digest())
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 16)


def _canonical(parts: list[pa.Array]) -> pa.Array:
    joined = pc.binary_join_element_wise(
        *parts, pa.scalar(_SEPARATOR, TEXT), null_handling="replace", null_replacement=""
    )
    return pc.ascii_rtrim(joined, characters=_SEPARATOR)


def _offsets(column: pa.Array) -> NDArray[np.int64]:
    return np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column) + 1]


def _as_text(column: pa.Array) -> pa.Array:
    return column if pa.types.is_large_string(column.type) else pc.cast(column, TEXT)


def _escaped(column: pa.Array) -> pa.Array:
    if _holds(column, _ESCAPE.encode()) or _holds(column, _SEPARATOR.encode()):
        column = pc.replace_substring(column, _ESCAPE, _ESCAPE + "0")
        column = pc.replace_substring(column, _SEPARATOR, _ESCAPE + "1")
    return column


def _holds(column: pa.Array, byte: bytes) -> bool:
    """Whether the byte may occur in the column (a search through its buffer, far cheaper than one by row)."""
    data = column.buffers()[2]
    return data is not None and byte in data.to_pybytes()
