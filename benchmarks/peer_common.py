"""Periods, intervals and working time of the pandas peer."""
# An analyst's script carries no types.
# mypy: ignore-errors

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pandas as pd

EIGHT = 8 * 3600  # Asia/Shanghai has no summer time in these years
DAY = 86_400
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
HALVES = ((8 * 3600 + 1800, 12 * 3600), (14 * 3600, 17 * 3600 + 1800))
ALWAYS = ((0, DAY),)
LIMITS = {"紧急": 8 * 3600, "一般": 24 * 3600}
HARDWARE = ("数字法庭设备", "服务器", "网络设备")
SATISFIED = ("非常满意", "满意", "基本满意")

Key = tuple[str, str, str, str]  # indicator, period, dimension, value
Figures = dict[Key, tuple[float, float | None]]
Spans = dict[str, list[tuple[int, int]]]
Period = tuple[str, date, date]  # label, first and last day


def local(at: int) -> date:
    return date(1970, 1, 1) + timedelta(days=(int(at) + EIGHT) // DAY)


def midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY - EIGHT


def periods(as_of: int) -> list[Period]:
    until = min(LAST, local(as_of - 1))
    found: list[Period] = []
    for label, months in (("m", 1), ("q", 3), ("h", 6), ("y", 12)):
        year, month = FIRST.year, 1
        while date(year, month, 1) <= until:
            over = month + months
            last = (date(year + 1, 1, 1) if over > 12 else date(year, over, 1)) - timedelta(days=1)
            name = {
                "m": f"{year}-{month:02d}",
                "q": f"{year}Q{(month + 2) // 3}",
                "h": f"{year}H{(month + 5) // 6}",
                "y": f"{year}",
            }[label]
            found.append((name, date(year, month, 1), last))
            year, month = (year + 1, 1) if over > 12 else (year, over)
    return [*found, (f"{FIRST}..{LAST}", FIRST, LAST)]


def cut(frame: pd.DataFrame, column: str, period: Period) -> pd.DataFrame:
    """The rows whose ``column`` (seconds) lies in the period."""
    start, end = midnight(period[1]), midnight(period[2] + timedelta(days=1))
    return frame[(frame[column] >= start) & (frame[column] < end)]


def each(
    frame: pd.DataFrame, column: str, as_of: int, breakdowns: tuple[str, ...]
) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    """(period, dimension, value, rows) for the total and each value of each breakdown that occurs."""
    for period in periods(as_of):
        rows = cut(frame, column, period)
        yield period[0], "total", "", rows
        for dimension in breakdowns:
            for value, part in rows.groupby(dimension):
                yield period[0], dimension, str(value), part


def merged(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def without(intervals: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of merged ``intervals`` lies outside merged ``taken``."""
    left: list[tuple[int, int]] = []
    for start, end in intervals:
        at = start
        for a, b in taken:
            if b <= at or a >= end:
                continue
            if a > at:
                left.append((at, a))
            at = max(at, b)
        if at < end:
            left.append((at, end))
    return left


def working_seconds(is_workday: Callable[[date], bool], as_of: int) -> Callable[[int, int], int]:
    """Working time between two moments, with the days' hours summed once."""
    total, sums = 0, []
    days = (local(as_of) - FIRST).days + 2
    for number in range(-40, days):
        sums.append(total)
        if is_workday(FIRST + timedelta(days=number)):
            total += sum(b - a for a, b in HALVES)

    def until(at: int) -> int:
        day = local(at)
        second = (int(at) + EIGHT) % DAY
        inside = sum(max(0, min(b, second) - a) for a, b in HALVES) if is_workday(day) else 0
        return sums[(day - FIRST).days + 40] + inside

    return lambda start, end: until(end) - until(start)
