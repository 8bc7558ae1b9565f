"""Rejected rows as a workbook in the vendor's own layout.

One sheet for each source, record type and layout: the vendor's columns as they were, every cell as text, the
faulty cells coloured; then where the row stood, the hidden mark, and last the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from collector.publish.files import whole
from collector.rejections.marks import BESIDE, MARK_HEADER, cells_of, with_marks
from metrics.records import RECORDS

PLACE_HEADER = "出处"
REASON_HEADER = "不合格原因"
OUR_HEADERS = (PLACE_HEADER, MARK_HEADER, REASON_HEADER)
#: Stands above the mark's header where the vendor's table has two header rows.
UPPER_HEADER = "上级表头"

_LONGEST_TEXT = 32_767  # of one cell
_ROWS_OF_A_SHEET = 1_048_576 - 2  # below the header
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
    rejections: pd.DataFrame,
    source_names: Mapping[str, str],
    two_header_rows: Collection[tuple[str, str]] = (),
) -> int:
    """Write ``rejections`` (as the store gives them, open ones) to ``path``; the number of rows written.

    The file appears whole: written beside, then renamed.

    Args:
        two_header_rows: source and record type of tables that have two header rows.

    Raises:
        PassingError: the file cannot be written there now.
    """
    layouts = _layouts(rejections, two_header_rows)
    with whole(path) as beside:
        book = xlsxwriter.Workbook(beside, {"constant_memory": True, "strings_to_urls": False})
        try:
            _write_help(book)
            for (layout, rows), name in zip(layouts, _sheet_names(layouts, source_names), strict=True):
                _write_layout(book, name, layout, rows)
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(*error.args[0].args) from error
    return sum(len(rows) for _, rows in layouts)


def _layouts(
    rejections: pd.DataFrame, two_header_rows: Collection[tuple[str, str]]
) -> list[tuple[_Layout, list[_Row]]]:
    ordered = with_marks(rejections).sort_values(["source", "record", "sequence", "sheet", "row_no", "rejection_id"])
    found: dict[_Layout, dict[str, _Row]] = {}
    for line in ordered.to_dict("records"):
        cells = cells_of(line["raw"])
        owner = (line["source"], line["record"])
        headers = tuple(name for name in cells if name not in BESIDE)
        layout = _Layout(*owner, headers, 2 if owner in two_header_rows else 1)
        rows = found.setdefault(layout, {})
        row = rows.setdefault(line["mark"], _Row(cells, _place(line), line["mark"]))
        row.faulty.add(line["header"])
        row.reasons.append(line["reason"])
    pieces = [(layout, list(rows.values())) for layout, rows in found.items()]
    return [
        (layout, rows[at : at + _ROWS_OF_A_SHEET])
        for layout, rows in pieces
        for at in range(0, len(rows), _ROWS_OF_A_SHEET)
    ]


def _place(line: Mapping[Any, Any]) -> str:
    sheet = "" if pd.isna(line["sheet"]) or not line["sheet"] else f" · {line['sheet']}"
    return f"{line['name']}{sheet} · 第 {line['row_no']} 行"


def _sheet_names(layouts: Iterable[tuple[_Layout, list[_Row]]], source_names: Mapping[str, str]) -> Iterator[str]:
    """Valid and different even where Excel sees no difference between upper and lower case."""
    taken = {"说明"}
    for layout, _ in layouts:
        words = f"{source_names.get(layout.source, layout.source)} {RECORDS[layout.record].label}"
        plain = words.translate(_NOT_IN_SHEET_NAMES).strip()[:27]
        names = (plain if number == 1 else f"{plain} {number}" for number in range(1, 1000))
        name = next(name for name in names if name.lower() not in taken)
        taken.add(name.lower())
        yield name


def _write_help(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    for number, text in enumerate(_HELP):
        sheet.write_string(number, 0, text, book.add_format({"bold": number == 0, "text_wrap": True}))


def _write_layout(book: xlsxwriter.Workbook, name: str, layout: _Layout, rows: list[_Row]) -> None:
    sheet = book.add_worksheet(name)
    text = book.add_format({"num_format": "@"})  # what is typed into such a cell stays text
    faulty = book.add_format({"num_format": "@", "bg_color": "#FFC7CE", "border": 1, "border_color": "#C00000"})
    reason = book.add_format({"num_format": "@", "font_color": "#C00000"})
    _write_header(book, sheet, layout, rows)
    for number, row in enumerate(rows, start=layout.header_rows):
        for column, header in enumerate(layout.headers):
            sheet.write_string(number, column, shown(row.cells[header]), faulty if header in row.faulty else text)
        at = len(layout.headers)
        sheet.write_string(number, at, shown(row.place), text)
        sheet.write_string(number, at + 1, row.mark, text)
        sheet.write_string(number, at + 2, shown("；".join(dict.fromkeys(row.reasons))), reason)
    top = layout.header_rows - 1
    sheet.autofilter(top, 0, top + len(rows), len(layout.headers) + len(OUR_HEADERS) - 1)


def _write_header(book: xlsxwriter.Workbook, sheet: Any, layout: _Layout, rows: list[_Row]) -> None:
    """Header rows and widths; columns are text all the way down, for what is typed below the last row."""
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
    for column, header in enumerate((*layout.headers, *OUR_HEADERS)):
        widest = max([len(header), *(len(row.cells.get(header, "")) for row in rows[:100])])
        hidden = {"hidden": True} if header == MARK_HEADER else {}
        sheet.set_column(column, column, 60 if header == REASON_HEADER else min(2 * widest + 2, 40), text, hidden)
    for number, line in enumerate(layout.lines):
        for column, word in enumerate(line):
            sheet.write_string(number, column, shown(word), bold)
    sheet.freeze_panes(layout.header_rows, 0)
