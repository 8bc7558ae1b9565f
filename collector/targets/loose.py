"""A table whose text came without its lines, as a PDF gives it: names and values one after the other.

Where a name ends and its value begins is only a guess, so every indicator read here says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from collector.targets.entries import Entry, Stray
from collector.targets.joined import Joined

_HEAD = re.compile(
    r"(?:一级指标)?(?:二级指标)?三级指标(?:名称)?"
    r"(?P<values>(?:(?:实施周期|年度|当年)?(?:指标|目标)值|计量单位|分值|备注)+)"
)
_STOP = re.compile(r"项目名称|备注:|注:")
_SECOND = (
    r"数量|质量|时效|经济成本|社会成本|生态环境成本|经济效益|社会效益|生态效益|可持续影响|可持续发展|服务对象满意度"
)
_LEVEL = re.compile(
    rf"(?P<two>(?:\d\d-)?(?:{_SECOND})指标|\d\d-(?:{_SECOND}))|(?P<one>(?:\d-)?(?:产出|效益|满意度|成本)指标)"
)
_UNIT = (
    r"(?:%|‰|平方米|小时|分钟|个工作日|[百千]?[万亿]?元|人次|台次|场次|次/场|分|"
    r"[次个项台套条场件份张篇户人名天日秒级米])"
)
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_VALUE = re.compile(
    rf"(?:[≥>≤<=]=?|不低于|不少于|不超过|不高于){_NUMBER}{_UNIT}?"
    rf"|(?<![\d.×-]){_NUMBER}(?:{_UNIT}(?:或以上|及以上|以上|或以内|以内|之内|内|或以下|以下)?|(?:或|及)?以[上下内])"
)
_DOUBT = "原表只剩文字，名称与指标值的分界是推断的，请对照原文"


@dataclass
class LooseReader:
    """Reads stretches of text one after the other; ``rest`` is what is left of them."""

    joined: Joined
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    rest: list[tuple[int, int]] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    _levels: list[str] = field(default_factory=lambda: ["", ""])

    def read(self, stretches: Sequence[tuple[int, int]]) -> None:
        """Take the text behind every head of such a table, up to the next project."""
        text = self.joined.plain
        for start, end in stretches:
            at = start
            for head in _HEAD.finditer(text, start, end):
                following = _HEAD.search(text, head.end(), end)
                stop = _STOP.search(text, head.end(), following.start() if following else end)
                limit = stop.start() if stop else following.start() if following else end
                self.rest.append((at, head.start()))
                self._table(head.end(), limit, _both(head["values"]))
                at = limit
            self.rest.append((at, end))
        self.rest = [(start, end) for start, end in self.rest if start < end]

    def _table(self, start: int, end: int, both: bool) -> None:
        at = start
        for level in _LEVEL.finditer(self.joined.plain, start, end):
            self._pairs(at, level.start(), both)
            self._level(level)
            at = level.end()
        self._pairs(at, end, both)

    def _level(self, found: re.Match[str]) -> None:
        word = self.joined.text[found.start() : found.end()]
        beside_output = found["one"] and word.endswith("成本指标") and "产出" in self._levels[0]
        self._levels = [self._levels[0], word] if found["two"] or beside_output else [word, ""]

    def _pairs(self, start: int, end: int, both: bool) -> None:
        """Names and values between two levels. ``both``: the term's value stands before the year's."""
        at, open_ = start, False
        for value in _VALUE.finditer(self.joined.plain, start, end):
            shown = self.joined.text[value.start() : value.end()]
            name = self.joined.text[at : value.start()].strip("：:;；")
            if _is_name(name):
                self._add(at, value.end(), name, shown)
                open_ = both
            elif open_ and not name:
                position, entry = self.entries[-1]
                self.entries[-1] = (position, replace(entry, term=entry.year, year=shown))
                open_ = False
            else:
                self._stray(at, value.end(), "指标值之前没有名称")
                open_ = False
            at = value.end()
        if at < end:
            self._stray(at, end, "分不清名称和指标值" if self._levels[0] else "")

    def _add(self, start: int, end: int, name: str, value: str) -> None:
        levels = tuple(level for level in self._levels if level)
        doubts = (_DOUBT,) if all(self._levels) else (_DOUBT, "一级或二级指标空白，请补全级别")
        entry = Entry(levels, name, value, "", self.joined.place(start, end), doubts=doubts)
        self.entries.append((start, entry))

    def _stray(self, start: int, end: int, why: str) -> None:
        self.strays.append(Stray(self.joined.place(start, end), self.joined.text[start:end], why))


def _is_name(text: str) -> bool:
    return len(re.findall(r"[一-鿿]", text)) > 1 and re.match(r"[\d%,.]+[一-鿿]{0,3}$", text) is None


def _both(values: str) -> bool:
    return "实施周期" in values and re.search(r"实施周期.*(?:年度|当年)", values) is not None
