"""The arithmetic in words, with the real numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from collector.publish.arithmetic import arithmetic, beside, number_text, shares
from metrics.indicators import Figure, IndicatorResult, MeasureUnit, Side
from metrics.period import parse_period

ARRIVAL = (Side("Σ 到场用时", "seconds"), Side("有到场时间的现场工单", "count", "张"))
UPTIME = (Side("正常时间", "seconds"), Side("应计时间", "seconds"))


def _result(printed: str, unit: MeasureUnit, **figure: Any) -> IndicatorResult:
    numbers = {"numerator": None, "denominator": None, "actual": None} | figure
    made = Figure(parse_period("2023-03"), "total", "", **numbers)
    return IndicatorResult("ops", "x", "甲", "f", (), unit, made, None, "every", "", printed, "", None, "", "1")


def test_a_mean_shows_sum_number_seconds_and_the_printed_unit() -> None:
    result = _result(
        "25.34分钟",
        "minutes",
        numerator=Fraction(1_234_560),
        denominator=Fraction(812),
        actual=Fraction(1_234_560, 812),
    )
    assert arithmetic(result, *ARRIVAL) == (
        "Σ 到场用时 1,234,560 秒 ÷ 有到场时间的现场工单 812 张 = 1,520.394088… 秒 = 25.34分钟"
    )


def test_a_rate_shows_its_unrounded_quotient() -> None:
    result = _result("95.00%", "percent", numerator=Fraction(95), denominator=Fraction(100), actual=Fraction(95, 100))
    assert arithmetic(result, *UPTIME) == "正常时间 95 秒 ÷ 应计时间 100 秒 = 0.95 = 95.00%"


def test_a_count_has_nothing_to_divide() -> None:
    result = _result("7549次", "count", numerator=Fraction(7549), actual=Fraction(7549))
    assert arithmetic(result, Side("Σ 巡检次数", "count", "次"), None) == "Σ 巡检次数 7,549 次 = 7549次"


def test_nothing_is_divided_by_zero() -> None:
    result = _result("—", "percent", numerator=Fraction(0), denominator=Fraction(0))
    assert arithmetic(result, *UPTIME) == "正常时间 0 秒 ÷ 应计时间 0 秒：分母为 0，没有结果"


def test_without_records_there_is_nothing_to_show() -> None:
    assert arithmetic(_result("—", "percent"), *UPTIME) == "没有数据可算"


def test_a_figure_that_is_no_quotient_stands_beside_its_numbers() -> None:
    result = _result("4人", "persons", numerator=Fraction(4), denominator=Fraction(5), actual=Fraction(4))
    sides = (Side("在册", "persons"), Side("合同", "persons"))
    assert arithmetic(result, *sides) == "在册 4 人（合同 5 人），完成值 4人"


def test_parts_beside_have_their_own_units() -> None:
    parts = {"median": Fraction(1200), "remote_count": 12, "change_ratio": Fraction(-1, 8), "first": "甲"}
    result = _result("20.00分钟", "minutes", parts=parts)
    labels = {"median": "中位数", "remote_count": "远程处理", "change_ratio": "较上期", "first": "首位"}
    assert beside(result, labels) == ["中位数 20.00分钟", "远程处理 12", "较上期 -12.50%", "首位 甲"]


def test_shares_are_named_and_never_rounded_up_to_all() -> None:
    result = _result("—", "percent", coverage=Fraction(999_999, 1_000_000), lower=Fraction(1, 2), upper=Fraction(1))
    assert shares(result.figure) == ["覆盖率 99.9999%", "下限（未知按故障计） 50.00%", "上限（未知按正常计） 100.00%"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(1_234_560), "1,234,560"), (Fraction(1, 3), "0.333333…"), (Fraction(-1, 2), "-0.5"), (Fraction(0), "0")],
)
def test_numbers_say_when_they_are_cut(value: Fraction, shown: str) -> None:
    assert number_text(value) == shown
