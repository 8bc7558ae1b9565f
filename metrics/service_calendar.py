"""When service is owed: weekly windows, holidays, make-up workdays, single-date overrides (semantics 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metrics.errors import ConfigError

Ints = NDArray[np.int64]
#: The service hours of one day: ``(start, end)`` in seconds of the local day, ascending, apart from each other.
Hours = tuple[tuple[int, int], ...]

DAY = 86400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_WORDS = {word: i % 7 for i, word in enumerate(WEEKDAYS)} | {
    f"周{word}": number for word, number in zip("一二三四五六日天", (0, 1, 2, 3, 4, 5, 6, 6), strict=True)
}
_CLOCK_RANGE = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～－至]\s*(\d{1,2})[:：](\d{2})")
_DAY_RANGE = re.compile(r"(\w+?)\s*[-–—~～－至]\s*(\w+)")
#: Years in which service time is counted at all; a moment beyond them is a slip of the pen.
_FIRST_YEAR, _LAST_YEAR = 1970, 2199


@dataclass(frozen=True, slots=True)
class ServiceWindow:
    """A weekly pattern: the hours of Monday … Sunday, and whether holidays and make-up workdays change them."""

    weekly: tuple[Hours, ...]
    follows_workdays: bool

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError(f"a week has 7 days, not {len(self.weekly)}")


@dataclass(frozen=True)
class DayRules:
    """What the single days of some years are.

    Attributes:
        overrides: this organisation's own hours of a date; empty means closed.
        makeup_workdays: date worked instead of a weekday → that weekday (Monday is 0), None if not known.
        holidays: days off.
        official_years: years whose list has been published; every other year is provisional.
    """

    overrides: Mapping[date, Hours] = field(default_factory=dict)
    makeup_workdays: Mapping[date, int | None] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    official_years: frozenset[int] = frozenset()

    def with_overrides(self, overrides: Mapping[date, Hours]) -> DayRules:
        """These rules and further single-date overrides; a date named again takes the new hours."""
        return replace(self, overrides={**self.overrides, **overrides})

    def with_list(
        self,
        year: int,
        holidays: Iterable[date],
        makeup_workdays: Mapping[date, int | None],
        official: bool,
    ) -> DayRules:
        """These rules with the list of ``year`` replaced, as a file gives it where the library has none.

        The list may name make-up workdays of the neighbouring years (the last days of December).
        """
        kept_makeup = {day: weekday for day, weekday in self.makeup_workdays.items() if day.year != year}
        kept_holidays = {day for day in self.holidays if day.year != year}
        years = self.official_years | {year} if official else self.official_years - {year}
        return replace(
            self,
            makeup_workdays={**kept_makeup, **makeup_workdays},
            holidays=frozenset(kept_holidays | set(holidays)),
            official_years=frozenset(years),
        )


class _Table(NamedTuple):
    """Open ranges of the years first … last in UTC seconds, and the service seconds before each."""

    first_year: int
    last_year: int
    starts: Ints
    ends: Ints
    before: Ints


class ServiceCalendar:
    """One cumulative function: service seconds from the start of ``first_on`` to any moment.

    Args:
        window: the weekly pattern.
        rules: holidays and the like; ignored but for the overrides if the window does not follow workdays.
        zone: where the hours of the window are read.
        first_on, last_on: days expected to be asked for. Asking beyond them is right, only slower once; what
            lies before 1970 or after 2199 counts nothing.
    """

    def __init__(self, window: ServiceWindow, rules: DayRules, zone: ZoneInfo, first_on: date, last_on: date) -> None:
        self.window = window
        self.rules = rules
        self.zone = zone
        self._anchor = first_on
        self._table = self._build(_year_within(first_on.year), _year_within(last_on.year))

    def hours_on(self, day: date) -> Hours:
        """The hours of one day: override > make-up workday > holiday > weekly pattern."""
        if day in self.rules.overrides:
            return self.rules.overrides[day]
        weekday = day.weekday()
        if self.window.follows_workdays:
            if day in self.rules.makeup_workdays:
                replaced = self.rules.makeup_workdays[day]
                weekday = 0 if replaced is None else replaced
            elif day in self.rules.holidays:
                return ()
        return self.window.weekly[weekday]

    def service_seconds_until(self, moments: Ints) -> Ints:
        """S(t): service seconds from the start of the first day to each moment, negative before it; monotone."""
        if not moments.size:
            return np.zeros(moments.shape, np.int64)
        table = self._covering(int(moments.min()), int(moments.max()))
        if not len(table.starts):
            return np.zeros(moments.shape, np.int64)
        row = np.searchsorted(table.starts, moments, "right")
        row -= 1
        np.maximum(row, 0, out=row)
        open_for = np.minimum(moments, table.ends[row])
        open_for -= table.starts[row]
        np.maximum(open_for, 0, out=open_for)
        open_for += table.before[row]
        return open_for

    def service_seconds(self, start: Ints, end: Ints) -> Ints:
        """Length of ``[start, end)`` inside the window; negative where end < start."""
        return self.service_seconds_until(end) - self.service_seconds_until(start)

    def provisional(self, start: int, end: int) -> bool:
        """Whether ``[start, end)`` uses a year without an official list of holidays."""
        if start >= end or not self.window.follows_workdays:
            return False
        first, last = self._year_of(start), self._year_of(end - 1)
        return any(year not in self.rules.official_years for year in range(first, last + 1))

    def _year_of(self, moment: int) -> int:
        return datetime.fromtimestamp(moment, self.zone).year

    def _covering(self, low: int, high: int) -> _Table:
        """The table, made wider first if ``[low, high]`` reaches beyond it."""
        first, last = _year_around(low, -1), _year_around(high, 1)
        if first < self._table.first_year or last > self._table.last_year:
            self._table = self._build(min(first, self._table.first_year), max(last, self._table.last_year))
        return self._table

    def _build(self, first_year: int, last_year: int) -> _Table:
        first, last = date(first_year, 1, 1), date(last_year, 12, 31)
        edges: list[tuple[int, int]] = []
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            for start, end in self.hours_on(day):
                opened, closed = self._instant(day, start), self._instant(day, end)
                if edges and edges[-1][1] == opened:  # round the clock is one range, not one a day
                    opened = edges.pop()[0]
                edges.append((opened, closed))
        starts = np.array([start for start, _ in edges], np.int64)
        ends = np.array([end for _, end in edges], np.int64)
        before = np.concatenate([[0], np.cumsum(ends - starts)])[: len(starts)].astype(np.int64)
        return _Table(first_year, last_year, starts, ends, before - self._until_anchor(starts, ends))

    def _until_anchor(self, starts: Ints, ends: Ints) -> int:
        """Service seconds before the first day, so that S is 0 there however wide the table is."""
        anchor = self._instant(self._anchor, 0)
        return int(np.maximum(np.minimum(ends, anchor) - starts, 0).sum())

    def _instant(self, day: date, second: int) -> int:
        """UTC seconds of a wall clock time, 24:00 being the next day's 00:00."""
        if second == DAY:
            day, second = day + timedelta(days=1), 0
        clock = (second // 3600, second // 60 % 60, second % 60)
        return int(datetime(day.year, day.month, day.day, *clock, tzinfo=self.zone).timestamp())


def _year_within(year: int) -> int:
    return min(max(year, _FIRST_YEAR), _LAST_YEAR)


def _year_around(moment: int, days: int) -> int:
    """The year of a moment, give or take a day for the zone, within the years counted."""
    if moment < 0:
        return _FIRST_YEAR
    if moment >= 7_258_118_400:  # 2200-01-01
        return _LAST_YEAR
    return _year_within((datetime.fromtimestamp(moment, UTC) + timedelta(days=days)).year)


def parse_hours(texts: Sequence[str]) -> Hours:
    """``["08:30-12:00", "14:00-17:30"]`` → seconds of the day; ``24:00`` is the end of the day.

    Raises:
        ConfigError: not a range, out of the day, backwards, or overlapping.
    """
    ranges = sorted(_parse_range(text) for text in texts)
    for (_, end), (start, _) in pairwise(ranges):
        if start < end:
            raise ConfigError(f"服务时段互相重叠：{_clock(start)} 早于上一段的结束时间 {_clock(end)}")
    return tuple(ranges)


def _parse_range(text: str) -> tuple[int, int]:
    found = _CLOCK_RANGE.fullmatch(text.strip())
    if not found:
        raise ConfigError(f"“{text}”不是服务时段，应写作 08:30-12:00")
    hours = [int(number) for number in found.groups()]
    start, end = hours[0] * 3600 + hours[1] * 60, hours[2] * 3600 + hours[3] * 60
    if max(hours[1], hours[3]) > 59 or max(start, end) > DAY:
        raise ConfigError(f"服务时段“{text}”超出一天（00:00 至 24:00）")
    if start >= end:
        raise ConfigError(
            f"服务时段“{text}”的结束不晚于开始；跨零点的时段应分写在两天，如 22:00-24:00 与次日 00:00-06:00"
        )
    return start, end


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"


def parse_days(text: str) -> tuple[int, ...]:
    """``mon-fri``, ``mon,wed``, ``周一至周五`` → weekday numbers, Monday 0; ConfigError if it names no days."""
    days: list[int] = []
    for part in re.split(r"[,，、\s]+", text.strip()):
        found = _DAY_RANGE.fullmatch(part)
        first, last = (_weekday(word, text) for word in (found.groups() if found else (part, part)))
        if last < first:
            raise ConfigError(f"“{text}”中的星期倒序，应从周一写到周日")
        days += range(first, last + 1)
    return tuple(dict.fromkeys(days))


def _weekday(word: str, text: str) -> int:
    number = _WEEKDAY_WORDS.get(word.lower().replace("星期", "周"))
    if number is None:
        raise ConfigError(f"“{text}”不是星期，应写作 mon-fri、sat 或 周一至周五")
    return number


def parse_window(weekly: Mapping[str, Sequence[str]], follows_workdays: bool) -> ServiceWindow:
    """A window from days → hours, e.g. ``{"mon-fri": ["08:30-12:00", "14:00-17:30"]}``.

    Days not named are closed. Raises ConfigError if a day is named twice or anything cannot be read.
    """
    hours: dict[int, Hours] = {}
    for days, texts in weekly.items():
        for day in parse_days(days):
            if day in hours:
                raise ConfigError(f"服务时间中 {WEEKDAYS[day]} 定义了两次")
            hours[day] = parse_hours(texts)
    return ServiceWindow(tuple(hours.get(day, ()) for day in range(7)), follows_workdays)
