"""Availability: a worked example for every rule on required time, days and breakdowns (semantics 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from metrics.errors import ConfigError
from metrics.formulas import FORMULAS
from metrics.indicators import Contract, Facts, Figure, Where
from metrics.period import last_hours
from metrics.service_calendar import DayRules
from tests.metrics.assets_world import (
    ZONE,
    at,
    bounds,
    calendars_of,
    exclusion,
    facts_of,
    figure,
    figures,
    outage,
    ratio,
    request,
)

ONE = [{"asset_no": "A"}]
DAY = 86400


def by_outages(facts: Facts, period: str = "2026-03-02..2026-03-02", **more: Any) -> Figure:
    """The figure of one Monday, 86,400 s long, from outages alone."""
    return figure(facts, period, down_from=("outages",), **more)


def vector(**more: Any) -> Figure:
    """required 1000–2000, down 1200–1500, exclusions 1100–1300 and 1400–1600, as seconds after midnight."""
    epoch, day = at("2026-03-02"), date(2026, 3, 2)
    down = {"started_at": epoch + 1200, "ended_at": epoch + 1500}
    excluded = {"started_at": epoch + 1100, "ended_at": epoch + 1300}
    facts = facts_of(
        asset=ONE,
        outage=[outage("", None) | down],
        exclusion=[
            exclusion("", "", "1") | excluded,
            exclusion("", "", "2") | {"started_at": epoch + 1400, "ended_at": epoch + 1600},
        ],
    )
    return by_outages(facts, calendars=calendars_of(DayRules(overrides={day: ((1000, 2000),)})), **more)


def test_excluded_time_leaves_the_denominator() -> None:
    found = vector()
    assert ratio(found) == (500, 600)  # 1000 − 200 − 200, of them down 1300–1400
    assert found.actual == Fraction(5, 6)  # 83.33%


def test_excluded_time_counts_as_up() -> None:
    assert ratio(vector(exclusion="counts_as_up")) == (900, 1000)  # 90%


def test_one_october_with_a_night_over_each_edge() -> None:
    facts = facts_of(
        asset=ONE,
        outage=[
            outage("2026-09-30 23:30", "2026-10-01 00:30", number="1"),  # 1,800 s in October
            outage("2026-10-10 01:00", "2026-10-10 03:00", number="2"),  # 3,600 s before the exclusion
            outage("2026-10-31 23:50", "2026-11-01 00:10", number="3"),  # 600 s in October
        ],
        exclusion=[exclusion("2026-10-10 02:00", "2026-10-10 04:00")],  # 7,200 s
    )
    found = by_outages(facts, "2026-10")
    assert found.parts["down_seconds"] == 1800 + 3600 + 600 == 6000
    assert found.numerator == 31 * DAY - 7200 - 6000 == 2_665_200
    assert float(found.actual or 0) * 100 == pytest.approx(99.77538185085355, abs=1e-13)


def test_a_leap_day_belongs_to_its_february() -> None:
    assert by_outages(facts_of(asset=ONE), "2024-02").denominator == 29 * DAY


def test_an_outage_over_a_months_edge_is_cut_at_local_midnight() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-31 22:00", "2026-04-01 03:00")])
    found = [each.parts["down_seconds"] for each in figures(facts, "2026-03", "2026-04", down_from=("outages",))]
    assert found == [2 * 3600, 3 * 3600]


def test_an_open_outage_lasts_until_as_of() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-02 06:00", None)])
    found = by_outages(facts, as_of="2026-03-02 10:00")
    assert ratio(found) == (6 * 3600, 10 * 3600)


def test_what_ends_at_or_after_as_of_is_still_open_then() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-02 06:00", "2026-03-02 11:00")])
    assert by_outages(facts, as_of="2026-03-02 10:00").numerator == 6 * 3600


def test_what_begins_after_as_of_has_not_happened() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-02 10:00", "2026-03-02 11:00")])
    assert by_outages(facts, as_of="2026-03-02 10:00").actual == 1


def test_only_service_hours_count() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-02 11:00", "2026-03-02 15:00")])
    found = by_outages(facts, window="5x8")  # 11–12 and 14–15 of 7 hours
    assert ratio(found) == (5 * 3600, 7 * 3600)


def test_a_groups_availability_is_a_pooled_sum_and_not_a_mean_of_ratios() -> None:
    short = {"asset_no": "B", "in_service_from": "2026-03-02", "in_service_until": "2026-03-03"}
    facts = facts_of(asset=[*ONE, short], outage=[outage("2026-03-02", "2026-03-02 12:00", "B")])
    found = by_outages(facts, "2026-03-01..2026-03-04")
    assert found.actual == Fraction(4 * 2 + 1, 4 * 2 + 2)  # half days: 8 of A up, 1 of 2 of B


def test_overlaps_are_merged_per_asset_first() -> None:
    rows = [outage("2026-03-02 06:00", "2026-03-02 10:00"), outage("2026-03-02 08:00", "2026-03-02 12:00", number="2")]
    assert by_outages(facts_of(asset=ONE, outage=rows)).parts["down_seconds"] == 6 * 3600


def test_without_any_required_time_there_is_no_figure() -> None:
    found = by_outages(facts_of(asset=ONE), as_of="2026-03-01")
    assert ratio(found) == (0, 0)
    assert (found.actual, *bounds(found)) == (None, None, None, None)


def test_months_quarters_and_years_come_in_one_pass() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-02-28 12:00", "2026-03-01 12:00")])
    found = figures(facts, "2026", "2026-02", "2026Q1", "2026-03", "2026H2", down_from=("outages",))
    assert [each.parts["down_seconds"] for each in found] == [DAY, DAY // 2, DAY, DAY // 2, 0]
    assert [each.denominator for each in found] == [days * DAY for days in (365, 28, 90, 31, 184)]


def test_breakdowns_follow_the_assignment_and_name_what_is_empty() -> None:
    moved = {"asset_no": "A", "from_on": "2026-03-03", "site": "二楼"}
    facts = facts_of(asset=[{"asset_no": "A", "site": "一楼"}, {"asset_no": "B"}], asset_assignment=[moved])
    found = figures(facts, "2026-03-02..2026-03-05", dimensions=("site",))
    assert {each.dimension_value: each.denominator for each in found} == {
        "一楼": DAY,
        "二楼": 3 * DAY,
        "（未填）": 4 * DAY,
    }


def test_a_breakdown_by_asset_has_its_numbers() -> None:
    facts = facts_of(asset=[{"asset_no": "B"}, *ONE], outage=[outage("2026-03-02", "2026-03-03")])
    found = figures(facts, "2026-03-02..2026-03-02", dimensions=("total", "asset"), down_from=("outages",))
    assert [(each.dimension_value, each.actual) for each in found] == [("", Fraction(1, 2)), ("A", 0), ("B", 1)]


def test_a_value_has_no_figure_for_a_period_without_its_assets() -> None:
    rows = [{"asset_no": "A", "in_service_from": "2026-04-01"}]
    found = figures(facts_of(asset=rows), "2026-03", "2026-04", dimensions=("total", "asset"))
    assert [(each.dimension, each.period.label) for each in found] == [
        ("total", "2026-03"),
        ("total", "2026-04"),
        ("asset", "2026-04"),
    ]


def test_dimensions_that_assets_do_not_have_are_left_out() -> None:
    found = figures(facts_of(asset=ONE), "2026-03", dimensions=("total", "channel", "priority", "kind"))
    assert [each.dimension for each in found] == ["total"]


def test_only_the_assets_that_pass_the_filter_count() -> None:
    facts = facts_of(asset=[*ONE, {"asset_no": "B"}], outage=[outage("2026-03-02", "2026-03-03")])
    assert by_outages(facts, where=Where(asset_no=("B",))).actual == 1


def test_a_filter_that_assets_do_not_know_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        by_outages(facts_of(asset=ONE), where=Where(channel=("on_site",)))
    assert str(caught.value) == ("指标“指标”按设备计算，不能按 channel 筛选；可用 asset_no、asset_class、site、vendor")


def test_a_year_without_an_official_list_makes_office_hours_provisional() -> None:
    facts = facts_of(asset=ONE)
    found = figures(facts, "2026-12", "2027-01", window="5x8")
    assert [each.provisional for each in found] == [False, True]
    assert not figure(facts, "2027-01").provisional


def test_a_provisional_year_that_is_not_in_the_contract_is_not_used() -> None:
    contract = Contract("ops", date(2026, 1, 1), date(2026, 12, 31), ZONE)
    assert not figure(facts_of(asset=ONE), "2026-07-01..2027-06-30", window="5x8", contract=contract).provisional


def test_the_words_name_every_setting() -> None:
    asked = request(
        facts_of(),
        "2026",
        basis="day",
        day_tolerance="30分钟",
        down_from=("checks", "inspections"),
        fail_after=3,
        exclusion="counts_as_up",
        unknown="counts_as_down",
        where=Where(asset_class=("服务器",)),
    )
    words = FORMULAS["availability"].words(asked.definition)
    for part in (
        "7x24",
        "设备天数",
        "30分钟",
        "连续 3 次拨测失败",
        "巡检异常",
        "按正常计",
        "未知时间按故障计",
        "服务器",
    ):
        assert part in words


def test_an_empty_court_has_no_data() -> None:
    assert figure(facts_of(), "2026").actual is None


def test_asked_for_no_period_there_is_no_figure() -> None:
    assert figures(facts_of(asset=ONE)) == []


def test_a_stretch_of_hours_is_cut_at_its_instants() -> None:
    """168 hours up to Tuesday 10:00; the outage began half an hour before the stretch and ends one after."""
    facts = facts_of(asset=ONE, outage=[outage("2026-03-03 09:30", "2026-03-03 11:00")])
    as_of = at("2026-03-10 10:00")
    asked = replace(
        request(facts, "2026-03", as_of=as_of, down_from=("outages",)), periods=[last_hours(168, as_of, ZONE)]
    )
    [found] = FORMULAS["availability"].measure(asked)
    assert ratio(found) == (167 * 3600, 168 * 3600)


def test_a_stretch_on_day_basis_counts_the_days_that_begin_in_it() -> None:
    """From Tuesday 3rd 10:00 to Tuesday 10th 10:00: the 4th to the 10th; the bad 3rd began before."""
    facts = facts_of(
        asset=ONE,
        outage=[
            outage("2026-03-03 11:00", "2026-03-03 12:00"),
            outage("2026-03-10 08:00", "2026-03-10 09:00", number="2"),
        ],
    )
    as_of = at("2026-03-10 10:00")
    asked = replace(
        request(facts, "2026-03", as_of=as_of, down_from=("outages",), basis="day"),
        periods=[last_hours(168, as_of, ZONE)],
    )
    [found] = FORMULAS["availability"].measure(asked)
    assert ratio(found) == (6, 7)
