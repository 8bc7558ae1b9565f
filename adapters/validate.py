"""What holds within one record: nothing required is empty, and instants do not run backwards (semantics 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from adapters.faults import Faults, Found
from adapters.instants import shown
from metrics.records import RecordType

#: What a fault needs besides its sentence: (field, position) → the value's text as delivered.
TextOf = Callable[[str, int], str]


@dataclass
class Rows:
    """Typed columns of one block, with what is found wrong and what is flagged."""

    record: RecordType
    columns: dict[str, Any]
    faults: Faults
    flags: dict[int, list[str]]

    def flag(self, positions: NDArray[np.int64], word: str) -> None:
        """Add ``word`` to the flags of some rows."""
        for position in positions.tolist():
            self.flags.setdefault(position, []).append(word)


def check_required(rows: Rows, needed: set[str], header_of: Callable[[str], str]) -> None:
    """Refuse rows in which a needed field is empty; one whose text was unreadable has said so already."""
    for column in rows.record.columns:
        if column.name not in needed:
            continue
        header = header_of(column.name)
        place = f"“{header}”列为空" if header else f"没有“{column.label}”"
        for position in _where(pc.is_null(rows.columns[column.name])):
            known = rows.faults.rows.get(position, ())
            if not any(found.field == column.name or found.code == "ragged" for found in known):
                reason = f"{place}，应填写{column.label}" if header else f"{place}，这一项必须有"
                rows.faults.add(position, Found(column.name, header, "", "missing", reason))


def check_order(rows: Rows, tolerance: int, zone: ZoneInfo, header_of: Callable[[str], str], text_of: TextOf) -> None:
    """Lift a later stage that is before its earlier one by at most ``tolerance`` seconds, refuse it beyond."""
    for earlier, later in rows.record.order:
        if rows.record.column(later).kind != "instant":
            _refuse(
                rows, earlier, later, _where(pc.less(rows.columns[later], rows.columns[earlier])), header_of, text_of
            )
            continue
        start, end = rows.columns[earlier], rows.columns[later]
        behind = pc.fill_null(pc.subtract(start, end), 0).to_numpy(zero_copy_only=False)
        if not (behind > 0).any():
            continue
        _refuse(rows, earlier, later, np.flatnonzero(behind > tolerance).tolist(), header_of, text_of, zone)
        small = (behind > 0) & (behind <= tolerance)
        rows.columns[later] = pc.if_else(pa.array(small), start, end)
        rows.flag(np.flatnonzero(small), f"lifted:{later}")
    for earlier, later in rows.record.flagged_order:
        backwards = _where(pc.less(rows.columns[later], rows.columns[earlier]))
        rows.flag(np.array(backwards, dtype=np.int64), f"order:{earlier}>{later}")


def _where(mask: Any) -> list[int]:
    found: list[int] = np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False)).tolist()
    return found


def _refuse(
    rows: Rows,
    earlier: str,
    later: str,
    positions: list[int],
    header_of: Callable[[str], str],
    text_of: TextOf,
    zone: ZoneInfo | None = None,
) -> None:
    labels = [rows.record.column(name).label for name in (later, earlier)]
    for position in positions:
        if any(found.code == "ragged" for found in rows.faults.rows.get(position, ())):
            continue
        values = [rows.columns[name][position].as_py() for name in (later, earlier)]
        late, early = (shown(value, zone) if zone else str(value) for value in values)
        reason = f"“{labels[0]}”（{late}）早于“{labels[1]}”（{early}），应核对两者"
        rows.faults.add(position, Found(later, header_of(later), text_of(later, position), "order", reason))
