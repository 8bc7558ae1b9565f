"""When something is due, as people write it: ``10分钟``, ``每天 06:30``, ``每月1日 07:00``, ``2 * * * *``.

A schedule is a sequence of slots, UTC seconds. Nothing here reads a clock, and nothing here waits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from metrics.errors import ConfigError
from metrics.quantities import parse_duration

_SHORTEST = 10  # seconds between two slots
_LONGEST_WAIT = 8 * 366 + 1  # days from one 29 February to the next, over a century's end
_WEEKDAYS = {word: number for number, word in enumerate("一二三四五六日")} | {"天": 6}
_CLOCK = r"(?P<hour>[01]?\d|2[0-3])[:：](?P<minute>[0-5]\d)"
_DAILY = re.compile(rf"每[天日]\s*{_CLOCK}")
_WEEKLY = re.compile(rf"每(?:周|星期)(?P<weekday>[一二三四五六日天])\s*{_CLOCK}")
_MONTHLY = re.compile(rf"每月\s*(?P<day>[12]?\d|3[01])\s*[日号]\s*{_CLOCK}")
_EXPECTED = "应为间隔（如 10分钟）、每天 06:30、每周一 08:00、每月1日 07:00，或五段的 cron 写法（分 时 日 月 星期）"


class Schedule(Protocol):
    """A sequence of slots without an end."""

    def latest(self, at: int) -> int:
        """The newest slot at or before ``at``."""
        ...

    def following(self, at: int) -> int:
        """The first slot after ``at``."""
        ...


@dataclass(frozen=True, slots=True)
class Every(Schedule):
    """Slots at whole multiples of ``seconds`` since 1970, UTC."""

    seconds: int

    def latest(self, at: int) -> int:
        return at - at % self.seconds

    def following(self, at: int) -> int:
        return self.latest(at) + self.seconds


@dataclass(frozen=True)
class Calendar(Schedule):
    """Slots at local times of days; ``weekdays`` 0 Monday … 6 Sunday.

    As with cron a day counts if either its number or its weekday fits, where both are restricted (``either``).
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    zone: ZoneInfo

    def latest(self, at: int) -> int:
        for day in self._days(at, -1):
            found = [slot for slot in self._slots(day) if slot <= at]
            if found:
                return max(found)
        raise ConfigError("这个时间从未到来")

    def following(self, at: int) -> int:
        for day in self._days(at, 1):
            found = [slot for slot in self._slots(day) if slot > at]
            if found:
                return min(found)
        raise ConfigError("这个时间永远不会到来")

    def _days(self, at: int, step: int) -> Iterator[date]:
        """Days that fit, from a day on the other side of ``at`` (clocks may have been put) away from it."""
        day = datetime.fromtimestamp(at, self.zone).date() - timedelta(days=step)
        for _ in range(_LONGEST_WAIT):
            if self._fits(day):
                yield day
            day += timedelta(days=step)

    def _fits(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        number, weekday = day.day in self.days, day.weekday() in self.weekdays
        return number or weekday if self.either else number and weekday

    def _slots(self, day: date) -> Iterator[int]:
        for hour in self.hours:
            for minute in self.minutes:
                yield int(datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone).timestamp())


def parse_schedule(text: str, zone: ZoneInfo) -> Schedule:
    """What is written as a schedule of local times in ``zone``.

    Raises:
        ConfigError: it cannot be read, or never comes.
    """
    plain = text.strip()
    fields = _in_words(plain) or plain.split()
    if len(fields) == 5:
        schedule: Schedule = _calendar(fields, zone)
        schedule.following(0)  # raises where it never comes
        return schedule
    return _interval(plain)


def _in_words(text: str) -> list[str] | None:
    """The five fields of a schedule in Chinese words."""
    for pattern in (_DAILY, _WEEKLY, _MONTHLY):
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            weekday = (_WEEKDAYS[parts["weekday"]] + 1) % 7 if "weekday" in parts else "*"
            return [parts["minute"], parts["hour"], parts.get("day") or "*", "*", str(weekday)]
    return None


def _interval(text: str) -> Every:
    try:
        seconds = parse_duration(text.removeprefix("每隔").removeprefix("每"))
    except ConfigError:
        raise ConfigError(f"“{text}”看不懂，{_EXPECTED}") from None
    if seconds < _SHORTEST:
        raise ConfigError(f"间隔不得短于 {_SHORTEST} 秒")
    return Every(int(seconds))


def _calendar(fields: list[str], zone: ZoneInfo) -> Calendar:
    minutes, hours = _numbers("分", fields[0], 0, 59), _numbers("时", fields[1], 0, 23)
    days, months = _numbers("日", fields[2], 1, 31), _numbers("月", fields[3], 1, 12)
    weekdays = frozenset((number + 6) % 7 for number in _numbers("星期", fields[4], 0, 7))  # cron: 0 and 7 are Sunday
    restricted = [not field.startswith("*") for field in (fields[2], fields[4])]
    return Calendar(minutes, hours, frozenset(days), frozenset(months), weekdays, all(restricted), zone)


def _numbers(name: str, field: str, low: int, high: int) -> tuple[int, ...]:
    """``*``, ``5``, ``1-5``, ``*/15``, ``1,31`` as numbers in order."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if not match:
            raise ConfigError(f"cron 的“{name}”写作 {field}，看不懂；可写 *、5、1-5、*/15、1,31")
        first = low if match[1] is None else int(match[1])
        last = int(match[2] or (match[1] if match[1] and not match[3] else high))
        if not low <= first <= last <= high or match[3] == "0":
            raise ConfigError(f"cron 的“{name}”写作 {field}，应在 {low} 到 {high} 之间")
        found.update(range(first, last + 1, int(match[3] or 1)))
    return tuple(sorted(found))
