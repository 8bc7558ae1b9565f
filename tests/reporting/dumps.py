"""Papers as plain text, for the goldens and for reading differences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from openpyxl import load_workbook

from collector.version import program_version


def report_text(path: Path) -> str:
    """Headings, paragraphs and tables in their order; a chart by the texts of its parts is in the charts' test."""
    return "\n".join(_report_lines(path)) + "\n"


def _report_lines(path: Path) -> Iterator[str]:
    document = Document(str(path))
    for element in document.element.body:
        if element.tag == qn("w:tbl"):
            for row in Table(element, document).rows:
                yield "  | " + " | ".join(cell.text for cell in row.cells)
        elif element.tag == qn("w:p"):
            paragraph = Paragraph(element, document)
            drawn = "［图］" if element.findall(f".//{qn('w:drawing')}") else ""
            if paragraph.text.strip() or drawn:
                yield f"{paragraph.style.name if paragraph.style else ''}：{drawn}{paragraph.text.strip()}"


def workbook_text(path: Path) -> str:
    """Every sheet's filled cells with their number formats, hashes masked."""
    lines = []
    for sheet in load_workbook(path):
        lines.append(f"【{sheet.title}】{sheet.print_title_rows or ''}")
        for row in sheet.iter_rows():
            shown = [_cell(cell.value, cell.number_format) for cell in row]
            if any(shown):
                lines.append(" | ".join(shown).rstrip(" |"))
    text = "\n".join(lines) + "\n"
    return re.sub(r"\b[0-9a-f]{16,64}\b", "‹哈希›", text).replace(program_version(), "‹版本›")


def _cell(value: object, pattern: str) -> str:
    if value is None:
        return ""
    return str(value) if pattern in ("General", "@") else f"{value}⟨{pattern}⟩"
