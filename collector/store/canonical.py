"""A frame of records as Arrow columns, with the natural key and the hash of each row; all by column.

The hash goes over ``flags`` and the record's columns in their declared order, empty ones at the end left out. So
a new column belongs at the end of its record: then the rows stored before keep their hashes.
"""

from __future__ import annotations

import hashlib
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
#: Characters that no stored text holds.
FORBIDDEN = "\x00\x1c\x1d\x1e\x1f"
_SEPARATOR = "\x1e"


def columns_of(record: RecordType, frame: pd.DataFrame) -> dict[str, pa.Array]:
    """The record's columns and ``sheet``, ``row_no``, ``flags`` as one Arrow array each; absent lineage is null."""
    types = {column.name: ARROW[column.kind] for column in record.columns}
    columns = {name: arrow_column(frame[name], kind) for name, kind in types.items()}
    for name, kind in _LINEAGE.items():
        columns[name] = arrow_column(frame[name], kind) if name in frame else pa.nulls(len(frame), kind)
    return columns


def arrow_column(series: pd.Series[Any], kind: pa.DataType) -> pa.Array:
    """One unchunked Arrow array; in texts, characters that separate things in here become U+FFFD."""
    column = pa.array(series, type=kind, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return _clean(column) if pa.types.is_large_string(kind) else column


def _clean(column: pa.Array) -> pa.Array:
    """Without NUL, which PostgreSQL cannot hold, and without the separators FS, GS, RS and US."""
    data = column.buffers()[2]
    if data is None:
        return column
    if not (np.frombuffer(data, np.uint8) < 0x20).any():  # a search through the whole buffer is cheap
        return column
    for character in FORBIDDEN:
        if character.encode() in data.to_pybytes():
            column = pc.replace_substring(column, character, "\ufffd")
    return column


def natural_keys(record: RecordType, columns: dict[str, pa.Array]) -> pa.Array:
    """What ``metrics.records.natural_key`` gives, as Arrow."""
    parts = [_as_text(columns[name]) for name in record.key]
    if len(parts) == 1:
        return parts[0]
    return pc.binary_join_element_wise(*parts, pa.scalar("|", TEXT))


def row_hashes(record: RecordType, columns: dict[str, pa.Array]) -> NDArray[np.uint8]:
    """A 128-bit blake2b hash per row over its read values and flags, shape ``(n, 16)``."""
    names = ["flags", *record.names]
    while len(names) > 1 and columns[names[-1]].null_count == len(columns[names[-1]]):
        names.pop()  # the separators behind it would be taken off again
    parts = [_as_text(columns[name]) for name in names]
    separator = pa.scalar(_SEPARATOR, TEXT)
    rows = pc.binary_join_element_wise(*parts, separator, null_handling="replace", null_replacement="")
    data, starts, ends = rows.buffers()[2].to_pybytes(), *_without_empty_end(rows)
    fresh = hashlib.blake2b(digest_size=16).copy  # copying a state is cheaper than making one
    digests = bytearray()
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        state = fresh()
        state.update(data[first:last])
        digests += state.digest()
    return np.frombuffer(digests, np.uint8).reshape(-1, 16)


def _without_empty_end(rows: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each text begins and ends in the buffer, the separators at its end left out."""
    offsets, data = _offsets(rows), np.frombuffer(rows.buffers()[2], np.uint8)
    starts, ends = offsets[:-1], offsets[1:].copy()
    while (empty := (ends > starts) & (data[ends - 1] == ord(_SEPARATOR))).any():
        ends -= empty
    return starts, ends


def _offsets(column: pa.Array) -> NDArray[np.int64]:
    return np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column) + 1]


def _as_text(column: pa.Array) -> pa.Array:
    return column if pa.types.is_large_string(column.type) else pc.cast(column, TEXT)
