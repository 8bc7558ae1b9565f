"""The figures of a paper beside our results, by the indicator's name and period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from metrics.indicators import MeasureUnit
from metrics.numbers import print_number, rounded
from metrics.papers.facts import Facts, Said
from metrics.papers.figures import Figure, as_percent, figure, standing
from metrics.papers.paper import Paper
from metrics.papers.prose import Passage
from metrics.quantities import NUMBER, UNIT_SCALE, normalise, parse_quantity
from metrics.targets import same_family

_YEAR = re.compile(r"(20\d{2})年")
_OF_YEAR = re.compile(r"\((20\d{2})年度?\)")  # under the title of a form
_BETWEEN = r"(?:\((?:%|万元|元|次|人|个|小时|分钟)\))?(?:[:：]|为|是|达到|达|约|共|实际|完成|值|全年|累计|了)*"
_UNIT = r"[%‰]|次/场|小时|分钟|万元|[一-鿿]{0,2}"


@dataclass(frozen=True, slots=True)
class Own:
    """One of our results: ``actual`` in base units (ratio, seconds, count, yuan), None without data."""

    name: str
    project: str
    period: str
    actual: Fraction | None
    unit: MeasureUnit
    printed: str


def period_of(paper: Paper) -> str | None:
    """The year that the paper is about: in brackets below the title, in the title, else the one named most often."""
    texts = [line.text for line in paper.lines] + [cell for table in paper.tables for row in table.rows for cell in row]
    years = [year for text in texts for year in _YEAR.findall(normalise(text))]
    under_title = next((match[1] for text in texts if (match := _OF_YEAR.match(normalise(text)))), None)
    if under_title is not None:
        return str(under_title)
    title = next((normalise(text) for text in texts if re.search(r"自评|绩效|报告", text) and _YEAR.search(text)), "")
    found = set(_YEAR.findall(title))
    if len(found) == 1:
        return str(found.pop())
    ranked = Counter(years).most_common(2)
    return str(ranked[0][0]) if len(ranked) == 1 or (ranked and ranked[0][1] > ranked[1][1]) else None


def compare(facts: Facts, passages: Sequence[Passage], own: Sequence[Own], period: str) -> None:
    """Compare what tables and running text say of our indicators for ``period`` and its months."""
    by_name: dict[tuple[str, str], list[Own]] = {}
    for result in own:
        by_name.setdefault((normalise(result.name), result.period), []).append(result)
    names = {normalise(result.name) for result in own}
    for said in [*facts.said, *(found for passage in passages for found in _said(passage, names))]:
        label = period if said.period is None else period[:4] + said.period
        candidates = by_name.get((said.name, label), [])
        if candidates:
            _compare(facts, said, label, candidates)
        elif said.name in names:
            facts.report.skip(said.place, f"系统中没有“{said.name}”{label} 的结果，没有比较")


def _said(passage: Passage, names: set[str]) -> Iterator[Said]:
    """``name`` directly followed by a figure; a promised value (≥95%, 不低于…) is not one."""
    for name in sorted(names, key=len, reverse=True):
        for found in re.finditer(
            rf"{re.escape(name)}{_BETWEEN}({NUMBER})({_UNIT})(?![及或]?(?:以上|以内|以下))", passage.text
        ):
            before = passage.text[: found.start()]
            if any(before.endswith(longer.removesuffix(name)) for longer in names if longer != name and name in longer):
                continue
            yield Said(passage.place(found.start(1)), name, figure(found[1], found[2]))


def _compare(facts: Facts, said: Said, period: str, candidates: Sequence[Own]) -> None:
    judged = [(result, *_judge(said.value, result)) for result in candidates]
    known = [(result, verdict, shown) for result, verdict, shown in judged if verdict is not None]
    if not known:
        reason = "没有数据" if all(result.actual is None for result in candidates) else f"单位与“{said.value}”不同"
        facts.report.skip(said.place, f"“{said.name}”{period} 的系统结果{reason}，没有比较")
        return
    facts.figures += 1
    fitting = next((one for one in known if one[1] in ("half_up", "truncate")), None)
    result, verdict, shown = fitting or known[0]
    text = f"“{said.name}”{period} 写 {said.value}，系统结果 {shown}"
    if fitting is None:
        others = "；".join(f"{one[0].project} {one[2]}" for one in known[1:])
        more = f"（{result.project}；{others}）" if others else ""
        facts.report.add("error", "ours", said.place, str(said.value), shown, f"{text}{more}，不符")
    elif verdict == "truncate":
        facts.report.add("note", "ours", said.place, str(said.value), shown, f"{text}，原文是截去尾数")
    else:
        facts.report.add("agrees", "ours", said.place, str(said.value), shown, f"{text}，相符")


def _judge(value: Figure, own: Own) -> tuple[str | None, str]:
    """How the paper's figure stands to ours, and ours in the paper's unit; None where they cannot be compared."""
    if own.actual is None:
        return None, own.printed
    if own.unit == "percent":
        if value.unit not in ("", "%"):
            return None, own.printed
        percent = as_percent(value)
        exact = own.actual * 100
        return standing(percent, exact), f"{rounded(exact, max(2, percent.decimals))}%"
    quantity = parse_quantity(f"1{value.unit}") if value.unit else None
    if value.unit and (quantity is None or quantity.unit is None or not same_family(quantity.unit, own.unit)):
        return None, own.printed
    scale = quantity.value if quantity is not None else UNIT_SCALE[own.unit]
    exact = own.actual / scale
    if value.unit:
        digits = 0 if exact.denominator == 1 else max(2, value.decimals)
        return standing(value, exact), f"{rounded(exact, digits)}{value.unit}"
    return standing(value, exact), print_number(own.actual, own.unit)
