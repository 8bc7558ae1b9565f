"""Marks in running text: totals beside their parts, marks beside their limits, reasons, bands, over-fulfilment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from metrics.papers.facts import Facts, Mark
from metrics.papers.figures import Figure, figure, show
from metrics.papers.marks import OVER, check_mark
from metrics.papers.mentions import Mention, marks, sums
from metrics.papers.prose import Passage
from metrics.papers.sums import check_sum, total_of
from metrics.quantities import NUMBER

_REASON = re.compile(r"原因|由于|,系(?![统列数])|因为|因(?![此而素])|主要是|鉴于|受.{1,20}影响|导致|所致|未能|尚未")
_BAND = re.compile(
    r"(?:等级|等次|档次|级别|评级|评定|结论|结果|评为|评价为|分,|分\()(?:为|是|属于|:|评为|评定为|等级)*[“\"(]?(优秀|良好|优|良|中|差)(?![一-鿿])"
    r"|(?:评为|等级为|等级:|等级是|结果为|结论为|评定为)[“\"]?(优|良|中|差)[”\"]?(?:等|级|,|;|。|$)"
)
_OVER = re.compile(
    rf"([^,;。:、]*?)[,:]?(?:年度|年初|预期|计划)?(?:指标值|目标值|计划值|计划|目标)(?:为|是|:|完成)*({NUMBER})([一-鿿%]{{0,2}}?)"
    rf"(?:[,;(]?(?:年中)?调整后?[^,;。]{{0,12}})?[,;)]?[^,;。]{{0,6}}?(?:实际)?完成(?:值|了|情况)?(?:为|是|:)?({NUMBER})([一-鿿%]{{0,2}})"
)
_ARROW = re.compile(rf"([^,;。:、\d]*)({NUMBER})[^\d,;。→]{{0,3}}→({NUMBER})")


def check_marks_of(facts: Facts, passage: Passage) -> None:
    """Every sentence of marks in one passage."""
    sentences = list(passage.sentences())
    for index, (start, sentence) in enumerate(sentences):
        following = sentences[index + 1][1] if index + 1 < len(sentences) else ""
        mentions = _named(sentence, sorted(marks(sentence), key=lambda one: one.position))
        scored = bool(re.search(r"得分|评分|自评|总分|得\d", sentence))
        written = _check_written_sums(facts, passage, start, sentence) if scored or mentions else False
        if mentions and not written:
            _check_group(facts, passage, start, sentence, mentions)
        _check_pairs(facts, passage, start, mentions, _gives_reason(sentence, following))
        _check_over(facts, passage, start, sentence, following)
        if scored or mentions:
            band = _BAND.search(sentence)
            if band:
                word = (band[1] or band[2])[0]
                facts.bands.append((passage.place(start + band.start()), word))


def _named(sentence: str, mentions: Sequence[Mention]) -> list[Mention]:
    """A mark without a name before any other belongs to the execution rate that its sentence speaks of."""
    first = next((index for index, one in enumerate(mentions) if one.name), len(mentions))
    return [
        replace(one, name="预算执行率")
        if index < first and one.kind in ("mark", "weight") and "执行率" in sentence[: one.position]
        else one
        for index, one in enumerate(mentions)
    ]


def _gives_reason(sentence: str, following: str) -> bool:
    return bool(_REASON.search(sentence) or re.match(r"(?:扣分|偏差)?(?:原因|主要)|由于|因", following))


def _check_written_sums(facts: Facts, passage: Passage, start: int, sentence: str) -> bool:
    """``29.42+10+37+15=92.42`` among marks."""
    found = False
    for parts, total, position in sums(sentence):
        if "分" in sentence:
            place = passage.place(start + position)
            check_sum(facts, "sum", place, "得分合计", total, parts)
            _total(facts, place, total, parts)
            found = True
    return found


def _total(facts: Facts, place: str, total: Figure, parts: Sequence[Figure] = ()) -> None:
    facts.totals.append(Mark(place, "total", "", Figure(total.value, total.decimals, "")))
    if parts:
        facts.summed = total_of(parts)


def _check_group(facts: Facts, passage: Passage, start: int, sentence: str, mentions: Sequence[Mention]) -> None:
    """One total in a sentence with the marks that it says to consist of."""
    totals = [one for one in mentions if one.kind == "total"]
    parts = [one for one in mentions if one.kind == "mark" and one.name and _depth(sentence, one.position) == 0]
    for part in parts:
        facts.prose_marks.append(Mark(passage.place(start + part.position), part.name, "", part.value))
    for total in totals[1:] if len(totals) > 1 else ():
        _total(facts, passage.place(start + total.position), total.value)
    if not totals:
        return
    place = passage.place(start + totals[0].position)
    figures = [part.value for part in parts]
    linked = _linked(sentence, totals[0], parts)
    if len(parts) < 2 or len(totals) > 1 or not linked:
        _total(facts, place, totals[0].value)
        return
    check_sum(facts, "sum", place, "得分合计", totals[0].value, figures)
    _total(facts, place, totals[0].value, figures)


def _linked(sentence: str, total: Mention, parts: Sequence[Mention]) -> bool:
    """Whether words say that the total consists of the parts: 其中 behind it, or 合计 behind them."""
    if not parts:
        return False
    if total.position < parts[0].position:
        between = sentence[total.position : parts[0].position]
        return bool(re.search(r"其中|分别|包括|包含|:", between))
    before = sentence[parts[-1].position : total.position]
    return total.position > parts[-1].position and bool(re.search(r"合计|共计|总计|总分|总得分|共得", before))


def _depth(text: str, position: int) -> int:
    return text.count("(", 0, position) - text.count(")", 0, position)


def _check_pairs(facts: Facts, passage: Passage, start: int, mentions: Sequence[Mention], reason: bool) -> None:
    """A limit beside its mark, in either order; a mark for execution is judged with the rate at the end."""
    taken: set[int] = set()
    for one, other in pairwise(mentions):
        weight, mark = (one, other) if one.kind == "weight" else (other, one)
        if (weight.kind, mark.kind) != ("weight", "mark") or {one.position, other.position} & taken:
            continue
        if weight.name and mark.name and weight.name != mark.name:
            continue
        taken |= {one.position, other.position}
        name = weight.name or mark.name
        pair = Mark(passage.place(start + mark.position), name, "", mark.value, weight.value)
        facts.prose_marks = [known for known in facts.prose_marks if known != Mark(pair.place, name, "", mark.value)]
        facts.prose_marks.append(pair)
        check_mark(facts, pair, reason, formula="执行" in name)


def _check_over(facts: Facts, passage: Passage, start: int, sentence: str, following: str) -> None:
    if _gives_reason(sentence, following):
        return
    for found in _OVER.finditer(sentence):
        if not found[3] or not found[5] or found[3] == found[5]:
            _note_over(facts, passage.place(start + found.start(2)), found[1], figure(found[2]), figure(found[4]))
    for found in _ARROW.finditer(sentence):
        _note_over(facts, passage.place(start + found.start(2)), found[1], figure(found[2]), figure(found[3]))


def _note_over(facts: Facts, place: str, name: str, target: Figure, actual: Figure) -> None:
    if not target.value or actual.value / target.value < OVER:
        return
    arithmetic = f"{actual.number} ÷ {target.number} = {show(100 * actual.value / target.value, 2)}%"
    stated = f"{target.number}→{actual.number}"
    text = (
        f"“{name}”指标值 {target.number}，完成 {actual.number}（{stated}），{arithmetic}，达到 130% 以上，没有说明原因"
    )
    facts.report.add("note", "over", place, stated, arithmetic, text)
