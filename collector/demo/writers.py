"""Bytes of the formats that vendors send; the same cells give the same bytes."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from csv import writer
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from collector.demo.layout import Grid
from collector.demo.spelling import Cell
from collector.demo.world import YEAR

_CREATED = datetime(YEAR, 1, 1, 8, 0)
_ZIP_TIME = (YEAR, 1, 1, 8, 0, 0)
_ERRORS = ("#N/A", "#REF!", "#VALUE!")


def xlsx(grids: Iterable[Grid]) -> bytes:
    """A workbook with real dates, merged cells and Excel's error values."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy/m/d h:mm"})
    book.set_properties({"created": _CREATED, "author": "示例"})
    middle = book.add_format({"align": "center", "valign": "vcenter"})
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        for top, left, bottom, right in grid.merges:
            sheet.merge_range(top, left, bottom, right, "", middle)
        merged = {(top, left) for top, left, _, _ in grid.merges}
        for number, row in enumerate(grid.rows):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, middle if (number, column) in merged else None)
        sheet.set_column(0, max((len(row) for row in grid.rows), default=1), 14)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, style: Any) -> None:
    if cell is None:
        return
    if cell in _ERRORS:
        sheet.write_formula(row, column, "=NA()" if cell == "#N/A" else "=1/0", None, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell, style)
    elif isinstance(cell, date):  # a datetime is a date, too
        sheet.write_datetime(row, column, cell)
    else:
        sheet.write_number(row, column, cell)


def xls(grids: Iterable[Grid]) -> bytes:
    """The workbook of before 2007."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    style = xlwt.easyxf(num_format_str="YYYY/M/D H:MM")
    for grid in grids:
        sheet = book.add_sheet(grid.name)
        merged = {(top, left): (bottom, right) for top, left, bottom, right in grid.merges}
        for number, row in enumerate(grid.rows):
            for column, cell in enumerate(row):
                if (number, column) in merged:
                    bottom, right = merged[number, column]
                    sheet.write_merge(number, bottom, column, right, cell)
                elif cell is not None:
                    sheet.write(number, column, cell, *([style] if isinstance(cell, date) else []))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def delimited(rows: Iterable[Sequence[Cell]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Lines of cells; quoted where a cell holds the delimiter, a quote or a line break."""
    buffer = StringIO()
    lines = writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    lines.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return buffer.getvalue().encode(encoding)


def gzipped(content: bytes, level: int = 6) -> bytes:
    """One compressed file, without name and time."""
    return gzip.compress(content, compresslevel=level, mtime=0)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """An archive of files, all of the same time."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
