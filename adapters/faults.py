"""Why rows are refused: collected per row, then one line per row for the record of rejections."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from adapters.base import REJECTION_COLUMNS

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Found:
    """One fault of one row; ``reason`` is a whole Chinese sentence without its full stop."""

    field: str
    header: str
    value: str
    code: str
    reason: str


@dataclass
class Faults:
    """Faults by row position, in the order in which they were found."""

    rows: dict[int, list[Found]] = field(default_factory=dict)

    def add(self, position: int, found: Found) -> None:
        """Note one more fault of a row."""
        self.rows.setdefault(position, []).append(found)

    def positions(self) -> list[int]:
        """Refused rows, in the order of the sheet."""
        return sorted(self.rows)


def quoted(header: str, value: str, clause: str) -> str:
    """``“报修时间”列的“2023-13-05”中的月份 13 不存在``; the value shortened and on one line."""
    shown = " ".join(value.replace("\x00", "␀").split())
    shown = f"{shown[:_SHOWN]}…" if len(shown) > _SHOWN else shown
    return f"“{header}”列的“{shown}”{clause}"


def raw_json(cells: Mapping[str, str]) -> str:
    """A whole row as it is kept: header → text."""
    return json.dumps(cells, ensure_ascii=False)


def rejection_frame(
    record: str,
    sheet: str,
    faults: Faults,
    row_no: Callable[[int], int],
    raw: Callable[[int], Mapping[str, str]],
    keys: Mapping[int, str | None],
    order: Sequence[str] = (),
) -> pd.DataFrame:
    """The frame of ``REJECTION_COLUMNS``: header, field, value, code of a row's first fault, all reasons joined.

    ``order``: the fields as the record has them, so that a cause comes before what follows from it.
    """
    rows = []
    ranks = {name: rank for rank, name in enumerate(order)}
    for position in faults.positions():
        found = sorted(faults.rows[position], key=lambda item: ranks.get(item.field, -1))
        reason = "；".join(dict.fromkeys(item.reason for item in found))
        first = found[0]
        value = first.value.replace("\x00", "␀")
        place = (record, sheet, row_no(position), first.header, first.field, value, first.code, reason)
        rows.append((*place, raw_json(raw(position)), keys.get(position)))
    return rejections(rows)


def rejections(rows: Iterable[tuple[Any, ...]] = ()) -> pd.DataFrame:
    """A frame of rejections with its types; a text that is empty is null."""
    columns = list(zip(*rows, strict=True))
    return _frame(columns) if columns else _none().copy()


@cache
def _none() -> pd.DataFrame:
    """No rejections, as nearly every block has them."""
    return _frame([()] * len(REJECTION_COLUMNS))


def _frame(columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    frame = {}
    for name, values in zip(REJECTION_COLUMNS, columns, strict=True):
        if name == "row_no":
            frame[name] = pd.Series(values, dtype="int64")
        else:
            frame[name] = pd.Series([value or None for value in values], dtype="string[pyarrow]")
    return pd.DataFrame(frame)
