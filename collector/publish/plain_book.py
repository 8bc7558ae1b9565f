"""A workbook of plain tables whose bytes follow from its content: no clock in it, rows streamed, no text a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from collector.publish.files import whole

#: The moment that every workbook says it was made; what it shows says when it was computed.
_MADE = datetime(2000, 1, 1)
_LARGEST_EXACT = 2**53  # a cell is a double
_A4 = 9
_MOST_ROWS = 1_048_576
_LONGEST_TEXT = 32_767


class PlainBook:
    """One workbook; each sheet is written from top to bottom."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7", "text_wrap": True})
        self.text = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
        self._formats: dict[str, Any] = {}

    @classmethod
    @contextmanager
    def made(cls, path: Path) -> Iterator[PlainBook]:
        """A book that appears at ``path`` whole when the block ends well."""
        with whole(path) as beside:
            options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
            book = xlsxwriter.Workbook(str(beside), options)
            book.set_properties({"created": _MADE})
            try:
                yield cls(book)
            finally:
                book.close()

    def sheet(self, title: str, widths: Sequence[int]) -> Any:
        """An empty sheet, A4 landscape, one page wide."""
        sheet = self.book.add_worksheet(title)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def table(
        self,
        title: str,
        header: Sequence[str],
        widths: Sequence[int],
        rows: Iterable[Sequence[Any]],
        plain: bool = False,
    ) -> int:
        """A sheet with a frozen header and one line a row, further sheets where one is full; the number of rows.

        ``plain``: without borders and line breaks, for many rows.
        """
        write = self._plain_cell if plain else self.cell
        count, number, sheet = 0, 1, self._started(title, header, widths)
        line = 1
        for row in rows:
            if line == _MOST_ROWS:
                number += 1
                sheet, line = self._started(f"{title}{number}", header, widths), 1
            for column, value in enumerate(row):
                write(sheet, line, column, value)
            count, line = count + 1, line + 1
        return count

    @staticmethod
    def _plain_cell(sheet: Any, row: int, column: int, value: Any) -> None:
        if type(value) is str:
            if value:
                sheet.write_string(row, column, value[:_LONGEST_TEXT])
        elif value is not None:
            sheet.write_number(row, column, value)

    def _started(self, title: str, header: Sequence[str], widths: Sequence[int]) -> Any:
        sheet = self.sheet(title, widths)
        for column, label in enumerate(header):
            sheet.write_string(0, column, label, self.head)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        """Numbers as numbers, everything else as text, nothing as an empty cell."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.text)
        elif isinstance(value, int | Decimal) and -_LARGEST_EXACT <= value <= _LARGEST_EXACT:
            whole_number = isinstance(value, int) or value == value.to_integral_value()
            sheet.write_number(row, column, value, self.number("#,##0" if whole_number else "0.##########"))
        else:
            sheet.write_string(row, column, str(value)[:_LONGEST_TEXT], self.text)

    def number(self, pattern: str) -> Any:
        """The bordered format with this number pattern."""
        if pattern not in self._formats:
            self._formats[pattern] = self.book.add_format({"border": 1, "valign": "top", "num_format": pattern})
        return self._formats[pattern]
