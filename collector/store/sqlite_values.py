"""Rows into SQLite value by value, many rows a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import numpy as np
import pyarrow as pa

from collector.store.bulk import batches

#: Measured: a third less time than one row a statement; and the longer a statement, the longer it runs beside
#: Python's other threads without asking for their lock.
_ROWS_A_STATEMENT = 1_500
_STATEMENTS_AS_OBJECTS = 12


def insert_values(
    driver: sqlite3.Connection, table: str, shared: Mapping[str, Any], columns: Mapping[str, pa.Array], length: int
) -> None:
    """Insert ``length`` rows of any types; ``shared`` values are the same for all of them."""
    limit = driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    rows = max(1, min(_ROWS_A_STATEMENT, (limit - len(shared)) // max(1, len(columns))))
    head, constant = f"INSERT INTO {table} ({', '.join([*shared, *columns])}) VALUES ", tuple(shared.values())
    for part in batches(length, rows * _STATEMENTS_AS_OBJECTS):  # as objects they take much more memory
        values = _row_by_row([column[part] for column in columns.values()])
        for piece in batches(part.stop - part.start, rows):
            number = piece.stop - piece.start
            statement = head + _places(len(shared), len(columns), number)
            driver.execute(statement, constant + tuple(islice(values, len(columns) * number)))


@lru_cache(maxsize=16)
def _places(shared: int, width: int, rows: int) -> str:
    """``(?1, ?2, ?, ?), (?1, ?2, ?, ?)``: the shared values are bound once for all rows of a statement.

    Only those have a number: SQLite looks the numbered ones up one after the other.
    """
    row = ", ".join([f"?{number}" for number in range(1, shared + 1)] + ["?"] * width)
    return ", ".join([f"({row})"] * rows)


def _row_by_row(columns: Sequence[pa.Array]) -> Iterator[Any]:
    """The values of all rows one after the other."""
    return chain.from_iterable(zip(*(_values(column) for column in columns), strict=True))


def _values(column: pa.Array) -> list[Any]:
    """The column as Python objects; equal texts share one object, which also keeps its encoding."""
    if pa.types.is_large_string(column.type) and len(column) > 1000 and _repeats(column):
        coded = column.dictionary_encode()
        objects = np.array([*coded.dictionary.to_pylist(), None], object)
        places = coded.indices.fill_null(len(objects) - 1).to_numpy()
        return objects[places].tolist()  # type: ignore[no-any-return]
    return column.to_pylist()  # type: ignore[no-any-return]


def _repeats(column: pa.Array) -> bool:
    return len(column[:1000].unique()) < 500
