"""The container of an old workbook (xls): checked before the reader follows it.

A damaged container can name a sector as its own successor; a reader that trusts it never ends.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from metrics.errors import InputError

_END = 0xFFFFFFFE  # this and above: no further sector
_HEADER_ENTRIES = 109
_SMALL, _SMALL_SECTOR = 4096, 64
_STREAM, _ROOT = 2, 5


@dataclass
class Entry:
    """One stream of the container."""

    name: str
    kind: int
    start: int
    size: int


class Container:
    """A compound file whose chains of sectors all end; InputError if one does not."""

    def __init__(self, data: bytes) -> None:
        try:
            self._read(data)
        except (struct.error, IndexError, ValueError, OverflowError):
            raise _broken() from None

    def _read(self, data: bytes) -> None:
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            raise _broken()
        self._size, self._data = 1 << shift, data
        self._table = self._allocation()
        first_directory, first_small = struct.unpack_from("<I8xI", data, 48)
        self.entries = list(_entries(self._joined(first_directory)))
        small = self._joined(first_small) if first_small < _END else b""
        self._small = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])
        room = max((entry.size for entry in self.entries if entry.kind == _ROOT), default=0)
        for entry in self.entries:
            if entry.kind in (_STREAM, _ROOT) and entry.start < _END:
                small_one = entry.kind == _STREAM and entry.size < _SMALL
                chain = _chain(entry.start, self._small if small_one else self._table)
                if small_one and (max(chain) + 1) * _SMALL_SECTOR > room:
                    raise _broken()

    def _allocation(self) -> tuple[int, ...]:
        """The table that tells each sector's successor."""
        sectors = list(struct.unpack_from(f"<{_HEADER_ENTRIES}I", self._data, 76))
        following, count = struct.unpack_from("<II", self._data, 68)
        per_sector = self._size // 4
        for _ in range(min(count, len(self._data) // self._size)):
            if following >= _END:
                break
            listed = struct.unpack(f"<{per_sector}I", self._sector(following))
            sectors += listed[:-1]
            following = listed[-1]
        joined = b"".join(self._sector(sector) for sector in sectors if sector < _END - 1)
        return struct.unpack(f"<{len(joined) // 4}I", joined)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start + self._size > len(self._data):
            raise _broken()
        return self._data[start : start + self._size]

    def _joined(self, start: int) -> bytes:
        return b"".join(self._sector(sector) for sector in _chain(start, self._table))

    def stream(self, *names: str) -> bytes:
        """The content of the first stream with one of these names; empty if there is none."""
        for entry in self.entries:
            if entry.kind == _STREAM and entry.name in names and entry.size >= _SMALL:
                return self._joined(entry.start)[: entry.size]
        return b""


def _chain(start: int, table: tuple[int, ...]) -> list[int]:
    """The sectors from ``start`` on; InputError if they come round again or lead out of the file."""
    chain: list[int] = []
    while start < _END:
        if start >= len(table) or len(chain) > len(table):
            raise _broken()
        chain.append(start)
        start = table[start]
    return chain


def _entries(directory: bytes) -> Iterator[Entry]:
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        yield Entry(directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace"), kind, start, size)


def _broken() -> InputError:
    return InputError("不是完整的 xls 工作簿，文件可能没有传完或已损坏")
