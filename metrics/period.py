"""Periods: a calendar month, quarter, half, year or a contract range, cut at local midnight (semantics 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from metrics.errors import UsageError

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_KINDS = (*_MONTHS, "range")
_PATTERNS = (
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("quarter", re.compile(r"(\d{4})Q([1-4])")),
    ("half", re.compile(r"(\d{4})H([12])")),
    ("year", re.compile(r"(\d{4})")),
)
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """The days from ``first_on`` to ``last_on``, both included. ``label`` reads back by :func:`parse_period`."""

    first_on: date
    last_on: date
    kind: Literal["month", "quarter", "half", "year", "range"]

    @property
    def label(self) -> str:
        """``2023-03``, ``2023Q1``, ``2023H1``, ``2023`` or ``2022-11-01..2025-10-31``."""
        year, month = self.first_on.year, self.first_on.month
        match self.kind:
            case "month":
                return f"{year:04d}-{month:02d}"
            case "quarter":
                return f"{year:04d}Q{(month + 2) // 3}"
            case "half":
                return f"{year:04d}H{(month + 5) // 6}"
            case "year":
                return f"{year:04d}"
            case "range":
                return f"{self.first_on.isoformat()}..{self.last_on.isoformat()}"

    @property
    def rank(self) -> tuple[int, date, date]:
        """For sorting: months before quarters, halves, years and ranges, each in the order of time."""
        return _KINDS.index(self.kind), self.first_on, self.last_on

    def bounds(self, zone: ZoneInfo) -> tuple[int, int]:
        """``[start, end)`` in UTC seconds; both are local midnights of ``zone``."""
        return midnight(self.first_on, zone), midnight(self.last_on + timedelta(days=1), zone)

    def before(self) -> Period:
        """The period just before, of the same kind (for a range: of as many days)."""
        if self.kind == "range":
            days = (self.last_on - self.first_on).days + 1
            return Period(self.first_on - timedelta(days=days), self.first_on - timedelta(days=1), "range")
        return _calendar_period(self.kind, _shift_months(self.first_on, -_MONTHS[self.kind]))

    def year_before(self) -> Period:
        """The same period one year earlier."""
        if self.kind == "range":
            return Period(_same_day_last_year(self.first_on), _same_day_last_year(self.last_on), "range")
        return _calendar_period(self.kind, _shift_months(self.first_on, -12))


@dataclass(frozen=True, order=True, slots=True)
class Stretch(Period):
    """A period cut at instants instead of midnights: ``[start, end)`` in UTC seconds, e.g. the last 168 hours.

    Its days are those it touches. Where a formula counts days, it counts those that begin in it.
    """

    start: int
    end: int

    @property
    def label(self) -> str:
        """``2023-03-05T06:00:00Z/168h``; for people and logs, nothing reads it back."""
        begun = datetime.fromtimestamp(self.start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{begun}/{(self.end - self.start) // 3600}h"

    def bounds(self, zone: ZoneInfo) -> tuple[int, int]:
        """``[start, end)``, whatever the zone."""
        return self.start, self.end


def last_hours(hours: int, as_of: int, zone: ZoneInfo) -> Stretch:
    """The stretch of that many hours up to ``as_of`` (UTC seconds)."""
    start = as_of - hours * 3600
    first, last = (datetime.fromtimestamp(moment, zone).date() for moment in (start, as_of - 1))
    return Stretch(first, last, "range", start, as_of)


def period_of(kind: str, day: date) -> Period:
    """The calendar month, quarter, half or year that holds ``day``."""
    return _calendar_period(kind, _start_of(kind, day))


@lru_cache(maxsize=100_000)  # the same few days are asked for every figure
def midnight(day: date, zone: ZoneInfo) -> int:
    """UTC seconds of local 00:00 of ``day``."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def parse_period(text: str) -> Period:
    """Read a period's label; UsageError in Chinese if it is none."""
    text = text.strip()
    found = _RANGE.fullmatch(text)
    try:
        if found:
            first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
            if first > last:
                raise UsageError(f"周期“{text}”的开始日期晚于截止日期")
            return Period(first, last, "range")
        for kind, pattern in _PATTERNS:
            found = pattern.fullmatch(text)
            if found:
                number = int(found[2]) if found.lastindex == 2 else 1
                return _calendar_period(kind, date(int(found[1]), (number - 1) * _MONTHS[kind] + 1, 1))
    except ValueError:
        pass
    raise UsageError(
        f"“{text}”不是周期，应写作 2023-03（月）、2023Q1（季）、2023H1（半年）、2023（年）"
        "或 2022-11-01..2025-10-31（起止日期）"
    )


def periods_between(first_on: date, last_on: date, kind: str) -> Iterator[Period]:
    """Every calendar period of ``kind`` that shares a day with ``first_on``..``last_on``, in order."""
    period = _calendar_period(kind, _start_of(kind, first_on))
    while period.first_on <= last_on:
        yield period
        period = _calendar_period(kind, _shift_months(period.first_on, _MONTHS[kind]))


def _start_of(kind: str, day: date) -> date:
    months = _MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _calendar_period(kind: str, first: date) -> Period:
    last = _shift_months(first, _MONTHS[kind]) - timedelta(days=1)
    return Period(first, last, kind)  # type: ignore[arg-type]


def _shift_months(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _same_day_last_year(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
