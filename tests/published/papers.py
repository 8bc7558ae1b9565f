"""Deliveries as files that say what the published papers of E1 and E2 say.

The papers print yearly figures only. Every monthly value, ticket, date, device and person here is invented; they
meet the printed totals, and each sheet says so in a note under its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

#: Month → invented share of the year's work, of 100.
SHARES = (8, 6, 10, 9, 8, 9, 7, 8, 9, 8, 10, 8)
INVENTED = "注：各月数字为虚构，全年合计与公开的自评一致。"
Row = Sequence[Any]


def write_sheet(path: Path, title: str, rows: Sequence[Row], note: str = "注：本表为虚构。") -> None:
    """A sheet as people make it: a title, the header, the rows, a note."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in ([title], *rows, [], [note]):
        sheet.append(list(row))
    book.save(path)


def monthly(total: int) -> list[int]:
    """Twelve invented values that add up to ``total``; what does not divide falls to the last months."""
    values = [total * share // 100 for share in SHARES]
    for month in range(total - sum(values)):
        values[11 - month % 12] += 1
    return values


def write_cross(path: Path, title: str, heading: str, totals: Mapping[str, int]) -> None:
    """Kinds by months with a total column and a total row, as vendors hand in their counts."""
    rows = [[kind, *monthly(total), total] for kind, total in totals.items()]
    columns = zip(*(row[1:] for row in rows), strict=True)
    header = [heading, *(f"{month}月" for month in range(1, 13)), "合计"]
    write_sheet(path, title, [header, *rows, ["合计", *map(sum, columns)]], INVENTED)


def workdays(first: datetime, holidays: Sequence[str] = ()) -> Iterator[datetime]:
    """Mondays to Fridays from ``first`` on that are no public holidays."""
    day = first
    while True:
        if day.weekday() < 5 and day.strftime("%m-%d") not in holidays:
            yield day
        day += timedelta(days=1)
