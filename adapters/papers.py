"""Papers that people hand in (自评表, 绩效目标表, reports) as lines and tables of plain text.

One reader for every command that looks into a paper: docx, xlsx and xls, pdf with a text layer, plain text. Nothing is
interpreted here, and nothing is repaired: what the file says is handed over with the place where it says so.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from adapters.encodings import Utf8Reader, detect
from adapters.files import refuse_others
from adapters.grid import BLANKS
from adapters.workbook_scan import BROKEN_ARCHIVE, refuse_bomb
from metrics.errors import InputError, os_fact
from metrics.papers.paper import Line, Paper, Table

__all__ = ["Line", "Paper", "Table", "read_paper", "rectangular"]

_ZIP, _OLE, _PDF, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf"
_OLD_WORD = "WordDocument".encode("utf-16-le")
_BROKEN = "文件不完整，可能没有传完或已损坏"
#: What a name promises that plain text can never be. Not xls: many systems export tables of text under that name.
_PROMISED = {
    ".docx": " Word 文档（docx）",
    ".docm": " Word 文档（docm）",
    ".doc": " Word 文档（doc）",
    ".xlsx": " Excel 工作簿（xlsx）",
    ".xlsm": " Excel 工作簿（xlsm）",
    ".pptx": "演示文稿（pptx）",
    ".pdf": " PDF 文档",
}


def read_paper(path: Path) -> Paper:
    """The lines and tables of a paper; its format is taken from its content, not from its name.

    Raises:
        InputError: it cannot be read, is damaged (also: no more than text under the name of a document), protected by
            a password, a scan without text, or of another format.
    """
    try:
        with path.open("rb") as file:
            return _read(file, _PROMISED.get(path.suffix.lower(), ""))
    except OSError as error:
        raise InputError(f"无法打开文件（{os_fact(error)}）").within(f"文件“{path.name}”") from None
    except InputError as error:
        raise error.within(f"文件“{path.name}”") from None


def _read(file: BinaryIO, promised: str) -> Paper:
    start = file.read(512)
    file.seek(0)
    if not start:
        raise InputError("文件是空的")
    if start.startswith(_PDF):
        from adapters.paper_pdf import read_pdf

        return read_pdf(file)
    if start.startswith(_ZIP):
        return _zipped(file)
    if start.startswith(_OLE):
        if _OLD_WORD in file.read():
            raise InputError("是旧版 Word 文档（.doc），请在 Word 或 WPS 中另存为 docx")
        file.seek(0)
        return _workbook(file, old=True)
    if start.startswith(_RTF):
        raise InputError("是 RTF 文档，请在 Word 或 WPS 中另存为 docx")
    refuse_others(start)
    if promised:
        raise InputError(f"内容不是{promised}，可能已损坏或没有传完；应为完整的原件，本来就是文本的请把扩展名改为 .txt")
    return _text(file)


def _zipped(file: BinaryIO) -> Paper:
    """A Word document or a workbook: both are zip."""
    try:
        archive = zipfile.ZipFile(file)
        names = archive.namelist()
        refuse_bomb(archive)
    except BROKEN_ARCHIVE:
        raise InputError(_BROKEN) from None
    file.seek(0)
    if "word/document.xml" in names:
        from adapters.paper_docx import read_docx

        return read_docx(file)
    if "ppt/presentation.xml" in names:
        raise InputError("是演示文稿（pptx），请提供 Word、Excel 或带文字层的 PDF")
    if "[Content_Types].xml" in names or "content.xml" in names:
        return _workbook(file, old=False)
    raise InputError("是压缩包，请先解开，再指定其中的一份文件")


def _workbook(file: BinaryIO, old: bool) -> Paper:
    from adapters.workbooks import open_workbook

    tables = []
    for sheet in open_workbook(file, "", old):
        rows = tuple(tuple(cell.strip(BLANKS) for cell in row) for row in sheet.cells())
        if any(cell for row in rows for cell in row):
            tables.append(Table(f"工作表“{sheet.title}”", rows))
    return Paper((), tuple(tables))


def _text(file: BinaryIO) -> Paper:
    """Plain text; lines that are split by tabs stand in the tables as well as in the lines."""
    text = Utf8Reader(file, *detect(file, None)).read().decode("utf-8")
    if "\0" in text:
        raise InputError("不是文本，也不是 docx、xlsx、pdf")
    rows = text.splitlines()
    lines = tuple(Line(f"第 {number} 行", row.strip(BLANKS)) for number, row in enumerate(rows, 1) if row.strip(BLANKS))
    return Paper(lines, tuple(_tabbed(rows)))


def _tabbed(rows: list[str]) -> Iterator[Table]:
    """Neighbouring lines of two or more fields between tabs, as they come out of a copied table."""
    first = 0
    while first < len(rows):
        end = first
        while end < len(rows) and "\t" in rows[end].strip():
            end += 1
        if end - first > 1:
            cells = [row.split("\t") for row in rows[first:end]]
            yield Table(f"第 {first + 1}–{end} 行的表", rectangular(cells))
        first = end + 1


def rectangular(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    """The rows without blanks around their texts, all as long as the longest."""
    width = max((len(row) for row in rows), default=0)
    return tuple(tuple(cell.strip(BLANKS) for cell in [*row, *[""] * (width - len(row))]) for row in rows)
