"""Service windows, the order of day rules, and S(t) against a minute-by-minute twin."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.errors import ConfigError
from metrics.service_calendar import (
    DayRules,
    Hours,
    ServiceCalendar,
    ServiceWindow,
    parse_days,
    parse_hours,
    parse_window,
)
from metrics.workdays import national_days
from tests.metrics.assets_world import CALENDARS, ZONE, at

OFFICE = parse_window({"mon-fri": ["08:30-12:00", "14:00-17:30"]}, follows_workdays=True)
DAY_SECONDS = 7 * 3600  # 3.5 h and 3.5 h


def between(calendar: ServiceCalendar, start: str, end: str) -> int:
    return int(calendar.service_seconds(np.array([at(start)]), np.array([at(end)]))[0])


def office(rules: DayRules, window: ServiceWindow = OFFICE) -> ServiceCalendar:
    return ServiceCalendar(window, rules, ZONE, date(2026, 9, 1), date(2026, 10, 31))


def test_friday_evening_to_a_makeup_sunday_morning_is_half_an_hour() -> None:
    assert between(CALENDARS["5x8"], "2026-09-18 17:30", "2026-09-20 09:00") == 1800


def test_a_makeup_sunday_is_a_whole_workday() -> None:
    assert between(CALENDARS["5x8"], "2026-09-20", "2026-09-21") == DAY_SECONDS


def test_a_public_holiday_has_no_office_hours() -> None:
    assert between(CALENDARS["5x8"], "2026-10-01", "2026-10-02") == 0


def test_round_the_clock_knows_no_holidays() -> None:
    assert between(CALENDARS["7x24"], "2026-10-01", "2026-10-02") == 86400


def test_round_the_clock_obeys_a_single_date_override() -> None:
    always = parse_window({"mon-sun": ["00:00-24:00"]}, follows_workdays=False)
    rules = DayRules(overrides={date(2026, 10, 8): parse_hours(["09:00-12:00"])})
    assert between(office(rules, always), "2026-10-08", "2026-10-09") == 3 * 3600


def test_an_override_wins_over_everything() -> None:
    day = date(2026, 9, 20)
    rules = DayRules(overrides={day: ()}, makeup_workdays={day: 1}, holidays=frozenset({day}))
    assert office(rules).hours_on(day) == ()


def test_a_makeup_workday_wins_over_a_holiday() -> None:
    day = date(2026, 9, 20)
    rules = DayRules(makeup_workdays={day: 1}, holidays=frozenset({day}))
    assert office(rules).hours_on(day) == OFFICE.weekly[1]


def test_a_makeup_workday_takes_the_hours_of_the_day_it_replaces() -> None:
    window = parse_window({"mon": ["08:00-12:00"], "fri": ["08:00-09:00"]}, follows_workdays=True)
    rules = DayRules(makeup_workdays={date(2026, 9, 19): 4, date(2026, 9, 20): None})
    calendar = office(rules, window)
    assert between(calendar, "2026-09-19", "2026-09-20") == 3600  # Friday's
    assert between(calendar, "2026-09-20", "2026-09-21") == 4 * 3600  # not known: Monday's


def test_2026_09_20_replaces_a_tuesday() -> None:
    assert national_days([2026]).makeup_workdays[date(2026, 9, 20)] == 1  # Tuesday 2026-10-06


def test_days_before_the_first_count_backwards() -> None:
    calendar = office(DayRules())
    moments = np.array([at("2026-08-31"), at("2026-09-01"), at("2026-09-02")])
    assert calendar.service_seconds_until(moments).tolist() == [-DAY_SECONDS, 0, DAY_SECONDS]


def test_asking_beyond_the_days_expected_changes_no_earlier_answer() -> None:
    calendar, fresh = office(DayRules()), office(DayRules())
    inside = np.array([at("2026-09-15 10:00")])
    before = calendar.service_seconds_until(inside)
    calendar.service_seconds_until(np.array([at("2019-01-01"), at("2031-01-01")]))
    assert calendar.service_seconds_until(inside) == before == fresh.service_seconds_until(inside)
    assert between(calendar, "2031-01-06", "2031-01-13") == 5 * DAY_SECONDS


def test_nothing_is_counted_after_2199() -> None:
    moments = np.array([1 << 33, 1 << 39])
    first, last = office(DayRules(), parse_window({"mon-sun": ["00:00-24:00"]}, False)).service_seconds_until(moments)
    assert first == last


def test_a_window_without_hours_has_no_service_time() -> None:
    assert between(office(DayRules(), parse_window({}, True)), "2026-09-01", "2026-10-01") == 0


def test_a_leap_day_is_a_day() -> None:
    assert between(CALENDARS["7x24"], "2024-02-28", "2024-03-01") == 2 * 86400
    assert between(CALENDARS["5x8"], "2024-02-29", "2024-03-01") == DAY_SECONDS  # a Thursday


def test_a_year_without_an_official_list_is_provisional() -> None:
    calendar = CALENDARS["5x8"]
    assert not calendar.provisional(at("2026-01-01"), at("2027-01-01"))
    assert calendar.provisional(at("2026-12-31"), at("2027-01-01 00:01"))


def test_round_the_clock_is_never_provisional() -> None:
    assert not CALENDARS["7x24"].provisional(at("2027-01-01"), at("2027-02-01"))


def test_no_time_is_not_provisional() -> None:
    assert not CALENDARS["5x8"].provisional(at("2027-05-01"), at("2027-05-01"))


def test_hours_are_read_in_the_zone_with_its_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    always = parse_window({"mon-sun": ["00:00-24:00"]}, follows_workdays=False)
    calendar = ServiceCalendar(always, DayRules(), berlin, date(2026, 3, 1), date(2026, 3, 31))
    edges = [int(datetime(2026, 3, day, tzinfo=berlin).timestamp()) for day in (29, 30)]
    assert int(calendar.service_seconds(np.array(edges[:1]), np.array(edges[1:]))[0]) == 23 * 3600


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("8点到12点", "“8点到12点”不是服务时段，应写作 08:30-12:00"),
        ("12:00-24:30", "服务时段“12:00-24:30”超出一天（00:00 至 24:00）"),
        (
            "22:00-06:00",
            "服务时段“22:00-06:00”的结束不晚于开始；跨零点的时段应分写在两天，如 22:00-24:00 与次日 00:00-06:00",
        ),
    ],
)
def test_hours_that_are_none_are_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_hours([text])
    assert str(caught.value) == message


def test_overlapping_hours_are_refused() -> None:
    with pytest.raises(ConfigError, match="服务时段互相重叠：11:00 早于上一段的结束时间 12:00"):
        parse_hours(["11:00-13:00", "08:00-12:00"])


def test_full_width_hours_are_read() -> None:
    assert parse_hours(["8：30～12：00"]) == ((8 * 3600 + 1800, 12 * 3600),)


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon-fri", (0, 1, 2, 3, 4)), ("周六、周日", (5, 6)), ("星期一至星期三", (0, 1, 2)), ("mon,wed", (0, 2))],
)
def test_days_are_read(text: str, days: tuple[int, ...]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize(("text", "part"), [("sun-mon", "星期倒序"), ("weekday", "不是星期")])
def test_days_that_are_none_are_refused(text: str, part: str) -> None:
    with pytest.raises(ConfigError, match=part):
        parse_days(text)


def test_a_day_defined_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="服务时间中 wed 定义了两次"):
        parse_window({"mon-fri": ["08:00-12:00"], "wed": ["08:00-09:00"]}, follows_workdays=True)


FIRST = date(2026, 9, 14)
half_hours = st.lists(st.integers(0, 48), unique=True, max_size=6).map(sorted)
day_numbers = st.integers(0, 9)


def hours(edges: list[int]) -> Hours:
    """Pairs of half hours of the day."""
    return tuple((start * 1800, end * 1800) for start, end in zip(edges[::2], edges[1::2], strict=False))


def twin_hours(day: date, window: ServiceWindow, rules: DayRules) -> Hours:
    """The order of semantics 2, said once more."""
    if day in rules.overrides:
        return rules.overrides[day]
    if not window.follows_workdays:
        return window.weekly[day.weekday()]
    if day in rules.makeup_workdays:
        replaced = rules.makeup_workdays[day]
        return window.weekly[0 if replaced is None else replaced]
    return () if day in rules.holidays else window.weekly[day.weekday()]


@settings(deadline=None)
@given(
    weekly=st.lists(half_hours, min_size=7, max_size=7),
    follows=st.booleans(),
    overrides=st.dictionaries(day_numbers, half_hours, max_size=2),
    makeup=st.dictionaries(day_numbers, st.one_of(st.none(), st.integers(0, 6)), max_size=2),
    holidays=st.sets(day_numbers, max_size=3),
    start=st.integers(0, 14400),
    end=st.integers(0, 14400),
)
def test_service_time_equals_the_open_minutes(
    weekly: list[list[int]],
    follows: bool,
    overrides: dict[int, list[int]],
    makeup: dict[int, int | None],
    holidays: set[int],
    start: int,
    end: int,
) -> None:
    window = ServiceWindow(tuple(hours(edges) for edges in weekly), follows)
    rules = DayRules(
        {FIRST + timedelta(days=day): hours(edges) for day, edges in overrides.items()},
        {FIRST + timedelta(days=day): replaced for day, replaced in makeup.items()},
        frozenset(FIRST + timedelta(days=day) for day in holidays),
    )
    start, end = sorted((start, end))
    open_minutes = 0
    for minute in range(start, end):
        day, second = FIRST + timedelta(days=minute // 1440), minute % 1440 * 60
        open_minutes += any(low <= second < high for low, high in twin_hours(day, window, rules))
    moments = np.array([at("2026-09-14") + minute * 60 for minute in (start, end)])
    found = np.diff(office(rules, window).service_seconds_until(moments))
    assert found.tolist() == [open_minutes * 60]
