"""The forecast in one Chinese sentence."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from metrics.indicators import MeasureUnit, Side
from metrics.numbers import UNIT_WORDS, print_number, rounded
from metrics.outlook import Outlook

_TIMES = ("mean_response", "mean_arrival", "mean_resolution", "mean_outage_duration")
_DONE = ("count", "budget_execution", "funds_in_place")  # what was reached cannot be lost any more
_HOUR = 3600


def outlook_words(outlook: Outlook, unit: MeasureUnit, above: Side, below: Side | None, term: str) -> str:
    """What the rest must look like; ``unit`` is the indicator's, ``term`` the word of what is judged (全年, 合同期)."""
    said = _state(outlook, unit, term) or _needed(outlook, unit, above, below)
    return f"{said}。"


def _state(outlook: Outlook, unit: MeasureUnit, term: str) -> str:
    need, number = outlook.need, print_number(outlook.so_far.actual, unit, target=outlook.target)
    if need.state == "kept":
        if outlook.formula in _DONE:
            return f"{term}指标已经完成"
        return f"{'按目前的数量估计，' if outlook.projected else ''}其余时间无论如何，{term}都能达标"
    if need.state == "open":
        return ""
    if outlook.best is not None and need.bound == "at_least" and outlook.formula != "roster":
        best = print_number(outlook.best, unit, target=outlook.target)
        return f"{term}已不可能达标：即使其余全部做到，也只有 {best}"
    return f"{term}已不可能达标：目前为 {number}，不能再{'升' if need.bound == 'at_least' else '降'}到目标"


def _needed(outlook: Outlook, unit: MeasureUnit, above: Side, below: Side | None) -> str:
    need, formula = outlook.need, outlook.formula
    if formula == "roster":
        return f"其余每天不得少于 {amount_text(need.amount, unit)}"
    if formula in ("count", "outage_count"):
        return _count(outlook, outlook.target.word or above.word or "次")
    if need.rest == 0:
        return _money(outlook)
    if formula == "availability":
        return _uptime(outlook, above)
    if formula in _TIMES:
        mean = print_number(need.rate, unit, rounding="truncate") if need.rate is not None else "—"
        return f"{_expected(outlook, below)}，平均应在 {mean}以内"
    return _share(outlook, unit, above, below)


def _count(outlook: Outlook, word: str) -> str:
    need = outlook.need
    if need.bound == "at_most":
        return f"其余时间最多再发生 {amount_text(need.amount)}{word}"
    if need.bound == "exactly":
        return f"其余时间应正好 {amount_text(need.amount)}{word}"
    monthly = rounded(outlook.monthly, 1)
    return f"还需 {amount_text(need.amount)}{word}，平均每月 {monthly:,f}{word}"


def _money(outlook: Outlook) -> str:
    need = outlook.need
    left = "" if need.most is None else f"，余额 {amount_text(need.most, 'yuan')}"
    return f"还需 {amount_text(need.amount, 'yuan')}，平均每月 {rounded(outlook.monthly, 2):,f}元{left}"


def _uptime(outlook: Outlook, above: Side) -> str:
    need = outlook.need
    rest, spare = need.rest or Fraction(0), need.spare or Fraction(0)
    rate = print_number(Fraction(ceil((need.rate or 0) * 10_000), 10_000), "percent")  # never less than is needed
    if above.unit == "seconds":
        return f"其余应运行 {_hours(rest)}，正常运行率应在 {rate}以上，即累计停用不超过 {_hours(spare)}"
    return f"其余 {amount_text(rest)} 设备天，正常运作率应在 {rate}以上，即不正常不超过 {amount_text(spare)} 设备天"


def _share(outlook: Outlook, unit: MeasureUnit, above: Side, below: Side | None) -> str:
    need = outlook.need
    sign = {"at_least": "不少于", "at_most": "不超过", "exactly": "正好"}[need.bound]
    said = f"{_expected(outlook, below)}，其中{above.label}应{sign} {amount_text(need.amount)}{above.word}"
    if need.spare is not None and outlook.need.most is not None:
        said += f"，即其余的不超过 {amount_text(need.spare)}{above.word}"
    return said


def _expected(outlook: Outlook, below: Side | None) -> str:
    size, word = amount_text(outlook.need.rest or Fraction(0)), below.word if below else ""
    label = below.label if below else ""
    return f"按目前的数量估计，其余{label}约 {size}{word}" if outlook.projected else f"其余{label} {size}{word}"


def _hours(seconds: Fraction) -> str:
    return f"{rounded(seconds / _HOUR, 2, 'truncate'):,f} 小时"


def amount_text(value: Fraction, unit: MeasureUnit = "count") -> str:
    """Thousands separated, as many decimals as it has (two at most), with the unit's word."""
    digits = 0 if value.denominator == 1 else 2
    return f"{rounded(value, digits):,f}{UNIT_WORDS[unit]}"
