"""Rosters: the least of a period's days, held against the contract by kind (semantics 5)."""

from __future__ import annotations

from typing import Any

from metrics.formulas import FORMULAS
from metrics.indicators import Where
from tests.metrics.event_facts import Row, ask, by_value, counts, facts, line, measure, roles, total


def entry(kind: str, first: str, last: str | None = None, **more: Any) -> Row:
    return {"kind": kind, "from_on": first, "until_on": last, **more}


FIVE = {"contract": {"*": 5}}


def test_the_figure_is_the_least_of_the_days_and_the_short_days_are_listed() -> None:
    world = facts(
        roster_entry=[
            entry("工程师", "2022-06-01", quantity=4),
            entry("工程师", "2023-01-01", "2023-03-10"),
            entry("工程师", "2023-03-14"),
        ]
    )
    february, march, year = measure(ask("roster", world, "2023-02", "2023-03", "2023", params=FIVE))

    assert line(february) == (5, 5)
    assert counts(february, "shortfall_days", "shortfall") == (0, None)
    assert [march.actual, year.actual] == [4, 4]
    assert counts(march, "shortfall_days", "shortfall", "lowest_on") == (
        3,
        "2023-03-11至2023-03-13 实有 4，合同 5",
        "2023-03-11",
    )


def test_the_last_day_is_included() -> None:
    world = facts(
        roster_entry=[entry("工程师", "2023-03-01", "2023-03-31"), entry("工程师", "2023-03-01", "2023-03-30")]
    )

    assert total(ask("roster", world, "2023-03")).actual == 1
    assert counts(total(ask("roster", world, "2023-03")), "lowest_on", "most") == ("2023-03-31", 2)


LINES = {"万兆专网": 6, "直播线路": 16, "裸光纤": 1}


def test_too_many_of_one_kind_do_not_make_up_for_too_few_of_another() -> None:
    world = facts(
        roster_entry=[
            entry("万兆专网", "2023-01-01", quantity=7),
            entry("直播线路", "2023-01-01", quantity=15),
            entry("裸光纤", "2023-01-01"),
            entry("备用", "2023-01-01"),
        ]
    )
    request = ask("roster", world, "2023-01", params={"contract": LINES})
    kinds = by_value(ask("roster", world, "2023-01", params={"contract": LINES}, by=["kind"]))

    assert line(total(request)) == (6 + 15 + 1, 6 + 16 + 1)
    assert counts(total(request), "shortfall") == ("2023-01-01至2023-01-31 直播线路实有 15，合同 16",)
    assert {kind: line(figure) for kind, figure in kinds.items()} == {
        **{"万兆专网": (7, 6), "直播线路": (15, 16)},
        **{"裸光纤": (1, 1), "备用": (1, None)},
    }
    assert roles(request)[-1] == ("beside", "roster_entry", "1")  # 备用 is not in the contract


def test_a_kind_of_the_contract_that_is_not_there_at_all_is_shown_with_nothing() -> None:
    world = facts(roster_entry=[entry("万兆专网", "2023-01-01", quantity=6)])
    kinds = by_value(ask("roster", world, "2023-01", params={"contract": LINES}, by=["kind"]))

    assert line(kinds["裸光纤"]) == (0, 1)


def test_days_outside_the_contract_and_days_to_come_do_not_count() -> None:
    world = facts(roster_entry=[entry("工程师", "2023-01-01", "2023-06-15", quantity=5)])
    range_around = measure(
        ask("roster", world, "2022-12-01..2023-02-28", "2023-06", params=FIVE, as_of="2023-06-15 12:00")
    )

    assert [figure.actual for figure in range_around] == [5, 5]
    assert total(ask("roster", world, "2024-01", params=FIVE)).actual is None  # after the contract
    assert total(ask("roster", world, "2023-06", params=FIVE)).actual == 0


def test_other_breakdowns_are_counted_but_not_held_against_the_contract() -> None:
    world = facts(
        roster_entry=[
            entry("工程师", "2023-01-01", vendor="甲", quantity=3),
            entry("工程师", "2023-01-01", vendor="乙", quantity=2),
        ]
    )
    vendors = by_value(ask("roster", world, "2023", params=FIVE, by=["vendor"]))

    assert {vendor: line(figure) for vendor, figure in vendors.items()} == {"甲": (3, None), "乙": (2, None)}


def test_a_filter_and_the_project_choose_the_entries() -> None:
    world = facts(
        roster_entry=[
            entry("工程师", "2023-01-01", quantity=3),
            entry("线路", "2023-01-01", quantity=9),
            entry("工程师", "2023-01-01", project="other", quantity=9),
        ]
    )
    assert total(ask("roster", world, "2023", where=Where(kind=("工程师",)))).actual == 3


def test_without_any_roster_there_is_no_figure() -> None:
    assert total(ask("roster", facts(), "2023", params=FIVE)).actual is None


def test_the_rule_in_words_names_the_contract() -> None:
    request = ask("roster", facts(), "2023", params={"contract": LINES})

    assert FORMULAS["roster"].words(request.definition) == (
        "逐日统计实有数，周期的完成值取其中最少的一天；合同数：万兆专网 6、直播线路 16、裸光纤 1；"
        "各类别分别不超过合同数计入，一类多出不抵另一类不足；只计合同期内、截止时间前的日期，首末日均含。"
    )
