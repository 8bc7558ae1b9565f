"""解决率 and 及时率: what is above and below the line, and what is neither (semantics 4)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from metrics.formulas import FORMULAS
from metrics.formulas.params import TimelyRateParams
from tests.metrics.event_facts import ask, counts, facts, line, measure, roles, total


def ticket(reported: str, resolved: str | None = None, **more: Any) -> dict[str, Any]:
    return {"reported_at": reported, "resolved_at": resolved, **more}


WORLD = facts(
    ticket=[
        ticket("2023-03-01 09:00", "2023-03-01 12:00"),  # 3 h
        ticket("2023-03-01 09:00", "2023-03-01 13:00"),  # 4 h, exactly the limit
        ticket("2023-03-01 09:00", "2023-03-01 13:01"),  # late
        ticket("2023-03-02 09:00"),  # open, overdue
        ticket("2023-03-31 22:00"),  # open, not yet due at 2023-04-01 00:00
        ticket("2023-03-05 09:00", cancelled=True),
    ]
)


def test_the_resolution_rate_is_resolved_over_reported_without_the_cancelled() -> None:
    request = ask("resolution_rate", WORLD, "2023-03")
    figure = total(request)

    assert line(figure) == (3, 5)
    assert figure.actual == Fraction(3, 5)
    assert counts(figure, "open_count", "cancelled_count") == (2, 1)
    assert sorted(role for role, _, _ in roles(request)) == ["beside", *["both"] * 3, *["denominator"] * 2]


def test_a_resolution_at_as_of_has_not_happened() -> None:
    assert line(total(ask("resolution_rate", WORLD, "2023-03", as_of="2023-03-01 13:00"))) == (1, 3)


@pytest.mark.parametrize(("reopen", "resolved"), [("first", 1), ("last", 0), ("sum", 0)])
def test_a_ticket_reopened_and_open_now_is_unresolved_except_under_first(reopen: str, resolved: int) -> None:
    world = facts(
        ticket=[{"ticket_no": "T1", "reported_at": "2023-03-01 09:00", "resolved_at": "2023-03-01 10:00"}],
        ticket_cycle=[
            {"ticket_no": "T1", "opened_at": "2023-03-01 09:00", "resolved_at": "2023-03-01 10:00"},
            {"ticket_no": "T1", "opened_at": "2023-03-02 09:00"},
        ],
    )
    figure = total(ask("resolution_rate", world, "2023-03", params={"reopen": reopen}))

    assert line(figure) == (resolved, 1)
    assert counts(figure, "reopened_count") == (1,)
    assert figure.evidence_count == 1 + 2  # the ticket and its cycles


def test_in_time_is_up_to_the_limit_and_open_before_it_is_neither() -> None:
    request = ask("timely_rate", WORLD, "2023-03", params={"limits": {"*": "4小时"}}, as_of="2023-04-01")
    figure = total(request)

    assert line(figure) == (2, 4)
    assert counts(figure, "late_count", "overdue_count", "not_due_count", "cancelled_count") == (1, 1, 1, 1)
    in_time = [value for role, _, value in roles(request) if role == "both"]
    assert in_time == ["10800", "14400"]


@pytest.mark.parametrize(("as_of", "below"), [("2023-03-01 13:00", 0), ("2023-03-01 13:00:01", 1)])
def test_the_limit_has_run_out_only_after_its_last_second(as_of: str, below: int) -> None:
    world = facts(ticket=[ticket("2023-03-01 09:00")])
    figure = total(ask("timely_rate", world, "2023-03", params={"limits": {"*": "4小时"}}, as_of=as_of))

    assert figure.denominator == below


def test_each_priority_has_its_limit_and_a_star_stands_for_all_others() -> None:
    world = facts(
        ticket=[
            ticket("2023-03-01 09:00", "2023-03-01 10:30", priority="紧急"),
            ticket("2023-03-01 09:00", "2023-03-01 10:30", priority="一般"),
            ticket("2023-03-01 09:00", "2023-03-01 10:30"),
        ]
    )
    limits = {"紧急": "1小时", "*": "4小时"}

    assert line(total(ask("timely_rate", world, "2023-03", params={"limits": limits}))) == (2, 3)
    only_urgent = total(ask("timely_rate", world, "2023-03", params={"limits": {"紧急": "2小时"}}))
    assert line(only_urgent) == (1, 1)
    assert counts(only_urgent, "no_limit_count") == (2,)


def test_response_and_arrival_can_be_timed_too() -> None:
    world = facts(
        ticket=[
            {
                **{"channel": "on_site", "reported_at": "2023-03-01 09:00"},
                **{"responded_at": "2023-03-01 09:10", "arrived_at": "2023-03-01 12:00"},
            },
            {"channel": "remote", "reported_at": "2023-03-01 09:00", "responded_at": "2023-03-01 10:00"},
            {"channel": "on_site", "reported_at": "2023-03-01 09:00"},
            {"reported_at": "2023-03-01 09:00"},
        ]
    )
    response = total(ask("timely_rate", world, "2023-03", params={"timed": "response", "limits": {"*": "30分钟"}}))
    arrival = total(ask("timely_rate", world, "2023-03", params={"timed": "arrival", "limits": {"*": "2小时"}}))

    assert line(response) == (1, 4)
    assert line(arrival) == (0, 2)
    assert counts(arrival, "late_count", "overdue_count", "remote_count", "missing_count") == (1, 1, 1, 1)


def test_holds_of_the_court_stop_the_limit() -> None:
    world = facts(
        ticket=[ticket("2023-03-01 09:00", "2023-03-01 15:00", ticket_no="T1")],
        hold=[
            {"ticket_no": "T1", "side": "court", "hold_from": "2023-03-01 10:00", "hold_to": "2023-03-01 12:00"},
        ],
    )
    request = ask("timely_rate", world, "2023-03", params={"limits": {"*": "4小时"}})

    assert line(total(request)) == (1, 1)
    assert roles(request) == [("both", "ticket", "14400"), ("beside", "hold", None)]


def test_months_and_the_year_come_in_one_pass() -> None:
    world = facts(ticket=[ticket("2023-01-05", "2023-01-06"), ticket("2023-02-05"), ticket("2024-01-01", "2024-01-02")])
    figures = measure(ask("resolution_rate", world, "2023-01", "2023-02", "2023Q1", "2023"))

    assert [line(figure) for figure in figures] == [(1, 1), (0, 1), (1, 2), (1, 2)]


def test_a_limit_must_be_a_duration() -> None:
    with pytest.raises(ValidationError, match="“4个工作日”不是时长"):
        TimelyRateParams(limits={"*": "4个工作日"})


def test_the_rule_in_words_names_limits_and_what_is_timed() -> None:
    params = {"limits": {"紧急": "1小时", "*": "4小时"}, "timed": "arrival"}
    request = ask("timely_rate", facts(), "2023", params=params)

    assert FORMULAS["timely_rate"].words(request.definition) == (
        "及时到场率 = 时限内到场的工单数 ÷ 已到场或时限已过的工单数，未到场且未到时限的不计入，另列；"
        "时限（含）：紧急 1小时、其他 4小时；只计现场工单；用时按自然时间计；按报障时间归属周期；作废工单不计，另列。"
    )
