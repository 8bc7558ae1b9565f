"""PDF documents by pypdf: the lines of the text layer, and the tables by their ruled lines."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from adapters.grid import BLANKS
from adapters.papers import Line, Paper, Table, rectangular
from adapters.pdf_tables import Grid, Rules, grids
from adapters.workbook_scan import BROKEN_ARCHIVE
from metrics.errors import InputError

_SCAN = "没有文字层（多半是扫描件），读不出文字；请提供 Word、Excel 原件或带文字层的 PDF"
_PASSWORD = "有密码保护，请去除密码后重新提交"
_SAME = 4.0  # points by which the columns of a table's continuation may differ

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns about every irregular byte that it reads all the same

_Text = tuple[float, float, str]


@dataclass(slots=True)
class _Page:
    number: int
    lines: list[str]
    tables: list[Grid]
    begins_with_table: bool


def read_pdf(file: BinaryIO) -> Paper:
    """Lines as the text layer breaks them, which may be inside a word; tables where lines are ruled around the cells.

    Raises:
        InputError: damaged, protected by a password, or without text.
    """
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(_PASSWORD)
        drawn = [_draw(page) for page in reader.pages]
    except (DependencyError, FileNotDecryptedError):
        raise InputError(_PASSWORD) from None
    except (PyPdfError, *BROKEN_ARCHIVE, TypeError, AttributeError, ArithmeticError, AssertionError):
        raise InputError("不是完整的 PDF 文档，文件可能已损坏") from None
    pages = [_page(number, *one) for number, one in enumerate(drawn, 1)]
    lines = tuple(
        Line(f"第 {page.number} 页第 {row} 行", text)
        for page in pages
        for row, text in enumerate(page.lines, 1)
        if text
    )
    tables = _tables(pages)
    if not lines and not tables:
        raise InputError(_SCAN)
    return Paper(lines, tables)


def _draw(page: PageObject) -> tuple[str, Rules, list[_Text]]:
    """The page's text in its order, its ruled lines, and its texts with their positions."""
    rules = Rules()
    texts: list[_Text] = []

    def draw(operator: bytes, operands: Sequence[object], matrix: Sequence[float], _: Sequence[float]) -> None:
        rules.draw(operator, operands, matrix)

    def write(text: str, matrix: Sequence[float], at: Sequence[float], *_: object) -> None:
        x, y = float(at[4]), float(at[5])
        a, b, c, d, e, f = (float(value) for value in matrix)
        texts.append((a * x + c * y + e, b * x + d * y + f, text))

    return page.extract_text(visitor_operand_before=draw, visitor_text=write), rules, texts


def _page(number: int, plain: str, rules: Rules, texts: Sequence[_Text]) -> _Page:
    tables = grids(rules)
    if not tables:
        return _Page(number, [line.strip(BLANKS) for line in plain.splitlines()], [], False)
    outside = ""
    above = False
    for x, y, text in texts:
        if not text.strip() or not any(table.take(x, y, text.strip(BLANKS)) for table in tables):
            outside += text
            above = above or (bool(text.strip()) and y > tables[0].ys[0])
    lines = [line.strip(BLANKS) for line in outside.splitlines() if line.strip(BLANKS)]
    return _Page(number, lines, [table for table in tables if table.texts], not above)


def _tables(pages: Sequence[_Page]) -> tuple[Table, ...]:
    """All tables; one that begins a page with the columns of the last one before goes on with it."""
    found: list[tuple[str, Grid, list[list[str]]]] = []
    last = 0
    for page in pages:
        for number, grid in enumerate(page.tables, 1):
            if (
                found
                and number == 1
                and page.begins_with_table
                and last == page.number - 1
                and _same(found[-1][1], grid)
            ):
                found[-1][2].extend(grid.rows())
            else:
                found.append((f"第 {page.number} 页表 {number}", grid, grid.rows()))
            last = page.number
    return tuple(Table(place, rectangular(rows)) for place, _, rows in found)


def _same(one: Grid, other: Grid) -> bool:
    return len(one.xs) == len(other.xs) and all(abs(a - b) <= _SAME for a, b in zip(one.xs, other.xs, strict=True))
