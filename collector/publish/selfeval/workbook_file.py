"""The form as a workbook: numbers are numbers, heights and widths fit, each sheet prints on A4."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from collector.publish.files import whole
from collector.publish.selfeval.grid import (
    FUND_WIDTHS,
    NOTE_WIDTHS,
    WIDTHS,
    FormCell,
    FormRow,
    foot,
    fund_rows,
    heading,
    indicators,
    note_rows,
    upper,
)
from collector.selfeval.model import SelfEvaluation
from collector.text import cells

_A4 = 9
_TO_WIDTH = 0.56  # share of the page → Excel's width, in digits of the normal font
_LINE = 14.0  # points of a line of 10-point text
_LEAST = 21.0
_FONT = {"font_name": "宋体", "font_size": 10}


def write(evaluation: SelfEvaluation, path: Path) -> None:
    """Sheets 自评表, in a draft 定稿前还缺, then 资金情况, 绩效分析, 得分说明.

    Raises:
        PassingError: the place cannot be written now.
    """
    with whole(path) as beside:
        book = xlsxwriter.Workbook(str(beside), {"strings_to_formulas": False, "strings_to_urls": False})
        book.set_properties({"title": f"{evaluation.year}年度项目支出绩效自评表"})
        try:
            _write(book, evaluation)
        finally:
            book.close()


def _write(book: Any, evaluation: SelfEvaluation) -> None:
    title, year = heading(evaluation)
    form = _Sheet(book, "自评表", WIDTHS, evaluation.state)
    form.line(title, size=16)
    form.line(year, size=11)
    form.rows(upper(evaluation))
    form.rows(indicators(evaluation), repeated=True)
    if not evaluation.final and evaluation.missing:
        sheet = _Sheet(book, "定稿前还缺", NOTE_WIDTHS, evaluation.state)
        sheet.line("定稿前还缺", size=16)
        for number, text in enumerate(evaluation.missing, 1):
            sheet.line(f"{number}. {text}", align="left")
    funds = fund_rows(evaluation)
    if funds:
        sheet = _Sheet(book, "资金情况", FUND_WIDTHS, evaluation.state)
        sheet.line("资金到位与使用情况", size=16)
        sheet.line("单位：万元", align="right")
        sheet.rows(funds, repeated=True)
    sheet = _Sheet(book, "绩效分析", (40, 120), evaluation.state)
    sheet.line("绩效分析", size=16)
    sheet.rows(
        [
            [FormCell(part.title, head=True), FormCell("\n".join(filter(None, (part.figures, part.judgement))), 1)]
            for part in evaluation.analysis
            if part.figures or part.judgement or not evaluation.final
        ],
        left=True,
    )
    sheet = _Sheet(book, "得分说明", NOTE_WIDTHS, evaluation.state)
    sheet.line("得分说明", size=16)
    sheet.rows(note_rows(evaluation), repeated=True)
    for text in foot(evaluation):
        sheet.line(text, align="left")


class _Sheet:
    """Writes one sheet from top to bottom; formats are made once each."""

    def __init__(self, book: Any, name: str, widths: Sequence[float], state: str) -> None:
        self.book, self.sheet = book, book.add_worksheet(name)
        self.widths = [width * _TO_WIDTH for width in widths]
        self.at = 0
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.sheet.set_portrait()
        self.sheet.set_paper(_A4)
        self.sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.hide_gridlines(2)
        if state:
            self.sheet.set_header(f'&C&"宋体,加粗"&12&KC00000{state}')
        self.sheet.set_footer("&C第 &P 页，共 &N 页")

    def line(self, text: str, size: int = 10, align: str = "center") -> None:
        """A line of words over the whole table, without borders."""
        style = self._format(align=align, bold=size > 11, font_size=size)
        self.sheet.merge_range(self.at, 0, self.at, len(self.widths) - 1, "", style)
        self.sheet.write_string(self.at, 0, text, style)
        lines = _lines(text, sum(self.widths) * 10 / size)
        self.sheet.set_row(self.at, max(_LEAST, lines * _LINE * size / 10 + 6))
        self.at += 1

    def rows(self, rows: Sequence[FormRow], *, repeated: bool = False, left: bool = False) -> None:
        """Rows of a table; ``repeated``: the first one stands on every page; ``left``: texts are long."""
        if repeated:
            self.sheet.repeat_rows(self.at)
        heights = [_LEAST] * len(rows)
        covered: dict[int, int] = {}  # column → rows that a cell from above still covers
        for number, row in enumerate(rows):
            waiting, column = list(row), 0
            while column < len(self.widths):
                if covered.get(column):
                    covered[column] -= 1
                    column += 1
                    continue
                cell = waiting.pop(0)
                self._cell(number, column, cell, "left" if left and not cell.head else cell.align)
                self._raise(heights, number, column, cell)
                for below in range(column, column + cell.across):
                    covered[below] = cell.down - 1
                column += cell.across
        for number, height in enumerate(heights):
            self.sheet.set_row(self.at + number, height)
        self.at += len(rows)

    def _cell(self, number: int, column: int, cell: FormCell, align: str) -> None:
        row = self.at + number
        pattern = {"num_format": cell.pattern} if cell.pattern else {}
        colour = {"bg_color": "#EDEDED"} if cell.head else {}
        style = self._format(border=1, align=align, bold=cell.bold or cell.head, **pattern, **colour)
        if cell.across > 1 or cell.down > 1:
            self.sheet.merge_range(row, column, row + cell.down - 1, column + cell.across - 1, "", style)
        if cell.number is not None:
            self.sheet.write_number(row, column, cell.number, style)
        elif cell.text:
            self.sheet.write_string(row, column, cell.text, style)  # never a formula, whatever it begins with
        elif cell.across == cell.down == 1:
            self.sheet.write_blank(row, column, None, style)

    def _raise(self, heights: list[float], number: int, column: int, cell: FormCell) -> None:
        """Make the rows of a cell high enough together; what is lacking goes to the last of them."""
        width = sum(self.widths[column : column + cell.across])
        needed = _lines(cell.text, width) * _LINE + 6
        last = min(number + cell.down, len(heights)) - 1
        lacking = needed - sum(heights[number : last + 1])
        if lacking > 0 and cell.down == 1:
            heights[last] += lacking
        elif lacking > 0:
            for below in range(number, last + 1):
                heights[below] += lacking / cell.down

    def _format(self, **more: Any) -> Any:
        key = tuple(sorted(more.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**_FONT, "text_wrap": True, "valign": "vcenter", **more})
        return self.formats[key]


def _lines(text: str, width: float) -> int:
    """Lines that the text takes in a column, generously: a Chinese character is two digits wide."""
    room = max(2.0, width - 1.2)
    return sum(max(1, ceil(cells(line) * 0.98 / room)) for line in text.split("\n"))
