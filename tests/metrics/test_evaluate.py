"""Outcomes, printed numbers and the notes beside them (semantics 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from metrics.errors import ConfigError
from metrics.evaluate import evaluate
from metrics.formulas import FORMULAS
from metrics.formulas.params import AvailabilityParams, CountParams, MeasurementParams, SatisfactionParams
from metrics.indicators import Contract, Dimension, Figure, IndicatorDefinition, IndicatorResult
from metrics.period import parse_period
from tests.metrics.event_facts import CONTRACT, ZONE, at

THREE_YEARS = Contract("ops", date(2022, 11, 1), date(2025, 10, 31), ZONE)


#: The settings of the formulas that cannot do without.
NEEDED = {
    "availability": AvailabilityParams(window="7x24", down_from=("checks",)),
    "count": CountParams(record="support_event"),
    "satisfaction": SatisfactionParams(satisfied=("满意",)),
    "measurement": MeasurementParams(kind="等保得分"),
}


def figure(period: str, actual: str | None, dimension: Dimension = "total", **more: Any) -> Figure:
    exact = None if actual is None else Fraction(actual)
    below = Fraction(0) if actual is None else Fraction(1)
    return Figure(parse_period(period), dimension, "" if dimension == "total" else "A", exact, below, exact, **more)


def judged(
    formula: str,
    *figures: Figure,
    target: str | None = None,
    as_of: str = "2024-06-01",
    contract: Contract = CONTRACT,
    **settings: Any,
) -> list[IndicatorResult]:
    settings["params"] = NEEDED.get(formula)
    definition = IndicatorDefinition(id="it", name="指标", project="ops", formula=formula, target=target, **settings)
    return evaluate(definition, FORMULAS[formula], figures, contract, at(as_of))


def outcome(formula: str, one: Figure, target: str | None, **more: Any) -> str:
    (result,) = judged(formula, one, target=target, **more)
    return result.outcome


@pytest.mark.parametrize(
    ("actual", "target", "expected"),
    [
        ("0.95", "≥95%", "met"),
        ("0.94996", "≥95%", "missed"),
        ("0.85", ">85%", "missed"),
        ("0.850004", ">85%", "met"),
        ("0.96", "95或以上", "met"),
    ],
)
def test_the_unrounded_figure_is_compared(actual: str, target: str, expected: str) -> None:
    assert outcome("resolution_rate", figure("2023-03", actual), target) == expected


def test_a_figure_is_never_printed_on_the_wrong_side_of_its_target() -> None:
    (result,) = judged("resolution_rate", figure("2023-03", "0.94996"), target="≥95%")

    assert (result.outcome, result.printed, result.printed_target) == ("missed", "94.996%", "≥95%")


def test_nothing_below_the_line_is_no_data_never_zero_or_a_hundred_percent() -> None:
    (result,) = judged("resolution_rate", figure("2023-03", None), target="≥95%")

    assert (result.outcome, result.printed) == ("no_data", "—")


def test_a_contract_may_say_that_no_case_at_all_counts_as_reached() -> None:
    (by_setting,) = judged(
        "resolution_rate", figure("2023-03", None), target="100%", empty="met", empty_reason="合同第三条"
    )
    (by_target,) = judged("resolution_rate", figure("2023-03", None), target="100%，如未发生故障，以完成认定")

    assert (by_setting.outcome, by_setting.printed) == ("met", "—（未发生，按约定认定达标）")
    assert "本周期未发生应统计的情形，按约定认定达标：合同第三条" in by_setting.notes
    assert (by_target.outcome, by_target.printed) == ("met", "—（未发生，按约定认定达标）")


def test_no_case_is_not_reached_before_the_period_is_over_or_where_no_record_ever_came() -> None:
    silent = replace(figure("2023-03", None), denominator=None)

    assert outcome("resolution_rate", figure("2023-03", None), "100%", empty="met", as_of="2023-03-31") == "not_due"
    assert outcome("resolution_rate", silent, "100%", empty="met") == "no_data"


def test_low_coverage_comes_before_not_due_and_met() -> None:
    half = figure("2023-03", "1", coverage=Fraction(499, 1000))

    assert outcome("availability", half, "≥95%") == "low_coverage"
    assert outcome("availability", half, "≥95%", as_of="2023-03-15") == "low_coverage"
    assert outcome("availability", half, "≥95%", min_coverage="40%") == "met"
    assert outcome("availability", replace(half, coverage=Fraction(1, 2)), "≥95%") == "met"


def test_a_period_that_has_not_ended_is_not_due_and_its_figure_so_far_is_printed() -> None:
    (running,) = judged("resolution_rate", figure("2023-03", "0.5"), target="≥95%", as_of="2023-03-31 23:59:59")
    (ended,) = judged("resolution_rate", figure("2023-03", "0.5"), target="≥95%", as_of="2023-04-01")

    assert (running.outcome, running.printed, ended.outcome) == ("not_due", "50.00%", "missed")
    assert "考核周期尚未结束，所列为截至目前的数值" in running.notes


@pytest.mark.parametrize(
    ("formula", "target", "bound"),
    [
        ("resolution_rate", "≥95%", ["2023-03", "2023Q1", "2023", "2022-11-01..2025-10-31"]),
        ("mean_arrival", "<2小时", ["2023-03", "2023Q1", "2023", "2022-11-01..2025-10-31"]),
        ("count", "7549次", ["2023"]),
        ("budget_execution", "≥90%", ["2023"]),
        ("satisfaction", "≥95%", ["2023"]),
        ("measurement", "≥70分", ["2023"]),
        ("roster", "5人", ["2022-11-01..2025-10-31"]),
    ],
)
def test_by_default_a_target_binds_the_periods_of_its_formula(formula: str, target: str, bound: list[str]) -> None:
    periods = ["2023-03", "2023Q1", "2023", "2022-11-01..2025-10-31"]
    results = judged(
        formula, *(figure(period, "1") for period in periods), target=target, contract=THREE_YEARS, as_of="2026-01-01"
    )

    assert [result.figure.period.label for result in results if result.outcome] == bound


@pytest.mark.parametrize(("target_period", "bound"), [("month", "2023-03"), ("quarter", "2023Q1"), ("half", "2023H1")])
def test_a_target_may_bind_other_periods(target_period: str, bound: str) -> None:
    figures = [figure(period, "9") for period in ("2023-03", "2023Q1", "2023H1", "2023")]
    results = judged("count", *figures, target="≥8次", target_period=target_period)

    assert [(r.figure.period.label, r.outcome) for r in results if r.outcome] == [(bound, "met")]


def test_a_contract_of_one_calendar_year_is_bound_by_that_year() -> None:
    assert outcome("roster", figure("2023", "5"), "5人") == "met"


def test_a_part_of_a_count_is_not_held_against_the_whole_but_a_part_s_rate_is() -> None:
    assert outcome("count", figure("2023", "10", "site"), "7549次") == ""
    assert outcome("resolution_rate", figure("2023", "0.9", "site"), "≥95%") == "missed"


def test_without_a_target_or_with_one_in_words_there_is_no_outcome() -> None:
    (without,) = judged("resolution_rate", figure("2023", "0.9"))
    (words,) = judged("resolution_rate", figure("2023", "0.9"), target="达标（公式见合同）")

    assert (without.outcome, without.printed_target) == ("", "—")
    assert (words.outcome, words.printed_target) == ("", "达标（公式见合同）")
    assert "目标“达标（公式见合同）”不是数值，由人评定" in words.notes


def test_a_count_is_printed_with_the_word_of_its_target() -> None:
    (sessions,) = judged("count", figure("2023", "7239"), target="≥7239次/场")
    (people,) = judged("roster", figure("2023", "5"), target="5人", measure_unit="persons")

    assert (sessions.printed, sessions.outcome) == ("7239次/场", "met")
    assert (people.printed, people.printed_target) == ("5人", "≥5人")


def test_what_was_assumed_is_said() -> None:
    (result,) = judged("roster", figure("2023", "5"), target="5人")

    assert "目标“5人”未写符号，按“不低于”理解" in result.notes


def test_what_a_reader_must_know_of_the_data_is_said() -> None:
    (result,) = judged(
        "availability",
        figure(
            "2023-03",
            "0.99",
            coverage=Fraction(8, 10),
            lower=Fraction(79, 100),
            upper=Fraction(991, 1000),
            presumed=Fraction(1, 4),
            provisional=True,
        ),
    )
    assert result.notes == (
        "使用了尚未公布放假安排的年度，服务时间为暂定",
        "其中 25.00% 为推定正常，没有检测佐证",
        "覆盖率 80.00%，其余时间没有应有的检测，完成值在 79.00% 至 99.10% 之间",
    )


def test_what_was_left_out_of_the_figure_is_counted_beside_it() -> None:
    parts = {"median": Fraction(60), "remote_count": 3, "missing_count": 0, "cancelled_count": 2}
    (result,) = judged("mean_arrival", figure("2023-03", "60", parts=parts))

    assert result.notes == ("未计入：远程处理 3，作废 2",)


def test_a_year_that_the_contract_covers_only_partly_says_so() -> None:
    (result,) = judged("count", figure("2022", "10"), target="60次", contract=THREE_YEARS)

    assert result.notes[-1] == "合同期（2022-11-01 至 2025-10-31）只覆盖本年度的一部分"


def test_rounding_and_decimals_are_the_definition_s() -> None:
    executed = figure("2023", "0.901153")
    (truncated,) = judged("budget_execution", executed, rounding="truncate")
    (whole,) = judged("budget_execution", executed, decimals=0)

    assert (truncated.printed, whole.printed) == ("90.11%", "90%")


def test_the_rule_in_words_begins_with_the_contract_s_own() -> None:
    (result,) = judged("resolution_rate", figure("2023", "1"), rule="以合同附件二为准")

    assert result.words.startswith("以合同附件二为准。解决率 = ")


def test_a_target_of_another_nature_is_refused() -> None:
    with pytest.raises(ConfigError, match="目标“≥95%”是百分比，而指标的计量单位是小时"):
        judged("mean_arrival", figure("2023", "1"), target="≥95%")
