"""China's holidays and make-up workdays."""

from __future__ import annotations

from datetime import date

from metrics.service_calendar import DayRules
from metrics.workdays import national_days

RULES = national_days(range(2024, 2028))


def test_published_years_are_official_and_later_ones_are_not() -> None:
    assert 2026 in RULES.official_years
    assert 2027 not in RULES.official_years


def test_holidays_of_the_week_of_october_2026() -> None:
    october = {day.day for day in RULES.holidays if (day.year, day.month) == (2026, 10)}
    assert october == {1, 2, 3, 5, 6, 7}  # the 4th is a Sunday anyway


def test_makeup_workdays_know_the_weekday_they_replace() -> None:
    assert RULES.makeup_workdays[date(2026, 10, 10)] == 2  # Wednesday 2026-10-07
    assert RULES.makeup_workdays[date(2025, 1, 26)] == 0  # Monday 2025-02-03


def test_a_makeup_workday_in_the_december_before_is_found() -> None:
    rules = national_days([2011])
    assert date(2011, 12, 31) in rules.makeup_workdays  # by the notice for 2012


def test_a_provisional_year_has_the_holidays_of_the_law_only() -> None:
    assert date(2027, 10, 1) in RULES.holidays
    assert not [day for day in RULES.makeup_workdays if day.year == 2027]


def test_a_file_replaces_the_list_of_its_year() -> None:
    worked = {date(2027, 9, 26): 3, date(2026, 12, 27): None}
    rules = RULES.with_list(2027, [date(2027, 1, 1), date(2027, 9, 30)], worked, official=True)
    assert {day for day in rules.holidays if day.year == 2027} == {date(2027, 1, 1), date(2027, 9, 30)}
    assert rules.makeup_workdays[date(2026, 12, 27)] is None
    assert rules.makeup_workdays[date(2026, 9, 20)] == 1  # other years stay
    assert 2027 in rules.official_years


def test_a_file_that_is_not_official_leaves_its_year_provisional() -> None:
    rules = RULES.with_list(2026, [date(2026, 1, 1)], {}, official=False)
    assert 2026 not in rules.official_years
    assert date(2026, 9, 20) not in rules.makeup_workdays


def test_later_overrides_of_a_date_win() -> None:
    day = date(2026, 10, 8)
    rules = DayRules(overrides={day: ((0, 3600),)}).with_overrides({day: ()})
    assert rules.overrides == {day: ()}
