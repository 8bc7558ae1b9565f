"""Exclusions and the day basis of availability (semantics 3), by worked examples."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from metrics.indicators import Facts, Figure
from tests.metrics.assets_world import (
    bounds,
    exclusion,
    facts_of,
    figure,
    outage,
    ratio,
    state,
)

ONE = [{"asset_no": "A"}]
PROBED = [{"asset_no": "A", "probed": True}]


def by_outages(facts: Facts, period: str = "2026-03-02..2026-03-02", **more: Any) -> Figure:
    """The figure of one Monday, 86,400 s long, from outages alone."""
    return figure(facts, period, down_from=("outages",), **more)


def excluded_seconds(facts: Facts, period: str = "2026-03-02..2026-03-02") -> Any:
    return by_outages(facts, period).parts["excluded_seconds"]


@pytest.mark.parametrize("approved", [False, None])
def test_an_exclusion_counts_only_when_approved(approved: bool | None) -> None:
    row = exclusion("2026-03-02 08:00", "2026-03-02 10:00", approved=approved)
    assert excluded_seconds(facts_of(asset=ONE, exclusion=[row])) == 0


def test_an_exclusion_of_one_asset_leaves_the_others() -> None:
    row = exclusion("2026-03-02 08:00", "2026-03-02 10:00", asset_no="A", site="一楼")
    assert excluded_seconds(facts_of(asset=[*ONE, {"asset_no": "B"}], exclusion=[row])) == 2 * 3600


def test_an_exclusion_without_scope_is_everyones() -> None:
    row = exclusion("2026-03-02 08:00", "2026-03-02 10:00")
    assert excluded_seconds(facts_of(asset=[*ONE, {"asset_no": "B"}], exclusion=[row])) == 4 * 3600


def test_every_filled_column_of_the_scope_has_to_agree() -> None:
    assets = [
        {"asset_no": "A", "site": "一楼", "vendor": "甲公司"},
        {"asset_no": "B", "site": "一楼", "vendor": "乙公司"},
        {"asset_no": "C", "site": "二楼", "vendor": "甲公司"},
    ]
    row = exclusion("2026-03-02 08:00", "2026-03-02 10:00", site="一楼", vendor="甲公司")
    assert excluded_seconds(facts_of(asset=assets, exclusion=[row])) == 2 * 3600


def test_a_scope_follows_the_assets_assignment() -> None:
    moved = {"asset_no": "A", "from_on": "2026-03-03", "site": "二楼"}
    row = exclusion("2026-03-02 20:00", "2026-03-03 04:00", site="二楼")
    facts = facts_of(asset=[{"asset_no": "A", "site": "一楼"}], asset_assignment=[moved], exclusion=[row])
    assert excluded_seconds(facts, "2026-03-01..2026-03-04") == 4 * 3600  # only after the move


def test_an_exclusion_of_an_unknown_asset_is_nobodys() -> None:
    row = exclusion("2026-03-02 08:00", "2026-03-02 10:00", asset_no="Z")
    assert excluded_seconds(facts_of(asset=ONE, exclusion=[row])) == 0


def days(facts: Facts, period: str = "2026-03-02..2026-03-05", **more: Any) -> Figure:
    return figure(facts, period, basis="day", **{"down_from": ("outages",), **more})


def test_a_day_with_any_down_time_is_not_normal() -> None:
    found = days(facts_of(asset=ONE, outage=[outage("2026-03-03 23:59", "2026-03-04 00:01")]))
    assert ratio(found) == (2, 4)


def test_a_day_down_no_longer_than_the_tolerance_is_normal() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-03 08:00", "2026-03-03 08:30")])
    assert days(facts, day_tolerance="30分钟").numerator == 4
    assert days(facts, day_tolerance="29分钟").numerator == 3


def test_device_days_are_counted_per_asset() -> None:
    facts = facts_of(asset=[*ONE, {"asset_no": "B"}], outage=[outage("2026-03-03 08:00", "2026-03-05 08:30")])
    found = days(facts)
    assert ratio(found) == (1 + 4, 4 + 4)


def test_days_without_service_hours_are_not_required() -> None:
    assert days(facts_of(asset=ONE), "2026-03-02..2026-03-08", window="5x8").denominator == 5


def test_a_wholly_excluded_day_leaves_or_is_normal() -> None:
    row = exclusion("2026-03-03 00:00", "2026-03-04 00:00")
    facts = facts_of(asset=ONE, exclusion=[row], outage=[outage("2026-03-03 08:00", "2026-03-03 09:00")])
    leaves, stays = days(facts), days(facts, exclusion="counts_as_up")
    assert ratio(leaves) == (3, 3)
    assert ratio(stays) == (4, 4)
    assert stays.coverage == 1


def test_down_time_inside_an_exclusion_does_not_spoil_the_day() -> None:
    row = exclusion("2026-03-03 08:00", "2026-03-03 10:00")
    facts = facts_of(asset=ONE, exclusion=[row], outage=[outage("2026-03-03 08:00", "2026-03-03 09:00")])
    assert days(facts).numerator == 4


def test_a_day_with_some_unknown_time_is_judged_on_what_is_known() -> None:
    states = [state("A", "up", "2026-03-02 00:00", "2026-03-03 11:57")]
    found = days(facts_of(states, asset=PROBED), down_from=("checks",))
    assert ratio(found) == (2, 2)  # the 4th and 5th are unknown days
    assert bounds(found) == (Fraction(2, 4), Fraction(2, 4), 1)


@pytest.mark.parametrize(("policy", "numerator", "denominator"), [("counts_as_down", 2, 4), ("counts_as_up", 4, 4)])
def test_what_becomes_of_unknown_days(policy: str, numerator: int, denominator: int) -> None:
    states = [state("A", "up", "2026-03-02 00:00", "2026-03-03 11:57")]
    found = days(facts_of(states, asset=PROBED), down_from=("checks",), unknown=policy)
    assert ratio(found) == (numerator, denominator)


def test_the_day_of_as_of_counts_as_far_as_it_has_come() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-04 08:00", "2026-03-04 09:00")])
    found = days(facts, as_of="2026-03-04 06:00")
    assert ratio(found) == (3, 3)
