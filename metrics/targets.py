"""Targets as people write them (semantics 6): ``≥95%``, ``＞85%``, ``2小时内``, ``90%或以上``, ``5人``, ``达标`` …"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from metrics.errors import ConfigError
from metrics.indicators import MeasureUnit
from metrics.quantities import (
    DURATION_UNITS,
    UNIT_SCALE,
    Quantity,
    normalise,
    parse_duration,
    parse_quantity,
    parse_share,
)

__all__ = ["DURATION_UNITS", "Target", "parse_duration", "parse_share", "parse_target"]

Operator = Literal["ge", "gt", "le", "lt", "eq", "qualitative"]

SIGNS: Mapping[Operator, str] = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "="}
_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
    "eq": operator.eq,
}
OPERATOR_WORDS: Mapping[Operator, str] = {
    "ge": "不低于",
    "gt": "高于",
    "le": "不超过",
    "lt": "低于",
    "eq": "等于",
    "qualitative": "定性",
}
_PREFIXES: tuple[tuple[str, Operator], ...] = (
    *((sign, "ge") for sign in ("大于或等于", "大于等于", "不得低于", "不得少于", "不低于", "不少于", "不小于")),
    *((sign, "ge") for sign in ("至少", "达到", ">=", "=>", "≥", "≧", "⩾")),
    *((sign, "le") for sign in ("小于或等于", "小于等于", "不得超过", "不得高于", "不超过", "不高于", "不多于")),
    *((sign, "le") for sign in ("不大于", "至多", "最多", "最长", "<=", "=<", "≤", "≦", "⩽", "控制在")),
    *((sign, "gt") for sign in ("大于", "高于", "超过", "多于", ">")),
    *((sign, "lt") for sign in ("小于", "低于", "少于", "<")),
    *((sign, "eq") for sign in ("等于", "=")),
)
_SUFFIXES: tuple[tuple[str, Operator], ...] = (
    *((word, "ge") for word in ("或以上", "及以上", "含以上", "以上")),
    *((word, "le") for word in ("或以内", "及以内", "之内", "以内", "内", "或以下", "及以下", "以下")),
)
_STRICT: Mapping[Operator, Operator] = {"ge": "gt", "le": "lt"}
_NAMED_LEVEL = re.compile(r"(.*(?:率|度|情况|比例|得分|时间|达到|达|为|:))(?=\d)")
_NAMED_SIGN = re.compile(r"[一-鿿:]+?(?=[≥≧⩾≤≦⩽<>=]|不低于|不少于|不超过|不高于|大于|小于)")
_NOTE = re.compile(r"\(|,(?!\d{3}(?!\d))|[;。:]")
_EMPTY_CASE = re.compile(r"未发生|未出现|没有发生|不发生|如无|若无")
_EMPTY_MEANS_MET = re.compile(r"认定|视为|视同|完成|达标")
_FAMILIES: tuple[frozenset[MeasureUnit], ...] = (
    frozenset(("percent",)),
    frozenset(("seconds", "minutes", "hours", "days")),
    frozenset(("yuan",)),
    frozenset(("count", "persons", "points", "number")),
)
UNIT_LABELS: Mapping[MeasureUnit, str] = {
    "percent": "百分比",
    "seconds": "秒",
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "count": "次数",
    "persons": "人数",
    "points": "分值",
    "yuan": "金额",
    "number": "数值",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A promised value (指标值).

    Attributes:
        value: in the base unit (ratio, seconds, count, yuan); None when qualitative.
        unit: the unit it was written in; None where none was written (see :meth:`for_unit`).
        text: as written.
        assumed: a Chinese sentence on what was assumed because it was not written, or None.
        shown: number and unit as written, without sign; ``word`` is the unit as written.
        empty_met: it says that having no case at all counts as reached (“如未发生…以完成认定”).
        note: what stands behind the number, e.g. a formula in brackets.
    """

    operator: Operator
    value: Fraction | None
    unit: MeasureUnit | None
    text: str
    assumed: str | None = None
    shown: str = ""
    word: str = ""
    empty_met: bool = False
    note: str = ""

    @property
    def printed(self) -> str:
        """Sign, number and unit, e.g. ``≥95%``; the text itself when qualitative."""
        return self.text if self.value is None else f"{SIGNS[self.operator]}{self.shown}"

    def met(self, actual: Fraction) -> bool:
        """Whether the unrounded ``actual`` (same base unit) reaches the target; strictness is kept.

        Raises:
            ValueError: the target is qualitative.
        """
        return self.met_by(actual.numerator, actual.denominator)

    def met_by(self, numerator: int, denominator: int) -> bool:
        """:meth:`met` for a quotient that need not be in lowest terms; ``denominator`` is positive."""
        if self.value is None:
            raise ValueError("a qualitative target is judged by people")
        return _COMPARISONS[self.operator](numerator * self.value.denominator, self.value.numerator * denominator)

    def distance(self, actual: Fraction) -> Fraction:
        """How much better than the target ``actual`` is (same base unit): below 0 it misses, 0 is just on it.

        Raises:
            ValueError: the target is qualitative.
        """
        if self.value is None:
            raise ValueError("a qualitative target is judged by people")
        better = actual - self.value
        if self.operator == "eq":
            return -abs(better)
        return better if self.operator in ("ge", "gt") else -better

    def for_unit(self, unit: MeasureUnit) -> Target:
        """The target for an indicator that is measured in ``unit``: a number without unit takes it.

        Raises:
            ConfigError: the target is of another nature, e.g. ``≥95%`` for hours.
        """
        if self.value is None or self.unit == unit:
            return self
        if self.unit is None:
            return self._take_unit(unit)
        if self.unit == "points" and unit in _FAMILIES[1]:  # 分 is a mark or a minute
            return replace(self, value=self.value * 60, unit="minutes")
        if same_family(self.unit, unit):
            return self
        wanted, given = UNIT_LABELS[unit], UNIT_LABELS[self.unit]
        raise ConfigError(f"目标“{self.text}”是{given}，而指标的计量单位是{wanted}（measure_unit: {unit}）")

    def _take_unit(self, unit: MeasureUnit) -> Target:
        assert self.value is not None
        if unit == "percent" and self.value <= 1:
            return replace(self, unit=unit)
        word = {"percent": "%", "seconds": "秒", "minutes": "分钟", "hours": "小时", "days": "天"}.get(unit)
        if word is None or self.value == 0:
            return replace(self, unit=unit)
        shown = f"{self.shown}{word}"
        said = "；".join(filter(None, (self.assumed, f"目标“{self.text}”未写单位，按 {shown} 理解")))
        return replace(self, value=self.value * UNIT_SCALE[unit], unit=unit, shown=shown, word=word, assumed=said)


def same_family(one: MeasureUnit, other: MeasureUnit) -> bool:
    """Whether both measure the same nature: shares, durations, money or plain numbers."""
    return any(one in family and other in family for family in _FAMILIES)


def parse_target(text: str) -> Target:
    """Read a target; whatever holds no number that can be compared is qualitative and stays text."""
    clean = normalise(text).rstrip("。;")
    strict = "(不含)" in clean
    body, note = _split_note(clean.replace("(含)", "").replace("(不含)", ""))
    operator, quantity = _comparison(body)
    empty_met = bool(_EMPTY_CASE.search(note) and _EMPTY_MEANS_MET.search(note))
    if quantity is None:
        return Target("qualitative", None, None, text.strip(), note=note)
    assumed = None
    if operator is None:
        operator = _assume(quantity)
        assumed = f"目标“{text.strip()}”未写符号，按“{OPERATOR_WORDS[operator]}”理解"
    if strict:
        operator = _STRICT.get(operator, operator)
    return Target(
        operator,
        quantity.value,
        quantity.unit,
        text.strip(),
        assumed,
        shown=quantity.shown,
        word=quantity.word,
        empty_met=empty_met,
        note=note,
    )


def _split_note(text: str) -> tuple[str, str]:
    """What stands before the first bracket, comma or full stop, and the rest."""
    for found in _NOTE.finditer(text):
        before = text[: found.start()]
        if found[0] != ":" and re.search(r"\d", before):
            return before, text[found.start() :]
    return text, ""


def _comparison(body: str) -> tuple[Operator | None, Quantity | None]:
    signed = _NAMED_SIGN.match(body)
    if signed:
        body = body[signed.end() :]
    operator, rest = _take_sign(body)
    quantity = parse_quantity(rest)
    named = _NAMED_LEVEL.match(body)
    if quantity is None and named:
        operator, rest = _take_sign(body[named.end() :])
        quantity = parse_quantity(rest)
        if quantity is not None and quantity.unit is None:  # “版本为2” says nothing that could be compared
            quantity = None
    return operator, quantity


def _take_sign(body: str) -> tuple[Operator | None, str]:
    """The operator before or behind the number (None if neither) and the number with its unit."""
    operator: Operator | None = None
    for sign, meant in _PREFIXES:
        if body.startswith(sign):
            operator, body = meant, body[len(sign) :]
            break
    for word, meant in _SUFFIXES:
        if body.endswith(word) and len(body) > len(word):
            return operator or meant, body[: -len(word)]
    return operator, body


def _assume(quantity: Quantity) -> Operator:
    """Without a sign: 0 means equal, a duration means at most, anything else at least (semantics 6)."""
    if quantity.value == 0:
        return "eq"
    return "le" if quantity.unit in _FAMILIES[1] else "ge"
