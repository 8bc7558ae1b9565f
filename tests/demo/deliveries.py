"""Looks into the demo's files with readers that are not ours."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import openpyxl
import python_calamine


@dataclass(frozen=True)
class Seen:
    """One delivered file as bytes, as texts and as cells."""

    path: Path

    @property
    def suffix(self) -> str:
        """All of ``.csv.gz``."""
        return "".join(self.path.suffixes)

    @cached_property
    def raw(self) -> bytes:
        """The bytes as delivered."""
        return self.path.read_bytes()

    @cached_property
    def members(self) -> list[bytes]:
        """The bytes inside: unpacked, or each member of an archive."""
        if self.suffix.endswith(".gz"):
            return [gzip.decompress(self.raw)]
        if self.suffix == ".zip":
            with zipfile.ZipFile(BytesIO(self.raw)) as archive:
                return [archive.read(name) for name in archive.namelist()]
        return [self.raw]

    @property
    def is_workbook(self) -> bool:
        """Whether it is a workbook of either kind."""
        return self.suffix in (".xlsx", ".xls")

    @cached_property
    def book(self) -> openpyxl.Workbook:
        """The workbook, xlsx only."""
        return openpyxl.load_workbook(BytesIO(self.raw))

    @cached_property
    def encoding(self) -> str:
        """Of the first member that is no workbook."""
        content = self.members[0]
        if content.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return "gb18030"
        return "utf-8"

    @cached_property
    def text(self) -> str:
        """Everything a person would read in it, cells separated by tabs."""
        if self.suffix == ".xlsx":
            return "\n".join("\t".join(row) for row in self.rows)
        if self.suffix == ".xls":
            book = python_calamine.load_workbook(BytesIO(self.raw))
            lines = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
            return "\n".join("\t".join(map(str, line)) for line in lines)
        return "\n".join(member.decode(self.encoding) for member in self.members)

    @cached_property
    def rows(self) -> list[list[str]]:
        """The rows of all sheets of an xlsx, as text."""
        return [
            ["" if cell is None else str(cell) for cell in row]
            for sheet in self.book
            for row in sheet.iter_rows(values_only=True)
        ]

    def merged(self, *, above: bool) -> bool:
        """Whether cells of the header (first six rows) or of the body are merged."""
        ranges = [one for sheet in self.book for one in sheet.merged_cells.ranges]
        return any((one.max_row <= 6) if above else (one.min_row > 6 and one.min_col == one.max_col) for one in ranges)
