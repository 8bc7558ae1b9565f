"""Contradictions between sources are listed per period (semantics 7)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from metrics.contradictions import COLUMNS, contradictions
from metrics.indicators import Facts
from metrics.period import parse_period
from tests.metrics.event_facts import CONTRACT, at, facts


def listed(world: Facts, *periods: str, as_of: str = "2024-01-01") -> list[tuple[Any, ...]]:
    frame = contradictions(world, CONTRACT, [parse_period(period) for period in periods], at(as_of))
    assert tuple(frame.columns) == COLUMNS
    return list(frame[["period", "kind", "asset_no", "text"]].itertuples(index=False, name=None))


def failing(*runs: tuple[str, str, str, str], source: str = "probe") -> pd.DataFrame:
    """State index: asset, state, first and last check."""
    rows = [
        {"source": source, "asset_no": asset, "state": state, "first_at": at(first), "last_at": at(last)}
        for asset, state, first, last in runs
    ]
    texts = ("source", "asset_no", "state")
    frame = pd.DataFrame(rows).astype(dict.fromkeys(texts, "string[pyarrow]"))
    return frame.assign(row_id=range(1, len(rows) + 1), interval_seconds=60, staleness_seconds=180, check_count=1)


CLOSED = {"ticket_no": "T1", "asset_no": "A1", "reported_at": "2023-03-01 09:00", "closed_at": "2023-03-01 12:00"}


@pytest.mark.parametrize(
    ("last", "contradicts"),
    [("2023-03-01 13:00", True), ("2023-03-01 12:00", True), ("2023-03-01 11:59", False)],
)
def test_a_ticket_closed_while_checks_still_fail(last: str, contradicts: bool) -> None:
    world = Facts(facts(ticket=[CLOSED]).frames, failing(("A1", "down", "2023-03-01 08:50", last)))
    text = f"工单“T1”于 2023-03-01 12:00 关单，而拨测自 2023-03-01 08:50 起持续失败，至 {last} 仍未恢复"

    assert listed(world, "2023-03") == ([("2023-03", "closed_while_failing", "A1", text)] if contradicts else [])


def test_failures_of_another_asset_another_time_or_a_later_run_do_not_contradict() -> None:
    runs = failing(
        ("A0", "down", "2023-03-01 08:00", "2023-03-01 13:00"),
        ("A1", "down", "2023-03-01 09:00", "2023-03-01 10:00"),
        ("A1", "up", "2023-03-01 10:01", "2023-03-01 12:30"),
        ("A1", "down", "2023-03-01 12:31", "2023-03-01 13:00"),
    )
    assert listed(Facts(facts(ticket=[CLOSED]).frames, runs), "2023") == []


def test_an_inspection_found_normal_while_a_fault_is_open() -> None:
    world = facts(
        ticket=[
            {**CLOSED, "resolved_at": "2023-03-03 10:00", "closed_at": None},
            {"ticket_no": "T2", "asset_no": "A2", "kind": "service_request", "reported_at": "2023-03-02 08:00"},
        ],
        outage=[{"outage_no": "O1", "asset_no": "A3", "started_at": "2023-03-02 08:00"}],
        inspection=[
            {"inspection_no": f"I{asset}", "asset_no": asset, "kind": "日检", "result": "normal"}
            | {"inspected_at": "2023-03-02 16:00"}
            for asset in ("A1", "A2", "A3")
        ],
    )
    assert [line[1:] for line in listed(world, "2023-03")] == [
        (
            "normal_during_fault",
            "A1",
            "巡检“IA1”于 2023-03-02 16:00 记为正常，而故障工单“T1”自 2023-03-01 09:00 起，2023-03-03 10:00 才结束",
        ),
        (
            "normal_during_fault",
            "A3",
            "巡检“IA3”于 2023-03-02 16:00 记为正常，而故障中断“O1”自 2023-03-02 08:00 起，尚未结束",
        ),
    ]


@pytest.mark.parametrize(
    ("inspected", "result", "contradicts"),
    [
        ("2023-03-01 08:59", "normal", False),  # the fault is of 1 March 09:00 to 3 March 10:00
        ("2023-03-01 09:00", "normal", True),
        ("2023-03-03 09:59", "normal", True),
        ("2023-03-03 10:00", "normal", False),
        ("2023-03-01 00:00", "normal", True),  # a date without a time: said of the whole day
        ("2023-02-28 00:00", "normal", False),
        ("2023-03-03 00:00", "normal", True),
        ("2023-03-04 00:00", "normal", False),
        ("2023-03-02 08:00", "abnormal", False),
    ],
)
def test_only_normal_inspections_while_the_fault_is_open_contradict(
    inspected: str, result: str, contradicts: bool
) -> None:
    world = facts(
        ticket=[{**CLOSED, "resolved_at": "2023-03-03 10:00"}],
        inspection=[{"asset_no": "A1", "kind": "日检", "inspected_at": inspected, "result": result}],
    )
    assert bool(listed(world, "2023")) == contradicts


def test_an_arrival_that_was_lifted_to_the_report() -> None:
    ticket = {"ticket_no": "T1", "reported_at": "2023-03-01 09:00", "arrived_at": "2023-03-01 09:00"}
    world = facts(ticket=[{**ticket, "flags": "lifted:arrived_at"}, {**ticket, "ticket_no": "T2"}])

    assert listed(world, "2023-03") == [
        (
            "2023-03",
            "arrived_before_reported",
            pd.NA,
            "工单“T1”的到场时间早于报障时间 2023-03-01 09:00，已按报障时间计",
        )
    ]


def two(second: dict[str, Any]) -> Facts:
    first = {"ticket_no": "1", "asset_no": "A1", "vendor": "甲", "reported_at": "2023-03-01 09:00"}
    return facts(ticket=[first, {**first, "vendor": "乙", "ticket_no": "2", "asset_no": "A2", **second}])


def test_one_number_or_one_asset_within_minutes_from_two_vendors() -> None:
    same_number = listed(two({"ticket_no": "1", "reported_at": "2023-03-01 11:00"}), "2023-03")
    same_asset = listed(two({"asset_no": "A1", "reported_at": "2023-03-01 09:04"}), "2023-03")

    assert [line[1:] for line in same_number + same_asset] == [
        ("two_vendors", "A2", "乙的工单“1”与甲的工单“1”工单号相同，报障相隔 120 分钟，疑为同一工单"),
        ("two_vendors", "A1", "乙的工单“2”与甲的工单“1”设备相同，报障相隔 4 分钟，疑为同一工单"),
    ]


@pytest.mark.parametrize(
    "second",
    [
        {"asset_no": "A1", "reported_at": "2023-03-01 09:06"},
        {"ticket_no": "1", "reported_at": "2023-03-03 09:00"},  # both vendors count from 1
        {"asset_no": "A1", "vendor": "甲"},
        {"ticket_no": "1", "cancelled": True},
        {"ticket_no": "1", "project": "other"},
    ],
)
def test_other_tickets_are_not_the_same(second: dict[str, Any]) -> None:
    assert listed(two(second), "2023") == []


def test_every_asked_period_that_holds_the_moment_has_its_line_and_the_future_none() -> None:
    world = two({"ticket_no": "1"})

    assert [line[0] for line in listed(world, "2023-02", "2023-03", "2023")] == ["2023-03", "2023"]
    assert listed(world, "2023", as_of="2023-03-01") == []


def test_nothing_to_list_is_an_empty_table() -> None:
    assert listed(facts(), "2023") == []
