"""Text files of unknown encoding as a stream of UTF-8: tried strictly, one after another, never repaired."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

import pyarrow as pa

from metrics.errors import InputError

_CHUNK = 4 << 20
_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "gb18030": "GB18030"}


def detect(file: BinaryIO, declared: str | None) -> tuple[str, int]:
    """The codec and the length of the byte order mark.

    ``declared`` is the source's ``encoding``, None to find out. UTF-8 is proved by reading all of it; what is neither
    UTF-8 nor UTF-16 can only be GB18030, and that is proved while it is read.
    """
    file.seek(0)
    start = file.read(4096)
    if start.startswith(codecs.BOM_UTF8) and declared in (None, "utf-8"):
        if not _is_utf8(file):
            raise InputError("不是完整的 UTF-8 编码，文件可能已损坏")
        return "utf-8", 3
    if declared not in ("utf-8", "gb18030"):
        for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
            if start.startswith(mark):
                return codec, 2
    if declared == "utf-16":
        return _utf16_by_zeros(start) or "utf-16-le", 0
    if declared == "utf-8" and not _is_utf8(file):
        raise InputError("不是 UTF-8 编码，而配置中写明了 encoding: utf-8")
    if declared is not None:
        return declared, 0
    guess = _utf16_by_zeros(start)
    if guess is not None:
        return guess, 0
    return ("utf-8" if _is_utf8(file) else "gb18030"), 0


def _utf16_by_zeros(start: bytes) -> str | None:
    """UTF-16 without a mark: its digits, commas and line breaks have a zero byte on one side."""
    pairs = len(start) // 2
    high, low = start[0 : 2 * pairs : 2].count(0), start[1 : 2 * pairs : 2].count(0)
    if pairs < 2 or max(high, low) * 5 < pairs or min(high, low) * 10 > max(high, low):
        return None
    return "utf-16-le" if low > high else "utf-16-be"


def _is_utf8(file: BinaryIO) -> bool:
    file.seek(0)
    rest = b""
    while chunk := file.read(_CHUNK):
        chunk = rest + chunk
        cut = _whole_characters(chunk)
        if not _valid_utf8(chunk[:cut]):
            return False
        rest = chunk[cut:]
    return not rest


def _whole_characters(chunk: bytes) -> int:
    """How many bytes of ``chunk`` surely end with a whole UTF-8 character."""
    for back in range(1, min(4, len(chunk)) + 1):
        byte = chunk[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(chunk) if back >= needed else len(chunk) - back
    return len(chunk)


def _valid_utf8(chunk: bytes) -> bool:
    """Whether ``chunk`` is UTF-8; Arrow checks some ten times as fast as Python decodes."""
    offsets = pa.array([0, len(chunk)], pa.int32()).buffers()[1]
    array = pa.Array.from_buffers(pa.binary(), 1, [None, offsets, pa.py_buffer(chunk)])
    try:
        array.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


class Utf8Reader(io.RawIOBase):
    """``file`` from ``start`` (bytes of UTF-8 after the mark) on, as UTF-8, with ``ending`` behind it.

    Raises:
        InputError: on reading, at the first bytes that are not of the encoding.
    """

    def __init__(self, file: BinaryIO, codec: str, mark: int, start: int = 0, ending: bytes = b"") -> None:
        super().__init__()
        self._file, self._codec, self._ending = file, codec, ending
        self._decoder = None if codec == "utf-8" else codecs.getincrementaldecoder(codec)("strict")
        self._ready = b""
        self._skip = 0 if self._decoder is None else start
        self._last = b"\n"
        file.seek(mark + (start if self._decoder is None else 0))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > 0 and self._decoder is None and not self._ready and (given := self._file.read(size)):
            self._last = given[-1:]
            return given
        size = size if size >= 0 else 1 << 62
        while len(self._ready) < size and self._fill():
            pass
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def _fill(self) -> bool:
        """Make more bytes ready; False at the end."""
        chunk = self._file.read(_CHUNK)
        more = self._decoded(chunk)
        if self._skip:
            more, self._skip = more[self._skip :], max(0, self._skip - len(more))
        self._last = more[-1:] or self._last
        if not chunk:
            if self._ending:  # a row of its own, so what it follows must end its line
                more += (b"" if self._last in b"\r\n" else b"\n") + self._ending
                self._ending = b""
            self._ready += more
            return bool(more)
        self._ready += more
        return True

    def _decoded(self, chunk: bytes) -> bytes:
        if self._decoder is None:
            return chunk
        try:
            return self._decoder.decode(chunk, not chunk).encode("utf-8")
        except UnicodeError:
            if self._codec == "gb18030":
                raise InputError("既不是 UTF-8、UTF-16，也不是 GB18030 编码的文本，文件可能已损坏或不是表格") from None
            raise InputError(f"不是完整的 {_NAMES[self._codec]} 编码，文件可能已损坏") from None
