"""Outages, their mean length, rate and distance, and their change (semantics 3), by worked examples."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from metrics.formulas import FORMULAS
from metrics.indicators import Contract, Facts, Figure
from tests.metrics.assets_world import (
    ZONE,
    at,
    exclusion,
    facts_of,
    figure,
    figures,
    outage,
    ratio,
    request,
    state,
)

ONE = [{"asset_no": "A"}]
FORMULA_NAMES = ("outage_count", "mean_outage_duration", "failure_rate", "mean_time_between_failures")


def of(formula: str, facts: Facts, period: str = "2026-03", **more: Any) -> Figure:
    return figure(facts, period, formula=formula, **{"down_from": ("outages",), **more})


def broken(*rows: tuple[str, str | None], **more: Any) -> Facts:
    """Asset A with outages."""
    listed = [outage(start, end, number=str(number)) for number, (start, end) in enumerate(rows)]
    return facts_of(asset=ONE, outage=listed, **more)


TWO = broken(("2026-03-02 06:00", "2026-03-02 07:00"), ("2026-03-10 06:00", "2026-03-10 09:00"))


def test_number_mean_rate_and_distance_of_two_outages() -> None:
    month = 31 * 86400
    assert of("outage_count", TWO).actual == 2
    assert of("mean_outage_duration", TWO).actual == (1 + 3) * 3600 // 2
    assert of("failure_rate", TWO).actual == 2 / Fraction(month, 3600 * 1000)
    assert of("mean_time_between_failures", TWO).actual == Fraction(month - 4 * 3600, 2)


def test_overlapping_and_touching_claims_are_one_outage() -> None:
    rows = ("2026-03-02 06:00", "2026-03-02 08:00"), ("2026-03-02 07:00", "2026-03-02 09:00")
    facts = broken(*rows, ("2026-03-02 09:00", "2026-03-02 10:00"))
    assert ratio(of("mean_outage_duration", facts)) == (4 * 3600, 1)


def test_an_outage_belongs_whole_to_the_period_in_which_it_began() -> None:
    facts = broken(("2026-03-31 22:00", "2026-04-01 03:00"))
    found = figures(facts, "2026-03", "2026-04", formula="mean_outage_duration", down_from=("outages",))
    assert [ratio(each) for each in found] == [(5 * 3600, 1), (0, 0)]
    assert found[1].actual is None


def test_an_outage_that_began_before_the_contract_begins_with_it() -> None:
    contract = Contract("ops", date(2026, 3, 1), date(2026, 12, 31), ZONE)
    facts = broken(("2026-02-28 22:00", "2026-03-01 03:00"))
    assert ratio(of("mean_outage_duration", facts, contract=contract)) == (3 * 3600, 1)


def test_only_service_time_is_its_length_and_without_any_it_is_none() -> None:
    facts = broken(("2026-03-02 17:00", "2026-03-03 09:00"), ("2026-03-03 20:00", "2026-03-03 23:00"))
    found = of("mean_outage_duration", facts, window="5x8")  # 17:00–17:30 and 08:30–09:00; the night is none
    assert ratio(found) == (3600, 1)


def test_excluded_time_does_not_lengthen_it_nor_split_it() -> None:
    planned = [exclusion("2026-03-02 02:00", "2026-03-02 04:00")]
    facts = broken(("2026-03-02 00:00", "2026-03-02 06:00"), exclusion=planned)
    assert ratio(of("mean_outage_duration", facts)) == (4 * 3600, 1)


def test_a_wholly_excluded_outage_is_none() -> None:
    planned = [exclusion("2026-03-02 00:00", "2026-03-02 04:00")]
    assert of("outage_count", broken(("2026-03-02 01:00", "2026-03-02 02:00"), exclusion=planned)).actual == 0


def test_an_open_outage_lasts_until_as_of_and_is_counted_beside() -> None:
    found = of("mean_outage_duration", broken(("2026-03-02 06:00", None)), as_of="2026-03-02 10:00")
    assert ratio(found) == (4 * 3600, 1)
    assert found.parts["open_count"] == 1


def test_service_hours_are_those_of_all_assets_that_are_known() -> None:
    probed = {"asset_no": "B", "probed": True}
    seen = [state("B", "up", "2026-03-01 00:00", "2026-03-15 23:57")]  # known to the end of the 15th
    facts = facts_of(seen, asset=[*ONE, probed], outage=[outage("2026-03-02 06:00", "2026-03-02 07:00")])
    found = of("failure_rate", facts, down_from=("checks", "outages"))
    assert ratio(found) == (1, Fraction((31 + 15) * 24, 1000))
    assert found.coverage == Fraction(31 + 15, 62)


def test_excluded_time_that_counts_as_up_stays_among_the_hours() -> None:
    planned = [exclusion("2026-03-03 00:00", "2026-03-04 00:00")]
    facts = broken(("2026-03-02 00:00", "2026-03-02 12:00"), exclusion=planned)
    up_days = [
        of("mean_time_between_failures", facts, exclusion=policy).actual
        for policy in ("leaves_denominator", "counts_as_up")
    ]
    assert up_days == [Fraction(59, 2) * 86400, Fraction(61, 2) * 86400]  # 31 − 0.5 − 1 days, 31 − 0.5


def test_a_breakdown_counts_it_where_the_asset_was_when_it_began() -> None:
    moved = {"asset_no": "A", "from_on": "2026-03-03", "site": "二楼"}
    facts = facts_of(
        asset=[{"asset_no": "A", "site": "一楼"}],
        asset_assignment=[moved],
        outage=[outage("2026-03-02 23:00", "2026-03-03 02:00")],
    )
    found = figures(facts, "2026-03", formula="mean_outage_duration", dimensions=("site",), down_from=("outages",))
    assert {each.dimension_value: ratio(each) for each in found} == {"一楼": (3 * 3600, 1), "二楼": (0, 0)}


def test_the_change_on_the_period_before_and_the_year_before() -> None:
    facts = broken(
        ("2025-03-05 00:00", "2025-03-05 02:00"),
        ("2026-02-05 00:00", "2026-02-05 08:00"),
        ("2026-03-05 00:00", "2026-03-05 04:00"),
    )
    parts = of("mean_outage_duration", facts).parts
    assert parts["before_seconds"] == 8 * 3600
    assert parts["change_ratio"] == Fraction(-1, 2)  # 8 h → 4 h
    assert parts["year_before_seconds"] == 2 * 3600
    assert parts["year_change_ratio"] == 1  # 2 h → 4 h


def test_without_an_earlier_figure_there_is_no_change() -> None:
    contract = Contract("ops", date(2026, 3, 1), date(2026, 12, 31), ZONE)
    facts = broken(("2026-02-05", "2026-02-06"), ("2026-03-05", "2026-03-06"))
    assert set(of("outage_count", facts, contract=contract).parts) == {"open_count"}


def test_a_change_from_nothing_has_no_ratio() -> None:
    parts = of("outage_count", TWO).parts
    assert parts["before_count"] == 0
    assert "change_ratio" not in parts


def test_earlier_figures_may_come_from_before_the_contract_where_that_is_allowed() -> None:
    contract = Contract("ops", date(2026, 3, 1), date(2026, 12, 31), ZONE)
    facts = broken(("2026-02-05", "2026-02-06"), ("2025-03-05", "2025-03-06"), ("2026-03-05", "2026-03-06"))
    parts = of("outage_count", facts, contract=contract, before_contract=True).parts
    assert (parts["before_count"], parts["year_before_count"]) == (1, 1)


@pytest.mark.parametrize("formula", FORMULA_NAMES)
def test_without_required_time_there_is_no_figure(formula: str) -> None:
    assert of(formula, TWO, as_of="2020-01-01").actual is None


def test_no_outage_in_required_time_is_a_count_of_zero_and_a_rate_of_zero() -> None:
    quiet = facts_of(asset=ONE)
    assert [of(formula, quiet).actual for formula in FORMULA_NAMES] == [0, None, 0, None]


def test_a_provisional_year_says_so() -> None:
    assert of("outage_count", facts_of(asset=ONE), "2027-03", window="5x8").provisional


@pytest.mark.parametrize("formula", FORMULA_NAMES)
def test_the_evidence_is_the_outages_and_the_required_time(formula: str) -> None:
    asked = request(TWO, "2026-03", formula=formula, down_from=("outages",))
    found = FORMULAS[formula].evidence(asked, "")
    assert found.spans is not None
    down = found.spans[found.spans["kind"] == "down"]
    assert down["start_at"].tolist() == [at("2026-03-02 06:00"), at("2026-03-10 06:00")]
    assert down["service_seconds"].tolist() == [3600, 3 * 3600]
    assert len(found.spans) == of(formula, TWO).evidence_count == 3
    assert found.rows[found.rows["record"] == "outage"]["row_id"].tolist() == [0, 1]


def test_the_evidence_names_the_exclusions_beside() -> None:
    planned = [exclusion("2026-03-02 02:00", "2026-03-02 04:00", number="E7")]
    facts = broken(("2026-03-02 00:00", "2026-03-02 06:00"), exclusion=planned)
    asked = request(facts, "2026-03", formula="outage_count", down_from=("outages",))
    rows = FORMULAS["outage_count"].evidence(asked, "").rows
    assert rows[rows["record"] == "exclusion"][["role", "row_id"]].values.tolist() == [["beside", 0]]


@pytest.mark.parametrize("formula", FORMULA_NAMES)
def test_the_words_name_every_setting(formula: str) -> None:
    asked = request(
        TWO,
        "2026",
        formula=formula,
        window="5x8",
        down_from=("checks",),
        fail_after=2,
        exclusion="counts_as_up",
        before_contract=True,
    )
    words = FORMULAS[formula].words(asked.definition)
    for part in ("5x8", "连续 2 次拨测失败", "按正常计", "合同开始之前"):
        assert part in words
