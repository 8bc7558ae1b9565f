"""csv and tsv: delimiter, quotes, rows of uneven length; the rows come in blocks of Arrow columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from adapters.encodings import Utf8Reader, detect
from adapters.grid import BLANKS, Block, Merge, block_of
from adapters.patterns import stem
from metrics.errors import InputError

_HEAD_BYTES = 1 << 20
_HEAD_ROWS = 600  # more than a header may lie deep, and enough rows after it to see how wide the data are
_BLOCK_BYTES = 2 << 20  # no row may be longer than twice that; Arrow reads 32 of them ahead
_BLOCKS_AT_ONCE = 2
_DELIMITERS = (",", ";", "\t", "|")
_END = "\x1f\x1e"  # a row of our own at the very end: an open quote would swallow it
_OPEN_QUOTE = "有引号没有闭合，其后的内容无法分列"

Rows = list[list[str]]


class TextSheet:
    """A text file as a sheet. ``score(rows)`` says how well the first rows fit the source's headers."""

    named = False
    hidden = False
    serials_1904 = False

    def __init__(
        self,
        file: BinaryIO,
        place: str,
        name: str,
        score: Callable[[Rows], int],
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> None:
        self.place, self.title, self.file = place, stem(name), name
        self._file = file
        self._codec, self._mark = detect(file, encoding)
        self._text, self._complete = self._read_head()
        self._rows, self._ends, self._delimiter = self._choose(delimiter, score)

    def head(self) -> Rows:
        return [[cell.strip(BLANKS) for cell in row] for row in self._rows]

    def merges(self) -> list[Merge]:
        return []

    def blocks(self, header_row: int) -> Iterator[Block]:
        header = self._rows[header_row - 1] if header_row else []
        usual = self._usual_width(header_row)
        shape = _Shape(len(_rstripped(header)) or usual, max(len(header), 0 if header else usual))
        width = max(shape.named, usual, 1)
        start = self._ends[header_row - 1] if header_row else 0
        misfits: list[tuple[int, str]] = []  # the parser runs ahead: some belong to blocks still to come
        reader = self._open(start, width, misfits)
        position = header_row + 1
        for columns in _without_end(reader, header_row, misfits):
            row_no = _numbers(position, len(columns[0]), [number + header_row for number, _ in misfits])
            if len(row_no):
                position = int(row_no[-1]) + 1
                yield Block(columns, row_no, shape.beyond(columns))
            passed = [item for item in misfits if item[0] + header_row < position]
            del misfits[: len(passed)]
            if passed:
                yield self._uneven(passed, header_row, shape)
        if misfits:
            yield self._uneven(misfits, header_row, shape)

    def _read_head(self) -> tuple[str, bool]:
        """The beginning as text in whole lines, and whether that is all there is."""
        stream = Utf8Reader(self._file, self._codec, self._mark)
        data = stream.read(_HEAD_BYTES)
        complete = not stream.read(1)
        if not complete:
            data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1] or data[:-3]
        return data.decode("utf-8", "strict" if complete else "ignore"), complete

    def _choose(self, declared: str | None, score: Callable[[Rows], int]) -> tuple[Rows, list[int], str]:
        first = self._text[:6].rstrip("\r\n").lower()
        if declared is None and len(first) == 5 and first.startswith("sep="):  # Excel's own way to say it
            declared = first[4]
        best: tuple[tuple[int, int], Rows, list[int], str] | None = None
        for delimiter in (declared,) if declared else _DELIMITERS:
            rows, ends = self._parse(delimiter)
            widths = Counter(len(row) for row in rows if len(row) > 1)
            rank = (score(rows), widths.most_common(1)[0][1] if widths else 0)
            if best is None or rank > best[0]:
                best = rank, rows, ends, delimiter
        assert best is not None
        return best[1:]

    def _parse(self, delimiter: str) -> tuple[Rows, list[int]]:
        """The head's rows and how many bytes of UTF-8 each ends after."""
        rows: Rows = []
        ends: list[int] = []
        lines = _CountedLines(self._text)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            for row in reader:
                rows.append(row)
                ends.append(lines.size)
                if len(rows) == _HEAD_ROWS:
                    return rows, ends
        except csv.Error:
            raise InputError(f"第 {len(rows) + 1} 行{_OPEN_QUOTE}") from None
        if not self._complete and rows:
            return rows[:-1], ends[:-1]  # the last one may have been cut
        return rows, ends

    def _usual_width(self, header_row: int) -> int:
        widths = Counter(len(row) for row in self._rows[header_row:] if any(row))
        return max(widths, key=lambda width: (widths[width], -width)) if widths else 0

    def _open(self, start: int, width: int, misfits: list[tuple[int, str]]) -> Iterator[Any]:
        ending = self._delimiter.join([_END] * width) + "\n"
        stream = Utf8Reader(self._file, self._codec, self._mark, start, ending.encode())
        names = [str(index) for index in range(width)]

        def keep(row: Any) -> str:
            misfits.append((row.number, row.text))
            return "skip"

        return iter(
            pa.csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                # one thread, because only so does a misfit know its number; parsing is not where the time goes
                pa.csv.ReadOptions(column_names=names, use_threads=False, block_size=_BLOCK_BYTES),
                pa.csv.ParseOptions(
                    delimiter=self._delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep,
                ),
                pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    check_utf8=False,  # it was proved before, or decoded by us
                ),
            )
        )

    def _uneven(self, rows: list[tuple[int, str]], header_row: int, shape: _Shape) -> Block:
        """Rows of another length; only those that miss a named column or fill one beyond the header are misfits."""
        cells = [self._split(text) for _, text in rows]
        block = block_of(cells, [number + header_row for number, _ in rows], shape.named)
        block.misfit = np.array([shape.refuses(row) for row in cells], dtype=bool)
        return block

    def _split(self, text: str) -> list[str]:
        try:
            return next(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter), [])
        except csv.Error:
            return [text]


@dataclass(frozen=True)
class _Shape:
    """How many columns the header names, and how many cells it has."""

    named: int
    cells: int

    def refuses(self, row: list[str]) -> bool:
        """Whether a row has too few cells, or a filled one where the header has none."""
        return len(row) < self.named or len(_rstripped(row)) > self.cells

    def beyond(self, columns: list[Any]) -> NDArray[np.bool_] | None:
        """Rows with a filled cell beyond the header; None if there are no such columns."""
        if len(columns) <= self.cells:
            return None
        filled = np.zeros(len(columns[0]), dtype=bool)
        for column in columns[self.cells :]:
            filled |= pc.not_equal(pc.utf8_trim(column, BLANKS), "").to_numpy(zero_copy_only=False)
        return filled


class _CountedLines:
    """Lines as csv wants them, counting the bytes given out so far."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.size += len(line.encode("utf-8"))
            yield line


def _without_end(reader: Iterator[Any], header_row: int, misfits: list[tuple[int, str]]) -> Iterator[list[Any]]:
    """The columns of each batch; the row that marks the end is taken off and must be there."""
    held: list[Any] | None = None
    seen = header_row
    try:
        for batch in _gathered(reader):
            if held is not None:
                yield held
            held = batch.columns
            seen += batch.num_rows
    except pa.ArrowInvalid:
        raise InputError(f"第 {seen + 1} 行之后{_OPEN_QUOTE}") from None
    if held is None or not len(held[0]) or held[0][-1].as_py() != _END:
        raise InputError(f"第 {seen + len(misfits)} 行附近{_OPEN_QUOTE}")
    yield [column[:-1] for column in held]


def _gathered(reader: Iterator[Any]) -> Iterator[Any]:
    while batches := list(islice(reader, _BLOCKS_AT_ONCE)):
        yield pa.concat_batches(batches)


def _numbers(first: int, count: int, taken: list[int]) -> NDArray[np.int64]:
    """``count`` row numbers from ``first`` on, leaving out those ``taken``."""
    if not taken:
        return np.arange(first, first + count, dtype=np.int64)
    numbers = np.arange(first, first + count + len(taken), dtype=np.int64)
    return numbers[~np.isin(numbers, taken)][:count]


def _rstripped(row: list[str]) -> list[str]:
    """The row without its trailing empty cells."""
    end = len(row)
    while end and not row[end - 1].strip(BLANKS):
        end -= 1
    return row[:end]
