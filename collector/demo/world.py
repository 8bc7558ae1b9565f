"""The invented court: its names, its year, its working hours, and dice that always fall the same way.

Moments are UTC seconds and whole local minutes, because the vendors' papers know no seconds.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache

YEAR = 2025
SEED = 20250101
COURT = "示范市示范区人民法院"
PROJECT = "ops2025"
VENDORS = {"a": "示例甲科技", "b": "示例乙信息", "c": "示例丙网络"}
HANDOVER = date(YEAR, 7, 1)  # servers and network go from b to c
AS_OF = date(YEAR + 1, 1, 10)

UTC_OFFSET = 8 * 3600  # Asia/Shanghai all through the year
DAY = 86_400
MINUTE = 60
WORKING = ((8 * 60 + 30, 12 * 60), (14 * 60, 17 * 60 + 30))  # minutes of the day

_EPOCH = datetime(1970, 1, 1)


class Dice(random.Random):
    """One stream of chance per topic, so that a change in one topic leaves the others as they were."""

    def __new__(cls, topic: str, seed: int = SEED) -> Dice:
        return super().__new__(cls)

    def __init__(self, topic: str, seed: int = SEED) -> None:
        super().__init__(f"{seed}/{topic}")

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.random() < probability

    def minutes(self, median: float, spread: float = 0.7, least: int = 1) -> int:
        """A skewed duration in whole minutes: most near the median, a few much longer."""
        return max(least, round(median * self.lognormvariate(0, spread)))


def at(day: date, minute: int = 0) -> int:
    """UTC seconds of a local minute of ``day`` (it may lie beyond midnight)."""
    return (day - _EPOCH.date()).days * DAY + minute * MINUTE - UTC_OFFSET


AS_OF_AT = at(AS_OF, 24 * 60)  # the day itself is included


def moment(text: str) -> int:
    """UTC seconds of a local time such as ``2025-03-12 09:40``."""
    return int((datetime.fromisoformat(text) - _EPOCH).total_seconds()) - UTC_OFFSET


def local(instant: int) -> datetime:
    """The local wall time, naive, as vendors write it."""
    return _EPOCH + timedelta(seconds=instant + UTC_OFFSET)


def day_of(instant: int) -> date:
    """The local day on which an instant lies."""
    return local(instant).date()


def days(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def year_days() -> list[date]:
    """Every day of the demo's year."""
    return list(days(date(YEAR, 1, 1), date(YEAR, 12, 31)))


@cache
def _official() -> tuple[frozenset[date], frozenset[date]]:
    import holidays  # takes a moment to import, and only the generator needs it here

    national = holidays.country_holidays("CN", years=[YEAR, YEAR + 1])
    return frozenset(national), frozenset(national.weekend_workdays)


def is_workday(day: date) -> bool:
    """Whether the court works on ``day``: weekends moved to work included, public holidays not."""
    rest, makeup = _official()
    return day in makeup or (day.weekday() < 5 and day not in rest)


def next_workday(day: date) -> date:
    """The first workday after ``day``."""
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def workdays(first: date, last: date) -> list[date]:
    """The workdays from ``first`` to ``last``, both included."""
    return [day for day in days(first, last) if is_workday(day)]


def last_day(month: int) -> date:
    """The last day of a month of the demo's year."""
    return date(YEAR + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def month_workdays(month: int) -> list[date]:
    """The workdays of a month of the demo's year."""
    return workdays(date(YEAR, month, 1), last_day(month))


@cache
def _working_spans() -> tuple[list[int], list[int]]:
    spans = [
        (at(day, start), at(day, end))
        for day in workdays(date(YEAR, 1, 1), date(YEAR + 1, 6, 30))
        for start, end in WORKING
    ]
    return [start for start, _ in spans], [end for _, end in spans]


def work_later(instant: int, minutes: int) -> int:
    """The moment at which ``minutes`` of working time have passed since ``instant``."""
    starts, ends = _working_spans()
    number = bisect_left(ends, instant)
    left = minutes * MINUTE
    while True:
        start = max(instant, starts[number])
        if start + left <= ends[number]:
            return start + left
        left -= ends[number] - start
        number += 1


def busyness(day: date) -> float:
    """How much is reported on ``day`` beside an ordinary workday (1.0)."""
    if not is_workday(day):
        return 0.07
    if not is_workday(day + timedelta(days=1)) and day.weekday() < 4:
        return 1.6  # everybody wants it mended before the holiday
    if not is_workday(day - timedelta(days=1)):
        return 1.3
    return 0.85 if day.weekday() == 4 else 1.0


def busy_minute(dice: Dice) -> int:
    """A minute of the day at which people report: two peaks, few in the evening."""
    draw = dice.random()
    if draw < 0.52:
        minute = dice.gauss(9 * 60 + 40, 55)
    elif draw < 0.97:
        minute = dice.gauss(15 * 60, 60)
    else:
        minute = dice.gauss(19 * 60 + 30, 80)
    return min(max(round(minute), 7 * 60 + 30), 23 * 60)


def moments(dice: Dice, count: int, among: Sequence[date] | None = None) -> list[int]:
    """``count`` moments of reporting in the year (or on the days given), in order."""
    listed = among or year_days()
    chosen = dice.choices(listed, [busyness(day) for day in listed], k=count)
    return sorted(at(day, busy_minute(dice)) for day in chosen)


def scaled(count: int, scale: float, least: int = 1) -> int:
    """A volume of the demo at another scale."""
    return max(least, round(count * scale))
