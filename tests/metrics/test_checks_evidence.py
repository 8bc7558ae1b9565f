"""What uptime checks say about time, and what is unknown without them (semantics 3), by worked examples."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from metrics.indicators import Facts, Figure
from tests.metrics.assets_world import (
    at,
    bounds,
    exclusion,
    facts_of,
    figure,
    inspection,
    outage,
    ratio,
    seen,
    state,
)

ONE = [{"asset_no": "A"}]
DAY = 86400


def by_outages(facts: Facts, period: str = "2026-03-02..2026-03-02", **more: Any) -> Figure:
    """The figure of one Monday, 86,400 s long, from outages alone."""
    return figure(facts, period, down_from=("outages",), **more)


PROBED = [{"asset_no": "A", "probed": True}]


def probed(*states: dict[str, Any], asset: Any = PROBED, **more: Any) -> Figure:
    """One Monday of an asset that is probed, from checks every minute."""
    records = {name: more.pop(name) for name in list(more) if isinstance(more[name], list)}
    asked = {"down_from": ("checks",), **more}
    return figure(facts_of(states, asset=asset, **records), "2026-03-02..2026-03-02", **asked)


def all_day(*gaps: tuple[str, str], state_between: str = "down") -> list[dict[str, Any]]:
    """Up from before to after Monday, but ``state_between`` from each first to each last check named."""
    edges = ["2026-03-01 23:59", *(edge for gap in gaps for edge in gap), "2026-03-03 00:05"]
    states = [state("A", "up", edges[0], _minute(edges[1], -1) if gaps else edges[-1])]
    for number, (first, last) in enumerate(gaps):
        states.append(state("A", state_between, first, last))
        following = edges[2 * number + 3]
        until = following if number == len(gaps) - 1 else _minute(following, -1)
        states.append(state("A", "up", _minute(last, 1), until))
    return states


def _minute(text: str, step: int) -> str:

    return (datetime.fromisoformat(text) + timedelta(minutes=step)).isoformat(" ", "minutes")


def test_a_failed_run_is_down_until_the_next_check() -> None:
    found = probed(*all_day(("2026-03-02 08:00", "2026-03-02 08:04")))
    assert found.parts["down_seconds"] == 5 * 60  # checks at :00 … :04, up again at :05
    assert seen(found) == (1, 1, 0)


def test_a_run_shorter_than_fail_after_is_up() -> None:
    states = all_day(("2026-03-02 08:00", "2026-03-02 08:01"), ("2026-03-02 09:00", "2026-03-02 09:02"))
    found = probed(*states, fail_after=3)
    assert found.parts["down_seconds"] == 3 * 60  # from the first of the three failures
    assert found.observed == 1  # the two failures of 08:00 are seen to be up


def test_an_unknown_check_ends_a_run_of_failures() -> None:
    first = state("A", "down", "2026-03-02 08:00", "2026-03-02 08:01")
    between = state("A", "unknown", "2026-03-02 08:02", "2026-03-02 08:02")
    second = state("A", "down", "2026-03-02 08:03", "2026-03-02 08:04")
    assert probed(first, between, second, fail_after=3).parts["down_seconds"] == 0


def test_a_gap_ends_a_run_of_failures() -> None:
    first = state("A", "down", "2026-03-02 08:00", "2026-03-02 08:01")
    second = state("A", "down", "2026-03-02 08:05", "2026-03-02 08:06")  # more than 3 minutes later
    assert probed(first, second, fail_after=3).parts["down_seconds"] == 0


def test_a_run_stored_in_two_rows_is_one_run() -> None:
    first = state("A", "down", "2026-03-02 08:00", "2026-03-02 08:01")
    second = state("A", "down", "2026-03-02 08:02", "2026-03-02 08:06", every=120)  # the interval was changed
    assert probed(first, second, fail_after=5).parts["down_seconds"] == 2 * 60 + (4 * 60 + 6 * 60)


def test_only_failures_made_by_as_of_are_counted() -> None:
    run = state("A", "down", "2026-03-02 08:00", "2026-03-02 08:09")
    early = probed(run, fail_after=5, as_of="2026-03-02 08:04")  # checks at :00 … :03
    late = probed(run, fail_after=5, as_of=at("2026-03-02 08:04") + 1)  # the fifth has been made
    assert (early.parts["down_seconds"], late.parts["down_seconds"]) == (0, 4 * 60 + 1)


def test_a_check_holds_at_most_its_staleness() -> None:
    found = probed(state("A", "up", "2026-03-02 00:00", "2026-03-02 11:57"))  # holds three minutes more
    assert ratio(found) == (12 * 3600, 12 * 3600)
    assert found.coverage == Fraction(1, 2)


def test_unknown_checks_leave_time_unknown() -> None:
    found = probed(*all_day(("2026-03-02 06:00", "2026-03-02 11:59"), state_between="unknown"))
    assert found.parts["unknown_seconds"] == 6 * 3600


@pytest.mark.parametrize(
    ("policy", "numerator", "denominator"),
    [("leaves_denominator", 11, 12), ("counts_as_down", 11, 24), ("counts_as_up", 23, 24)],
)
def test_what_becomes_of_unknown_time(policy: str, numerator: int, denominator: int) -> None:
    states = [state("A", "down", "2026-03-02 00:00", "2026-03-02 00:59")]
    states.append(state("A", "up", "2026-03-02 01:00", "2026-03-02 11:57"))
    found = probed(*states, unknown=policy)
    assert ratio(found) == (numerator * 3600, denominator * 3600)
    assert bounds(found) == (Fraction(1, 2), Fraction(11, 24), Fraction(23, 24))


def test_excluded_time_is_known_where_it_stays_in_the_denominator() -> None:
    row = exclusion("2026-03-02 12:00", "2026-03-02 18:00")
    states = [state("A", "up", "2026-03-02 00:00", "2026-03-02 11:57")]
    leaves = probed(*states, exclusion=[row])
    stays = figure(
        facts_of(states, asset=PROBED, exclusion=[row]),
        "2026-03-02..2026-03-02",
        down_from=("checks",),
        **{"exclusion": "counts_as_up"},
    )
    assert leaves.coverage == Fraction(12, 18)
    assert bounds(stays) == (Fraction(12 + 6, 24), Fraction(18, 24), 1)


def test_down_evidence_from_another_source_makes_its_time_known() -> None:
    rows = [outage("2026-03-02 18:00", "2026-03-02 24:00".replace("02 24:00", "03 00:00"))]
    found = probed(
        state("A", "up", "2026-03-02 00:00", "2026-03-02 11:57"), outage=rows, down_from=("checks", "outages")
    )
    assert found.coverage == Fraction(12 + 6, 24)


def test_an_asset_that_is_not_probed_has_no_unknown_time() -> None:
    assert probed(asset=ONE).coverage == 1


def test_being_probed_has_no_effect_where_checks_are_no_source() -> None:
    assert probed(down_from=("tickets",)).coverage == 1


def test_probing_begins_and_ends_with_its_dates() -> None:
    later = [{"asset_no": "A", "probed": True, "probed_from": "2026-03-03"}]
    earlier = [{"asset_no": "A", "probed": True, "probed_until": "2026-03-02"}]
    assert [probed(asset=each).coverage for each in (later, earlier)] == [1, 1]


def test_two_sources_of_checks_know_together_and_either_may_say_down() -> None:
    here = state("A", "up", "2026-03-02 00:00", "2026-03-02 11:57")
    there = state("A", "down", "2026-03-02 06:00", "2026-03-02 17:57", source="vendor_b")
    found = probed(here, there)
    assert (found.parts["down_seconds"], found.coverage) == (12 * 3600, Fraction(18, 24))


def test_up_time_is_observed_by_checks_or_presumed() -> None:
    found = probed(state("A", "up", "2026-03-02 00:00", "2026-03-02 05:57"), asset=ONE)
    assert seen(found) == (1, Fraction(1, 4), Fraction(3, 4))


def test_a_normal_inspection_observes_its_whole_day() -> None:
    facts = facts_of(asset=ONE, inspection=[inspection("2026-03-02 15:00", "normal")])
    found = figure(facts, "2026-03-02..2026-03-05")
    assert seen(found) == (1, Fraction(1, 4), Fraction(3, 4))


def test_nothing_up_is_neither_observed_nor_presumed() -> None:
    found = by_outages(facts_of(asset=ONE, outage=[outage("2026-03-01", "2026-03-04")]))
    assert found.actual == 0
    assert seen(found) == (1, None, None)


def test_a_check_at_the_very_end_of_staleness_leaves_no_gap() -> None:
    first = state("A", "down", "2026-03-02 08:00", "2026-03-02 08:01")
    second = state("A", "down", "2026-03-02 08:04", "2026-03-02 08:05")  # 3 minutes after 08:01
    assert probed(first, second, fail_after=4).parts["down_seconds"] == 8 * 60
