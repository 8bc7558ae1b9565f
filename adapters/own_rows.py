"""Rows that an adapter has made itself out of what a system told: columns are a record's own fields, as text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from adapters.assemble import RowReader, frame_of_columns
from adapters.base import Batch, Blob, Context, Preview
from adapters.faults import raw_json, rejections
from adapters.fields import Surroundings
from adapters.grid import Block
from adapters.headers import Header
from adapters.mapping import FieldMapping, Reading
from metrics.records import RECORDS

if TYPE_CHECKING:
    import pandas as pd

_READING = Reading()
_PREVIEW_ROWS = 5
_CHECK = "uptime_check"
_EARLIEST, _LATEST = 86_400, 7_258_118_400  # 1970, where programs put what they do not know, and 2200

Row = Mapping[str, str]


class Rows:
    """Collects rows of one record type and gives them as one batch; ``row_no`` counts them from 1.

    ``rhythm``: of checks, as ``adapters.base.Batch`` has it.
    """

    def __init__(self, record: str, rhythm: tuple[int | None, int | None] | None = None) -> None:
        self.record, self.rhythm = record, rhythm
        self._rows: list[tuple[int, Row]] = []
        self._refused: list[tuple[Any, ...]] = []
        self._aside: Counter[str] = Counter()
        self._count = 0

    def add(self, **fields: object) -> None:
        """One row; None and "" stand for nothing."""
        self._count += 1
        self._rows.append((self._count, {name: "" if value is None else str(value) for name, value in fields.items()}))

    def pass_over(self, kind: str = "not_applicable", count: int = 1) -> None:
        """Rows that are no records, by a kind of ``SET_ASIDE``."""
        self._count += count
        self._aside[kind] += count

    def refuse(self, field: str, value: str, reason: str, /, **fields: object) -> None:
        """One row that cannot be a record, for a reason that the system's own words give.

        Of a moment, ``value`` stands in the kept row: nobody may read it again as one that is merely empty.
        """
        self._count += 1
        kept = {name: "" if text is None else str(text) for name, text in fields.items()}
        if RECORDS[self.record].column(field).kind == "instant":
            kept[field] = value
        kept |= {name: "" for name in RECORDS[self.record].names if name not in kept}
        where = (self.record, "", self._count, field, field, value, "system", reason)
        self._refused.append((*where, raw_json(kept), _key(self.record, kept)))

    def batches(self, context: Context) -> Iterator[Batch]:
        """What was collected; nothing where there was nothing."""
        if self._refused or self._aside:
            yield _beside(self.record, self._refused, self._aside)
        if self._rows:
            block = _block([row for _, row in self._rows], RECORDS[self.record].names)
            block.row_no = np.array([number for number, _ in self._rows], np.int64)
            batch = reader(self.record, context).batch(block, len(self._rows), Counter())
            batch.rhythm = self.rhythm
            yield batch


def reader(record: str, context: Context) -> RowReader:
    """Reads blocks whose columns are all fields of ``record``, in their order."""
    names = list(RECORDS[record].names)
    header = Header(0, 1, names, [], {(name, ""): at for at, name in enumerate(names)})
    return RowReader(_mapping(record), header, _READING, context, Surroundings("", "", ""))


def check_batches(context: Context, assets: Any, moments: Any, states: Any) -> Iterator[Batch]:
    """Checks by columns, for they come by the million: NumPy texts, UTC seconds and states of equal length.

    What is no possible moment is refused as a row of texts would be; ``row_no`` counts all of them from 1.
    """
    possible = (moments > _EARLIEST) & (moments < _LATEST)
    numbers = np.arange(1, len(moments) + 1, dtype=np.int64)
    if not possible.all():
        odd = np.flatnonzero(~possible)
        rows = [{"asset_no": assets[at], "checked_at": str(moments[at]), "state": states[at]} for at in odd]
        block = _block(rows, RECORDS[_CHECK].names)
        block.row_no = numbers[odd]
        yield reader(_CHECK, context).batch(block, len(rows), Counter())
        assets, moments, states, numbers = (values[possible] for values in (assets, moments, states, numbers))
    columns = {
        "asset_no": pa.array(assets, pa.string()),
        "checked_at": pa.array(moments, pa.int64()),
        "state": pa.array(states, pa.string()),
        "latency_ms": pa.nulls(len(moments), pa.int64()),
    }

    def originals(field: str, positions: NDArray[np.int64]) -> pd.DataFrame:
        import pandas as pd

        raws = [
            raw_json({"asset_no": assets[at], "checked_at": str(moments[at]), "state": states[at]}) for at in positions
        ]
        return pd.DataFrame({"header": [field] * len(raws), "raw": raws}, dtype="string[pyarrow]")

    frame = frame_of_columns(RECORDS[_CHECK], columns, "", numbers, {})
    yield Batch(_CHECK, frame, rejections(), len(frame), Counter(), originals)


def reread_own(rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
    """Kept rows again: ``row_no`` and ``raw`` as given."""
    for record, of_record in rows.groupby("record", sort=False):
        cells = [{str(name): str(text) for name, text in json.loads(raw).items()} for raw in of_record["raw"]]
        block = _block(cells, RECORDS[str(record)].names)
        block.row_no = of_record["row_no"].to_numpy(dtype=np.int64)
        yield reader(str(record), context).batch(block, len(cells), Counter())


def preview_own(blob: Blob, batches: Iterable[Batch]) -> list[Preview]:
    """The first records of each type as they would be stored."""
    found: dict[str, tuple[list[dict[str, Any]], list[str]]] = {}
    for batch in batches:
        rows, refused = found.setdefault(batch.record, ([], []))
        frame = batch.frame.head(_PREVIEW_ROWS - len(rows))[list(RECORDS[batch.record].names)].astype(object)
        listed = frame.where(frame.notna(), None).to_dict("records")
        rows += [{str(name): value for name, value in row.items()} for row in listed]
        refused += [str(reason) for reason in batch.rejections["reason"].head(_PREVIEW_ROWS - len(refused))]
    return [
        Preview(blob.name, "", record, {name: name for name in _filled(rows)}, (), (), rows, tuple(refused))
        for record, (rows, refused) in found.items()
    ]


def _filled(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [name for name in (rows[0] if rows else {}) if any(row[name] is not None for row in rows)]


def _block(rows: Sequence[Row], names: Sequence[str]) -> Block:
    columns = [pa.array([row.get(name, "") for row in rows], pa.string()) for name in names]
    return Block(columns, np.arange(1, len(rows) + 1, dtype=np.int64))


def _beside(record: str, refused: list[tuple[Any, ...]], aside: Counter[str]) -> Batch:
    empty = frame_of_columns(RECORDS[record], {}, "", np.array([], np.int64), {})
    return Batch(record, empty, rejections(refused), len(refused) + aside.total(), +aside)


def _key(record: str, row: Row) -> str | None:
    parts = [row[name] for name in RECORDS[record].key]
    return "|".join(parts) if all(parts) else None


@cache
def _mapping(record: str) -> FieldMapping:
    names = RECORDS[record].names
    return FieldMapping.model_validate({"record": record, "columns": {name: (name,) for name in names}})
