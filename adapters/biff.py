"""The records of an old workbook (xls), as far as its reader does not tell what they say or trusts what they claim.

A damaged record can place a cell in column 65,000 or announce two thousand million texts; a reader that makes room for
them takes all memory and the process with it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from metrics.errors import InputError

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_END, _SHEET, _DATE_MODE, _PASSWORD, _TEXTS, _EXTENT = 0x0A, 0x85, 0x22, 0x2F, 0xFC, 0x200
_ERROR_CELL, _FORMULA = 0x205, 0x06
_SEVERAL = (0xBD, 0xBE)  # a row of numbers, a row of blanks: the last column stands at the end
_CELLS = frozenset((_ERROR_CELL, _FORMULA, 0x201, 0x203, 0x204, 0x27E, 0xFD, 0xD6, *_SEVERAL))
_ROWS, _COLUMNS = 65_536, 256


@dataclass
class Facts:
    """``errors``: sheet name → (row, column) from 0 → error value as Excel shows it."""

    days_from_1904: bool = False
    errors: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def read_facts(book: bytes) -> Facts:
    """Walk the workbook; InputError if it has a password or claims what cannot be."""
    facts = Facts()
    try:
        for kind, content in _records(book, 0):
            if kind == _PASSWORD:
                raise InputError("工作簿有密码保护，请去除密码后重新提交")
            if kind == _TEXTS and struct.unpack_from("<I", content, 4)[0] > len(book):
                raise _broken()
            if kind == _DATE_MODE:
                facts.days_from_1904 = content[:1] == b"\x01"
            if kind == _SHEET:
                cells = dict(_errors(book, struct.unpack_from("<I", content)[0]))
                facts.errors.update({_sheet_name(content): cells} if cells else {})
    except (struct.error, IndexError):
        raise _broken() from None
    return facts


def _sheet_name(content: bytes) -> str:
    length, wide = content[6], content[7] & 1
    return content[8 : 8 + length * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


def _errors(book: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    """Error cells of one sheet; every cell must lie within the columns an xls can have."""
    if start >= len(book):
        raise _broken()
    for kind, content in _records(book, start):
        if kind == _EXTENT:
            _check_extent(content)
        if kind not in _CELLS:
            continue
        row, column = struct.unpack_from("<HH", content)
        last = struct.unpack_from("<H", content, len(content) - 2)[0] if kind in _SEVERAL else column
        if max(column, last) >= _COLUMNS:
            raise _broken()
        if kind == _ERROR_CELL and content[7]:
            yield (row, column), _ERRORS.get(content[6], "#N/A")
        elif kind == _FORMULA and content[12:14] == b"\xff\xff" and content[6] == 2:
            yield (row, column), _ERRORS.get(content[8], "#N/A")


def _check_extent(content: bytes) -> None:
    """The announced first and last rows and columns (the last ones plus one)."""
    top, bottom, left, right = struct.unpack_from("<IIHH" if len(content) >= 14 else "<HHHH", content)
    if not (top <= bottom <= _ROWS and left <= right <= _COLUMNS):
        raise _broken()


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """(kind, content) of every record of one substream."""
    position, end = start, len(book) - 4
    while position <= end:
        kind, size = struct.unpack_from("<HH", book, position)
        yield kind, book[position + 4 : position + 4 + size]
        if kind == _END:
            return
        position += 4 + size


def _broken() -> InputError:
    return InputError("不是完整的 xls 工作簿，文件可能没有传完或已损坏")
