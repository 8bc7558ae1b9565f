"""The evidence of availability: every stretch with what opened and what ended it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings

from metrics.formulas import FORMULAS
from metrics.indicators import Dimension, Evidence, Facts
from tests.metrics import test_availability_twin as twin_test
from tests.metrics.assets_world import (
    at,
    cycle,
    exclusion,
    facts_of,
    figure,
    figures,
    inspection,
    outage,
    request,
    state,
    ticket,
)
from tests.metrics.availability_twin import SLOT, Policy, World

MONDAY = "2026-03-02..2026-03-02"
ONE = [{"asset_no": "A"}]
ALL = ("checks", "tickets", "inspections", "outages")


def evidence(
    facts: Facts, period: str = MONDAY, dimension: Dimension = "total", value: str = "", **more: Any
) -> Evidence:
    asked = request(facts, period, dimensions=(dimension,), **{"down_from": ALL, **more})
    return FORMULAS["availability"].evidence(asked, value)


def stretches(facts: Facts, kind: str, period: str = MONDAY, **more: Any) -> list[tuple[Any, ...]]:
    """Start, end, what opened and what ended each span of one kind."""
    spans = spans_of(evidence(facts, period, **more))
    mine = spans[spans["kind"] == kind]
    return list(mine[["start_at", "end_at", "opened_by", "ended_by"]].itertuples(index=False, name=None))


def spans_of(found: Evidence) -> pd.DataFrame:
    assert found.spans is not None
    return found.spans


def test_required_time_is_cited_per_asset_with_the_row_of_the_register() -> None:
    facts = facts_of(asset=[{"asset_no": "A", "in_service_from": "2026-03-02", "row_id": 41}])
    [row] = spans_of(evidence(facts, "2026-03", as_of="2026-03-03")).to_dict("records")
    assert (row["asset_no"], row["kind"], row["record"], row["row_id"]) == ("A", "required", "asset", 41)
    assert (row["opened_by"], row["ended_by"], row["service_seconds"]) == ("启用", "截止时间", 86400)


def test_required_time_under_an_assignment_cites_the_assignment() -> None:
    moved = {"asset_no": "A", "from_on": "2026-03-03", "site": "二楼", "row_id": 77}
    found = evidence(facts_of(asset=ONE, asset_assignment=[moved]), "2026-03-02..2026-03-03")
    assert spans_of(found)[["record", "row_id"]].values.tolist() == [["asset", 0], ["asset_assignment", 77]]
    assert found.rows["value"].tolist() == ["86400", "86400"]


def test_a_ticket_opens_and_ends_its_stretch() -> None:
    facts = facts_of(asset=ONE, ticket=[ticket("2026-03-02 08:00", "2026-03-02 09:00", row_id=5)])
    assert stretches(facts, "down") == [
        (at("2026-03-02 08:00"), at("2026-03-02 09:00"), "工单 T1 报障", "工单 T1 恢复")
    ]
    rows = evidence(facts).rows
    assert rows[rows["record"] == "ticket"][["role", "row_id", "value"]].values.tolist() == [["numerator", 5, "3600"]]


def test_a_stretch_is_opened_by_the_first_claim_and_ended_by_the_last() -> None:
    facts = facts_of(
        asset=ONE,
        ticket=[ticket("2026-03-02 08:00", resolved="2026-03-02 09:00")],
        outage=[outage("2026-03-02 08:30", "2026-03-02 10:00", number="O9")],
    )
    [(start, end, opened, ended)] = stretches(facts, "down")
    assert (start, end) == (at("2026-03-02 08:00"), at("2026-03-02 10:00"))
    assert (opened, ended) == ("工单 T1 报障", "中断 O9 结束")
    assert sorted(evidence(facts).rows["record"]) == ["asset", "outage", "ticket"]  # every claim is cited


def test_a_reopened_ticket_cites_its_cycles() -> None:
    rows = [cycle("2026-03-02 08:00", "2026-03-02 09:00"), cycle("2026-03-02 12:00", None, "2026-03-02 13:00")]
    facts = facts_of(asset=ONE, ticket=[ticket("2026-03-02 08:00")], ticket_cycle=rows)
    assert [words for *_, words in stretches(facts, "down")] == ["工单 T1 恢复", "工单 T1 解决"]
    assert evidence(facts).rows["record"].tolist() == ["asset", "ticket_cycle", "ticket_cycle"]


def test_an_inspection_names_the_ticket_or_inspection_that_ended_it() -> None:
    facts = facts_of(
        asset=ONE,
        inspection=[
            inspection("2026-03-02 06:00", "abnormal", "I1"),
            inspection("2026-03-02 07:00", "normal", "I2"),
            inspection("2026-03-02 08:00", "abnormal", "I3"),
        ],
        ticket=[ticket("2026-03-02 08:30", "2026-03-02 09:00", asset_unusable=False)],
    )
    words = [each[2:] for each in stretches(facts, "down")]
    assert words == [("巡检 I1 异常", "巡检 I2 正常"), ("巡检 I3 异常", "工单 T1 结束")]


def test_what_is_open_says_so() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-02 08:00", None)])
    [(_, end, _, ended)] = stretches(facts, "down", as_of="2026-03-02 20:00")
    assert (end, ended) == (at("2026-03-02 20:00"), "截止时仍未结束")


def test_a_stretch_cut_by_the_period_says_what_was_before_and_after() -> None:
    facts = facts_of(asset=ONE, outage=[outage("2026-03-01 08:00", "2026-03-04", number="O1")])
    [(_, _, opened, ended)] = stretches(facts, "down")
    assert (opened, ended) == ("此前已开始（中断 O1 开始）", "期末仍在持续（其后：中断 O1 结束）")


def test_an_exclusion_cuts_down_time_in_two_and_is_cited_with_its_papers() -> None:
    planned = exclusion("2026-03-02 09:00", "2026-03-02 10:00", "E1", approver="张庭长", document_no="豁免〔2026〕1号")
    facts = facts_of(asset=ONE, outage=[outage("2026-03-02 08:00", "2026-03-02 11:00")], exclusion=[planned])
    assert [each[2:] for each in stretches(facts, "down")] == [
        ("中断 1 开始", "转入豁免或故障（原中断 1 结束）"),
        ("豁免或故障结束，此前已开始（中断 1 开始）", "中断 1 结束"),
    ]
    assert [each[2:] for each in stretches(facts, "excluded")] == [("豁免 E1 开始", "豁免 E1 结束")]
    rows = evidence(facts).rows
    [note] = rows[rows["record"] == "exclusion"]["note"]
    assert note == "豁免 E1 开始，豁免 E1 结束，计划维护，批准人 张庭长，批准文号 豁免〔2026〕1号"


def test_unknown_time_names_the_check_that_went_stale_and_the_one_that_came() -> None:
    states = [
        state("A", "up", "2026-03-02 00:00", "2026-03-02 05:57"),
        state("A", "up", "2026-03-02 08:00", "2026-03-02 11:59"),
        state("A", "unknown", "2026-03-02 12:00", "2026-03-02 12:59"),
        state("A", "up", "2026-03-02 13:00", "2026-03-03 00:00"),
    ]
    facts = facts_of(states, asset=[{"asset_no": "A", "probed": True}])
    assert stretches(facts, "unknown") == [
        (at("2026-03-02 06:00"), at("2026-03-02 08:00"), "最近一次检测超过时效", "恢复检测"),
        (at("2026-03-02 12:00"), at("2026-03-02 13:00"), "拨测结果未知", "恢复检测"),
    ]
    spans = spans_of(evidence(facts))
    assert spans[spans["kind"] == "unknown"]["row_id"].tolist() == [0, 2]


def test_an_asset_never_probed_cites_the_register_that_says_it_should_be() -> None:
    facts = facts_of(asset=[{"asset_no": "A", "probed": True, "probed_from": "2026-03-02", "row_id": 9}])
    unknown = spans_of(evidence(facts)).query("kind == 'unknown'")
    assert unknown[["opened_by", "record", "row_id"]].values.tolist() == [["应拨测而无检测", "asset", 9]]


def test_observations_are_cited_beside() -> None:
    states = [state("A", "up", "2026-03-02 00:00", "2026-03-02 05:57")]
    facts = facts_of(states, asset=ONE, inspection=[inspection("2026-03-02 15:00", "normal")])
    rows = evidence(facts).rows
    beside = rows[rows["role"] == "beside"]
    assert beside[["record", "value"]].values.tolist() == [["uptime_check", "21600"], ["inspection", "86400"]]


def test_the_evidence_of_a_breakdown_is_its_own_part() -> None:
    facts = facts_of(
        asset=[*ONE, {"asset_no": "B"}],
        outage=[outage("2026-03-02", "2026-03-03"), outage("2026-03-02", "2026-03-03", "B", "2")],
    )
    found = evidence(facts, dimension="asset", value="B")
    assert set(spans_of(found)["asset_no"]) == {"B"}
    assert found.rows[found.rows["record"] == "outage"]["row_id"].tolist() == [1]


def test_an_unknown_value_has_no_evidence() -> None:
    found = evidence(facts_of(asset=ONE), dimension="site", value="无此处")
    assert (len(found.rows), len(spans_of(found))) == (0, 0)


def test_evidence_of_nothing_is_empty() -> None:
    found = evidence(facts_of(asset=ONE), as_of="2020-01-01")
    assert (len(found.rows), len(spans_of(found))) == (0, 0)
    assert figure(facts_of(asset=ONE), MONDAY, as_of="2020-01-01").evidence_count == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(twin_test.worlds(), twin_test.policies())
def test_the_stretches_add_up_to_the_figure(world: World, policy: Policy) -> None:
    facts = twin_test.facts(world)
    asked: dict[str, Any] = {
        "as_of": twin_test.EPOCH + policy.as_of * SLOT,
        "contract": twin_test.CONTRACT,
        "window": "5x8" if policy.office else "7x24",
        "down_from": policy.sources,
        "fail_after": policy.fail_after,
    }
    for each in figures(facts, *twin_test.PERIODS, dimensions=("total", "site"), **asked):
        found = evidence(facts, each.period.label, each.dimension, each.dimension_value, **asked)
        spans = spans_of(found)
        sums = {kind: int(mine["service_seconds"].sum()) for kind, mine in spans.groupby("kind")}
        assert sums.get("required", 0) == each.parts["required_seconds"]
        for kind in ("excluded", "down", "unknown"):
            assert sums.get(kind, 0) == each.parts[f"{kind}_seconds"]
        assert len(spans) == each.evidence_count
        up = sums.get("required", 0) - sum(sums.get(kind, 0) for kind in ("excluded", "down", "unknown"))
        assert each.numerator == Fraction(up)
