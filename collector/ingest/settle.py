"""Which open rejections a delivery decides anew, because their rows come again in it.

A rejected row comes again
- under its natural key, where its key could be read;
- else under the same whole text, or in the same place (sheet and row number) of a file of the same name.

Whether it is now accepted or refused once more, the old rejection is settled by this delivery: at any time a row
has one open rejection at most, with the reason that holds now (semantics 7).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from metrics.records import RECORDS, natural_key

_PLACE = ["sheet", "row_no"]


class Settlement:
    """Collects, batch by batch, the open rejections of one source that one delivery settles."""

    def __init__(self, open_rejections: pd.DataFrame, name: str) -> None:
        """``open_rejections`` as the store gives them, of one source; ``name`` is the delivery's file."""
        self._by_record = dict(iter(open_rejections.groupby("record"))) if len(open_rejections) else {}
        self._name = name
        self._settled: set[int] = set()

    @property
    def ids(self) -> list[int]:
        """Rejections settled so far, in ascending order."""
        return sorted(self._settled)

    def add(self, ids: Iterable[int]) -> None:
        """Settle rejections that are known by themselves."""
        self._settled.update(int(number) for number in ids)

    def accept(self, record: str, frame: pd.DataFrame) -> None:
        """Rows of ``record`` that passed."""
        waiting = self._by_record.get(record)
        if waiting is None or frame.empty:
            return
        self._settle(waiting, _same(waiting, natural_key(RECORDS[record], frame), "key"))
        self._settle(waiting, self._same_place(waiting, frame))

    def refuse(self, rejections: pd.DataFrame) -> None:
        """Rows that were refused again."""
        for record, refused in rejections.groupby("record"):
            waiting = self._by_record.get(str(record))
            if waiting is not None:
                self._settle(waiting, _same(waiting, refused["key"], "key"))
                self._settle(waiting, waiting["key"].isna() & _same(waiting, refused["raw"], "raw"))
                self._settle(waiting, self._same_place(waiting, refused))

    def _settle(self, waiting: pd.DataFrame, hit: pd.Series[bool]) -> None:
        self.add(waiting.loc[hit, "rejection_id"])

    def _same_place(self, waiting: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[bool]:
        here = waiting["key"].isna() & (waiting["name"] == self._name)
        if not here.any():
            return here
        places = pd.MultiIndex.from_frame(rows[_PLACE].astype(object))
        return here & pd.MultiIndex.from_frame(waiting[_PLACE].astype(object)).isin(places)


def _same(waiting: pd.DataFrame, values: pd.Series[str], column: str) -> pd.Series[bool]:
    """Rows of ``waiting`` whose ``column`` is one of ``values``; null is nobody's equal."""
    mine = waiting[column]
    common = values[values.isin(mine.dropna())].dropna()  # the short list is looked up, not the million rows
    return mine.isin(common)
