"""When a maintenance of Zabbix took place: its time periods, one-time, daily, weekly or monthly, in local time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_ONE_TIME, _DAILY, _WEEKLY, _MONTHLY = "0", "2", "3", "4"
_LAST_WEEK = 5
_MOST = 20_000  # windows of one period: 50 years of days


def windows(maintenance: Mapping[str, Any], zone: ZoneInfo, until: int) -> list[tuple[int, int]]:
    """(start, end) in UTC seconds of every time that began before ``until``, cut to when the maintenance was active."""
    active_from, active_to = int(maintenance["active_since"]), int(maintenance["active_till"])
    found = set()
    for period in maintenance["timeperiods"]:
        for start in _starts(period, zone, active_from, min(active_to, until)):
            end = min(start + int(period["period"]), active_to)
            start = max(start, active_from)
            if start < min(end, until):
                found.add((start, end))
    return sorted(found)


def _starts(period: Mapping[str, Any], zone: ZoneInfo, active_from: int, before: int) -> Iterator[int]:
    kind = period["timeperiod_type"]
    if kind == _ONE_TIME:
        yield int(period["start_date"])
        return
    first = datetime.fromtimestamp(active_from, zone).date()
    length, at = timedelta(seconds=int(period["period"])), int(period["start_time"])
    day = first - timedelta(days=length.days + 1)  # it may have begun before the maintenance became active
    for _ in range(_MOST):
        start = _moment(day, at, zone)
        if start >= before:
            return
        if _falls_on(period, day, first):
            yield start
        day += timedelta(days=1)


def _moment(day: date, seconds: int, zone: ZoneInfo) -> int:
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=seconds)
    return int(local.astimezone(UTC).timestamp())


def _falls_on(period: Mapping[str, Any], day: date, first: date) -> bool:
    kind, every = period["timeperiod_type"], max(int(period["every"]), 1)
    if kind == _DAILY:
        return (day - first).days % every == 0 and day >= first
    weekday = bool(int(period["dayofweek"]) >> day.weekday() & 1)
    if kind == _WEEKLY:
        monday, begun = day - timedelta(days=day.weekday()), first - timedelta(days=first.weekday())
        return weekday and (monday - begun).days // 7 % every == 0
    if kind != _MONTHLY or not int(period["month"]) >> (day.month - 1) & 1:
        return False
    if int(period["day"]):
        return day.day == int(period["day"])
    last = (day + timedelta(days=7)).month != day.month
    return weekday and (last if every == _LAST_WEEK else (day.day - 1) // 7 + 1 == every)
