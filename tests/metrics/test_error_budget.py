"""What may still go wrong before a target is missed: worked examples, and the property that defines it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.error_budget import ErrorBudget, error_budgets
from metrics.formulas.availability import Availability
from metrics.indicators import Facts, Request
from metrics.targets import parse_target
from tests.metrics.assets_world import at, exclusion, facts_of, outage, request, state

DAY = 86400
ONE = [{"asset_no": "A"}]


def asked(facts: Facts, period: str, as_of: str, **params: Any) -> Request:
    return request(facts, period, as_of=at(as_of), **{"down_from": ("outages",), **params})


def amounts(found: ErrorBudget) -> tuple[Any, Any, Any]:
    """Required, spent and left."""
    return found.required, found.spent, found.left


def budget(facts: Facts, as_of: str, target: str = "≥99%", period: str = "2026-10", **params: Any) -> ErrorBudget:
    [(_, found)] = error_budgets(asked(facts, period, as_of, **params), parse_target(target))
    return found


def test_a_month_of_31_days_may_lose_one_percent() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-10-05 00:00", "2026-10-05 01:00")])
    found = budget(facts, "2026-10-10 12:00")
    assert found.allowed == Fraction(31 * DAY, 100)  # 26,784 s
    assert amounts(found) == (31 * DAY, 3600, 26_784 - 3600)
    assert found.unit == "seconds"
    assert found.best == 1 - Fraction(3600, 31 * DAY)


def test_an_exclusion_approved_ahead_is_not_required() -> None:
    facts = facts_of(asset=ONE, exclusion=[exclusion("2026-10-20 00:00", "2026-10-21 00:00", "1")])
    assert budget(facts, "2026-10-10").required == 30 * DAY
    assert budget(facts, "2026-10-10", exclusion="counts_as_up").required == 31 * DAY


def test_an_outage_that_is_open_has_cost_its_time_up_to_now() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-10-10 00:00", None)])
    assert budget(facts, "2026-10-10 02:00").spent == 7200


def test_a_budget_that_is_overdrawn_is_negative() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-10-10 00:00", "2026-10-11 00:00")])
    assert budget(facts, "2026-10-12").left == 26_784 - DAY


def test_a_period_that_has_ended_has_nothing_to_come() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-10-05 00:00", "2026-10-05 01:00")])
    assert budget(facts, "2026-12-01") == budget(facts, "2026-10-10 12:00")


def test_unknown_time_so_far_is_no_part_of_it_unless_it_counts_as_down() -> None:
    # probed from the 1st, up until the 3rd 00:00 (+ 3 min of staleness), nothing since: 2 days known of 9
    facts = facts_of(
        [state("A", "up", "2026-10-01 00:00", "2026-10-02 23:57")], asset=[{"asset_no": "A", "probed": True}]
    )
    checks: dict[str, Any] = {"down_from": ("checks",)}
    left_out = budget(facts, "2026-10-10", **checks)
    assert amounts(left_out)[:2] == (2 * DAY + 22 * DAY, 0)
    as_down = budget(facts, "2026-10-10", unknown="counts_as_down", **checks)
    assert amounts(as_down)[:2] == (31 * DAY, 7 * DAY)


def test_on_day_basis_it_is_device_days() -> None:
    facts = facts_of(
        asset=[{"asset_no": "A"}, {"asset_no": "B"}], outage=[outage("2026-10-05 00:00", "2026-10-05 01:00")]
    )
    found = budget(facts, "2026-10-10 12:00", "≥95%", basis="day")
    assert found.allowed == Fraction(31, 10)
    assert amounts(found) == (62, 1, Fraction(21, 10))
    assert found.unit == "device_days"


def test_an_asset_that_enters_service_later_adds_to_the_total() -> None:
    facts = facts_of(asset=[*ONE, {"asset_no": "B", "in_service_from": "2026-10-22"}])
    assert budget(facts, "2026-10-10").required == 31 * DAY + 10 * DAY


@pytest.mark.parametrize("target", ["≤99%", "达标", "=95%"])
def test_only_a_least_share_has_a_budget(target: str) -> None:
    assert list(error_budgets(asked(facts_of(asset=ONE), "2026-10", "2026-10-10"), parse_target(target))) == []


def test_a_target_of_all_time_allows_nothing() -> None:
    found = budget(facts_of(asset=ONE), "2026-10-10", "100%")
    assert found.allowed == found.left == 0


def test_nothing_required_has_no_budget() -> None:
    facts = facts_of(asset=[{"asset_no": "A", "in_service_until": "2026-01-01"}])
    assert list(error_budgets(asked(facts, "2026-10", "2026-10-10"), parse_target("≥99%"))) == []


@settings(max_examples=30, deadline=None)
@given(
    starts=st.lists(st.integers(0, 9 * 24 * 60), max_size=4),
    minutes=st.integers(1, 2000),
    excluded=st.integers(0, 30 * 24 * 60),
    policy=st.sampled_from(["leaves_denominator", "counts_as_up"]),
)
def test_losing_just_what_is_left_ends_the_period_on_the_target(
    starts: list[int], minutes: int, excluded: int, policy: str
) -> None:
    """The definition: an outage of ``left`` seconds to come makes the figure at the end equal to the target."""
    epoch, now, end = at("2026-10-01"), at("2026-10-12"), at("2026-11-01")
    past = [
        outage("", None) | {"started_at": epoch + 60 * s, "ended_at": epoch + 60 * (s + minutes), "outage_no": str(s)}
        for s in sorted(set(starts))
    ]
    window = exclusion("", "", asset_no="A") | {
        "started_at": epoch + 60 * excluded,
        "ended_at": epoch + 60 * excluded + 7200,
    }
    asset = [{"asset_no": str(n)} for n in range(10)] + ONE
    facts = facts_of(asset=asset, outage=past, exclusion=[window])
    asked_now = request(facts, "2026-10", as_of=now, down_from=("outages",), exclusion=policy)
    [(_, found)] = error_budgets(asked_now, parse_target("≥99%"))
    if found.left <= 0:
        return
    # assets "0" … carry what is left one after the other, in time without exclusions (that one names asset A)
    rest, more = int(found.left), []
    for number in range(10):
        part = min(rest, end - now)
        if part:
            more.append(outage("", None, str(number), f"n{number}") | {"started_at": end - part, "ended_at": end})
        rest -= part
    assert rest == 0
    later = facts_of(asset=asset, outage=[*past, *more], exclusion=[window])
    [figure] = Availability().measure(replace(asked_now, facts=later, as_of=end))
    assert figure.denominator == found.required
    assert figure.numerator == found.required - found.spent - int(found.left)
