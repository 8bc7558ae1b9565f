"""One table of one sheet: blocks of text become batches of typed records, rejections and counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from adapters.base import Batch, Context
from adapters.faults import Faults, Found, raw_json, rejection_frame, rejections
from adapters.fields import ARROW, FieldReader, Surroundings
from adapters.grid import Block
from adapters.headers import Header
from adapters.mapping import FieldMapping, Reading, TableConfig, TableMapping
from adapters.rows import layout_of, set_aside
from adapters.validate import Rows, check_order, check_required
from metrics.records import RecordType, natural_key

#: In a kept row, what only its sheet said: the year in the title, and that day numbers count from 1904.
YEAR_HEADER, SERIALS_HEADER = "（年份）", "（1904 日期系统）"
_DTYPES = {name: pd.api.types.pandas_dtype(name) for name in ARROW}
_TEXT = _DTYPES["string[pyarrow]"]


class RowReader:
    """Makes batches of rows whose columns are known, wherever they come from."""

    def __init__(
        self, table: FieldMapping, header: Header, config: Reading, context: Context, around: Surroundings
    ) -> None:
        self.table, self.header, self.around = table, header, around
        self.zone, self.tolerance = context.zone, config.skew_tolerance
        self.fields = FieldReader(table, header, config, context, around)

    def batch(self, block: Block, read: int, counts: Counter[str]) -> Batch:
        """The rows of ``block``, each a record or a rejection; of ``read`` rows the others are in ``counts``."""
        faults = Faults()
        self._note_misfits(block, faults)
        rows = Rows(self.table.type, self.fields.columns(block, faults), faults, {})

        def text_of(name: str, position: int) -> str:
            return self.fields.text(name, block, position)

        check_required(rows, self.fields.must_fill, self.header.name_of)
        check_order(rows, self.tolerance, self.zone, self.header.name_of, text_of)
        return self._split(block, rows, read, counts)

    def _note_misfits(self, block: Block, faults: Faults) -> None:
        if block.misfit is None:
            return
        for position in np.flatnonzero(block.misfit).tolist():
            reason = f"本行的列数与表头的 {len(self.header.names)} 列不一致，可能缺了分隔符或引号"
            faults.add(position, Found("", "", "", "ragged", reason))

    def _split(self, block: Block, rows: Rows, read: int, counts: Counter[str]) -> Batch:
        """Refused rows to one side, the others into the frame."""
        refused = rows.faults.positions()
        keep = np.ones(len(block), dtype=bool)
        keep[refused] = False
        kept = np.flatnonzero(keep)
        columns = rows.columns
        if refused:
            columns = {name: values.take(pa.array(kept)) for name, values in columns.items()}
        flags = {int(np.searchsorted(kept, at)): words for at, words in rows.flags.items() if keep[at]}
        rejected = rejection_frame(
            self.table.record,
            self.around.place,
            rows.faults,
            lambda position: int(block.row_no[position]),
            lambda position: self.raw(block, position),
            _keys(self.table.type, rows.columns, refused),
            self.table.type.names,
        )

        def originals(field: str, positions: NDArray[np.int64]) -> pd.DataFrame:
            places = [int(kept[position]) for position in positions]
            headers = [self.header_at(field, block, place) for place in places]
            raws = [raw_json(self.raw(block, place)) for place in places]
            return pd.DataFrame({"header": headers, "raw": raws}, dtype="string[pyarrow]")

        frame = frame_of_columns(self.table.type, columns, self.around.place, block.row_no[kept], flags)
        return Batch(self.table.record, frame, rejected, read, counts, originals)

    def header_at(self, field: str, block: Block, position: int) -> str:
        """The header of the column that ``field`` of one row comes from."""
        return self.header.name_of(field)

    def raw(self, block: Block, position: int) -> dict[str, str]:
        """A whole row: header → text. A column without a name is left out where it is empty."""
        named = len(self.header.names)
        names = [*self.header.names, *(f"第{index + 1}列" for index in range(named, len(block.columns)))]
        cells = zip(names, block.cells(position), strict=False)
        raw = {name: cell for name, cell in cells if cell or not re.fullmatch(r"第\d+列", name)}
        return self.with_surroundings(raw)

    def with_surroundings(self, raw: dict[str, str]) -> dict[str, str]:
        """The row, and beside it what it could not be read again without."""
        if self.around.year_from_title:
            raw[YEAR_HEADER] = str(self.around.year)
        if self.around.serials_1904:
            raw[SERIALS_HEADER] = "是"
        return raw


class TableReader(RowReader):
    """Reads the blocks of one sheet as one table; the header is known.

    ``above``: the rows over the header, which come again on every printed page.
    """

    def __init__(
        self,
        table: TableMapping,
        header: Header,
        config: TableConfig,
        context: Context,
        around: Surroundings,
        above: Sequence[Sequence[str]] = (),
    ) -> None:
        super().__init__(table, header, config, context, around)
        self.last_header_row = header.row
        self.layout = layout_of(header, table, self._needed(), above[: max(header.first_row - 1, 0)])

    def opening(self, rows: Sequence[Sequence[str]]) -> Batch:
        """The rows up to and with the header: nothing but counts."""
        counts: Counter[str] = Counter()
        for number, row in enumerate(rows[: self.header.row], start=1):
            counts["header" if number >= self.header.first_row else "note" if any(row) else "blank"] += 1
        nothing = frame_of_columns(self.table.type, {}, self.around.place, np.array([], np.int64), {})
        return Batch(self.table.record, nothing, rejections(), counts.total(), counts)

    def read(self, block: Block) -> Batch:
        """Everything one block holds for this table."""
        read, aside = len(block), set_aside(block, self.layout)
        counts = Counter(aside.values())
        keep = np.ones(read, dtype=bool)
        keep[list(aside)] = False
        block = block.only(keep)
        keep = self.fields.applicable(block)
        counts["not_applicable"] += len(keep) - int(keep.sum())
        return self.batch(block.only(keep), read, +counts)

    def _needed(self) -> list[int]:
        """Columns without which a row is no record."""
        required = {column.name for column in self.table.type.columns if column.required}
        return sorted({index for (name, _), index in self.header.columns.items() if name in required})


def frame_of_columns(
    record: RecordType,
    columns: Mapping[str, Any],
    place: str,
    row_no: NDArray[np.int64],
    flags: Mapping[int, list[str]],
) -> pd.DataFrame:
    """A batch's frame; without ``columns`` an empty one."""
    count = len(row_no)
    data: dict[str, Any] = {}
    for name, dtype in record.dtypes.items():
        data[name] = pd.array(columns[name] if columns else pa.nulls(0, ARROW[dtype]), dtype=_DTYPES[dtype])
    words: list[str | None] = [None] * count
    for position, found in flags.items():
        words[position] = ",".join(sorted(set(found)))
    data["sheet"] = pd.array(pa.repeat(place, count), dtype=_TEXT)
    data["row_no"] = row_no
    data["flags"] = pd.array(pa.array(words, pa.string()), dtype=_TEXT)
    return pd.DataFrame(data)


def _keys(record: RecordType, columns: Mapping[str, Any], positions: list[int]) -> dict[int, str | None]:
    """The natural keys of some rows, None where a part is missing."""
    if not positions:
        return {}
    at = pa.array(positions)
    frame = pd.DataFrame({name: pd.array(columns[name].take(at), dtype=record.dtypes[name]) for name in record.key})
    keys = natural_key(record, frame)
    return {place: None if pd.isna(value) else str(value) for place, value in zip(positions, keys, strict=True)}
