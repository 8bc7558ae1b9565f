"""A ratio of any two filtered counts or sums: tickets per engineer, paid per asset."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from metrics.formulas import FORMULAS
from metrics.formulas.params import RatioParams, Term
from metrics.indicators import Facts, Where
from tests.metrics.event_facts import ask, by_value, facts, line, measure, roles, total

TICKETS = facts(
    ticket=[
        {"reported_at": "2023-03-01", "engineer": engineer, "site": site, "cancelled": cancelled}
        for engineer, site, cancelled in (
            *(("张", "A", False), ("张", "A", False), ("李", "B", None)),
            *((None, "A", False), ("王", "A", True)),
        )
    ]
)
PER_ENGINEER = RatioParams(
    numerator=Term(record="ticket"), denominator=Term(record="ticket", measure="distinct", column="engineer")
)


def params(ratio: RatioParams) -> dict[str, Term]:
    return {"numerator": ratio.numerator, "denominator": ratio.denominator}


def test_tickets_per_engineer_counts_different_engineers_of_tickets_not_cancelled() -> None:
    request = ask("ratio", TICKETS, "2023-03", params=params(PER_ENGINEER))

    assert line(total(request)) == (4, 2)
    assert total(request).actual == 2
    assert len(roles(request)) == total(request).evidence_count == 8


def test_both_sides_are_broken_down_together() -> None:
    sites = by_value(ask("ratio", TICKETS, "2023-03", params=params(PER_ENGINEER), by=["site"]))

    assert {site: line(figure) for site, figure in sites.items()} == {"A": (3, 1), "B": (1, 1)}


def assets(*rows: tuple[str, str | None, str | None]) -> Facts:
    return facts(
        asset=[
            {"asset_no": name, "in_service_from": first, "in_service_until": until, "asset_class": "主机"}
            for name, first, until in rows
        ],
        budget_line=[
            {"booked_on": "2023-04-15", "kind": "paid", "amount": "3000"},
            {"booked_on": "2023-04-16", "kind": "budget", "amount": "9000"},
        ],
    )


PAID_PER_ASSET = RatioParams(
    numerator=Term(record="budget_line", where=Where(kind=("paid",))), denominator=Term(record="asset")
)


def test_paid_per_asset_divides_by_the_mean_daily_number_in_service() -> None:
    world = assets(("A1", None, None), ("A2", "2023-04-16", None), ("A3", None, "2023-04-04"))
    request = ask("ratio", world, "2023-04", params=params(PAID_PER_ASSET))

    # April: A1 30 days, A2 15 days, A3 3 days (the scrapping day does not count)
    assert line(total(request)) == (3000, Fraction(30 + 15 + 3, 30))
    assert [value for _, record, value in roles(request) if record == "asset"] == ["30天", "15天", "3天"]


def test_only_days_of_the_contract_before_as_of_make_the_mean() -> None:
    world = assets(("A1", None, None), ("A2", "2023-04-16", None))

    assert line(total(ask("ratio", world, "2023-04", params=params(PAID_PER_ASSET), as_of="2023-04-16"))) == (3000, 1)


def test_an_asset_counts_where_it_was_assigned_at_the_time() -> None:
    world = facts(
        asset=[{"asset_no": "A1", "site": "旧楼"}],
        asset_assignment=[{"asset_no": "A1", "from_on": "2023-04-11", "site": "新楼"}],
        ticket=[{"reported_at": "2023-04-02", "asset_no": "A1"}, {"reported_at": "2023-04-20", "asset_no": "A1"}],
    )
    per_asset = params(RatioParams(numerator=Term(record="ticket"), denominator=Term(record="asset")))
    sites = by_value(ask("ratio", world, "2023-04", params=per_asset, by=["site"]))

    assert {site: line(figure) for site, figure in sites.items()} == {
        "旧楼": (1, Fraction(10, 30)),
        "新楼": (1, Fraction(20, 30)),
    }


def test_roster_entries_are_a_mean_daily_number_too() -> None:
    world = facts(
        roster_entry=[
            {"kind": "工程师", "from_on": "2023-01-01", "quantity": 4},
            {"kind": "工程师", "from_on": "2023-04-01", "until_on": "2023-04-15", "quantity": 2},
        ],
        ticket=[{"reported_at": "2023-04-02"}] * 10,
    )
    per_person = params(RatioParams(numerator=Term(record="ticket"), denominator=Term(record="roster_entry")))

    assert total(ask("ratio", world, "2023-04", params=per_person)).actual == 2  # 10 / (4 + 2 × 15/30)


def test_the_indicator_s_filter_holds_for_both_sides_and_each_term_has_its_own() -> None:
    world = facts(
        support_event=[{"kind": "远程", "started_at": "2023-03-01"}, {"kind": "现场", "started_at": "2023-03-01"}] * 2,
    )
    ratio = RatioParams(
        numerator=Term(record="support_event", where=Where(kind=("远程",))), denominator=Term(record="support_event")
    )
    none = total(ask("ratio", world, "2023-03", params=params(ratio), where=Where(site=("A",))))

    assert line(total(ask("ratio", world, "2023-03", params=params(ratio)))) == (2, 4)
    assert line(none) == (0, 0)
    assert none.actual is None


def test_a_side_whose_records_never_came_leaves_no_figure() -> None:
    per_asset = params(RatioParams(numerator=Term(record="ticket"), denominator=Term(record="asset")))
    (figure,) = measure(ask("ratio", TICKETS, "2023-03", params=per_asset))

    assert line(figure) == (None, None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"record": "ticket", "measure": "distinct"}, "必须写明 column"),
        ({"record": "ticket", "column": "engineer"}, "不能写 column"),
        ({"record": "ticket", "measure": "distinct", "column": "nobody"}, "工单没有“nobody”这一列"),
        ({"record": "asset", "at": "in_service_from"}, "按每日在册数取平均，不能写 at"),
        ({"record": "ticket", "at": "inspected_at"}, "工单没有“inspected_at”这一时间"),
    ],
)
def test_a_term_that_cannot_be_counted_is_refused(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Term(**settings)  # type: ignore[arg-type]


def test_the_rule_in_words_names_both_sides() -> None:
    request = ask("ratio", facts(), "2023", params=params(PAID_PER_ASSET))

    assert FORMULAS["ratio"].words(request.definition) == (
        "比值 = 预算与支出的金额（元）之和（仅统计类别为支出的记录） ÷ 设备台账平均每日在册数。"
    )
