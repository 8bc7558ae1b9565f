"""From the bytes of one delivery to its sheets: plain, in gzip, or members of a zip archive."""

from __future__ import annotations

import contextlib
import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from adapters.base import Blob
from adapters.grid import Sheet
from adapters.jsonlines import JsonSheet, looks_like_lines
from adapters.mapping import TableConfig
from adapters.patterns import member_fits, stem
from adapters.textfiles import Rows, TextSheet
from adapters.workbook_scan import BROKEN_ARCHIVE, refuse_bomb, refuse_size
from adapters.workbooks import open_workbook
from metrics.errors import InputError, os_fact

_CHUNK = 4 << 20
_IN_MEMORY = 32 << 20
#: First bytes of what people send by mistake → how to answer.
_OTHERS = {
    b"Rar!": "是 rar 压缩包，请改用 zip 重新压缩",
    b"7z\xbc\xaf\x27\x1c": "是 7z 压缩包，请改用 zip 重新压缩",
    b"%PDF": "是 PDF 文档，不是表格",
    b"\x89PNG": "是图片，不是表格",
    b"\xff\xd8\xff": "是图片，不是表格",
    b"\xfd7zXZ": "是 xz 压缩文件，请改用 gzip 或 zip",
}
_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
_EMPTY_ZIP = b"PK\x05\x06"

Score = Callable[[Rows], int]


@contextmanager
def opened(blob: Blob, config: TableConfig, score: Score) -> Iterator[Iterator[Sheet]]:
    """The sheets of one delivery, opened one after another; closed together.

    Args:
        score: how well first rows fit the source's headers, to choose a delimiter.

    Raises:
        InputError: the file, or a member of it, is no table that can be read.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(blob.path).open("rb"))
        except OSError as error:
            raise InputError(f"无法打开文件（{os_fact(error)}）") from None
        yield _Opener(config, score, stack).sheets(file, blob.name)


class _Opener:
    def __init__(self, config: TableConfig, score: Score, stack: ExitStack) -> None:
        self.config, self.score, self.stack = config, score, stack

    def sheets(self, file: BinaryIO, name: str, member: str = "", unpacked: bool = False) -> Iterator[Sheet]:
        """Sheets of an open file called ``name``; ``member``: what it is called inside an archive."""
        start = file.read(512)
        file.seek(0)
        before = f"{member}!" if member else ""
        if not start:
            raise InputError("文件是空的")
        if start.startswith(_GZIP):
            if unpacked:
                raise InputError("压缩了不止一层，请只压缩一层")
            yield from self.sheets(self._unpacked(file), name, member, unpacked=True)
        elif start.startswith((_ZIP, _EMPTY_ZIP)):
            yield from self._zipped(file, name, member)
        elif start.startswith(_OLE):
            yield from open_workbook(file, before, old=True, name=name)
        elif looks_like_lines(start):
            yield JsonSheet(file, member or stem(name), name)
        else:
            refuse_others(start)
            yield TextSheet(file, member or stem(name), name, self.score, self.config.encoding, self.config.delimiter)

    def _zipped(self, file: BinaryIO, name: str, member: str) -> Iterator[Sheet]:
        """A workbook or an archive: both are zip."""
        try:
            archive = self.stack.enter_context(zipfile.ZipFile(file))
            names = archive.namelist()
            refuse_bomb(archive)
        except BROKEN_ARCHIVE:
            raise InputError("压缩包或工作簿不完整，可能没有传完或已损坏") from None
        if "[Content_Types].xml" in names or "content.xml" in names:
            yield from open_workbook(file, f"{member}!" if member else "", old=False, name=name)
        elif member:
            raise InputError("压缩包中还有压缩包，请只压缩一层")
        else:
            yield from self._members(archive)

    def _members(self, archive: zipfile.ZipFile) -> Iterator[Sheet]:
        members = [(_member_name(item), item) for item in archive.infolist()]
        for member, _ in members:
            if member.startswith("/") or member[1:2] == ":" or ".." in PurePosixPath(member).parts:
                raise InputError(f"压缩包中的“{member}”指向压缩包之外，没有解开")
        fitting = sorted((member, item) for member, item in members if member_fits(member, self.config.files))
        if not fitting:
            listed = "、".join(member for member, _ in members[:5]) or "没有文件"
            raise InputError(f"压缩包中没有与 files 匹配的文件，其中是：{listed}")
        for member, item in fitting:
            try:
                file = self._extracted(archive, item)
                yield from self.sheets(file, member, member)
            except InputError as error:
                raise error.within(f"压缩包中的“{member}”") from None

    def _extracted(self, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> BinaryIO:
        if item.flag_bits & 1:
            raise InputError("有密码保护，请去除密码后重新提交")
        try:
            with archive.open(item) as packed:
                return self._spooled(cast("BinaryIO", packed), item.compress_size)
        except BROKEN_ARCHIVE:
            raise InputError("无法解开，压缩包可能没有传完或已损坏") from None

    def _unpacked(self, file: BinaryIO) -> BinaryIO:
        packed_size = file.seek(0, 2)
        file.seek(0)
        try:
            with gzip.GzipFile(fileobj=file, mode="rb") as packed:
                return self._spooled(cast("BinaryIO", packed), packed_size)
        except (OSError, EOFError, zlib.error):
            raise InputError("gzip 压缩文件不完整，可能没有传完或已损坏") from None

    def _spooled(self, packed: BinaryIO, packed_size: int) -> BinaryIO:
        """The unpacked bytes, in memory or in a temporary file; they have to be read twice."""
        # closed by the stack, together with the archive it came from
        file = self.stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115
        size = 0
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            refuse_size(size, packed_size)
            file.write(chunk)
        file.seek(0)
        return cast("BinaryIO", file)


def _member_name(item: zipfile.ZipInfo) -> str:
    """The member's path with ``/``; Chinese Windows writes names in GBK without saying so."""
    name = item.filename
    if not item.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return name.replace("\\", "/")


def refuse_others(start: bytes) -> None:
    """InputError if a file that begins so is of a kind that holds no table."""
    for mark, sentence in _OTHERS.items():
        if start.startswith(mark):
            raise InputError(sentence)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta")):
        raise InputError("是网页（HTML），不是工作簿，请在 Excel 中打开后另存为 xlsx")
    if text.startswith(b"<?xml"):
        raise InputError("是 XML 文件，不是工作簿，请在 Excel 中打开后另存为 xlsx")
