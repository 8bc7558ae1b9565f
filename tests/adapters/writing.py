"""Files as vendors write them, out of plain rows that a reader of a test can see."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
import xlwt

Rows = Iterable[Sequence[Any]]
#: ``(first row, first column, last row, last column)`` from 0; the value is that of the first cell.
Merge = tuple[int, int, int, int]


def csv_file(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """A csv as Excel saves it: every row of the same length, CRLF."""
    listed = [list(row) for row in rows]
    width = max(map(len, listed), default=0)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([*row, *[""] * (width - len(row))] for row in listed)
    return text.getvalue().encode(encoding)


def xlsx_file(
    sheets: Mapping[str, Rows],
    merges: Mapping[str, Iterable[Merge]] | None = None,
    hidden: Iterable[str] = (),
    **options: Any,
) -> bytes:
    """A workbook; dates become Excel dates."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        moment, day = book.add_format({"num_format": "yyyy/m/d h:mm"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(at, column, cell, moment)
                    elif isinstance(cell, date):
                        sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)
                    elif isinstance(cell, str) and cell.startswith("#"):
                        sheet.write_formula(at, column, "=NA()", None, cell)
                    elif cell is not None and cell != "":
                        sheet.write(at, column, cell)
            for top, left, bottom, right in (merges or {}).get(name, ()):
                sheet.merge_range(top, left, bottom, right, list(rows)[top][left])
            if name in hidden:
                sheet.hide()
    return file.getvalue()


def xls_file(sheets: Mapping[str, Rows], merges: Mapping[str, Iterable[Merge]] | None = None) -> bytes:
    """An old workbook; dates become Excel dates."""
    book = xlwt.Workbook()
    moment = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write(at, column, cell, moment)
                elif cell is not None and cell != "":
                    sheet.write(at, column, cell)
        for top, left, bottom, right in (merges or {}).get(name, ()):
            sheet.write_merge(top, bottom, left, right, list(rows)[top][left])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def gz_file(content: bytes) -> bytes:
    """``content`` in gzip, the same bytes every time."""
    return gzip.compress(content, mtime=0)


def zip_file(members: Mapping[str, bytes]) -> bytes:
    """An archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2023, 3, 5, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
