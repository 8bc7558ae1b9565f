"""Objects of a reply as rows: each field is an expression into the object, spelled as any cell of a sheet would be.

An object that is refused is kept whole: the texts of its fields, and beside them the object itself, so that also a
field which a corrected mapping takes from elsewhere can be read again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from adapters.assemble import RowReader, frame_of_columns
from adapters.base import Batch, Blob, Context, Preview
from adapters.faults import rejections
from adapters.fields import Surroundings
from adapters.grid import Block
from adapters.headers import Header, Slot
from adapters.json_mapping import JsonMapping
from adapters.json_paths import search, texts_at
from adapters.mapping import Elapsed, Reading
from metrics.errors import InputError
from metrics.records import RECORDS

#: In a kept row, the object that it was read from.
WHOLE = "（原始记录）"
_ROWS_AT_ONCE = 20_000
_PREVIEW_ROWS = 5
#: Ways in which programs write that there is no moment.
NO_MOMENT = (
    *("1970-01-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01 00:00:00", "0000-00-00 00:00:00", "0000-00-00"),
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00", "0001-01-01 00:00:00", "1970-01-01T08:00:00+08:00"),
)


def objects_at(table: JsonMapping, data: Any) -> list[Any]:
    """The objects of ``table`` in a reply, before ``where``.

    Raises:
        InputError: there is neither a list nor an object there.
    """
    found = search(table.records, data)
    if isinstance(found, dict):
        return [found]
    if isinstance(found, list):
        return found
    keys = f"，最外层有 {'、'.join(list(data)[:8])}" if isinstance(data, dict) and data else ""
    raise InputError(
        f"回答中没有 records“{table.records}”所说的{RECORDS[table.record].label}列表{keys}，应为列表或对象"
    )


class ObjectReader(RowReader):
    """Reads objects as records of one table."""

    def __init__(self, table: JsonMapping, config: Reading, context: Context, file: str = "") -> None:
        self._slots = _slots(table)
        self._objects: Sequence[Any] = ()
        self._first = 1
        self._kept: dict[int, str] = {}
        names = [_called(words) for words in self._slots.values()]
        header = Header(0, 1, names, [], {slot: at for at, slot in enumerate(self._slots)})
        config = config.model_copy(update={"missing": (*config.missing, *NO_MOMENT)})
        super().__init__(table, header, config, context, Surroundings("", "", file))
        self._where = table.where

    def batches(self, objects: Sequence[Any]) -> Iterator[Batch]:
        """All objects, in order; ``row_no`` counts them from 1."""
        for start in range(0, max(len(objects), 1), _ROWS_AT_ONCE):
            yield self._batch_of(objects[start : start + _ROWS_AT_ONCE], start + 1)

    def again(self, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Batch:
        """Kept rows, as people may have corrected them; ``row_no`` as given."""
        self._objects, self._first = [], 0
        columns: list[list[str]] = [[] for _ in self._slots]
        self._kept = {}
        for row_no, cells in rows:
            self._kept[row_no] = cells.get(WHOLE, "")
            whole = json.loads(cells[WHOLE]) if cells.get(WHOLE) else None
            for column, name, words in zip(columns, self.header.names, self._slots.values(), strict=True):
                column.append(cells[name] if name in cells else texts_at(words, [whole])[0].as_py())
        numbers = np.array([row_no for row_no, _ in rows], np.int64)
        return self.batch(Block([pa.array(column, pa.string()) for column in columns], numbers), len(rows), Counter())

    def raw(self, block: Block, position: int) -> dict[str, str]:
        """The texts of the fields, and the object they were read from."""
        cells = dict(zip(self.header.names, block.cells(position), strict=True))
        row_no = int(block.row_no[position])
        if self._first:
            cells[WHOLE] = json.dumps(self._objects[row_no - self._first], ensure_ascii=False)
        elif self._kept.get(row_no):
            cells[WHOLE] = self._kept[row_no]
        return cells

    def _batch_of(self, objects: Sequence[Any], first: int) -> Batch:
        self._objects, self._first = objects, first
        columns = [texts_at(words, objects) for words in self._slots.values()]
        block = Block(columns, np.arange(first, first + len(objects), dtype=np.int64))
        keep = self.fields.applicable(block)
        if self._where is not None:
            keep &= np.array([is_true(search(self._where, item)) for item in objects], dtype=bool)
        aside = len(keep) - int(keep.sum())
        return self.batch(block.only(keep), len(objects), +Counter(not_applicable=aside))


def read_objects(table: JsonMapping, config: Reading, context: Context, objects: Sequence[Any]) -> Iterator[Batch]:
    """Objects as batches of the table's record."""
    return ObjectReader(table, config, context).batches(objects)


def reread_objects(
    tables: Sequence[JsonMapping], config: Reading, rows: pd.DataFrame, context: Context
) -> Iterator[Batch]:
    """Kept rows mapped again, a batch a record type; ``rows`` as of :meth:`adapters.base.Adapter.reread`."""
    for record, of_record in rows.groupby("record", sort=False):
        kept = [
            (int(row_no), {str(header): str(text) for header, text in json.loads(raw).items()})
            for row_no, raw in zip(of_record["row_no"], of_record["raw"], strict=True)
        ]
        table = _table_for(tables, str(record), kept[0][1])
        if table is None:
            yield _refused_again(str(record), kept)
        else:
            yield ObjectReader(table, config, context).again(kept)


def preview_objects(
    table: JsonMapping, config: Reading, context: Context, blob: Blob, objects: Sequence[Any]
) -> Preview:
    """The first records as they would be stored."""
    reader = ObjectReader(table, config, context)
    rows: list[dict[str, Any]] = []
    refused: list[str] = []
    for batch in reader.batches(objects):
        frame = batch.frame.head(_PREVIEW_ROWS - len(rows))[list(table.type.names)].astype(object)
        listed = frame.where(frame.notna(), None).to_dict("records")
        rows += [{str(name): value for name, value in row.items()} for row in listed]
        places = zip(batch.rejections["row_no"], batch.rejections["reason"], strict=True)
        refused += [f"第 {row_no} 条：{reason}" for row_no, reason in places]
    recognised: dict[str, str] = {}
    for (name, _), at in reader.header.columns.items():
        header = reader.header.names[at]
        recognised[header] = f"{recognised[header]}、{name}" if header in recognised else name
    return Preview(blob.name, "", table.record, recognised, (), (), rows, tuple(refused[:_PREVIEW_ROWS]))


def _slots(table: JsonMapping) -> dict[Slot, tuple[str, ...]]:
    """Slot → expressions; of several the first that gives a text counts, row by row."""
    slots: dict[Slot, tuple[str, ...]] = {(name, ""): words for name, words in table.columns.items()}
    for name, rule in table.derived.items():
        if isinstance(rule, Elapsed):
            slots[name, "duration"] = rule.duration
        else:
            slots[name, "date"], slots[name, "time"] = rule.date, rule.time
    return slots


def _called(expressions: Sequence[str]) -> str:
    """What the column of a field is called: its expressions; a name in quotation marks without them."""
    plain = [one[1:-1] if one.count('"') == 2 and one[0] == one[-1] == '"' else one for one in expressions]
    return " || ".join(plain)


def is_true(value: Any) -> bool:
    """As JMESPath says: false, null and what is empty are not; zero is."""
    return bool(value) or (isinstance(value, int | float) and not isinstance(value, bool))


def _table_for(tables: Sequence[JsonMapping], record: str, cells: Mapping[str, str]) -> JsonMapping | None:
    """The table of the record that most of the kept row's texts belong to."""
    mine = [table for table in tables if table.record == record]
    return max(
        mine, key=lambda table: len({_called(words) for words in _slots(table).values()} & set(cells)), default=None
    )


def _refused_again(record: str, kept: Sequence[tuple[int, Mapping[str, str]]]) -> Batch:
    """Rows that no table of the configuration takes any more."""
    reason = f"现有配置中没有读取{RECORDS[record].label}的一项"
    rows = [
        (record, "", row_no, "", "", "", "unmapped", reason, json.dumps(cells, ensure_ascii=False), None)
        for row_no, cells in kept
    ]
    empty = frame_of_columns(RECORDS[record], {}, "", np.array([], np.int64), {})
    return Batch(record, empty, rejections(rows), len(rows))
