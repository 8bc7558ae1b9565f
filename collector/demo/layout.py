"""A sheet as vendors draw it: titles, one or two header rows, merged cells, totals and notes under the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from collector.demo.spelling import Cell

Row = Mapping[str, Cell]  # field → cell


@dataclass(frozen=True)
class Word:
    """A column's header: the word, and in a two-row header the word above it."""

    name: str
    word: str
    above: str = ""


@dataclass
class Grid:
    """Cells row by row, and merged ranges ``(first row, first column, last row, last column)``."""

    name: str = "Sheet1"
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def title(self, text: str, width: int) -> None:
        """A line of words over the whole table."""
        self.rows.append([text, *[None] * (width - 1)])
        if width > 1:
            self.merges.append((len(self.rows) - 1, 0, len(self.rows) - 1, width - 1))

    def header(self, words: Sequence[Word]) -> None:
        """One header row, or two where words have a word above; equal neighbours above are merged."""
        if not any(word.above for word in words):
            self.rows.append([word.word for word in words])
            return
        top = len(self.rows)
        self.rows += [[None] * len(words), [word.word for word in words]]
        column = 0
        for above, group in groupby(words, key=lambda word: word.above):
            width = len(list(group))
            if above:
                self.rows[top][column] = above
                self._merge(top, column, top, column + width - 1)
            else:  # the word fills both rows
                for own in range(column, column + width):
                    self.rows[top][own], self.rows[top + 1][own] = words[own].word, None
                    self._merge(top, own, top + 1, own)
            column += width

    def data(self, words: Sequence[Word], row: Row) -> None:
        """One row of cells in the order of ``words``."""
        self.rows.append([row.get(word.name) for word in words])

    def line(self, *cells: Cell) -> None:
        """A row as it is: a total, a note, a blank row."""
        self.rows.append(list(cells))

    def merge_equal(self, column: int, first: int) -> None:
        """Merge equal neighbours of a column from row ``first`` on; only the first keeps its text."""
        last = len(self.rows)
        start = first
        for number in range(first + 1, last + 1):
            if number < last and self._at(number, column) == self._at(start, column):
                continue
            if number - start > 1 and self._at(start, column) is not None:
                self._merge(start, column, number - 1, column)
                for row in self.rows[start + 1 : number]:
                    row[column] = None
            start = number

    def _at(self, row: int, column: int) -> Cell:
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.merges.append((top, left, bottom, right))


def shuffled(words: Sequence[Word], names: str) -> list[Word]:
    """The columns in another order: those named first, the rest as they were."""
    first = names.split()
    by_name = {word.name: word for word in words}
    return [by_name[name] for name in first] + [word for word in words if word.name not in first]


def renamed(words: Sequence[Word], **others: str) -> list[Word]:
    """The same columns with other header words."""
    return [Word(word.name, others.get(word.name, word.word), word.above) for word in words]
