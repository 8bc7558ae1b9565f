"""Money: execution, funds in place, balance (semantics 5), with the figures of E1, E2 and E5."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.errors import ConfigError
from metrics.formulas import FORMULAS
from metrics.indicators import Where
from metrics.numbers import print_number
from tests.metrics.event_facts import Row, ask, by_value, counts, facts, line, measure, roles, total


def booked(on: str, kind: str, amount: str, **more: Any) -> Row:
    return {"booked_on": on, "kind": kind, "amount": amount, **more}


def test_e1_paid_over_budget_is_90_12_percent_and_truncated_90_11() -> None:
    world = facts(
        budget_line=[
            booked("2023-01-01", "budget", "1560000"),
            booked("2023-06-30", "paid", "700000.5"),
            booked("2023-12-20", "paid", "705799.5"),
        ]
    )
    figure = total(ask("budget_execution", world, "2023"))

    assert line(figure) == (1_405_800, 1_560_000)
    assert print_number(figure.actual, "percent") == "90.12%"
    assert print_number(figure.actual, "percent", rounding="truncate") == "90.11%"


def test_e2_paid_over_budget_is_94_24_percent() -> None:
    world = facts(budget_line=[booked("2023-01-01", "budget", "410000"), booked("2023-12-01", "paid", "386400")])

    assert print_number(total(ask("budget_execution", world, "2023")).actual, "percent") == "94.24%"


E5 = facts(
    budget_line=[
        booked("2023-01-01", "budget", "85000000", source_of_funds="省级"),
        booked("2023-02-01", "received", "60000000", source_of_funds="省级"),
        booked("2023-03-01", "received", "25000000", source_of_funds="中央"),
        booked("2023-11-01", "paid", "82739200", source_of_funds="省级"),
    ]
)


def test_e5_execution_over_received_funds_in_place_and_balance() -> None:
    executed = total(ask("budget_execution", E5, "2023", params={"denominator": "received"}))
    in_place = total(ask("funds_in_place", E5, "2023"))
    balance = total(ask("balance", E5, "2023"))

    assert print_number(executed.actual, "percent") == "97.34%"
    assert print_number(in_place.actual, "percent") == "100.00%"
    assert print_number(balance.actual, "yuan") == "2260800.00元"
    assert line(balance) == (2_260_800, None)


def test_execution_is_over_the_adjusted_budget_and_funds_over_the_one_first_set() -> None:
    world = facts(
        budget_line=[
            booked("2023-01-01", "budget", "100"),
            booked("2023-06-01", "adjustment", "-20"),
            booked("2023-02-01", "received", "80"),
            booked("2023-07-01", "paid", "60"),
        ]
    )
    assert line(total(ask("budget_execution", world, "2023"))) == (60, 80)
    assert line(total(ask("funds_in_place", world, "2023"))) == (80, 100)
    assert line(total(ask("funds_in_place", world, "2023", params={"budget": "adjusted"}))) == (80, 80)


def test_within_a_year_months_add_up_from_its_first_day() -> None:
    march, november, december = measure(ask("budget_execution", E5, "2023-03", "2023-11", "2023Q4"))
    alone = total(ask("budget_execution", E5, "2023-11", params={"since": "period"}))

    assert [line(march), line(november), line(december)] == [
        (0, 85_000_000),
        (82_739_200, 85_000_000),
        (82_739_200, 85_000_000),
    ]
    assert line(alone) == (82_739_200, 0)
    assert alone.actual is None


def test_a_year_begins_anew_and_a_range_adds_up_over_itself() -> None:
    world = facts(budget_line=[booked("2022-12-31", "budget", "1"), booked("2023-01-01", "budget", "2")])
    first, both = measure(ask("budget_execution", world, "2023-01", "2022-11-01..2023-10-31"))

    assert [first.denominator, both.denominator] == [2, 3]


def test_sources_of_funds_are_a_breakdown_and_a_filter_of_their_own() -> None:
    by_source = by_value(ask("balance", E5, "2023", by=["kind"]))
    central = total(ask("balance", E5, "2023", params={"source_of_funds": ("中央",)}))

    assert {source: figure.actual for source, figure in by_source.items()} == {
        "省级": 60_000_000 - 82_739_200,
        "中央": 25_000_000,
    }
    assert central.actual == 25_000_000
    with pytest.raises(ConfigError, match="按资金来源筛选应写在 params 的 source_of_funds，where 不能写 kind"):
        measure(ask("balance", E5, "2023", where=Where(kind=("中央",))))


def test_money_booked_at_as_of_or_later_is_not_there_yet() -> None:
    assert total(ask("budget_execution", E5, "2023", as_of="2023-11-01")).numerator == 0
    assert total(ask("budget_execution", E5, "2024", as_of="2023-11-01")).numerator is None


def test_every_line_above_and_below_stands_in_the_evidence() -> None:
    request = ask("budget_execution", E5, "2023")

    assert roles(request) == [
        ("numerator", "budget_line", "82739200"),
        ("denominator", "budget_line", "85000000"),
    ]
    assert counts(total(request), "received", "paid") == ("85000000.00元", "82739200.00元")
    assert len(roles(ask("balance", E5, "2023"))) == total(ask("balance", E5, "2023")).evidence_count == 3


def test_the_rule_in_words_says_over_what_and_since_when() -> None:
    request = ask("budget_execution", facts(), "2023", params={"denominator": "received"})

    assert FORMULAS["budget_execution"].words(request.definition) == (
        "预算执行率 = 支出 ÷ 到位资金；月、季、半年自当年1月1日起累计；按入账日期归属周期。"
    )
