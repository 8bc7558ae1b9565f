"""Periods are cut at local midnight and read back from their labels (semantics 1)."""

from __future__ import annotations

import itertools
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from metrics.errors import UsageError
from metrics.period import Period, last_hours, midnight, parse_period, period_of, periods_between

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 86_400


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2023-03", date(2023, 3, 1), date(2023, 3, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31)),
        ("2023Q1", date(2023, 1, 1), date(2023, 3, 31)),
        ("2023Q4", date(2023, 10, 1), date(2023, 12, 31)),
        ("2023H2", date(2023, 7, 1), date(2023, 12, 31)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2022-11-01..2025-10-31", date(2022, 11, 1), date(2025, 10, 31)),
    ],
)
def test_a_label_reads_back_as_itself(label: str, first: date, last: date) -> None:
    period = parse_period(label)
    assert (period.first_on, period.last_on, period.label) == (first, last, label)


@pytest.mark.parametrize("text", ["2023-13", "2023Q5", "2023H3", "23", "2023-3", "2023-02-30..2023-03-01", "全年", ""])
def test_what_is_no_period_is_answered_with_the_ways_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="不是周期，应写作 2023-03"):
        parse_period(text)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="开始日期晚于截止日期"):
        parse_period("2023-03-02..2023-03-01")


def test_a_month_is_a_whole_number_of_days_with_no_second_lost() -> None:
    start, end = parse_period("2026-10").bounds(SHANGHAI)
    assert end - start == 31 * DAY
    assert start % DAY == 16 * 3600  # 00:00 in Shanghai is 16:00 UTC of the day before


def test_the_last_day_of_a_range_belongs_to_it() -> None:
    start, end = parse_period("2023-03-01..2023-03-01").bounds(SHANGHAI)
    assert end - start == DAY


def test_twelve_months_tile_the_year() -> None:
    months = list(periods_between(date(2024, 1, 1), date(2024, 12, 31), "month"))
    bounds = [month.bounds(SHANGHAI) for month in months]
    assert len(months) == 12
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(bounds))
    assert (bounds[0][0], bounds[-1][1]) == parse_period("2024").bounds(SHANGHAI)


def test_periods_between_include_those_that_share_only_one_day() -> None:
    labels = [period.label for period in periods_between(date(2022, 11, 30), date(2023, 4, 1), "quarter")]
    assert labels == ["2022Q4", "2023Q1", "2023Q2"]


@pytest.mark.parametrize(
    ("label", "before", "year_before"),
    [
        ("2023-01", "2022-12", "2022-01"),
        ("2023Q1", "2022Q4", "2022Q1"),
        ("2023H1", "2022H2", "2022H1"),
        ("2023", "2022", "2022"),
        ("2024-03-01..2024-03-31", "2024-01-30..2024-02-29", "2023-03-01..2023-03-31"),
        ("2024-02-29..2024-02-29", "2024-02-28..2024-02-28", "2023-02-28..2023-02-28"),
    ],
)
def test_the_period_before_and_the_year_before(label: str, before: str, year_before: str) -> None:
    period = parse_period(label)
    assert (period.before().label, period.year_before().label) == (before, year_before)


def test_clock_changes_make_a_day_longer_elsewhere() -> None:
    start, end = Period(date(2023, 10, 29), date(2023, 10, 29), "range").bounds(ZoneInfo("Europe/Berlin"))
    assert end - start == 25 * 3600


def test_the_last_hours_are_cut_at_instants() -> None:
    as_of = midnight(date(2026, 3, 10), SHANGHAI) + 10 * 3600
    stretch = last_hours(168, as_of, SHANGHAI)
    assert stretch.bounds(SHANGHAI) == (as_of - 168 * 3600, as_of)
    assert (stretch.first_on, stretch.last_on) == (date(2026, 3, 3), date(2026, 3, 10))
    assert stretch.label == "2026-03-03T02:00:00Z/168h"


@pytest.mark.parametrize(
    ("kind", "label"), [("month", "2026-08"), ("quarter", "2026Q3"), ("half", "2026H2"), ("year", "2026")]
)
def test_the_period_that_holds_a_day(kind: str, label: str) -> None:
    assert period_of(kind, date(2026, 8, 31)).label == label
