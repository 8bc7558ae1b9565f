"""Word documents by python-docx: paragraphs outside tables, and tables, nested ones after the table they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.table import _Row
from docx.text.paragraph import Paragraph

from adapters.papers import Line, Paper, Table, rectangular
from adapters.workbook_scan import BROKEN_ARCHIVE
from metrics.errors import InputError

#: Wrappers whose content counts as if it stood there by itself; what was deleted under review does not.
_TRANSPARENT = ("w:sdtContent", "w:sdt", "w:ins", "w:moveTo", "w:smartTag", "w:customXml")


def read_docx(file: BinaryIO) -> Paper:
    """Lines are paragraphs, a line break begins another line of the same place.

    Raises:
        InputError: the document is damaged.
    """
    try:
        document = docx.Document(file)
    except (*BROKEN_ARCHIVE, SyntaxError, PackageNotFoundError):  # lxml's errors of syntax are SyntaxErrors
        raise InputError("不是完整的 Word 文档，文件可能已损坏") from None
    _unwrap(document)
    lines: list[Line] = []
    tables: list[Table] = []
    paragraphs = count = 0
    for part in document.iter_inner_content():
        if isinstance(part, Paragraph):
            paragraphs += 1
            lines.extend(Line(f"第 {paragraphs} 段", text.strip()) for text in part.text.splitlines() if text.strip())
        else:
            count += 1
            tables.extend(_tables(part, f"表 {count}"))
    return Paper(tuple(lines), tuple(tables))


def _unwrap(document: Document) -> None:
    """Put the content of content controls and tracked insertions where python-docx looks for it."""
    for name in _TRANSPARENT:
        for wrapper in list(document.element.body.iter(qn(name))):
            parent = wrapper.getparent()
            for child in list(wrapper):
                if child.tag not in (qn("w:sdtPr"), qn("w:sdtEndPr")):
                    wrapper.addprevious(child)
            parent.remove(wrapper)


def _tables(table: WordTable, place: str) -> Iterator[Table]:
    seen: set[Any] = set()
    nested: list[WordTable] = []
    yield Table(place, rectangular([list(_cells(row, seen, nested)) for row in table.rows]))
    for number, inner in enumerate(nested, 1):
        yield from _tables(inner, f"{place}中的第 {number} 个表")


def _cells(row: _Row, seen: set[Any], nested: list[WordTable]) -> Iterator[str]:
    """Texts by grid column; a cell that was seen before is the rest of a merged one."""
    yield from [""] * row.grid_cols_before
    for cell in row.cells:
        if cell._tc in seen:
            yield ""
            continue
        seen.add(cell._tc)
        nested.extend(cell.tables)
        yield cell.text
