"""Many rows into SQLite column by column: a column is bound as one run of bytes, which the database cuts into cells.

So a statement asks for Python's lock once and not for every value, and another thread goes on reading meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from collector.store.bulk import batches
from collector.store.canonical import TEXT

_WORTH_IT = 1_000
_ROWS_A_STATEMENT = 10_000
_BYTES_A_COLUMN = 4 << 20  # of one statement: its longest text makes all cells of a column as long
#: Stands for no value; fills cells up. Texts that hold one of them are not cut.
_NULL, _FILL = "\x1e", "\x1f"
_COUNTED = "temp.yunwei_counted"

Columns = Mapping[str, pa.Array]


def can_be_cut(columns: Columns, length: int) -> bool:
    """Whether these rows can go in so, and are many enough for it."""
    return length >= _WORTH_IT and bool(columns) and all(map(_has_cells, columns.values()))


def cell_statements(
    table: str, shared: Mapping[str, Any], columns: Columns, length: int
) -> Iterator[tuple[str, list[Any]]]:
    """Statements that insert ``length`` rows which :func:`can_be_cut`; ``shared`` values are the same for all."""
    texts = {name: _as_text(column) for name, column in columns.items()}
    for part in batches(length, _ROWS_A_STATEMENT):
        for piece in _pieces({name: column[part] for name, column in texts.items()}):
            yield _statement(table, shared, piece, columns)


def run_cells(driver: sqlite3.Connection, statements: Iterable[tuple[str, list[Any]]]) -> None:
    """Run what :func:`cell_statements` gave; the numbers of rows that they need stay with the connection."""
    driver.execute(f"CREATE TABLE IF NOT EXISTS {_COUNTED} (number INTEGER PRIMARY KEY)")
    driver.execute(
        f"WITH RECURSIVE counted (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM counted WHERE number < ?)"
        f" INSERT OR IGNORE INTO {_COUNTED} SELECT number FROM counted",
        (_ROWS_A_STATEMENT,),
    )
    for statement, values in statements:
        driver.execute(statement, values)
        # the driver keeps a statement with its values: without any it inserts no rows and holds no columns
        driver.execute(statement, [None] * len(values))


def _has_cells(column: pa.Array) -> bool:
    kind = column.type
    if pa.types.is_large_string(kind):
        data = np.frombuffer(column.buffers()[2] or b"", np.uint8)
        return not any(bool((data == ord(mark)).any()) for mark in (_NULL, _FILL))
    if pa.types.is_fixed_size_binary(kind):
        return not column.null_count
    return bool(pa.types.is_int64(kind) or pa.types.is_boolean(kind))


def _as_text(column: pa.Array) -> pa.Array:
    """A column of the texts of its cells; hashes stay as they are."""
    if pa.types.is_fixed_size_binary(column.type) or pa.types.is_large_string(column.type):
        return column
    return pc.cast(pc.cast(column, pa.int64()), TEXT)


def _pieces(texts: Columns) -> Iterator[Columns]:
    """The rows, halved as long as a column would take too much."""
    length = len(next(iter(texts.values())))
    if length == 1 or max(map(_width, texts.values())) * length <= _BYTES_A_COLUMN:
        yield texts
        return
    for half in (slice(0, length // 2), slice(length // 2, length)):
        yield from _pieces({name: column[half] for name, column in texts.items()})


def _width(column: pa.Array) -> int:
    """Bytes of its longest cell."""
    if pa.types.is_fixed_size_binary(column.type):
        return int(column.type.byte_width)
    return max(1, pc.max(pc.binary_length(column)).as_py() or 0)


def _statement(table: str, shared: Mapping[str, Any], texts: Columns, columns: Columns) -> tuple[str, list[Any]]:
    """One INSERT of all rows of ``texts``; ``columns`` tell what they are texts of."""
    values = list(shared.values())
    terms = [f"?{number}" for number in range(1, len(values) + 1)]
    for name, column in texts.items():
        width = _width(column)
        fill = _fill_of(column)
        values.append(_run(column, width, fill))
        cell = f"substr(?{len(values)}, number * {width}, {width})"  # of row n it begins at n × width, from 1
        terms.append(_value(cell, column, columns[name].type, width, fill))
    values.append(len(next(iter(texts.values()))))
    names, rows = ", ".join([*shared, *texts]), f"{_COUNTED} WHERE number <= ?{len(values)}"
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(terms)} FROM {rows}", values


def _fill_of(column: pa.Array) -> str:
    """Blanks are the quickest to take off again, unless they are the text's own."""
    if pa.types.is_fixed_size_binary(column.type) or not pc.any(pc.ends_with(column, " ")).as_py():
        return " "
    return _FILL


def _run(column: pa.Array, width: int, fill: str) -> bytes:
    """The cells one after the other, each as long as the longest, from byte ``width`` on."""
    if pa.types.is_fixed_size_binary(column.type):
        cells, first = column.buffers()[1], column.offset * width
    else:
        present = pc.fill_null(column, _NULL) if column.null_count else column
        cells, first = pc.ascii_rpad(present, width, fill).buffers()[2], 0
    return b" " * (width - 1) + memoryview(cells)[first : first + len(column) * width]


def _value(cell: str, column: pa.Array, kind: pa.DataType, width: int, fill: str) -> str:
    """SQL for the value in a cell."""
    if pa.types.is_fixed_size_binary(kind):
        return cell
    if not pa.types.is_large_string(kind):  # a number ends where its digits end
        nothing = (_NULL.encode() + fill.encode() * (width - 1)).hex()
        return f"CAST(nullif({cell}, x'{nothing}') AS INTEGER)" if column.null_count else f"CAST({cell} AS INTEGER)"
    if not column.null_count and pc.min(pc.binary_length(column)).as_py() == width:
        return f"CAST({cell} AS TEXT)"
    text = f"rtrim({cell})" if fill == " " else f"rtrim({cell}, '{fill}')"
    return f"nullif({text}, '{_NULL}')" if column.null_count else text
