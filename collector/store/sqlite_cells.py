"""Many rows into SQLite column by column: a column is bound as one run of bytes, which the database cuts into cells.

So a statement asks for Python's lock once and not for every value, and another thread goes on reading meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from collector.store.bulk import batches
from collector.store.canonical import TEXT

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORTH_IT = 1_000
_ROWS_A_STATEMENT = 10_000  # measured: what is bound for it stays in the processor's cache
_BYTES_A_COLUMN = 4 << 20  # of one statement: its longest text makes all cells of a column as long
#: Measured: texts of uneven length take a quarter less time as numbers of 8 words, an eighth less of 16, more of 32.
_MOST_WORDS, _SAMPLE = 16, 500
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
    for part in batches(length, _ROWS_A_STATEMENT):
        for rows, piece in _pieces({name: column[part] for name, column in columns.items()}):
            yield _statement(table, shared, piece, rows)


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


class _Column(Protocol):
    """One column of a statement."""

    @property
    def width(self) -> int:
        """The bytes that are bound for each of its rows."""
        ...

    def term(self, bind: Callable[[Any], str]) -> str:
        """SQL for the value in row ``number``, from 1; ``bind`` gives the place of a value that is bound."""
        ...


def _cell(run: str, width: int) -> str:
    """SQL for a cell of a run: that of row n begins at byte n × width, from 1."""
    return f"substr({run}, number * {width}, {width})"


@dataclass(frozen=True)
class _Cells:
    """Cells as long as the longest: texts, digits (``numbers``) or hashes; ``shortest`` in bytes, null being 0."""

    column: pa.Array
    numbers: bool
    width: int
    shortest: int

    def term(self, bind: Callable[[Any], str]) -> str:
        """See :class:`_Column`."""
        cell, null = _cell(bind(self._run()), self.width), bool(self.column.null_count)
        if pa.types.is_fixed_size_binary(self.column.type):
            return cell
        if self.numbers:  # a number ends where its digits end
            nothing = (_NULL + " " * (self.width - 1)).encode().hex()
            return f"CAST(nullif({cell}, x'{nothing}') AS INTEGER)" if null else f"CAST({cell} AS INTEGER)"
        if self.shortest == self.width:
            return f"CAST({cell} AS TEXT)"
        text = f"rtrim({cell})" if self._fill == " " else f"rtrim({cell}, '{self._fill}')"
        return f"nullif({text}, '{_NULL}')" if null else text

    def _run(self) -> bytes:
        """The cells one after the other, from byte ``width`` on."""
        width, column = self.width, self.column
        if pa.types.is_fixed_size_binary(column.type):
            data, first = column.buffers()[1], column.offset * width
        elif self.shortest == width:  # they lie so already
            data, first = column.buffers()[2], int(_offsets(column)[0])
        else:
            present = pc.fill_null(column, _NULL) if column.null_count else column
            data, first = pc.ascii_rpad(present, width, self._fill).buffers()[2], 0
        return b" " * (width - 1) + memoryview(data)[first : first + len(column) * width]

    @property
    def _fill(self) -> str:
        """What makes cells as long as the longest. Blanks are taken off most quickly, unless they are a text's own."""
        if self.numbers:
            return " "
        ends, data = _offsets(self.column)[1:], self.column.buffers()[2]
        own = data is not None and len(data) and (np.frombuffer(data, np.uint8)[ends - 1] == ord(" ")).any()
        return _FILL if own else " "


@dataclass(frozen=True)
class _Words:
    """Few different texts: a cell is the number of its text, the most frequent being 0."""

    words: list[str | None]
    numbers: NDArray[np.uint8]
    width = 1

    def term(self, bind: Callable[[Any], str]) -> str:
        """See :class:`_Column`."""
        cell, (*others, last) = _cell(bind(self.numbers.tobytes()), 1), [bind(word) for word in self.words]
        cases = "".join(f" WHEN x'{number:02x}' THEN {word}" for number, word in enumerate(others))
        return f"CASE {cell}{cases} ELSE {last} END" if others else last


@dataclass(frozen=True)
class _Steps:
    """Numbers of which each is the one before and one more, as those of rows are."""

    first: int
    width = 0

    def term(self, bind: Callable[[Any], str]) -> str:
        """See :class:`_Column`."""
        return f"number - 1 + {bind(self.first)}"


def _column(values: pa.Array) -> _Column:
    if pa.types.is_fixed_size_binary(values.type):
        width = values.type.byte_width
        return _Cells(values, numbers=False, width=width, shortest=width)
    numbers = not pa.types.is_large_string(values.type)
    if numbers and (steps := _steps(values)) is not None:
        return steps
    texts = pc.cast(pc.cast(values, pa.int64()), TEXT) if numbers else values
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    shortest, longest = 0 if texts.null_count else lengths["min"], max(1, lengths["max"] or 0)
    if not numbers and shortest < longest and (words := _words(texts)) is not None:  # of even length they are cut
        return words
    return _Cells(texts, numbers, longest, shortest)


def _steps(values: pa.Array) -> _Steps | None:
    if values.null_count or not pa.types.is_int64(values.type):
        return None
    numbers = values.to_numpy()
    first = int(numbers[0])
    if int(numbers[-1]) != first + len(numbers) - 1 or (numbers[1:] - 1 != numbers[:-1]).any():
        return None
    return _Steps(first)


def _words(texts: pa.Array) -> _Words | None:
    """The texts as numbers, unless they are too many for one comparison after the other."""
    if len(texts[:_SAMPLE].unique()) > _MOST_WORDS:
        return None
    coded = texts.dictionary_encode(null_encoding="encode")
    if len(coded.dictionary) > _MOST_WORDS:
        return None
    places = coded.indices.to_numpy()
    by_count = np.argsort(-np.bincount(places, minlength=len(coded.dictionary)), kind="stable")
    numbers = np.empty(len(by_count), np.uint8)
    numbers[by_count] = np.arange(len(by_count), dtype=np.uint8)
    return _Words([coded.dictionary[int(place)].as_py() for place in by_count], numbers[places])


def _pieces(values: Columns) -> Iterator[tuple[int, dict[str, _Column]]]:
    """The rows and how many they are, halved as long as a column would take too much."""
    columns = {name: _column(column) for name, column in values.items()}
    length = len(next(iter(values.values())))
    if length == 1 or max(column.width for column in columns.values()) * length <= _BYTES_A_COLUMN:
        yield length, columns
        return
    for half in (slice(0, length // 2), slice(length // 2, length)):
        yield from _pieces({name: column[half] for name, column in values.items()})


def _statement(
    table: str, shared: Mapping[str, Any], columns: Mapping[str, _Column], length: int
) -> tuple[str, list[Any]]:
    """One INSERT of ``length`` rows."""
    values: list[Any] = []

    def bind(value: Any) -> str:
        values.append(value)
        return f"?{len(values)}"

    terms = [bind(value) for value in shared.values()] + [column.term(bind) for column in columns.values()]
    names, rows = ", ".join([*shared, *columns]), f"{_COUNTED} WHERE number <= {bind(length)} ORDER BY number"
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(terms)} FROM {rows}", values


def _offsets(column: pa.Array) -> NDArray[np.int64]:
    return np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column) + 1]
