"""Sentences made from figures; each is right for every outcome, and says nothing that the figures do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from collector.publish.changes import change_words
from collector.publish.dossier import Dossier
from collector.publish.publication import Result
from metrics.numbers import UNIT_WORDS, rounded
from metrics.period import Period
from metrics.quantities import UNIT_SCALE
from metrics.targets import parse_target

KIND_TITLES = {"month": "月度", "quarter": "季度", "half": "半年度", "year": "年度", "range": "合同期"}
#: How the period is spoken of, and the one before it.
NOW = {"month": "本月", "quarter": "本季度", "half": "本半年", "year": "本年", "range": "合同期"}
BEFORE = {"month": "上月", "quarter": "上季度", "half": "上半年", "year": "上年", "range": "上期"}
_MOST_DIGITS = 8


def period_words(period: Period) -> str:
    """``2025年3月``, ``2025年第1季度``, ``2025年上半年``, ``2025年度``, or first and last day."""
    first, last = period.first_on, period.last_on
    match period.kind:
        case "month":
            return f"{first.year}年{first.month}月"
        case "quarter":
            return f"{first.year}年第{(first.month + 2) // 3}季度"
        case "half":
            return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
        case "year":
            return f"{first.year}年度"
    return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"


def summary(dossier: Dossier, totals: Sequence[Result]) -> Iterator[str]:
    """How many of what, then what is named: missed, low coverage, no data, not due."""
    by = {name: [one for one in totals if one["outcome"] == name] for name in _OUTCOMES}
    judged = len(by["met"]) + len(by["missed"])
    now = NOW[dossier.period.kind]
    yield _counted(dossier, totals, by, judged)
    if judged and not by["missed"]:
        yield "作出结论的指标全部达标。"
    if by["missed"]:
        named = "；".join(
            f"“{one['name']}”完成值 {one['printed']}，目标 {one['printed_target']}" for one in by["missed"]
        )
        yield f"未达标的指标：{named}。"
    if by["low_coverage"]:
        named = "、".join(f"“{one['name']}”（覆盖率 {one.coverage}）" for one in by["low_coverage"])
        yield f"覆盖不足、不作结论的指标：{named}。"
    if by["no_data"]:
        yield f"没有数据的指标：{'、'.join(_quoted(one) for one in by['no_data'])}。没有数据既不算达标，也不算未达标。"
    if by["not_due"]:
        yield f"考核周期尚未结束的指标：{'、'.join(_quoted(one) for one in by['not_due'])}，所列为截至目前的数值。"
    counted = [one for one in totals if one["indicator"] in dossier.by_month and one["actual"] is not None]
    if counted:
        yield f"{now}{'；'.join(_count(dossier, one) for one in counted)}。"


_OUTCOMES = ("met", "missed", "low_coverage", "no_data", "not_due", "")


def _counted(dossier: Dossier, totals: Sequence[Result], by: dict[str, list[Result]], judged: int) -> str:
    """The first sentence: all numbers add up to that of the indicators."""
    labels = {"met": "达标", "missed": "未达标", "low_coverage": "覆盖不足", "no_data": "无数据", "not_due": "未到期"}
    numbers = Counter({name: len(found) for name, found in by.items()})
    parts = [f"{label} {numbers[name]} 项" for name, label in labels.items() if numbers[name]]
    head = f"{period_words(dossier.period)}共统计指标 {len(totals)} 项"
    if not judged and not parts:
        return f"{head}，均不在{NOW[dossier.period.kind]}考核，只列数值。"
    rest = f"；其余 {numbers['']} 项不在{NOW[dossier.period.kind]}考核或没有数值目标，只列数值" if numbers[""] else ""
    return f"{head}，其中{'，'.join(parts)}{rest}。"


def _quoted(result: Result) -> str:
    return f"“{result['name']}”"


def _count(dossier: Dossier, result: Result) -> str:
    """``数字法庭设备巡检次数 516次（本年累计 4033次）``."""
    so_far = dossier.so_far.get(result["indicator"])
    more = f"（本年累计 {so_far.printed}）" if so_far is not None and so_far.figure.actual is not None else ""
    return f"{result['name']} {result['printed']}{more}"


def gap_words(result: Result) -> str:
    """``比目标少 9.79 个百分点``: by how much a figure misses, in its printed unit; never 0."""
    target, actual = parse_target(result["target"]).for_unit(result["measure_unit"]), result.fraction("actual")
    if target.value is None or actual is None:
        return ""
    unit = result["measure_unit"]
    difference = (actual - target.value) / UNIT_SCALE[unit]
    if not difference:
        return "恰好等于目标值，而目标不含此值"
    word = "个百分点" if unit == "percent" else UNIT_WORDS[unit]
    return f"比目标{'多' if difference > 0 else '少'} {_not_zero(abs(difference)):,f} {word}".rstrip()


def _not_zero(value: Fraction) -> Decimal:
    """Two decimals, more where two would read 0."""
    digits = next((n for n in range(2, _MOST_DIGITS) if rounded(value, n)), _MOST_DIGITS)
    whole = value.denominator == 1
    return rounded(value, 0 if whole else digits)


def missed_words(dossier: Dossier, result: Result, earlier: Result | None) -> str:
    """One sentence: figure, target, by how much it was missed or why nothing is concluded, and the change."""
    said = gap_words(result) if result["outcome"] == "missed" else f"覆盖率 {result.coverage}，不作结论"
    parts = [f"完成值 {result['printed']}，目标 {result['printed_target']}", said]
    change = change_words(result, earlier, BEFORE[dossier.period.kind])
    return "，".join(part for part in (*parts, change) if part) + "。"


def quality(dossier: Dossier, totals: Sequence[Result]) -> Iterator[str]:
    """Coverage, bounds, observed and presumed, in words, for every figure that has them."""
    for one in totals:
        if one["coverage"] is None or (one["actual"] is None and not one.fraction("coverage")):
            continue
        coverage, said = one.fraction("coverage"), []
        if coverage is not None and coverage < 1:
            said.append(
                f"覆盖率 {one.coverage}，其余时间没有应有的检测；完成值在 {one.bound('lower')}（未知全按故障计）至 "
                f"{one.bound('upper')}（未知全按正常计）之间"
            )
        else:
            said.append("应计时间都能判断是否正常，覆盖率 100%")
        if one["presumed"] is not None:
            said.append(
                f"正常时间中 {one.percent('observed')} 有检测或巡检佐证，"
                f"{one.percent('presumed')} 只是推定正常，即没有记录表明故障"
            )
        yield f"“{one['name']}”：{'；'.join(said)}。"
    kinds = Counter(one.kind for one in dossier.contradictions)
    if kinds:
        listed = "，".join(f"{kind} {number} 处" for kind, number in kinds.items())
        yield (
            f"不同来源之间的矛盾 {len(dossier.contradictions)} 处：{listed}。"
            "矛盾只列出，不改变指标；逐处见工作簿的“数据质量”。"
        )
    else:
        yield "不同来源之间没有发现矛盾。"
