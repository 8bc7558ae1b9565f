"""Reading papers back, independently of what writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

from docx import Document
from docx.oxml.ns import qn


def texts(path: Path) -> list[str]:
    """The paragraphs of the body that are not in tables and not empty."""
    return [text for p in Document(str(path)).paragraphs if (text := p.text.strip())]


def tables(path: Path) -> list[list[list[str]]]:
    """Tables as rows of texts; a merged cell repeats."""
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in Document(str(path)).tables]


def headers(path: Path) -> list[str]:
    """All text of each header part, by its name."""
    with ZipFile(path) as parts:
        names = sorted(name for name in parts.namelist() if name.startswith("word/header"))
    document = Document(str(path))
    by_name = {str(part.partname)[1:]: part for part in document.part.package.iter_parts()}
    return ["".join(t.text or "" for t in _element(by_name[name]).iter(qn("w:t"))) for name in names]


def _element(part: Any) -> Any:
    return part.element
