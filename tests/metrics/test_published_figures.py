"""E1 and E2 on the level of formulas: records that say what the papers say print the papers' figures.

The papers give no monthly values and no single records: those here are invented and meet the totals.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from metrics.evaluate import evaluate
from metrics.formulas import FORMULAS
from metrics.indicators import Contract, IndicatorResult, Request, Where
from tests.metrics.event_facts import ZONE, ask, by_value, counts, facts, line, measure

MONTHS = tuple(f"2023-{month:02d}" for month in range(1, 13))
E1_CONTRACT = Contract("ops", date(2022, 11, 1), date(2025, 10, 31), ZONE)

INSPECTIONS = {
    "数字法庭设备巡检": (620, 540, 655, 610, 640, 630, 645, 660, 635, 600, 668, 646),
    "服务器巡检": (150, 138, 155, 149, 151, 150, 152, 154, 150, 148, 152, 150),
    "法庭主机维护": (149, 139, 154, 150, 151, 150, 152, 154, 150, 148, 152, 150),
}
SUPPORT = {
    "庭审现场保障": (480, 410, 655, 640, 650, 620, 630, 615, 640, 560, 690, 649),
    "远程庭审保障": (2, 1, 3, 3, 4, 2, 3, 2, 3, 2, 4, 3),
    "互联网保障": (165, 140, 180, 175, 172, 170, 174, 176, 170, 168, 186, 178),
}
TOTALS = {
    **{"数字法庭设备巡检": 7549, "服务器巡检": 1799, "法庭主机维护": 1799},
    **{"庭审现场保障": 7239, "远程庭审保障": 32, "互联网保障": 2054},
}
WORLD = facts(
    inspection=[
        {"kind": kind, "inspected_at": f"{month}-01", "quantity": number}
        for kind, numbers in INSPECTIONS.items()
        for month, number in zip(MONTHS, numbers, strict=True)
    ],
    support_event=[
        {"kind": kind, "started_at": f"{month}-01", "quantity": number}
        for kind, numbers in SUPPORT.items()
        for month, number in zip(MONTHS, numbers, strict=True)
    ],
)


def judged(request: Request) -> list[IndicatorResult]:
    formula = FORMULAS[request.definition.formula]
    return evaluate(request.definition, formula, formula.measure(request), request.contract, request.as_of)


@pytest.mark.parametrize("kind", TOTALS)
def test_e1_counts_of_the_year_with_their_months(kind: str) -> None:
    record, table = ("inspection", INSPECTIONS) if kind in INSPECTIONS else ("support_event", SUPPORT)
    request = ask("count", WORLD, *MONTHS, "2023", params={"record": record}, where=Where(kind=(kind,)))
    *months, year = judged(request)

    assert tuple(int(month.printed) for month in months) == table[kind]
    assert year.printed == str(TOTALS[kind])


def test_e1_five_people_and_thirty_one_lines_by_contract() -> None:
    lines = {"万兆专网": 6, "50M宽带": 1, "语音中继": 2, "直播线路": 16, "100M数字电路": 5, "裸光纤": 1}
    world = facts(
        roster_entry=[
            *({"kind": kind, "from_on": "2022-11-01", "quantity": number} for kind, number in lines.items()),
            *({"kind": "运维人员", "name": name, "from_on": "2022-11-01"} for name in "甲乙丙丁戊"),
        ]
    )
    term = "2022-11-01..2025-10-31"
    common: dict[str, Any] = {"contract": E1_CONTRACT, "as_of": "2025-11-01"}
    staff = ask(
        "roster",
        world,
        term,
        params={"contract": {"*": 5}},
        where=Where(kind=("运维人员",)),
        target="5人",
        measure_unit="persons",
        **common,
    )
    leased = ask("roster", world, term, params={"contract": lines}, target="31条", by=["kind"], **common)

    assert [(result.printed, result.outcome) for result in judged(staff)] == [("5人", "met")]
    assert (judged(leased)[0].printed, judged(leased)[0].outcome) == ("31条", "met")
    assert {kind: line(one) for kind, one in by_value(leased).items() if kind in lines} == {
        kind: (number, number) for kind, number in lines.items()
    }


@pytest.mark.parametrize(
    ("budget", "paid", "rounding", "printed"),
    [
        ("1560000", "1405800", "half_up", "90.12%"),
        ("1560000", "1405800", "truncate", "90.11%"),
        ("410000", "386400", "half_up", "94.24%"),
    ],
)
def test_e1_and_e2_budget_execution(budget: str, paid: str, rounding: str, printed: str) -> None:
    world = facts(
        budget_line=[
            {"booked_on": "2023-01-01", "kind": "budget", "amount": budget},
            {"booked_on": "2023-12-01", "kind": "paid", "amount": paid},
        ]
    )
    (result,) = judged(ask("budget_execution", world, "2023", rounding=rounding))

    assert result.printed == printed


def test_e1_timely_resolution_leaves_out_what_is_not_yet_due() -> None:
    world = facts(
        ticket=[
            *({"reported_at": "2023-05-01 09:00", "resolved_at": "2023-05-01 11:00"} for _ in range(18)),
            *({"reported_at": "2023-05-01 09:00", "resolved_at": "2023-05-02 11:00"} for _ in range(2)),
            {"reported_at": "2023-12-31 23:00"},
        ]
    )
    request = ask(
        "timely_rate", world, "2023", params={"limits": {"*": "4小时"}}, target="≥90%", as_of="2024-01-01 00:30"
    )
    (result,) = judged(request)

    assert (result.printed, result.outcome) == ("90.00%", "met")
    assert counts(result.figure, "not_due_count") == (1,)


E2_TICKETS = facts(
    ticket=[
        {
            **{"channel": "on_site", "reported_at": f"2022-0{1 + n % 9}-05 09:00"},
            **{"arrived_at": f"2022-0{1 + n % 9}-05 10:{n % 60:02d}"},
            **{"resolved_at": None if n % 20 == 0 else f"2022-0{1 + n % 9}-05 16:00"},
        }
        for n in range(60)
    ],
    survey=[
        {"answered_on": "2022-12-01", "answer": "满意", "quantity": 96},
        {"answered_on": "2022-12-01", "answer": "不满意", "quantity": 4},
    ],
)


def test_e2_problems_solved_over_problems_met_is_strictly_above_85_percent() -> None:
    (result,) = judged(ask("resolution_rate", E2_TICKETS, "2022", target="＞85%"))

    assert line(result.figure) == (57, 60)
    assert (result.printed, result.printed_target, result.outcome) == ("95.00%", ">85%", "met")


def test_e2_the_mean_arrival_is_below_two_hours() -> None:
    (result,) = judged(ask("mean_arrival", E2_TICKETS, "2022", target="<2 小时"))

    # 60 tickets, 1 h and 0 … 59 min: 60 + (0 + … + 59) / 60 = 89.5 min
    assert line(result.figure) == (60 * 5370, 60)
    assert (result.printed, result.printed_target, result.outcome) == ("1.49小时", "<2小时", "met")
    assert result.figure.parts["median"] == 5370


def test_e2_satisfaction_is_over_all_who_answered() -> None:
    request = ask(
        "satisfaction", E2_TICKETS, "2022", params={"satisfied": ("满意",), "denominator": "all"}, target="≥95%"
    )
    (result,) = judged(request)

    assert (result.printed, result.outcome) == ("96.00%", "met")
    assert measure(request)[0].parts["sample_count"] == 100
