"""Checks over a whole paper: totals that must be the same, totals beside the execution, bands."""

from __future__ import annotations

from fractions import Fraction

from metrics.numbers import rounded
from metrics.papers.facts import BANDS, Bands, Facts, Mark
from metrics.papers.figures import Figure, show
from metrics.papers.rates import DEFAULT_WEIGHT, RULE, check_execution_mark
from metrics.papers.sums import check_sum, total_of

_LEVELS = ("预算执行", "产出", "效益", "满意度")


def band_of(total: Fraction, limits: Bands = BANDS) -> str:
    """优 from 90, 良 from 80, 中 from 60, else 差; or by the limits that the paper names."""
    return next((word for least, word in limits if total >= least), "差")


def check_whole(facts: Facts) -> None:
    """What needs the whole paper to have been read."""
    _check_sections(facts)
    _check_levels(facts)
    _check_execution_in_prose(facts)
    _check_same_totals(facts)
    _check_possible(facts)
    _check_bands(facts)


def _level_of(name: str) -> str | None:
    """The first level that a name is of; only the level itself, not an indicator whose name contains it."""
    plain = name.removesuffix("指标").removesuffix("率").removesuffix("情况").removesuffix("率")
    return {"服务对象满意度": "满意度", "项目效益": "效益", "项目产出": "产出"}.get(
        plain, plain if plain in _LEVELS else None
    )


def _check_sections(facts: Facts) -> None:
    """A total whose parts stand in sentences of their own: all four levels, each with one mark."""
    if facts.summed is not None or not facts.totals:
        return
    marks: dict[str, set[Figure]] = {}
    for known in facts.prose_marks:
        level = _level_of(known.name)
        if level:
            marks.setdefault(level, set()).add(known.mark)
    total = facts.totals[0]
    if set(marks) == set(_LEVELS) and all(len(values) == 1 for values in marks.values()):
        parts = [next(iter(marks[level])) for level in _LEVELS]
        check_sum(facts, "sum", total.place, "得分合计", total.mark, parts)
        facts.summed = total_of(parts)
    else:
        facts.report.skip(total.place, f"总分 {total.mark.number} 由哪些得分相加没有认出，未核对")


def _check_levels(facts: Facts) -> None:
    """A level's mark in the text against the level's rows in the table."""
    rows: dict[str, list[Mark]] = {}
    for known in facts.marks:
        level = _level_of(known.level)
        if level and level != known.name:
            rows.setdefault(level, []).append(known)
    for said in facts.prose_marks:
        below = rows.get(_level_of(said.name) or "")
        if below and len(below) > 1:
            check_sum(facts, "sum", said.place, f"“{said.name}”得分", said.mark, [one.mark for one in below])


def _check_execution_in_prose(facts: Facts) -> None:
    found = facts.execution()
    if found is None:
        return
    weight = found.weight
    for said in facts.prose_marks:
        if _level_of(said.name) != "预算执行":
            continue
        limit = said.weight or weight or DEFAULT_WEIGHT
        source = "" if said.weight or weight else f"（原文没有写分值，按 {RULE} 的 10 分）"
        check_execution_mark(facts, said.place, said.mark, limit, found, source)


def _check_same_totals(facts: Facts) -> None:
    values = {total.mark.value: total for total in reversed(facts.totals)}
    if len(values) > 1 and len({total.place for total in facts.totals}) > 1:
        first, *others = reversed(values.values())
        for other in others:
            text = f"总分写 {other.mark.number}，而{first.place}写 {first.mark.number}，前后不一致，不符"
            facts.report.add("error", "sum", other.place, other.mark.number, first.mark.number, text)


def _check_possible(facts: Facts) -> None:
    """No total can hold more than what the execution leaves of 100."""
    found = facts.execution()
    if found is None and facts.executions and facts.totals:
        facts.report.skip(facts.totals[0].place, "有几个不同的预算执行率，没有核对总分的上限")
    if found is None or found.exact >= 100:
        return
    weight = next((one.weight for one in facts.prose_marks if one.weight and _level_of(one.name) == "预算执行"), None)
    weight = found.weight or weight
    source = "" if weight else f"（原文没有写预算执行的分值，按 {RULE} 的 10 分）"
    limit = weight or DEFAULT_WEIGHT
    most = 100 - limit.value + limit.value * found.exact / 100
    possible = most + limit.value * found.slack / 100
    for total in {one.mark.value: one for one in facts.totals}.values():
        facts.figures += 1
        if rounded(possible, max(2, total.mark.decimals)) >= rounded(total.mark.value, max(2, total.mark.decimals)):
            continue
        shown = rounded(most, 2)
        rate = rounded(found.exact, 2)
        arithmetic = f"100 − {limit.number} × (1 − {rate}%) = {shown}"
        shown_rate = found.arithmetic if found.slack else f"{found.arithmetic}（四舍五入 {rate}%）"
        text = f"总分写 {total.mark.number}，而预算执行率 {shown_rate}，{arithmetic}，至多 {shown} 分{source}，不符"
        facts.report.add("error", "impossible", total.place, total.mark.number, f"至多 {shown}", text)


def _check_bands(facts: Facts) -> None:
    if not facts.bands or not facts.totals:
        return
    if len({total.mark.value for total in facts.totals}) > 1:
        facts.report.skip(facts.bands[0][0], "总分前后不一致，等级未核对")
        return
    total = facts.totals[0].mark
    right = band_of(total.value, facts.limits)
    for place, word in facts.bands:
        facts.figures += 1
        *named, _ = facts.limits
        limits = "，".join(f"≥{show(least)} {known}" for least, known in named) + "，其余差"
        if word == right:
            facts.report.add(
                "agrees", "band", place, word, right, f"等级写“{word}”，{total.number} 分（{limits}），相符"
            )
        else:
            text = f"等级写“{word}”，{total.number} 分应为“{right}”（{limits}），不符"
            facts.report.add("error", "band", place, word, right, text)
    if facts.summed is not None and band_of(facts.summed, facts.limits) != right:
        band = band_of(facts.summed, facts.limits)
        text = f"各项得分相加为 {show(facts.summed)}，等级应为“{band}”，而不是“{right}”，不符"
        facts.report.add("error", "band", facts.bands[0][0], facts.bands[0][1], band, text)
