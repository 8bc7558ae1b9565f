"""Cross tables: kinds one way, months the other; every filled cell is a record of the first day of its month."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from adapters.assemble import TableReader
from adapters.base import Batch, Context
from adapters.fields import Surroundings
from adapters.grid import Block, Merge
from adapters.headers import NUMBERING, Header, Rows, find, normal
from adapters.mapping import TableConfig, TableMapping
from adapters.rows import set_aside
from adapters.words import NOTHING
from adapters.years import month_of
from metrics.errors import InputError

_MONTH_WORDS = ("月份", "月", "年月", "统计月份", "月度", "时间", "日期")
_NO_KIND = frozenset((*NUMBERING, "合计", "小计", "总计", "共计", "累计", "备注", "说明", "全年", "平均"))


@dataclass
class Crossed:
    """The header of a cross table: ``cells`` maps a column to what its header stands for."""

    header: Header
    cells: dict[int, str]
    side: int  # the column of the rows' headings


@dataclass
class LongBlock(Block):
    """A block unfolded; ``origins`` tells the row and column of ``wide`` that each row came from."""

    wide: Block | None = None
    origins: list[tuple[int, int]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    def called(self, index: int, position: int, names: Sequence[str]) -> str:
        last = index == len(names) - 1
        return self.headers[self.origins[position][1]] if last else names[index]


def find_cross(rows: Rows, merges: Sequence[Merge], table: TableMapping) -> Crossed | None:
    """The best cross header among the first rows, or None."""
    assert table.cross is not None
    side = "" if table.cross.rows == "month" else table.cross.rows
    looked_for = table if side else table.model_copy(update={"columns": {**table.columns, "month": _MONTH_WORDS}})
    best: Crossed | None = None
    for first in range(min(table.header.within, len(rows))):
        header = find([*[[]] * first, *rows[first : first + table.header.rows]], merges, looked_for)
        column = header.columns.get((side or "month", "")) if header else None
        if header is None or column is None:
            continue
        cells = _cells(header, months=bool(side))
        if cells and (best is None or len(cells) > len(best.cells)):
            best = Crossed(header, cells, column)
    return best


def _cells(header: Header, months: bool) -> dict[int, str]:
    taken = set(header.columns.values())
    words = {index: re.sub(r"#\d+$", "", name) for index, name in enumerate(header.names) if index not in taken}
    if months:
        return {index: word for index, word in words.items() if month_of(word)}
    free = {index: word for index, word in words.items() if not re.fullmatch(r"第\d+列", word)}
    return {index: word for index, word in free.items() if normal(word) not in _NO_KIND}


class CrossReader(TableReader):
    """Unfolds each block into one row per filled cell and reads that as an ordinary table."""

    def __init__(
        self,
        table: TableMapping,
        crossed: Crossed,
        config: TableConfig,
        context: Context,
        around: Surroundings,
        above: Sequence[Sequence[str]] = (),
    ) -> None:
        assert table.cross is not None
        self.crossed, self.cross, self.year = crossed, table.cross, table.year or around.year
        self.wide, self.missing = crossed.header, {*config.missing, *NOTHING}
        self.fixed = {name: column for (name, _), column in self.wide.columns.items() if name in table.type.names}
        self._refuse_repeated()
        super().__init__(table, self._long_header(table), config, context, around, above)
        self.layout.header, self.layout.needed = self.wide, [crossed.side]
        self.layout.mapped = sorted({*self.fixed.values(), crossed.side})

    def _refuse_repeated(self) -> None:
        words = [self._first_day(word) if month_of(word) else word for word in self.crossed.cells.values()]
        repeated = next((word for word in words if words.count(word) > 1), None)
        if repeated:
            raise InputError(f"交叉表中有两列都是“{repeated[:7]}”，无法确定用哪一列")

    def _long_header(self, table: TableMapping) -> Header:
        """Fixed fields, then heading, month, key and value as columns of their own."""
        slots = [name for name in self.fixed if name != self.cross.heading]
        names = [*slots, self.cross.heading, self.cross.at, table.key_field, self.cross.value]
        labels = [self.wide.names[self.fixed[name]] for name in slots]
        labels += [table.type.column(name).label for name in names[len(slots) :]]
        return Header(self.wide.row, self.wide.first_row, labels, [], {(name, ""): at for at, name in enumerate(names)})

    def read(self, block: Block) -> Batch:
        """Every filled cell counts as one row read; a row without any counts as blank."""
        aside = set_aside(block, self.layout)
        counts = Counter(aside.values())
        rows: list[list[str]] = []
        cells: list[tuple[int, int]] = []
        for position in range(len(block)):
            if position not in aside:
                unfolded = list(self._unfold(block, position))
                counts["blank"] += not unfolded
                rows += [row for _, row in unfolded]
                cells += [(position, column) for column, _ in unfolded]
        columns = [pa.array([row[at] for row in rows], pa.string()) for at in range(len(self.header.names))]
        row_no = block.row_no[[position for position, _ in cells]] if cells else np.array([], np.int64)
        merged = self._merged(block, cells)
        long = LongBlock(columns, row_no, None, merged, wide=block, origins=cells, headers=self.wide.names)
        return self.batch(long, len(long) + counts.total(), +counts)

    def _merged(self, block: Block, cells: list[tuple[int, int]]) -> dict[int, NDArray[np.bool_]]:
        if not block.merged:
            return {}
        hits = [column in block.merged and bool(block.merged[column][at]) for at, column in cells]
        return {len(self.header.names) - 1: np.array(hits, dtype=bool)}

    def _unfold(self, block: Block, position: int) -> Iterator[tuple[int, list[str]]]:
        """(column, long row) of every filled cell of one row."""
        cells = block.cells(position)
        fixed = {name: cells[at] if at < len(cells) else "" for name, at in self.fixed.items()}
        for column, word in self.crossed.cells.items():
            value = cells[column] if column < len(cells) else ""
            if not value or value.lower() in self.missing or value in self.missing:
                continue
            side = cells[self.crossed.side]
            heading, month = (word, side) if self.cross.rows == "month" else (side, word)
            first = self._first_day(month)
            others = [text for name, text in fixed.items() if name != self.cross.heading]
            key = "@".join([heading, first[:7], *others])
            yield column, [*others, heading, first, key if heading else "", value]

    def _first_day(self, month: str) -> str:
        """``2023-03-01``; the text itself where it is no month, to be refused as such."""
        found = month_of(month)
        year = (found[0] or self.year) if found else None
        return f"{year:04d}-{found[1]:02d}-01" if found and year else month

    def header_at(self, field: str, block: Block, position: int) -> str:
        """A cell's own header for the value, else that of the column at the row's side."""
        assert isinstance(block, LongBlock)
        if field == self.cross.value:
            return self.wide.names[block.origins[position][1]]
        return self.wide.names[self.fixed.get(field, self.crossed.side)]

    def raw(self, block: Block, position: int) -> dict[str, str]:
        """The row with this one cell of it, in the vendor's own layout."""
        assert isinstance(block, LongBlock)
        assert block.wide is not None
        at, column = block.origins[position]
        cells = block.wide.cells(at)
        keep = [*sorted({*self.fixed.values(), self.crossed.side}), column]
        raw = {self.wide.names[index]: cells[index] if index < len(cells) else "" for index in keep}
        return self.with_surroundings(raw)
