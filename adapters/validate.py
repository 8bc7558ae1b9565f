"""What holds within one record: nothing required is empty, and instants do not run backwards (semantics 4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc

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

    def flag(self, positions: list[int], word: str) -> None:
        """Add ``word`` to the flags of some rows."""
        for position in positions:
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
    """Refuse rows in which a later stage is before its earlier one by more than ``tolerance`` seconds; lift the others.

    All pairs are judged as delivered: two small lifts do not make a large one right.
    """
    backwards = [pair for pair in rows.record.order if pc.any(_before(rows, *pair)).as_py()]
    for earlier, later in backwards:
        instant = rows.record.column(later).kind == "instant"
        mask = pc.greater(_behind(rows, earlier, later), tolerance) if instant else _before(rows, earlier, later)
        _refuse(rows, earlier, later, _where(mask), header_of, text_of, zone if instant else None)
    for earlier, later in rows.record.order:
        if backwards and rows.record.column(later).kind == "instant":
            _lift(rows, earlier, later)
    for earlier, later in rows.record.flagged_order:
        rows.flag(_where(_before(rows, earlier, later)), f"order:{earlier}>{later}")


def _before(rows: Rows, earlier: str, later: str) -> Any:
    return pc.less(rows.columns[later], rows.columns[earlier])


def _behind(rows: Rows, earlier: str, later: str) -> Any:
    return pc.subtract(rows.columns[earlier], rows.columns[later])


def _lift(rows: Rows, earlier: str, later: str) -> None:
    """Put a later stage that is too early to its earlier one; rows too far out are refused already."""
    early = pc.fill_null(_before(rows, earlier, later), False)
    rows.columns[later] = pc.if_else(early, rows.columns[earlier], rows.columns[later])
    rows.flag(_where(early), f"lifted:{later}")


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
