"""One rounding, made when a number is printed, that never prints a figure on the wrong side of its target."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.indicators import MeasureUnit
from metrics.numbers import print_number, print_share, rounded
from metrics.targets import parse_target


def test_the_paper_of_zengcheng_truncated_where_we_round() -> None:
    executed = Fraction("140.58") / 156  # 90.1153…%

    assert print_number(executed, "percent") == "90.12%"
    assert print_number(executed, "percent", rounding="truncate") == "90.11%"


def test_the_paper_of_haizhu_prints_the_same_either_way() -> None:
    executed = Fraction("38.64") / 41  # 94.2439…%

    assert print_number(executed, "percent") == "94.24%"
    assert print_number(executed, "percent", rounding="truncate") == "94.24%"


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        ("7549", "count", "7549次"),
        ("7.5", "count", "7.50次"),
        ("5", "persons", "5人"),
        ("5400", "hours", "1.50小时"),
        ("5400", "minutes", "90.00分钟"),
        ("129600", "days", "1.50天"),
        ("59", "seconds", "59.00秒"),
        ("2260800", "yuan", "2260800.00元"),
        ("-0.005", "number", "-0.01次"),
        ("-0.004", "number", "0.00次"),
        ("0.125", "percent", "12.50%"),
        ("88.25", "points", "88.25分"),
    ],
)
def test_each_unit_is_printed_from_its_base(value: str, unit: MeasureUnit, printed: str) -> None:
    assert print_number(Fraction(value), unit, word="次") == printed


def test_without_data_a_dash_is_printed() -> None:
    assert print_number(None, "percent") == "—"


@pytest.mark.parametrize(
    ("value", "target", "printed"),
    [
        ("0.94996", "≥95%", "94.996%"),  # missed; 95.00% would read as met
        ("0.850004", ">85%", "85.0004%"),  # met; 85.00% would read as missed
        ("0.85", ">85%", "85.00%"),  # missed, and reads so
        ("0.95", "≥95%", "95.00%"),
        ("0.949", "≥95%", "94.90%"),
        ("0.3333333", "≥33.33333%", "33.33333%"),
        ("0.00001", "0%", "0.001%"),  # not nothing
    ],
)
def test_more_digits_are_printed_where_two_would_mislead(value: str, target: str, printed: str) -> None:
    assert print_number(Fraction(value), "percent", target=parse_target(target)) == printed


def test_a_mean_a_second_over_two_hours_does_not_read_as_two_hours() -> None:
    assert print_number(Fraction(7201), "hours", target=parse_target("≤2小时")) == "2.0003小时"


def test_a_target_without_an_end_in_the_printed_unit_keeps_the_digits() -> None:
    assert print_number(Fraction(1200), "hours", target=parse_target("≥20分钟")) == "0.33小时"


@given(
    numerator=st.integers(0, 2_000_000),
    denominator=st.integers(1, 1_000_000),
    target=st.sampled_from(["≥95%", ">85%", "≤5%", "<2.5%", "0%", "≥99.995%", ">33.33%"]),
    decimals=st.integers(0, 4),
    rounding=st.sampled_from(["half_up", "truncate"]),
)
def test_the_printed_number_stands_on_the_same_side_of_the_target_as_the_exact_one(
    numerator: int, denominator: int, target: str, decimals: int, rounding: Literal["half_up", "truncate"]
) -> None:
    exact, aim = Fraction(numerator, denominator), parse_target(target)
    printed = print_number(exact, "percent", decimals, rounding, aim)
    shown = Fraction(printed.removesuffix("%")) / 100

    assert aim.met(shown) == aim.met(exact)
    digits = len(printed.removesuffix("%").partition(".")[2])
    assert digits >= decimals
    assert shown * 100 == Fraction(rounded(exact * 100, digits, rounding))


@given(value=st.fractions(max_denominator=10_000), digits=st.integers(0, 6))
def test_half_up_is_off_by_at_most_half_a_digit_and_truncate_never_away_from_zero(value: Fraction, digits: int) -> None:
    unit = Fraction(1, 10**digits)

    assert abs(Fraction(rounded(value, digits)) - value) <= unit / 2
    cut = Fraction(rounded(value, digits, "truncate"))
    assert abs(cut) <= abs(value) < abs(cut) + unit


def test_halves_go_away_from_zero() -> None:
    assert [rounded(Fraction(text), 2) for text in ("0.125", "-0.125", "0.1249")] == [
        Decimal("0.13"),
        Decimal("-0.13"),
        Decimal("0.12"),
    ]


def test_what_is_not_all_never_reads_as_all() -> None:
    assert print_share(Fraction(99_999, 100_000)) == "99.999%"
    assert print_share(Fraction(1)) == "100.00%"
    assert print_share(None) == "—"
