"""One mark: unrounded, with its rule in words and its arithmetic with the real numbers.

A missed target never earns more than its weight and never less than nothing; a met one earns all of it. ``w`` is the
weight, ``A`` the actual, ``T`` the target, ``c`` = A/T for at least and T/A for at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from metrics.indicators import MeasureUnit
from metrics.numbers import UNIT_WORDS, rounded
from metrics.papers.figures import show
from metrics.quantities import UNIT_SCALE
from metrics.scoring.pack import Missed, RulePack
from metrics.targets import Target

_PASS, _REST = Fraction(6, 10), Fraction(4, 10)

MISSED_LABELS: Mapping[Missed, str] = {
    "linear_to_twice": "按偏离比例扣分，偏离一倍为 0 分",
    "ratio": "按完成比例得分",
    "pass_line": "完成不足 60% 得 0 分，60% 至 100% 按比例得分",
}


@dataclass(frozen=True, slots=True)
class Score:
    """A mark with what it rests on.

    Attributes:
        mark: unrounded, 0 … weight.
        words: why, in Chinese.
        arithmetic: with the real numbers, up to the rounded mark; blank where nothing is computed.
        over: actual / target where that asks for an explanation, else None.
        met: the target was reached; whether that earns all marks is another question where it was far exceeded.
        barely: a strict target was missed by nothing, which costs no marks by any rule in use.
    """

    mark: Fraction
    words: str
    arithmetic: str = ""
    over: Fraction | None = None
    barely: bool = False
    met: bool = False


def round_mark(mark: Fraction, pack: RulePack) -> Decimal:
    """As printed."""
    return rounded(mark, pack.decimals, pack.rounding)


def total_of(marks: Sequence[Decimal]) -> Decimal:
    """The total is the sum of the printed marks."""
    return sum(marks, start=Decimal(0))


def execution_score(rate: Fraction, weight: Fraction, pack: RulePack) -> Score:
    """min(1, rate) × weight; ``rate`` is paid / adjusted budget (or what the paper divides by)."""
    used = min(Fraction(1), max(Fraction(0), rate))
    capped = "，超过 100% 按 100% 计" if rate > 1 else ""
    mark = used * weight
    return Score(
        mark,
        f"预算执行率 × 分值{capped}",
        f"{show(used * 100)}% × {show(weight)} = {_result(mark, pack)}",
    )


def target_score(
    actual: Fraction, target: Target, unit: MeasureUnit, weight: Fraction, pack: RulePack, first: Target | None = None
) -> Score:
    """The mark of a quantitative indicator.

    Args:
        actual: unrounded, in base units like the targets' values.
        target: what it is held against; the adjusted one where there is one.
        unit: of the indicator; the arithmetic is shown in it.
        first: the year's target as first set, if it was adjusted.

    Raises:
        ValueError: the target is qualitative.
    """
    if target.value is None:
        raise ValueError("a qualitative target is judged by people")
    if target.met(actual):
        return _exceeded(Score(weight, "达到指标值，得满分", met=True), actual, target, first, weight, pack)
    if target.value <= 0:
        return Score(Fraction(0), "指标值为 0，没有达到，不得分" if target.value == 0 else "没有达到，不得分")
    if actual == target.value:
        text = f"指标值“{target.text}”不含 {target.shown}，完成值恰好相等，没有达到；按计分办法偏差为 0，仍得满分"
        return Score(weight, text, barely=True)
    share, arithmetic = _MISSED[pack.missed](_Numbers(actual, target.value, _at_most(actual, target), unit))
    share = min(Fraction(1), max(Fraction(0), share))
    mark = share * weight
    numbers = f"{arithmetic} × {show(weight)} = {_result(mark, pack)}"
    return Score(mark, f"未达到，{MISSED_LABELS[pack.missed]}", numbers)


def _at_most(actual: Fraction, target: Target) -> bool:
    """Whether less is better; a number to be met exactly is missed from above or from below."""
    assert target.value is not None
    return target.operator in ("le", "lt") or (target.operator == "eq" and actual > target.value)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Actual and target of a missed indicator, both in base units; the target is above 0."""

    actual: Fraction
    target: Fraction
    at_most: bool
    unit: MeasureUnit

    def text(self, value: Fraction) -> str:
        return show(value / UNIT_SCALE[self.unit]) + (UNIT_WORDS[self.unit] if self.unit == "percent" else "")

    @property
    def reached(self) -> tuple[Fraction, str]:
        """``c`` and how it was made."""
        above, below = (self.target, self.actual) if self.at_most else (self.actual, self.target)
        share = Fraction(0) if not below or above < 0 else above / below
        return share, f"{self.text(above)} ÷ {self.text(below)}"


def _linear(numbers: _Numbers) -> tuple[Fraction, str]:
    share = 1 - abs(numbers.actual - numbers.target) / numbers.target
    one, other = numbers.text(numbers.actual), numbers.text(numbers.target)
    if not numbers.at_most:
        one, other = other, one
    cut = "，低于 0 按 0 计" if share < 0 else ""
    return share, f"(1 − ({one} − {other}) ÷ {numbers.text(numbers.target)}{cut})"


def _ratio(numbers: _Numbers) -> tuple[Fraction, str]:
    return numbers.reached


def _pass_line(numbers: _Numbers) -> tuple[Fraction, str]:
    share, words = numbers.reached
    cut = "，低于 0 按 0 计" if share < _PASS else ""
    return (share - _PASS) / _REST, f"({words} − 0.6{cut}) ÷ 0.4"


_MISSED: Mapping[Missed, Callable[[_Numbers], tuple[Fraction, str]]] = {
    "linear_to_twice": _linear,
    "ratio": _ratio,
    "pass_line": _pass_line,
}


def _exceeded(
    score: Score, actual: Fraction, target: Target, first: Target | None, weight: Fraction, pack: RulePack
) -> Score:
    """Of targets that ask for at least so much: far more wants an explanation, and may cost marks."""
    base = first if first is not None and pack.over.compared_with == "first" else target
    if base.operator not in ("ge", "gt") or not base.value or base.value < 0 or actual / base.value < pack.over.limit:
        return score
    ratio = actual / base.value
    which = "年度指标值" if first is not None and base is first else "指标值"
    words = f"{score.words}；完成值为{which}的 {show(ratio * 100, 2)}%，达到 {pack.over.explain_from}，应说明原因"
    if pack.over.costs == "nothing":
        return replace(score, words=words, over=ratio)
    mark = weight * pack.over.limit / ratio
    limit = show(pack.over.limit * 100)
    return Score(
        mark,
        f"{words}，并按比例扣分",
        f"{limit}% ÷ {show(ratio * 100, 2)}% × {show(weight)} = {_result(mark, pack)}",
        over=ratio,
        met=True,
    )


def _result(mark: Fraction, pack: RulePack) -> str:
    """``7.5`` as printed, with the exact number before it where rounding changed it."""
    printed = round_mark(mark, pack)
    return f"{printed}" if Fraction(printed) == mark else f"{show(mark)} ≈ {printed}"
