"""JSON lines, one object a line, as a sheet: the keys stand for a header that the file does not have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import numpy as np

from adapters.grid import Block, Merge, block_of
from adapters.patterns import stem
from metrics.errors import InputError

_KEYS_OF = 2_000  # lines whose keys are the columns
_HEAD = 30
_LINES = 50_000  # in a block


def looks_like_lines(start: bytes) -> bool:
    """Whether a file that begins so holds an object a line."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


class JsonSheet:
    """A file of JSON lines; rows are numbered as its lines, from 1."""

    named = False
    hidden = False
    serials_1904 = False

    def __init__(self, file: BinaryIO, place: str, name: str) -> None:
        self.place, self.title, self.file = place, stem(name), name
        self._lines = file
        first = list(islice(self._numbered(), _KEYS_OF))
        keys: dict[str, None] = {}
        for _, line in first:
            keys.update(dict.fromkeys(_parsed(line) or ()))
        if not keys:
            raise InputError("不是每行一条的 JSON，应为如 {“asset_no”: …, “checked_at”: …, “state”: …}")
        self._keys = list(keys)
        self._head = [self._cells(line) for _, line in first[:_HEAD]]

    def head(self) -> list[list[str]]:
        return [self._keys, *self._head]

    def merges(self) -> list[Merge]:
        return []

    def blocks(self, header_row: int) -> Iterator[Block]:
        """All lines: the header is none of them."""
        numbered = self._numbered()
        while part := list(islice(numbered, _LINES)):
            block = block_of([self._cells(line) for _, line in part], [number for number, _ in part], len(self._keys))
            misfit = np.array([_parsed(line) is None for _, line in part])
            block.misfit = misfit if misfit.any() else None
            yield block

    def _numbered(self) -> Iterator[tuple[int, str]]:
        """The lines that hold something, with their numbers."""
        self._lines.seek(0)
        for number, line in enumerate(self._lines, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError:
                raise InputError(f"第 {number} 行不是 UTF-8 文本") from None
            if text:
                yield number, text

    def _cells(self, line: str) -> list[str]:
        found = _parsed(line)
        return [line] if found is None else [_text(found.get(key)) for key in self._keys]


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
