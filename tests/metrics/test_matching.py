"""One ticket in two systems counts once, the leading system's, and what the two tell differently is listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.contradictions import contradictions
from metrics.evaluate import evaluate
from metrics.formulas import FORMULAS
from metrics.indicators import Contract, Facts
from metrics.matching import Matching, counted_once, pairs_of
from metrics.period import parse_period
from tests.metrics.event_facts import CONTRACT, ask, at, facts, line, total

MATCHING = Matching("court", ("vendor_a",), ("number", "asset"), 1800, {"court": "院内系统", "vendor_a": "甲公司系统"})


def contract(matching: Matching = MATCHING) -> Contract:
    return replace(CONTRACT, matching=matching)


def ticket(source: str, number: str, reported: str, asset: str | None = None, **more: Any) -> dict[str, Any]:
    return {"source": source, "ticket_no": number, "reported_at": reported, "asset_no": asset, **more}


#: The court's own system and the vendor's: C1 is V1 (same asset, 20 minutes later), C2 is C2 (same number),
#: V3 only the vendor has, C4 only the court.
WORLD = (
    ticket("court", "C1", "2023-03-01 09:00", "A1", resolved_at="2023-03-01 12:00", arrived_at="2023-03-01 10:00"),
    ticket("court", "C2", "2023-03-02 09:00", "A2", resolved_at="2023-03-02 10:00"),
    ticket("court", "C4", "2023-03-04 09:00", "A4"),
    ticket("vendor_a", "V1", "2023-03-01 09:20", "A1", resolved_at="2023-03-01 10:00", arrived_at="2023-03-01 09:50"),
    ticket("vendor_a", "C2", "2023-03-02 09:05", "A9", resolved_at="2023-03-02 10:10"),
    ticket("vendor_a", "V3", "2023-03-03 09:00", "A1", resolved_at="2023-03-03 10:00"),
)


def resolved_and_reported(world: Facts, matching: Matching | None, as_of: str = "2024-06-01") -> tuple[Any, Any]:
    request = ask("resolution_rate", world, "2023-03", as_of=as_of, contract=replace(CONTRACT, matching=matching))
    return line(total(request))


def test_the_matched_pair_counts_once_and_the_leading_system_counts() -> None:
    world = facts(ticket=WORLD)
    assert resolved_and_reported(world, None) == (5, 6)
    assert resolved_and_reported(world, MATCHING) == (3, 4)  # C1, C2, C4 and V3; C4 is open
    arrival = ask("mean_arrival", world, "2023-03", contract=contract())
    assert total(arrival).numerator == 3600  # C1: 10:00 − 09:00; not V1's 30 minutes
    turned = replace(MATCHING, leads="vendor_a", others=("court",))
    assert total(ask("mean_arrival", world, "2023-03", contract=contract(turned))).numerator == 1800


def test_every_formula_over_tickets_counts_them_once() -> None:
    world = facts(ticket=WORLD)
    for formula, params in (("count", {"record": "ticket"}), ("resolution_rate", {})):
        once = total(ask(formula, world, "2023-03", contract=contract(), params=params))
        assert once.denominator == 4 or once.numerator == 4


def test_each_rule_alone() -> None:
    world = facts(ticket=WORLD)
    assert resolved_and_reported(world, replace(MATCHING, by=("number",))) == (4, 5)
    assert resolved_and_reported(world, replace(MATCHING, by=("asset",))) == (4, 5)
    assert resolved_and_reported(world, replace(MATCHING, by=("asset",), tolerance=1199)) == (5, 6)
    assert resolved_and_reported(world, replace(MATCHING, by=("asset",), tolerance=1200)) == (4, 5)


def test_a_ticket_that_only_the_vendor_has_so_far_counts_until_the_court_writes_its_own() -> None:
    world = facts(
        ticket=[
            ticket("vendor_a", "V1", "2023-03-01 09:00", "A1"),
            ticket("court", "C1", "2023-03-01 09:25", "A1", resolved_at="2023-03-01 09:40"),
        ]
    )
    assert resolved_and_reported(world, MATCHING, "2023-03-01 09:10") == (0, 1)
    assert resolved_and_reported(world, MATCHING, "2023-03-01 09:50") == (1, 1)


def test_holds_and_cycles_of_the_ticket_behind_go_with_it() -> None:
    hold = {"ticket_no": "C2", "hold_from": "2023-03-02 09:10", "hold_to": "2023-03-02 09:50", "side": "court"}
    world = facts(ticket=WORLD, hold=[{**hold, "source": "vendor_a"}])
    resolution = ask("mean_resolution", world, "2023-03-02..2023-03-02", contract=contract())
    assert total(resolution).numerator == 3600  # nothing is subtracted: the vendor's hold is not the court's
    court = ask(
        "mean_resolution",
        facts(ticket=WORLD, hold=[{**hold, "source": "court"}]),
        "2023-03-02..2023-03-02",
        contract=contract(),
    )
    assert total(court).numerator == 1200


def test_the_rule_is_said_in_words() -> None:
    request = ask("resolution_rate", facts(ticket=WORLD), "2023-03", contract=contract())
    (result,) = evaluate(
        request.definition, FORMULAS["resolution_rate"], [total(request)], request.contract, request.as_of
    )
    assert result.words.endswith(
        "“院内系统”与“甲公司系统”都有的工单（工单号相同，或同一设备且报障相隔不超过 30 分钟）只计一次，"
        "以“院内系统”为准。"
    )
    survey = ask("satisfaction", facts(), "2023-03", contract=contract(), params={"satisfied": ("满意",)})
    assert (
        "只计一次"
        not in evaluate(survey.definition, FORMULAS["satisfaction"], [total(survey)], survey.contract, survey.as_of)[
            0
        ].words
    )


def listed(world: Facts, matching: Matching = MATCHING) -> list[tuple[str, str]]:
    found = contradictions(world, contract(matching), [parse_period("2023")], at("2024-01-01"))
    return list(found[["kind", "text"]].itertuples(index=False, name=None))


def test_what_two_systems_tell_differently_is_a_contradiction_and_agreement_is_none() -> None:
    assert listed(facts(ticket=WORLD)) == [
        (
            "matched_differs",
            "院内系统的工单“C1”与甲公司系统的工单“V1”是同一工单：解决时间前者 2023-03-01 12:00，"
            "后者 2023-03-01 10:00；以前者为准",
        )
    ]


def test_cancelled_in_one_system_only() -> None:
    world = facts(
        ticket=[
            ticket("court", "1", "2023-03-01 09:00", "A1", cancelled=True),
            ticket("vendor_a", "1", "2023-03-01 09:00", "A1"),
        ]
    )
    assert listed(world) == [
        ("matched_differs", "院内系统的工单“1”与甲公司系统的工单“1”是同一工单：前者已作废，后者没有；以前者为准")
    ]


def test_a_third_ticket_as_near_is_doubtful_and_not_silently_counted() -> None:
    world = facts(
        ticket=[
            ticket("court", "C1", "2023-03-01 09:00", "A1"),
            ticket("vendor_a", "V1", "2023-03-01 09:01", "A1"),
            ticket("vendor_a", "V2", "2023-03-01 09:10", "A1"),
        ]
    )
    assert resolved_and_reported(world, MATCHING) == (0, 2)
    assert [kind for kind, _ in listed(world)] == ["matched_doubtful"]
    assert listed(world)[0][1] == (
        "甲公司系统的工单“V2”与院内系统的工单“C1”：同一设备、报障相近，而后者已另有对应的工单，两张都计"
    )


rows = st.lists(
    st.tuples(
        st.sampled_from(["court", "vendor_a", "vendor_b", "elsewhere"]),
        st.sampled_from(["1", "2", "3", "4"]),
        st.sampled_from([None, "A1", "A2"]),
        st.integers(0, 40),
    ),
    max_size=14,
    unique_by=lambda row: (row[0], row[1]),
)


@given(rows, st.sampled_from([("number",), ("asset",), ("number", "asset"), ("asset", "number")]), st.integers(0, 12))
def test_pairs_are_those_of_a_patient_search(listed: list[Any], by: Any, tolerance: int) -> None:
    world = facts(
        ticket=[
            {"source": source, "ticket_no": number, "asset_no": asset, "reported_at": 1_000_000 + moment}
            for source, number, asset, moment in listed
        ]
    )
    matching = Matching("court", ("vendor_a", "vendor_b"), by, tolerance)
    pairs = pairs_of(world, matching)
    found = set(zip(pairs.leading.tolist(), pairs.behind.tolist(), strict=True))
    assert found == brute_force(listed, matching)
    once = counted_once(world, matching, 2_000_000).frames["ticket"]
    assert len(once) == len(listed) - len(found)
    assert not set(pairs.doubtful.tolist()) & set(pairs.behind.tolist())


def brute_force(listed: list[Any], matching: Matching) -> set[tuple[int, int]]:
    """Of all couples that a rule allows, again and again the nearest one; rule after rule, source after source."""
    pairs: set[tuple[int, int]] = set()
    for name in matching.others:
        taken: set[int] = set()
        for rule in matching.by:
            couples = [
                (abs(one[3] - other[3]), lead, behind)
                for lead, one in enumerate(listed)
                for behind, other in enumerate(listed)
                if one[0] == matching.leads
                and other[0] == name
                and (
                    one[1] == other[1]
                    if rule == "number"
                    else one[2] is not None and one[2] == other[2] and abs(one[3] - other[3]) <= matching.tolerance
                )
            ]
            for _, lead, behind in sorted(couples):
                if lead not in taken and behind not in taken:
                    taken |= {lead, behind}
                    pairs.add((lead, behind))
    return pairs


@pytest.mark.parametrize("rule", [("number",), ("asset",)])
def test_no_tickets_at_all(rule: Any) -> None:
    matching = replace(MATCHING, by=rule)
    assert counted_once(facts(), matching, at("2024-01-01")).frames["ticket"].empty
