"""Counts: Σ quantity of distinct records by kind and month (semantics 5)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from metrics.errors import ConfigError
from metrics.formulas import FORMULAS
from metrics.formulas.params import CountParams
from metrics.indicators import Where
from tests.metrics.event_facts import ask, by_value, counts, facts, measure, roles, total

INSPECTIONS = facts(
    inspection=[
        {"kind": "数字法庭设备巡检", "inspected_at": "2023-01-10 09:00", "quantity": 3},
        {"kind": "数字法庭设备巡检", "inspected_at": "2023-01-31 23:59:59"},
        {"kind": "服务器巡检", "inspected_at": "2023-02-01 00:00", "quantity": 5},
    ]
)
EVERY = {"record": "inspection"}


def test_quantities_of_the_period_are_added_up_and_a_record_without_one_counts_once() -> None:
    january, february, year = measure(ask("count", INSPECTIONS, "2023-01", "2023-02", "2023", params=EVERY))

    assert [january.actual, february.actual, year.actual] == [3 + 1, 5, 9]
    assert january.denominator is None
    assert counts(year, "record_count") == (3,)


def test_kinds_are_told_apart_by_filter_and_by_breakdown() -> None:
    servers = total(ask("count", INSPECTIONS, "2023", params=EVERY, where=Where(kind=("服务器*",))))
    kinds = by_value(ask("count", INSPECTIONS, "2023", params=EVERY, by=["kind"]))

    assert servers.actual == 5
    assert {kind: figure.actual for kind, figure in kinds.items()} == {"数字法庭设备巡检": 4, "服务器巡检": 5}


def test_a_source_may_be_chosen() -> None:
    world = facts(inspection=[{"inspected_at": "2023-01-01", "source": source} for source in ("甲表", "乙表", "甲表")])

    assert total(ask("count", world, "2023", params=EVERY, where=Where(source=("甲*",)))).actual == 2


def test_a_breakdown_adds_up_to_the_total_with_a_line_for_what_is_not_filled_in() -> None:
    world = facts(
        support_event=[
            {"kind": "庭审", "started_at": "2023-03-01", "site": site, "quantity": number}
            for number, site in enumerate(("A", "B", None, "A"), start=1)
        ]
    )
    sites = by_value(ask("count", world, "2023-03", params={"record": "support_event"}, by=["site"]))

    assert {site: figure.actual for site, figure in sites.items()} == {"A": 1 + 4, "B": 2, "（未填）": 3}


def test_a_dimension_that_the_record_does_not_know_has_no_lines() -> None:
    assert by_value(ask("count", INSPECTIONS, "2023", params=EVERY, by=["channel"])) == {}


def test_nothing_in_a_month_is_zero_but_a_month_to_come_has_no_figure() -> None:
    march, april = measure(ask("count", INSPECTIONS, "2023-03", "2023-04", params=EVERY, as_of="2023-04-01"))

    assert march.actual == 0
    assert april.actual is None


def test_where_no_record_of_the_type_is_known_at_all_there_is_no_figure() -> None:
    assert total(ask("count", facts(), "2023", params=EVERY)).actual is None


def test_cancelled_tickets_are_left_out_and_counted_beside() -> None:
    world = facts(ticket=[{"reported_at": "2023-03-01"}, {"reported_at": "2023-03-01", "cancelled": True}])
    request = ask("count", world, "2023-03", params={"record": "ticket"})

    assert total(request).actual == 1
    assert counts(total(request), "record_count", "cancelled_count") == (1, 1)
    assert roles(request) == [("numerator", "ticket", "1"), ("beside", "ticket", None)]


def test_another_moment_may_decide_the_period() -> None:
    world = facts(ticket=[{"reported_at": "2023-03-31", "closed_at": "2023-04-02"}, {"reported_at": "2023-03-31"}])
    request = ask("count", world, "2023-03", "2023-04", "2023", params={"record": "ticket", "at": "closed_at"})

    assert [figure.actual for figure in measure(request)] == [0, 1, 1]


def test_a_date_counts_from_its_local_midnight() -> None:
    world = facts(survey=[{"answered_on": "2023-03-31", "quantity": 7}])
    figures = measure(ask("count", world, "2023-03", "2023-04", params={"record": "survey"}))

    assert [figure.actual for figure in figures] == [7, 0]


def test_the_moment_must_be_one_of_the_record() -> None:
    with pytest.raises(ValidationError, match="巡检没有“resolved_at”这一时间，可用：inspected_at"):
        CountParams(record="inspection", at="resolved_at")


def test_a_filter_on_what_the_record_does_not_have_is_refused() -> None:
    request = ask("count", INSPECTIONS, "2023", params=EVERY, where=Where(priority=("紧急",)))

    with pytest.raises(ConfigError, match="巡检没有优先级，where 不能按 priority 筛选巡检"):
        measure(request)


def test_the_rule_in_words_says_what_is_added_up_and_by_which_moment() -> None:
    request = ask("count", facts(), "2023", params=EVERY, where=Where(kind=("服务器巡检",)))

    assert FORMULAS["count"].words(request.definition) == (
        "统计巡检的巡检次数之和；按巡检时间归属周期；仅统计类别为服务器巡检的记录。"
    )
