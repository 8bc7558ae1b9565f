"""Indicators as running text, broken anywhere: ``1、1-产出指标；12-质量指标；名称；年度指标值:…。``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from collector.targets.entries import Entry, Stray
from collector.targets.joined import Joined

_LEVEL_WORDS = r"(?:产出|效益|满意度|成本|决策|过程|管理)(?:类)?(?:指标)?"
_SECOND_WORDS = r"(?:数量|质量|时效|成本|经济|社会|生态|环境|可持续|服务对象|满意度)[^\d;:。]{0,10}"
_HEAD = re.compile(
    r"(?<!\d)(?:(?P<number>\d{1,3})[、.)])?"
    rf"(?P<one>\d-[^\d;:。-]{{2,10}}|{_LEVEL_WORDS});"
    rf"(?P<two>\d{{2}}-[^\d;:。-]{{2,14}}|{_SECOND_WORDS});"
)
_LABEL = re.compile(r"[;,]?(?P<which>实施周期|中期|总体|年度|当年|本年)?(?:绩效)?(?:指标值|目标值):")
_OF_THE_TERM = ("实施周期", "中期", "总体")
_TOO_LONG = 120


@dataclass(frozen=True)
class Running:
    """Indicators in the order of the text, each with where it ``start``s, and the text between them."""

    entries: tuple[tuple[int, Entry], ...]
    rest: tuple[tuple[int, int], ...]
    strays: tuple[Stray, ...]


def read_running(joined: Joined) -> Running:
    """Every indicator of the running form, and the stretches ``[start, end)`` of text that belong to none."""
    heads = list(_HEAD.finditer(joined.plain))
    ends = [*(head.start() for head in heads), len(joined.text)][1:]
    entries: list[tuple[int, Entry]] = []
    rest = [(0, heads[0].start() if heads else len(joined.text))]
    strays: list[Stray] = []
    for head, limit in zip(heads, ends, strict=True):
        end = _end(joined.plain, head.end(), limit)
        entry = _entry(joined, head, end)
        if entry is None:
            text = joined.text[head.start() : end]
            strays.append(Stray(joined.place(head.start(), end), text, "像一条指标，但没有名称"))
        else:
            entries.append((head.start(), entry))
        rest.append((end, limit))
    return Running(tuple(entries), tuple((a, b) for a, b in rest if a < b), tuple(strays))


def _end(text: str, start: int, limit: int) -> int:
    """Behind the full stop that ends an indicator, one inside brackets ends nothing; ``limit`` if there is none."""
    depth = 0
    for at in range(start, limit):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if text[at] == "。" and depth <= 0:
            return at + 1
    stop = text.find("。", start, limit)  # a bracket was never closed
    return limit if stop < 0 else stop + 1


def _entry(joined: Joined, head: re.Match[str], end: int) -> Entry | None:
    labels = list(_labels(joined.plain, head.end(), end))
    first = labels[0].start() if labels else _next_mark(joined.plain, head.end(), end)
    name = joined.text[head.end() : first].strip("；;，,：:。")
    if not name:
        return None
    values = {"year": "", "term": ""}
    stops = [*(label.start() for label in labels), end][1:]
    for label, stop in zip(labels, stops, strict=True):
        which = "term" if label["which"] in _OF_THE_TERM else "year"
        values[which] = _value(joined.text[label.end() : stop])
    if not labels:
        values["year"] = _value(joined.text[first:end])
    levels = tuple(joined.text[head.start(level) : head.end(level)] for level in ("one", "two"))
    number = int(head["number"]) if head["number"] else None
    place = joined.place(head.start(), end)
    return Entry(levels, name, values["year"], values["term"], place, number, doubts=tuple(_doubts(head, values)))


def _labels(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The labels outside brackets."""
    for found in _LABEL.finditer(text, start, end):
        before = text[start : found.start()]
        if before.count("(") <= before.count(")"):
            yield found


def _next_mark(text: str, start: int, end: int) -> int:
    found = text.find(";", start, end)
    return end if found < 0 else found


def _value(text: str) -> str:
    """Without the separators around it; dots that say 待补充... are its own."""
    return text.strip("；;，,。")


def _doubts(head: re.Match[str], values: dict[str, str]) -> Iterator[str]:
    one, two = head["one"], head["two"]
    if one[0].isdigit() and two[0].isdigit() and one[0] != two[0]:
        yield f"二级代码 {two[:2]} 与一级代码 {one[0]} 不是一类，原文如此"
    if any(len(value) > _TOO_LONG for value in values.values()):
        yield "指标值特别长，可能连着别的文字，请对照原文"
