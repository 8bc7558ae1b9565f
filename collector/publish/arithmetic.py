"""The arithmetic of a figure with its real numbers: ``Σ 到场用时 1,234,560 秒 ÷ 812 张 = 1,520.39 秒 = 25.34分钟``."""

from __future__ import annotations

from fractions import Fraction

from metrics.indicators import Figure, IndicatorResult, MeasureUnit, Side
from metrics.numbers import UNIT_WORDS, print_number, print_share, rounded

#: Parts that are durations like the figure itself; every other part says its unit in its label or is a count.
_LIKE_THE_FIGURE = ("median", "p90", "max")
_QUOTIENT_DIGITS = 6


def arithmetic(result: IndicatorResult, above: Side, below: Side | None) -> str:
    """One line: numerator, denominator, quotient, and the figure as printed."""
    figure = result.figure
    if figure.numerator is None:
        return "没有数据可算"
    first = side_text(above, figure.numerator)
    if below is None or figure.denominator is None:
        return f"{first} = {result.printed}" if figure.actual is not None else f"{first}，没有数据可算"
    second = side_text(below, figure.denominator)
    line = f"{first} ÷ {second}"
    if figure.denominator == 0:
        return f"{line}：分母为 0，没有结果"
    quotient = figure.numerator / figure.denominator
    if figure.actual != quotient:  # nothing is divided, e.g. the least number of a roster beside the contract's
        return f"{first}（{second}），完成值 {result.printed}"
    shown = _quotient(quotient, above, below)
    return f"{line} = {shown} = {result.printed}" if shown != result.printed else f"{line} = {shown}"


def side_text(side: Side, value: Fraction) -> str:
    """``到场用时之和 1,234,560 秒``."""
    unit = side.word or UNIT_WORDS[side.unit]
    return f"{side.label} {number_text(value)}" + (f" {unit}" if unit else "")


def number_text(value: Fraction, digits: int = _QUOTIENT_DIGITS) -> str:
    """Thousands separated; ``…`` where decimals were cut."""
    cut = rounded(value, digits, "truncate")
    text = f"{cut:,f}".rstrip("0").rstrip(".") if digits else f"{cut:,f}"
    return text + ("…" if Fraction(cut) != value else "")


def _quotient(value: Fraction, above: Side, below: Side) -> str:
    same = above.unit == below.unit
    unit = "" if same else UNIT_WORDS[above.unit]
    return number_text(value) + (f" {unit}" if unit else "")


def beside(result: IndicatorResult, labels: dict[str, str]) -> list[str]:
    """``中位数 20.00分钟``, ``远程处理 12`` …: what the formula counts beside the figure, in its order."""
    return [
        f"{labels.get(name, name)} {part_text(name, part, result.measure_unit)}"
        for name, part in result.figure.parts.items()
    ]


def part_text(name: str, part: Fraction | int | str, unit: MeasureUnit) -> str:
    """One part for people."""
    if isinstance(part, str):
        return part
    value = Fraction(part)
    if name.endswith("_ratio"):
        return print_number(value, "percent")
    if name in _LIKE_THE_FIGURE:
        return print_number(value, unit)
    return number_text(value)


def shares(figure: Figure) -> list[str]:
    """Coverage, bounds and what the up time rests on, where the formula knows them."""
    named = {
        "覆盖率": figure.coverage,
        "下限（未知按故障计）": figure.lower,
        "上限（未知按正常计）": figure.upper,
        "正常时间中有检测佐证": figure.observed,
        "正常时间中推定正常": figure.presumed,
    }
    return [f"{label} {print_share(value)}" for label, value in named.items() if value is not None]
