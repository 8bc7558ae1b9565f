"""Response, arrival and resolution of tickets: which count, on which clock, less which holds (semantics 4)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from metrics.errors import ConfigError
from metrics.formulas import FORMULAS
from metrics.indicators import Facts, Where
from metrics.service_calendar import DayRules, ServiceCalendar, parse_window
from metrics.workdays import national_days
from tests.metrics.event_facts import ZONE, ask, by_value, facts, line, measure, roles, total

HOUR = 3600
OFFICE = parse_window({"mon-fri": ["08:30-12:00", "14:00-17:30"]}, follows_workdays=True)


def calendar(rules: DayRules) -> ServiceCalendar:
    return ServiceCalendar(OFFICE, rules, ZONE, date(2022, 1, 1), date(2026, 12, 31))


def arrivals(*tickets: dict[str, Any]) -> Facts:
    return facts(ticket=[{"channel": "on_site", **ticket} for ticket in tickets])


def test_the_mean_arrival_is_the_sum_over_the_on_site_tickets_that_have_one() -> None:
    world = arrivals(
        {"reported_at": "2023-03-01 09:00", "arrived_at": "2023-03-01 10:00"},  # 1 h
        {"reported_at": "2023-03-02 09:00", "arrived_at": "2023-03-02 12:00"},  # 3 h
    )
    figure = total(ask("mean_arrival", world, "2023-03"))

    assert line(figure) == (4 * HOUR, 2)
    assert figure.actual == 2 * HOUR


def test_remote_fixes_missing_arrivals_and_cancelled_tickets_leave_the_mean_and_are_counted_beside() -> None:
    world = arrivals(
        {"reported_at": "2023-03-01 09:00", "arrived_at": "2023-03-01 10:00"},
        {"reported_at": "2023-03-02 09:00", "channel": "remote"},
        {"reported_at": "2023-03-03 09:00", "channel": "remote", "arrived_at": "2023-03-03 10:00"},
        {"reported_at": "2023-03-04 09:00"},
        {"reported_at": "2023-03-05 09:00", "arrived_at": "2023-03-05 23:00", "cancelled": True},
    )
    request = ask("mean_arrival", world, "2023-03")
    figure = total(request)

    assert line(figure) == (HOUR, 1)
    assert figure.parts == {
        **{"median": HOUR, "p90": HOUR, "max": HOUR},
        **{"remote_count": 2, "missing_count": 1, "cancelled_count": 1},
    }
    assert sorted(roles(request)) == [("beside", "ticket", None)] * 4 + [("both", "ticket", "3600")]


def test_an_arrival_shows_that_somebody_came_where_the_channel_is_not_told() -> None:
    world = facts(ticket=[{"reported_at": "2023-03-01 09:00", "arrived_at": "2023-03-01 10:00"}])

    assert total(ask("mean_arrival", world, "2023-03")).actual == HOUR


def test_median_p90_and_maximum_go_with_the_mean_by_linear_interpolation() -> None:
    hours = [1, 2, 3, 4, 10]
    world = facts(
        ticket=[{"reported_at": "2023-03-01 08:00", "responded_at": f"2023-03-01 {8 + hour:02d}:00"} for hour in hours]
    )
    parts = total(ask("mean_response", world, "2023-03")).parts

    assert parts["median"] == 3 * HOUR
    assert parts["p90"] == Fraction(76, 10) * HOUR  # rank (5 − 1) × 0.9 = 3.6: 4 + 0.6 × (10 − 4)
    assert parts["max"] == 10 * HOUR


def test_a_year_s_mean_is_over_its_tickets_not_over_monthly_means() -> None:
    world = facts(
        ticket=[
            {"reported_at": "2023-01-10 08:00", "responded_at": "2023-01-10 09:00"},
            {"reported_at": "2023-01-11 08:00", "responded_at": "2023-01-11 09:00"},
            {"reported_at": "2023-02-10 08:00", "responded_at": "2023-02-10 14:00"},
        ]
    )
    january, february, year = measure(ask("mean_response", world, "2023-01", "2023-02", "2023"))

    assert [january.actual, february.actual] == [1 * HOUR, 6 * HOUR]  # their mean would be 3.5 h
    assert year.actual == Fraction(8, 3) * HOUR


def test_a_month_begins_and_ends_at_local_midnight() -> None:
    world = facts(
        ticket=[
            {"reported_at": "2023-02-28 23:59:59", "responded_at": "2023-03-01 00:00:59"},
            {"reported_at": "2023-03-01 00:00:00", "responded_at": "2023-03-01 00:10:00"},
        ]
    )
    february, march = measure(ask("mean_response", world, "2023-02", "2023-03"))

    assert [february.actual, march.actual] == [60, 600]


def test_no_ticket_means_no_figure() -> None:
    figure = total(ask("mean_response", facts(ticket=[{"reported_at": "2023-01-10"}]), "2023-02"))

    assert line(figure) == (0, 0)
    assert figure.actual is None


def test_holds_of_the_court_and_third_parties_are_merged_cut_to_the_span_and_subtracted() -> None:
    world = facts(
        ticket=[{"ticket_no": "T1", "reported_at": "2023-03-01 09:00", "resolved_at": "2023-03-01 19:00"}],
        hold=[
            {"ticket_no": "T1", "side": "court", "hold_from": "2023-03-01 08:00", "hold_to": "2023-03-01 10:00"},
            {"ticket_no": "T1", "side": "third_party", "hold_from": "2023-03-01 09:30", "hold_to": "2023-03-01 11:00"},
            {"ticket_no": "T1", "side": "vendor", "hold_from": "2023-03-01 12:00", "hold_to": "2023-03-01 15:00"},
            {"ticket_no": "T1", "side": "court", "hold_from": "2023-03-01 18:00", "hold_to": None},
        ],
    )
    request = ask("mean_resolution", world, "2023-03")

    # 10 h − [09:00, 11:00) − [18:00, 19:00); the vendor's own waiting counts
    assert total(request).actual == 7 * HOUR
    assert roles(request) == [("both", "ticket", str(7 * HOUR))] + [("beside", "hold", None)] * 3
    assert total(request).evidence_count == 4


def test_on_the_service_clock_holds_count_only_inside_the_window() -> None:
    """Reported Fri 2026-09-18 17:30, resolved Sun 2026-09-20 09:00, a make-up workday: 1800 s (semantics 2)."""
    ticket = {"ticket_no": "T1", "reported_at": "2026-09-18 17:30", "resolved_at": "2026-09-20 09:00"}
    hold = {"ticket_no": "T1", "side": "court", "hold_from": "2026-09-19 10:00", "hold_to": "2026-09-20 08:40"}
    settings = {"clock": "service", "window": "5x8"}
    official = {"5x8": calendar(national_days([2026]))}

    def asked(world: Facts) -> Any:
        return total(ask("mean_resolution", world, "2026-09", params=settings, calendars=official, as_of="2026-10-01"))

    assert asked(facts(ticket=[ticket])).actual == 1800
    assert asked(facts(ticket=[ticket], hold=[hold])).actual == 1200  # 08:30–08:40 of the hold is service time
    assert not asked(facts(ticket=[ticket])).provisional


def test_a_service_clock_without_an_official_list_of_holidays_is_provisional() -> None:
    world = facts(
        ticket=[
            {"reported_at": "2023-03-01 09:00", "responded_at": "2023-03-01 10:00"},
            {"reported_at": "2023-12-29 09:00", "responded_at": "2024-01-02 10:00"},
        ]
    )
    settings = {"clock": "service", "window": "5x8"}
    request = ask(
        "mean_response",
        world,
        "2023-03",
        "2023-12",
        params=settings,
        calendars={"5x8": calendar(national_days([2023]))},
    )

    assert [figure.provisional for figure in measure(request)] == [False, True]


def test_an_unknown_service_window_is_named_with_the_known_ones() -> None:
    request = ask(
        "mean_response",
        facts(ticket=[{"reported_at": "2023-03-01"}]),
        "2023-03",
        params={"clock": "service", "window": "6x9"},
        calendars={"5x8": calendar(DayRules())},
    )
    with pytest.raises(ConfigError, match="服务时间“6x9”没有定义，已有：5x8"):
        measure(request)


REOPENED = facts(
    ticket=[{"ticket_no": "T1", "reported_at": "2023-03-01 09:00", "resolved_at": "2023-04-03 12:00"}],
    ticket_cycle=[
        {"ticket_no": "T1", "opened_at": "2023-03-01 09:00", "resolved_at": "2023-03-01 11:00"},
        {"ticket_no": "T1", "opened_at": "2023-04-03 09:00", "resolved_at": "2023-04-03 12:00"},
    ],
)


@pytest.mark.parametrize(
    ("reopen", "hours"),
    [("first", 2), ("last", 33 * 24 + 3), ("sum", 2 + 3)],
)
def test_a_reopened_ticket_is_measured_by_its_policy(reopen: str, hours: int) -> None:
    assert total(ask("mean_resolution", REOPENED, "2023", params={"reopen": reopen})).actual == hours * HOUR


@pytest.mark.parametrize(("reopen", "resolved"), [("first", 1), ("last", 0), ("sum", 0)])
def test_reopened_and_open_now_is_unresolved_except_under_first(reopen: str, resolved: int) -> None:
    request = ask("mean_resolution", REOPENED, "2023", params={"reopen": reopen}, as_of="2023-04-03 10:00")

    assert total(request).denominator == resolved
    assert total(request).parts["open_count"] == 1 - resolved


def test_before_the_reopening_the_ticket_was_resolved() -> None:
    request = ask("mean_resolution", REOPENED, "2023", as_of="2023-04-01")

    assert total(request).actual == 2 * HOUR


@pytest.mark.parametrize(("reopen", "period"), [("first", "2023-03"), ("last", "2023-04"), ("sum", "2023-04")])
def test_by_resolution_a_ticket_belongs_to_the_period_of_the_one_its_policy_picks(reopen: str, period: str) -> None:
    settings = {"reopen": reopen, "attribute_by": "resolved_at"}
    figures = measure(ask("mean_resolution", REOPENED, "2023-03", "2023-04", params=settings))

    assert [figure.period.label for figure in figures if figure.denominator] == [period]


def test_by_resolution_unresolved_tickets_belong_to_no_period() -> None:
    world = facts(ticket=[{"reported_at": "2023-03-01 09:00"}])
    request = ask("mean_resolution", world, "2023", params={"attribute_by": "resolved_at"})

    assert total(request).parts["open_count"] == 0


def test_cycles_that_begin_with_the_first_reopening_are_completed_by_the_report() -> None:
    world = facts(
        ticket=[{"ticket_no": "T1", "reported_at": "2023-03-01 09:00", "resolved_at": "2023-03-01 10:00"}],
        ticket_cycle=[{"ticket_no": "T1", "opened_at": "2023-03-02 09:00", "resolved_at": "2023-03-02 12:00"}],
    )
    seconds = {
        reopen: total(ask("mean_resolution", world, "2023", params={"reopen": reopen})).actual
        for reopen in ("first", "last", "sum")
    }

    assert seconds == {"first": 1 * HOUR, "last": 27 * HOUR, "sum": 4 * HOUR}


def test_a_hold_goes_to_the_ticket_of_its_own_source() -> None:
    """Two vendors use the number 1; the hold of vendor b is not subtracted from vendor a's ticket."""
    ticket = {"ticket_no": "1", "reported_at": "2023-03-01 09:00", "resolved_at": "2023-03-01 12:00"}
    hold = {"ticket_no": "1", "side": "court", "hold_from": "2023-03-01 10:00", "hold_to": "2023-03-01 11:00"}
    world = facts(
        ticket=[{**ticket, "source": "a", "vendor": "甲"}, {**ticket, "source": "b", "vendor": "乙"}],
        hold=[{**hold, "source": "b"}],
    )
    found = by_value(ask("mean_resolution", world, "2023-03", by=["vendor"]))

    assert {vendor: figure.actual for vendor, figure in found.items()} == {"甲": 3 * HOUR, "乙": 2 * HOUR}


def test_a_hold_from_a_register_of_its_own_goes_to_the_only_ticket_of_that_number() -> None:
    world = facts(
        ticket=[
            {"ticket_no": "1", "source": "a", "reported_at": "2023-03-01 09:00", "resolved_at": "2023-03-01 12:00"}
        ],
        hold=[
            {
                **{"ticket_no": "1", "source": "court", "side": "court"},
                **{"hold_from": "2023-03-01 10:00", "hold_to": "2023-03-01 11:00"},
            }
        ],
    )
    assert total(ask("mean_resolution", world, "2023-03")).actual == 2 * HOUR


def test_what_happens_at_as_of_or_later_has_not_happened() -> None:
    world = facts(
        ticket=[
            {"reported_at": "2023-03-01 09:00", "responded_at": "2023-03-01 10:00"},
            {"reported_at": "2023-03-01 10:00", "responded_at": "2023-03-01 11:00"},
        ]
    )
    figure = total(ask("mean_response", world, "2023-03", as_of="2023-03-01 10:00"))

    assert figure.denominator == 0
    assert figure.parts["missing_count"] == 1  # the second is not even reported


def test_a_ticket_takes_its_asset_s_place_at_the_time_it_was_reported() -> None:
    world = facts(
        asset=[{"asset_no": "A1", "site": "旧楼"}],
        asset_assignment=[{"asset_no": "A1", "from_on": "2023-03-10", "site": "新楼"}],
        ticket=[
            {"asset_no": "A1", "site": "写错", "reported_at": "2023-03-09 23:00", "responded_at": "2023-03-09 23:01"},
            {"asset_no": "A1", "site": "写错", "reported_at": "2023-03-10 00:00", "responded_at": "2023-03-10 00:02"},
            {"asset_no": "没有", "site": "门厅", "reported_at": "2023-03-10 00:00", "responded_at": "2023-03-10 00:03"},
            {"reported_at": "2023-03-10 00:00", "responded_at": "2023-03-10 00:04"},
        ],
    )
    found = by_value(ask("mean_response", world, "2023-03", by=["site"]))

    assert {site: figure.actual for site, figure in found.items()} == {
        **{"旧楼": 60, "新楼": 120},
        **{"门厅": 180, "（未填）": 240},
    }


def test_only_the_project_s_own_tickets_and_those_of_no_project_count() -> None:
    minutes = {"ops": 1, None: 2, "other": 4}
    world = facts(
        ticket=[
            {"project": project, "reported_at": "2023-03-01 09:00", "responded_at": f"2023-03-01 09:0{minute}"}
            for project, minute in minutes.items()
        ]
    )
    assert total(ask("mean_response", world, "2023-03")).numerator == 60 + 120


def test_a_filter_takes_exact_values_and_beginnings() -> None:
    world = facts(
        ticket=[
            {"category": category, "reported_at": "2023-03-01 09:00", "responded_at": "2023-03-01 09:01"}
            for category in ("网络", "网络/交换机", "打印", None)
        ]
    )

    def counted(*patterns: str) -> Fraction | None:
        return total(ask("mean_response", world, "2023-03", where=Where(category=patterns))).denominator

    assert [counted("网络"), counted("网络*"), counted("网络*", "打印"), counted("没有")] == [1, 2, 3, 0]


def test_the_rule_in_words_names_every_setting_that_changes_the_figure() -> None:
    settings = {"clock": "service", "window": "5x8", "reopen": "sum", "attribute_by": "resolved_at"}
    request = ask(
        "mean_resolution", facts(), "2023", params=settings, where=Where(kind=("incident",), site=("A楼", "B楼"))
    )
    assert FORMULAS["mean_resolution"].words(request.definition) == (
        "平均解决时间 = Σ（解决时间 − 报障时间 − 挂起时间）÷ 已解决的工单数；"
        "只扣除责任方为法院或第三方的挂起，重叠的合并后扣除；用时按服务时间（5x8）计；按解决时间归属周期；"
        "重新打开的工单各轮用时相加，当前未再解决的为未解决；仅统计位置为A楼或B楼、类别为故障的记录；作废工单不计，另列。"
    )
