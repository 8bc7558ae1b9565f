"""Marks: a worked example per rule with its arithmetic, and what holds for every number."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.indicators import MeasureUnit
from metrics.scoring.marks import Score, execution_score, round_mark, target_score, total_of
from metrics.targets import parse_target
from tests.scoring.packs import pack

RULES = ("linear_to_twice", "ratio", "pass_line")
HOUR = 3600


def score(
    actual: Fraction | int, target: str, unit: MeasureUnit = "count", weight: int = 10, rule: str = "linear_to_twice"
) -> Score:
    wanted = parse_target(target).for_unit(unit)
    return target_score(Fraction(actual), wanted, unit, Fraction(weight), pack(rule))


@pytest.mark.parametrize(
    ("rule", "mark", "arithmetic"),
    [
        ("linear_to_twice", "7.50", "(1 − (2.5 − 2) ÷ 2) × 10 = 7.50"),
        ("ratio", "8.00", "2 ÷ 2.5 × 10 = 8.00"),
        ("pass_line", "5.00", "(2 ÷ 2.5 − 0.6) ÷ 0.4 × 10 = 5.00"),
    ],
)
def test_two_and_a_half_hours_against_two(rule: str, mark: str, arithmetic: str) -> None:
    found = score(Fraction(5, 2) * HOUR, "≤2小时", "hours", rule=rule)
    assert (str(round_mark(found.mark, pack())), found.arithmetic) == (mark, arithmetic)
    assert not found.met


@pytest.mark.parametrize(
    ("rule", "arithmetic"),
    [
        ("linear_to_twice", "(1 − (5 − 4) ÷ 5) × 4 = 3.20"),  # 0.8 × 4
        ("ratio", "4 ÷ 5 × 4 = 3.20"),
        ("pass_line", "(4 ÷ 5 − 0.6) ÷ 0.4 × 4 = 2.00"),  # 0.2 ÷ 0.4 × 4
    ],
)
def test_four_persons_of_five(rule: str, arithmetic: str) -> None:
    assert score(4, "5人", "persons", 4, rule).arithmetic == arithmetic


def test_percentages_are_shown_in_percent() -> None:
    found = score(Fraction(855, 1000), "≥90%", "percent", 5)
    assert found.arithmetic == "(1 − (90% − 85.5%) ÷ 90%) × 5 = 4.75"  # 0.95 × 5


def test_a_mark_that_was_rounded_says_so() -> None:
    assert score(2, "≥3次").arithmetic == "(1 − (3 − 2) ÷ 3) × 10 = 6.6666… ≈ 6.67"


def test_linear_ends_at_twice_the_target_and_says_so() -> None:
    assert score(4 * HOUR, "≤2小时", "hours").mark == 0
    assert score(5 * HOUR, "≤2小时", "hours").arithmetic == "(1 − (5 − 2) ÷ 2，低于 0 按 0 计) × 10 = 0.00"


def test_the_pass_line_is_sixty_percent() -> None:
    assert score(6, "≥10次", rule="pass_line").mark == 0
    assert score(5, "≥10次", rule="pass_line").mark == 0
    assert score(8, "≥10次", rule="pass_line").mark == 5


@pytest.mark.parametrize("rule", RULES)
def test_a_target_of_nothing_earns_all_or_nothing(rule: str) -> None:
    assert score(0, "0", rule=rule).mark == 10
    assert score(1, "0", rule=rule).mark == 0
    assert score(1, "≤0次", rule=rule).mark == 0
    assert score(0, ">0次", rule=rule).mark == 0


@pytest.mark.parametrize("rule", RULES)
def test_a_strict_target_missed_by_nothing_earns_all_and_says_so(rule: str) -> None:
    found = score(2 * HOUR, "<2小时", "hours", rule=rule)
    assert (found.mark, found.met, found.barely) == (Fraction(10), False, True)
    assert found.words == "指标值“<2小时”不含 2小时，完成值恰好相等，没有达到；按计分办法偏差为 0，仍得满分"


def test_a_number_to_be_met_exactly_is_missed_from_both_sides() -> None:
    assert score(4, "=5次").mark == score(6, "=5次").mark == 8


def test_execution_is_paid_by_budget_times_its_marks() -> None:
    found = execution_score(Fraction(827392, 850000), Fraction(10), pack())
    assert found.arithmetic == "97.3402…% × 10 = 9.7340… ≈ 9.73"
    assert execution_score(Fraction(11, 10), Fraction(10), pack()).mark == 10


def test_marks_are_rounded_as_the_pack_says() -> None:
    assert str(round_mark(Fraction(2, 3), pack())) == "0.67"
    assert str(round_mark(Fraction(2, 3), pack(rounding="truncate"))) == "0.66"
    assert str(round_mark(Fraction(2, 3), pack(decimals=1))) == "0.7"


def test_the_total_is_the_sum_of_the_printed_marks() -> None:
    printed = [round_mark(Fraction(1, 3), pack())] * 3
    assert total_of(printed) == Decimal("0.99")


def test_far_more_than_promised_asks_for_a_reason_from_130_percent_on() -> None:
    assert score(Fraction(1299, 100), "≥10次").over is None
    found = score(13, "≥10次")
    assert (found.mark, found.over) == (Fraction(10), Fraction(13, 10))
    assert found.words == "达到指标值，得满分；完成值为指标值的 130%，达到 130%，应说明原因"
    assert score(HOUR // 2, "≤2小时", "hours").over is None  # less is better: nothing was set too low


@pytest.mark.parametrize(("compared", "over"), [("first", Fraction(17, 6)), ("adjusted", None)])
def test_the_pack_says_whether_the_first_or_the_adjusted_target_is_compared(
    compared: str, over: Fraction | None
) -> None:
    """17 done, 6 planned, adjusted to 17: 283.33% or 100%."""
    chosen = pack(over={"compared_with": compared})
    first, adjusted = parse_target("6个"), parse_target("17个")
    found = target_score(Fraction(17), adjusted, "count", Fraction(20), chosen, first)
    assert (found.mark, found.over) == (Fraction(20), over)


def test_far_more_than_promised_costs_marks_where_the_pack_says_so() -> None:
    chosen = pack(over={"costs": "in_proportion"})
    found = target_score(Fraction(20), parse_target("≥10次"), "count", Fraction(10), chosen)
    assert found.mark == Fraction(13, 2)
    assert found.arithmetic == "130% ÷ 200% × 10 = 6.50"
    barely = target_score(Fraction(13), parse_target("≥10次"), "count", Fraction(10), chosen)
    assert barely.mark == 10  # nothing is lost at the line itself


def test_words_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="judged by people"):
        score(1, "达标")


AMOUNTS = st.fractions(min_value=0, max_value=1000, max_denominator=1000)
TARGETS = st.tuples(st.sampled_from("≥>≤<="), st.integers(0, 300)).map(lambda pair: f"{pair[0]}{pair[1]}")
WEIGHTS = st.integers(0, 50)


@given(AMOUNTS, TARGETS, WEIGHTS, st.sampled_from(RULES))
def test_a_mark_lies_between_nothing_and_its_weight(actual: Fraction, text: str, weight: int, rule: str) -> None:
    assert 0 <= score(actual, text, weight=weight, rule=rule).mark <= weight


@given(AMOUNTS, TARGETS, WEIGHTS, st.sampled_from(RULES))
def test_what_is_met_earns_all(actual: Fraction, text: str, weight: int, rule: str) -> None:
    found = score(actual, text, weight=weight, rule=rule)
    if parse_target(text).met(actual):
        assert found.mark == weight
        assert found.met


@given(AMOUNTS, AMOUNTS, TARGETS, st.sampled_from(RULES))
def test_doing_better_never_earns_less(one: Fraction, other: Fraction, text: str, rule: str) -> None:
    if text[0] == "=":
        return
    worse, better = sorted((one, other), reverse=text[0] in "≤<")
    assert score(worse, text, rule=rule).mark <= score(better, text, rule=rule).mark


@given(AMOUNTS, st.integers(1, 300), st.sampled_from(RULES))
def test_the_rules_are_what_their_formulas_say(actual: Fraction, number: int, rule: str) -> None:
    """A missed "at most", by the formulas as they are published."""
    if actual <= number:
        return
    share = {
        "linear_to_twice": 1 - (actual - number) / number,
        "ratio": number / actual,
        "pass_line": (number / actual - Fraction(6, 10)) / Fraction(4, 10),
    }[rule]
    assert score(actual, f"≤{number}", rule=rule).mark == max(Fraction(0), share) * 10
