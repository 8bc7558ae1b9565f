"""A sheet as rows of text, whatever file it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: What surrounds a value and means nothing: blanks of every width, byte order marks, zero-width characters.
BLANKS = " \t\r\n\x0b\x0c\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2009\u200a\u200b\u2028\u2029\u202f\u3000\ufeff"

#: Stands in a cell whose formula has no result in the file; no cell that Excel calculated reads so.
UNCALCULATED = "#公式没有结果"

#: A merged range: first row, first column, last row, last column, counted from 0.
Merge = tuple[int, int, int, int]


@dataclass
class Block:
    """Consecutive rows of a sheet.

    Attributes:
        columns: one Arrow string array per column, as delivered; an empty cell is ``""``, never null.
        row_no: 1-based, as the sheet shows it.
        misfit: rows that have more or fewer cells than the others; None where there are none.
        merged: column → rows whose cell belongs to a vertically merged range (filled with the range's value).
    """

    columns: list[Any]
    row_no: NDArray[np.int64]
    misfit: NDArray[np.bool_] | None = None
    merged: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    _trimmed: dict[int, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.row_no)

    def cells(self, position: int) -> list[str]:
        """One row's texts, trimmed."""
        return [column[position].as_py().strip(BLANKS) for column in self.columns]

    def called(self, index: int, position: int, names: Sequence[str]) -> str:
        """What the column of one cell is called; ``names`` are those of the header."""
        return names[index]

    def take(self, positions: NDArray[np.int64]) -> Block:
        """Some of the rows, in the order asked for."""
        return Block(
            [column.take(pa.array(positions)) for column in self.columns],
            self.row_no[positions],
            None if self.misfit is None else self.misfit[positions],
            {index: mask[positions] for index, mask in self.merged.items()},
        )

    def only(self, keep: NDArray[np.bool_]) -> Block:
        """The rows for which ``keep`` is true; the block itself if that is all of them."""
        return self if keep.all() else self.take(np.flatnonzero(keep))

    def column(self, index: int) -> Any:
        """A column, trimmed; empty texts where the sheet is narrower."""
        if index >= len(self.columns):
            return pa.array([""] * len(self), pa.string())
        if index not in self._trimmed:
            self._trimmed[index] = pc.utf8_trim(self.columns[index], BLANKS)
        return self._trimmed[index]


def may_contain(texts: Any, characters: str, beyond_ascii: bool = False) -> bool:
    """Whether a column can hold one of some ASCII characters, or any beyond ASCII; a quick look at its bytes.

    True may be wrong (the bytes of other rows lie in the same memory), False never is.
    """
    buffer = texts.buffers()[2]
    data = np.frombuffer(buffer, dtype=np.uint8) if buffer else np.array([], dtype=np.uint8)
    if not len(data):
        return False
    return (beyond_ascii and bool(data.max() > 127)) or any(bool((data == ord(sign)).any()) for sign in characters)


class Sheet(Protocol):
    """One table of cells.

    Attributes:
        place: what lineage calls it: the sheet's name, inside an archive ``member!sheet``.
        title: the sheet's own name; for a text file its name without endings.
        file: the path of the file, or of the member of an archive, that it is in.
        named: whether sheets are chosen by name (a text file is one sheet, whatever it is called).
        hidden: not shown to people who open the workbook.
        serials_1904: whether day numbers count from 1904.
    """

    place: str
    title: str
    file: str
    named: bool
    hidden: bool
    serials_1904: bool

    def head(self) -> list[list[str]]:
        """The first rows, trimmed; InputError if the sheet cannot be read."""
        ...

    def merges(self) -> list[Merge]:
        """Merged ranges that begin in the head."""
        ...

    def blocks(self, header_row: int) -> Iterator[Block]:
        """All rows after row ``header_row`` (1-based; 0: from the beginning)."""
        ...


def block_of(rows: Sequence[Sequence[str]], row_no: Sequence[int], width: int = 0) -> Block:
    """A block from rows of texts, padded to the widest."""
    width = max([width, *map(len, rows)])
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = [pa.array([row[index] for row in padded], pa.string()) for index in range(width)]
    return Block(columns, np.asarray(row_no, dtype=np.int64))
