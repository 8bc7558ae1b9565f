"""xlsx and xls by calamine: typed cells become the text that a person would type for them."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import python_calamine as calamine
from numpy.typing import NDArray

from adapters.grid import BLANKS, Block, Merge
from adapters.workbook_scan import Scan, scan_xls, scan_xlsx
from metrics.errors import InputError

_HEAD_ROWS = 510
_BLOCK_ROWS = 20_000
_EXACT = 2**53
_BROKEN = "不是完整的工作簿，文件可能已损坏"
_PASSWORD = "工作簿有密码保护，请去除密码后重新提交"

Grid = Sequence[Sequence[Any]]


def open_workbook(file: BinaryIO, prefix: str, old: bool, name: str = "") -> list[WorkbookSheet]:
    """The worksheets, in their order.

    Args:
        prefix: stands before each sheet's name in its place (``member!`` inside an archive).
        old: xls, not xlsx.
        name: what the file is called.

    Raises:
        InputError: not a workbook, damaged, protected by a password, or too large to be held.
    """
    scan = scan_xls(file) if old else scan_xlsx(file)
    file.seek(0)
    book = _guarded(calamine.CalamineWorkbook.from_filelike, file)
    return [
        WorkbookSheet(book, meta, prefix, scan, name)
        for meta in book.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]


def _guarded(function: Any, *arguments: Any) -> Any:
    """Call into calamine; whatever it says about broken bytes becomes an InputError."""
    try:
        return function(*arguments)
    except calamine.PasswordError:
        raise InputError(_PASSWORD) from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError, ValueError, OverflowError):
        raise InputError(_BROKEN) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # a Rust panic; it is no subclass of Exception
            raise InputError(_BROKEN) from None
        raise


class WorkbookSheet:
    """One worksheet; its cells are loaded when it is first asked for."""

    named = True

    def __init__(self, book: Any, meta: Any, prefix: str, scan: Scan, name: str) -> None:
        self.title: str = meta.name
        self.place, self.file = prefix + self.title, name
        self.hidden = meta.visible != calamine.SheetVisibleEnum.Visible
        self.serials_1904 = scan.serials_1904
        self._book = book
        self._errors = scan.errors.get(self.title, {})
        self._loaded: Any = None

    @property
    def _sheet(self) -> Any:
        if self._loaded is None:
            self._loaded = _guarded(self._book.get_sheet_by_name, self.title)
        return self._loaded

    @property
    def _left(self) -> int:
        """Columns before the first used one, which the reader leaves out."""
        return int(self._sheet.start[1]) if self._sheet.start else 0

    def head(self) -> list[list[str]]:
        rows = _taken(_guarded(self._sheet.iter_rows), _HEAD_ROWS, 0)
        columns = self._columns(rows, 0)
        return [[str(column[index]).strip(BLANKS) for column in columns] for index in range(len(rows))]

    def cells(self) -> list[list[str]]:
        """Every row as texts from column A on; a merged range has its text in its first cell only."""
        rows = _taken(_guarded(self._sheet.iter_rows), None, 0)
        columns = [_as_list(column) for column in self._columns(rows, 0)]
        return [list(row) for row in zip(*columns, strict=True)]

    def merges(self) -> list[Merge]:
        return [(top, left, bottom, right) for top, left, bottom, right in self._ranges() if top < _HEAD_ROWS]

    def _ranges(self) -> list[Merge]:
        found = _guarded(lambda: self._sheet.merged_cell_ranges) or []
        return sorted((top, left, bottom, right) for (top, left), (bottom, right) in found)

    def blocks(self, header_row: int) -> Iterator[Block]:
        rows = _guarded(self._sheet.iter_rows)
        _taken(rows, header_row, 0)
        filler = _Filler(self._ranges(), header_row)
        first = header_row
        while True:
            columns, count = self._next_columns(rows, first)
            if not count:
                return
            merged = filler.fill(columns, first, count)
            yield Block(
                [pa.array(column, pa.string()) if isinstance(column, list) else column for column in columns],
                np.arange(first + 1, first + 1 + count, dtype=np.int64),
                merged=merged,
            )
            first += count

    def _next_columns(self, rows: Iterator[Any], first: int) -> tuple[list[Any], int]:
        """The columns of the next block and how many rows it has; the cells are gone when it returns."""
        with _without_collecting():
            taken = _taken(rows, _BLOCK_ROWS, first)
            return (self._columns(taken, first) if taken else []), len(taken)

    def _columns(self, rows: Grid, first: int) -> list[Any]:
        """Columns of texts (a list, or an Arrow array where that was quicker) from column A on."""
        empty: list[list[str]] = [[""] * len(rows) for _ in range(self._left)]
        columns = [*empty, *(_texts(cells) for cells in zip(*rows, strict=True))]
        for (row, column), value in self._errors.items():
            if first <= row < first + len(rows) and column < len(columns):
                columns[column] = _as_list(columns[column])
                columns[column][row - first] = value
        return columns


def _taken(rows: Iterator[Any], count: int | None, first: int) -> list[Any]:
    """The next ``count`` rows (all if None), of which the first is row ``first`` from 0."""
    taken: list[Any] = []
    try:
        taken.extend(islice(rows, count))
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            place = f"第 {first + len(taken) + 1} 行附近"
            raise InputError(f"{place}有设为日期格式的单元格，数值却大得不是日期，请改为文本格式") from None
        raise
    return taken


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for garbage in circles while many lists of cells are made, which hold none.

    Measured: a twentieth of the time of a whole workbook.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Filler:
    """Gives every cell of a vertically merged range the range's value, block after block."""

    def __init__(self, ranges: list[Merge], header_row: int) -> None:
        self._open = [(top, left, bottom) for top, left, bottom, _ in ranges if bottom > top and bottom >= header_row]
        self._values: dict[tuple[int, int], str] = {}

    def fill(self, columns: list[Any], first: int, count: int) -> dict[int, NDArray[np.bool_]]:
        """Fill ``columns`` in place; returns which cells belong to such a range."""
        merged: dict[int, NDArray[np.bool_]] = {}
        waiting = []
        for top, left, bottom in self._open:
            if top >= first + count:
                waiting.append((top, left, bottom))
                continue
            if left < len(columns):
                columns[left] = _as_list(columns[left])
                if top >= first:
                    self._values[top, left] = columns[left][top - first]
                start, end = max(top - first, 0), min(bottom - first + 1, count)
                value = self._values.get((top, left), "")
                columns[left][start:end] = [cell or value for cell in columns[left][start:end]]
                merged.setdefault(left, np.zeros(count, dtype=bool))[start:end] = True
            if bottom >= first + count:
                waiting.append((top, left, bottom))
        self._open = waiting
        return merged


def _as_list(column: Any) -> list[str]:
    return column if isinstance(column, list) else column.to_pylist()


def _texts(cells: Sequence[Any]) -> Any:
    """A column's cells as texts: quickly where all are of one kind, else one by one."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        return pa.array(cells, pa.string())
    if dt.datetime in kinds and kinds <= {str, dt.datetime, dt.date}:
        moments = [None if cell == "" else cell for cell in cells] if str in kinds else cells
        if dt.date in kinds:
            moments = [dt.datetime(*cell.timetuple()[:3]) if cell.__class__ is dt.date else cell for cell in moments]
        if str not in set(map(type, moments)):
            array = pc.round_temporal(pa.array(moments, pa.timestamp("us")), unit="second")
            return pc.fill_null(array.cast(pa.timestamp("s")).cast(pa.string()), "")
    return [cell if cell.__class__ is str else text_of(cell) for cell in cells]


def text_of(cell: Any) -> str:
    """A typed cell as the text that reads back to the same value.

    A number beyond 2^53 keeps its exponent, so that the reader of values sees that digits are lost.
    """
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case int():
            return str(cell) if abs(cell) <= _EXACT else f"{cell:E}"
        case float():
            return _number(cell)
        case dt.datetime():
            return (cell + dt.timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(" ")
        case dt.timedelta():
            seconds = round(cell.total_seconds())
            sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
            return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case dt.time():
            return cell.isoformat("seconds")
        case _:
            return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _number(cell: float) -> str:
    if cell != cell or abs(cell) > _EXACT:
        return f"{cell:E}"
    if cell == int(cell):
        return str(int(cell))
    text = f"{cell:.15g}"  # what Excel itself keeps: 0.1 + 0.2 is 0.3
    return f"{cell:.20f}".rstrip("0") if "e" in text else text
