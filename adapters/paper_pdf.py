"""PDF documents by pypdf: the lines of the text layer, page by page."""

from __future__ import annotations

import logging
from typing import BinaryIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from adapters.grid import BLANKS
from adapters.papers import Line, Paper
from metrics.errors import InputError

_SCAN = "没有文字层（多半是扫描件），读不出文字；请提供 Word、Excel 原件或带文字层的 PDF"
_PASSWORD = "有密码保护，请去除密码后重新提交"

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns about every irregular byte that it reads all the same


def read_pdf(file: BinaryIO) -> Paper:
    """Lines as the text layer breaks them, which may be inside a word.

    Raises:
        InputError: damaged, protected by a password, or without text.
    """
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(_PASSWORD)
        pages = [page.extract_text() for page in reader.pages]
    except (DependencyError, FileNotDecryptedError):
        raise InputError(_PASSWORD) from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        raise InputError("不是完整的 PDF 文档，文件可能已损坏") from None
    lines = tuple(
        Line(f"第 {number} 页第 {row} 行", text.strip(BLANKS))
        for number, page in enumerate(pages, 1)
        for row, text in enumerate(page.splitlines(), 1)
        if text.strip(BLANKS)
    )
    if not lines:
        raise InputError(_SCAN)
    return Paper(lines, ())
