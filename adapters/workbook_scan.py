"""What has to be known of a workbook's bytes before and beside its reader.

The reader allocates the whole rectangle between the outermost cells, so one stray cell in the last column can take
all memory and the process with it; and it gives error values (``#N/A``) and formulas that nobody has calculated yet,
as programs write them, as empty cells.
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from adapters.biff import read_facts
from adapters.grid import UNCALCULATED
from adapters.ole import Container
from metrics.errors import InputError

#: What reading a damaged archive may raise.
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_MOST_CELLS = 60_000_000
MOST_BYTES = 2 << 30
_MOST_RATIO = 200  # workbooks of repeated text reach some 50
_RATIO_FROM = 64 << 20
_CHUNK = 8 << 20
_OVERLAP = 4096
_ENCRYPTED = "EncryptedPackage"
_MOST_ROWS = 1 << 20

#: A cell beyond column Z or row 999,999. For Arrow's expressions, several times as fast on megabytes as ``re`` and,
#: where the first byte is frequent, twice as fast as ``in``.
_UNUSUAL_CELL = r"""r\s*=\s*["'](?:[A-Za-z]{2,}\d|[A-Za-z]?\d{7})"""
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)(\d+)""")
_ERROR_CELL = re.compile(
    rb"""<c\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*?\bt="e"[^>]*?>(?:<f\b[^>]*?/>|<f\b.*?</f>)?<v>([^<]{2,20})</v>""", re.S
)
#: No result and no type of one: Excel writes ``t="str"`` where the result is the empty text.
_UNCALCULATED_CELL = re.compile(
    rb"""<c\b(?![^>]*?\bt=)[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*?>(?:<f\b[^>]*?/>|<f\b[^>]*?>[^<]*</f>)(?:<v></v>|<v\s*/>)?</c>"""
)
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*?\bname=\"([^\"]*)\"[^>]*?\b\w+:id=\"([^\"]*)\"")
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r"(\w+)=\"([^\"]*)\"")


@dataclass
class Scan:
    """Facts of a workbook that its reader does not tell.

    ``errors``: sheet name → (row, column) from 0 → error value as Excel shows it, or :data:`UNCALCULATED`.
    """

    serials_1904: bool = False
    errors: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def refuse_bomb(archive: zipfile.ZipFile) -> None:
    """InputError if the archive would unpack to more than any delivery is."""
    items = archive.infolist()
    refuse_size(sum(item.file_size for item in items), sum(item.compress_size for item in items))


def refuse_size(unpacked: int, packed: int) -> None:
    """InputError if ``packed`` bytes hold more than any delivery does, or unbelievably much."""
    if unpacked > MOST_BYTES:
        raise InputError(f"解开后超过 {MOST_BYTES >> 20} MiB 的上限")
    if unpacked > _RATIO_FROM and unpacked > _MOST_RATIO * max(packed, 1):
        raise InputError(f"压缩比超过 {_MOST_RATIO} 倍，不像正常的文件，没有解开")


def scan_xlsx(file: BinaryIO) -> Scan:
    """Check and scan an xlsx; InputError if it is no workbook or too large to be held."""
    try:
        with zipfile.ZipFile(file) as archive:
            refuse_bomb(archive)
            return _scan_parts(archive)
    except BROKEN_ARCHIVE:
        raise InputError("不是完整的 xlsx 工作簿，文件可能已损坏") from None


def _scan_parts(archive: zipfile.ZipFile) -> Scan:
    names = archive.namelist()
    if "xl/workbook.bin" in names:
        raise InputError("是 xlsb 工作簿，请在 Excel 中另存为 xlsx 后重新提交")
    if "content.xml" in names:
        raise InputError("是 ods 表格，请另存为 xlsx 后重新提交")
    if "word/document.xml" in names:
        raise InputError("是 Word 文档，不是表格")
    book = archive.read("xl/workbook.xml").decode("utf-8", "ignore") if "xl/workbook.xml" in names else ""
    scan = Scan(serials_1904=bool(re.search(r"date1904\s*=\s*[\"'](1|true)[\"']", book)))
    titles = _sheet_titles(archive, names, book)
    sheets = {name for name in names if name.lower().startswith("xl/worksheets/") and name.lower().endswith(".xml")}
    for name in sorted(sheets | (set(titles) & set(names))):
        errors = _scan_sheet(archive, name)
        if errors and name in titles:
            scan.errors[titles[name]] = errors
    return scan


def _sheet_titles(archive: zipfile.ZipFile, names: list[str], book: str) -> dict[str, str]:
    """Part name → sheet name."""
    part = "xl/_rels/workbook.xml.rels"
    if part not in names:
        return {}
    targets = {}
    for relation in _RELATION.findall(archive.read(part).decode("utf-8", "ignore")):
        attributes = dict(_ATTRIBUTE.findall(relation))
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return {targets[key]: _unescape(name) for name, key in _SHEET.findall(book) if key in targets}


def _unescape(text: str) -> str:
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def _scan_sheet(archive: zipfile.ZipFile, part: str) -> dict[tuple[int, int], str]:
    """Error cells of one sheet; InputError if its outermost cells span too much."""
    errors: dict[tuple[int, int], str] = {}
    unusual = False
    for window in _windows(archive, part):
        unusual = unusual or _matches(window, _UNUSUAL_CELL)
        if b"#" in window:
            for letters, row, value in _ERROR_CELL.findall(window):
                errors[int(row) - 1, column_number(letters)] = value.decode("utf-8", "replace")
        if _matches(window, "<f"):
            for letters, row in _UNCALCULATED_CELL.findall(window):
                errors[int(row) - 1, column_number(letters)] = UNCALCULATED
    if unusual:
        _refuse_far_cells(_windows(archive, part))
    return errors


def _matches(window: bytes, pattern: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([window], pa.binary()), pattern)[0].as_py())


def _windows(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in overlapping pieces, so that nothing is cut in two."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield rest + chunk
            rest = chunk[-_OVERLAP:]


def _refuse_far_cells(windows: Iterator[bytes]) -> None:
    columns = rows = 1
    for window in windows:
        for letters, digits in set(_CELL.findall(window)):
            columns = max(columns, column_number(letters) + 1)
            rows = max(rows, int(digits[:12]))
    if columns * rows > _MOST_CELLS or rows > _MOST_ROWS:
        raise InputError(f"工作表的范围达到 {rows} 行 × {columns} 列，超过可读取的大小，请删除远处的多余单元格")


def column_number(letters: bytes) -> int:
    """``A`` → 0, ``AA`` → 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def scan_xls(file: BinaryIO) -> Scan:
    """Check and scan an old workbook; InputError if it is damaged or has a password."""
    file.seek(0)
    container = Container(file.read())
    if any(entry.name == _ENCRYPTED for entry in container.entries):
        raise InputError("工作簿有密码保护，请去除密码后重新提交")
    facts = read_facts(container.stream("Workbook", "Book"))
    return Scan(facts.days_from_1904, facts.errors)
