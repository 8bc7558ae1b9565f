"""Rejected rows as a workbook in the vendor's own layout.

One sheet for each source, record type and layout: the vendor's columns as they were, every cell as text, the
faulty cells coloured; then where the row stood, the hidden mark, and last the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from collector.publish.files import whole
from collector.rejections.marks import BESIDE, MARK_HEADER, cells_of, mark_of
from metrics.records import RECORDS

PLACE_HEADER = "出处"
REASON_HEADER = "不合格原因"
OUR_HEADERS = (PLACE_HEADER, MARK_HEADER, REASON_HEADER)
#: Stands above the mark's header where the vendor's table has two header rows.
UPPER_HEADER = "上级表头"

_LONGEST_TEXT = 32_767  # of one cell
_ROWS_OF_A_SHEET = 1_048_576 - 2  # below the header
_ROWS_MEASURED = 100  # for the widths of columns
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_HELP = (
    "怎样改正不合格行",
    "一、各表是服务商交来的原样，红底单元格有误，最后一列是原因。",
    "二、直接改正红底单元格（或同一行的其他单元格），保存，不必写回服务商的文件。",
    "三、可以删去暂不处理的行，可以排序、增加列；不要改表头，不要改隐藏的“行标记”列，程序靠它认出每一行。",
    "四、交回：yunwei rejections replay 本文件。改对的行入库，仍有误的行留在不合格行中并给出新的原因。",
)


@dataclass
class _Row:
    """One rejected row with all its faults."""

    source: str
    record: str
    cells: dict[str, str]
    place: str
    mark: str
    faulty: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Layout:
    """What shares a sheet. ``header_rows``: one or two; in two, a name ``上级/下级`` is divided again."""

    source: str
    record: str
    headers: tuple[str, ...]
    header_rows: int = 1

    @property
    def lines(self) -> list[list[str]]:
        """The header rows, ours included."""
        if self.header_rows == 1:
            return [[*self.headers, *OUR_HEADERS]]
        parts = [name.partition("/") for name in self.headers]
        upper = [before if mark else "" for before, mark, _ in parts]
        lower = [after if mark else before for before, mark, after in parts]
        return [[*upper, "", UPPER_HEADER, ""], [*lower, *OUR_HEADERS]]


def shown(text: str) -> str:
    """``text`` as a cell can hold it."""
    return text.encode("utf-8", "replace").decode()[:_LONGEST_TEXT]


def write_workbook(
    path: Path,
    rejections: Iterable[Mapping[str, Any]],
    source_names: Mapping[str, str],
    two_header_rows: Collection[tuple[str, str]] = (),
) -> int:
    """Write ``rejections`` to ``path``; the number of rows written.

    The file appears whole: written beside, then renamed. Rows go out as they come in, so that memory does not grow
    with their number.

    Args:
        rejections: open ones as the store gives them, those of one row together.
        two_header_rows: source and record type of tables that have two header rows.

    Raises:
        PassingError: the file cannot be written there now.
    """
    with whole(path) as beside:
        book = xlsxwriter.Workbook(beside, {"constant_memory": True, "strings_to_urls": False})
        try:
            _write_help(book)
            sheets = _Sheets(book, source_names, two_header_rows)
            for row in _rows(rejections):
                sheets.of(row).write(row)
            written = sheets.finish()
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(*error.args[0].args) from error
    return written


def _rows(rejections: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    """What was refused of one row together, with all reasons."""
    row: _Row | None = None
    for line in rejections:
        mark = mark_of(line)
        if row is None or row.mark != mark:
            if row is not None:
                yield row
            row = _Row(line["source"], line["record"], cells_of(line["raw"]), _place(line), mark)
        row.faulty.add(line["header"])
        row.reasons.append(line["reason"])
    if row is not None:
        yield row


def _place(line: Mapping[Any, Any]) -> str:
    sheet = "" if pd.isna(line["sheet"]) or not line["sheet"] else f" · {line['sheet']}"
    return f"{line['name']}{sheet} · 第 {line['row_no']} 行"


class _Sheets:
    """The sheets of the workbook, begun when a row first needs them."""

    def __init__(
        self, book: xlsxwriter.Workbook, source_names: Mapping[str, str], two_header_rows: Collection[tuple[str, str]]
    ) -> None:
        self._book, self._source_names, self._two_header_rows = book, source_names, two_header_rows
        self._open: dict[_Layout, _Sheet] = {}
        self._all: list[_Sheet] = []
        self._taken = {"说明"}

    def of(self, row: _Row) -> _Sheet:
        """The sheet with the layout of ``row`` that has room."""
        owner = (row.source, row.record)
        headers = tuple(name for name in row.cells if name not in BESIDE)
        layout = _Layout(*owner, headers, 2 if owner in self._two_header_rows else 1)
        sheet = self._open.get(layout)
        if sheet is None or sheet.rows == _ROWS_OF_A_SHEET:
            sheet = self._open[layout] = _Sheet(self._book, self._name(layout), layout)
            self._all.append(sheet)
        return sheet

    def finish(self) -> int:
        """What is known of a sheet only after its last row; the number of rows."""
        for sheet in self._all:
            sheet.finish()
        return sum(sheet.rows for sheet in self._all)

    def _name(self, layout: _Layout) -> str:
        """Valid and different even where Excel sees no difference between upper and lower case."""
        words = f"{self._source_names.get(layout.source, layout.source)} {RECORDS[layout.record].label}"
        plain = words.translate(_NOT_IN_SHEET_NAMES).strip()[:27]
        names = (plain if number == 1 else f"{plain} {number}" for number in count(1))
        name = next(name for name in names if name.lower() not in self._taken)
        self._taken.add(name.lower())
        return name


class _Sheet:
    """One sheet that grows row by row."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, layout: _Layout) -> None:
        self.rows = 0
        self._layout, self._made = layout, book.add_worksheet(name)
        self._text = book.add_format({"num_format": "@"})  # what is typed into such a cell stays text
        self._faulty = book.add_format(
            {"num_format": "@", "bg_color": "#FFC7CE", "border": 1, "border_color": "#C00000"}
        )
        self._reason = book.add_format({"num_format": "@", "font_color": "#C00000"})
        self._widest = [len(header) for header in (*layout.headers, *OUR_HEADERS)]
        bold = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        for number, line in enumerate(layout.lines):
            for column, word in enumerate(line):
                self._made.write_string(number, column, shown(word), bold)
        self._made.freeze_panes(layout.header_rows, 0)

    def write(self, row: _Row) -> None:
        """One more row."""
        sheet, number, headers = self._made, self._layout.header_rows + self.rows, self._layout.headers
        for column, header in enumerate(headers):
            cell = row.cells[header]
            sheet.write_string(number, column, shown(cell), self._faulty if header in row.faulty else self._text)
            if self.rows < _ROWS_MEASURED:
                self._widest[column] = max(self._widest[column], len(cell))
        at = len(headers)
        sheet.write_string(number, at, shown(row.place), self._text)
        sheet.write_string(number, at + 1, row.mark, self._text)
        sheet.write_string(number, at + 2, shown("；".join(dict.fromkeys(row.reasons))), self._reason)
        self.rows += 1

    def finish(self) -> None:
        """Widths, and the filter; columns are text all the way down, for what is typed below the last row."""
        headers = (*self._layout.headers, *OUR_HEADERS)
        for column, (header, widest) in enumerate(zip(headers, self._widest, strict=True)):
            hidden = {"hidden": True} if header == MARK_HEADER else {}
            width = 60 if header == REASON_HEADER else min(2 * widest + 2, 40)
            self._made.set_column(column, column, width, self._text, hidden)
        top = self._layout.header_rows - 1
        self._made.autofilter(top, 0, top + self.rows, len(headers) - 1)


def _write_help(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    for number, text in enumerate(_HELP):
        sheet.write_string(number, 0, text, book.add_format({"bold": number == 0, "text_wrap": True}))
