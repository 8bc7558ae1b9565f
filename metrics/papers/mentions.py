"""Marks, amounts and rates as running text mentions them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from metrics.papers.figures import Figure, figure
from metrics.papers.headings import Role
from metrics.quantities import NUMBER

MarkKind = Literal["mark", "weight", "total", "off"]

_NAME = r"[^,，;；:：。、()\[\]“”\"'\d%+=/÷]"
_PROMISED = r"[及或]?(?:以上|以内|以下)"
_AHEAD = re.compile(r"预计|预期|目标|计划|力争|确保|指标值")
_MARK = re.compile(rf"({_NAME}*)[:：(“\"]?(?<![\d.])({NUMBER})分(?!钟|别|之|析|布|类|为|秒|辨|配|期|公司|院|局|管)")
_PAIR = re.compile(rf"({_NAME}*)[:：(]?(?<![\d.])({NUMBER})/({NUMBER})分?(?![\d.%年月])")
_MONEY = re.compile(rf"({_NAME}*)[:：(]?({NUMBER})(亿元|百万元|万元|千元|元)")
_RATE = re.compile(rf"({_NAME}*(?:率|满意度))(?:[:：(]|为|是|达到|达|约|约为|完成|实际|值)*({NUMBER})%(?!{_PROMISED})")
_EXPLICIT = re.compile(
    rf"({NUMBER})[^\d,，;；。=÷/]{{0,6}}[/÷]({NUMBER})[^\d,，;；。=÷/×*]{{0,6}}(?:[)）])?(?:[×x*]100%?)?=({NUMBER})%"
)
_SUM = re.compile(
    rf"((?:[^\d,，;；。=]{{0,14}}?{NUMBER}(?:分|万元|元)?\+)+[^\d,，;；。=]{{0,14}}?{NUMBER}(?:分|万元|元)?)=[^\d,，;；。]{{0,8}}?({NUMBER})"
)
_SUM_BEHIND = re.compile(
    rf"({NUMBER})(?:分|万元|元)?\(((?:[^\d()]{{0,14}}{NUMBER}(?:分|万元|元)?\+)+[^\d()]{{0,14}}{NUMBER}(?:分|万元|元)?)\)"
)
_COUNT = re.compile(rf"(?<![\d.])({NUMBER})(次/场|人次|台次|[个项次台套条件份张人名户场天])(?![\d一-鿿]{{0,2}}%)")

_TOTAL_WORD = re.compile(r"总分|总得分|总评分|合计|总计|共计")
_TOTAL_FILLER = re.compile(
    r"\d+|本|项目|支出|绩效|整体|自评|自我|评价|综合|最终|最后|为|是|共|得分|评分|得|年度|年|我院|单位|部门|经|结果|分数|该|因此|故|实际|评定|的"
)
_WEIGHT_WORD = re.compile(r"满分|分值|权重|标准分|总分值")
_NOT_A_NAME = re.compile(
    r"(?:自评|实际|评价|考核|应|本项|该项|指标|方面|共|各)|得分|评分|分值|满分|权重|标准分|[得为是计扣减]+$|^[的与和及其中为其]+"
)
_CLOCK = re.compile(r"[时点]$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A mark at ``position``: what kind it is and of what; ``name`` is blank where the text leaves it out."""

    kind: MarkKind
    name: str
    value: Figure
    position: int


def marks(text: str) -> Iterator[Mention]:
    """Every number of marks; a number in brackets behind a name is what it may be at most."""
    for found in _MARK.finditer(text):
        label = found[1]
        if _CLOCK.search(label):
            continue
        bracket = text[found.start(2) - 1 : found.start(2)] == "(" and text[found.end() : found.end() + 1] == ")"
        name = _NOT_A_NAME.sub("", _NOT_A_NAME.sub("", label))
        yield Mention(_kind(label, bracket), name, figure(found[2]), found.start(2))
    for found in _PAIR.finditer(text):
        if re.search(r"得分|分$|得$|指标|效益|产出|满意度", found[1]):
            name = _NOT_A_NAME.sub("", _NOT_A_NAME.sub("", found[1]))
            yield Mention("weight", name, figure(found[3]), found.start(2))
            yield Mention("mark", name, figure(found[2]), found.start(2))


def _kind(label: str, bracket: bool) -> MarkKind:
    if bracket and not re.search(r"得|扣", label):
        return "weight"
    if re.search(r"扣[减除]?分?$|扣掉$|扣了$", label):
        return "off"
    if _WEIGHT_WORD.search(label):
        return "weight"
    if _TOTAL_WORD.search(label):
        return "total"
    scored = re.search(r"得分|评分|自评", label)
    return "total" if scored and not _TOTAL_FILLER.sub("", label) else "mark"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money with its role by the last telling word before it; None where no word tells."""

    role: Role | None
    value: Figure
    position: int


_MONEY_WORDS: tuple[tuple[str, Role], ...] = (
    *((word, "balance") for word in ("结余", "结转", "剩余")),
    *((word, "received") for word in ("到位", "拨付", "下达")),
    *((word, "paid") for word in ("支出", "支付", "执行", "使用", "付款")),
    *((word, "budget") for word in ("预算", "安排", "批复")),
)


def amounts(text: str) -> Iterator[Amount]:
    """Every amount of money."""
    for found in _MONEY.finditer(text):
        at = {role: found[1].rfind(word) for word, role in reversed(_MONEY_WORDS) if word in found[1]}
        role = max(at, key=lambda known: at[known], default=None)
        yield Amount(role, figure(found[2], found[3]), found.start(2))


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage with the name of what it is a rate of."""

    name: str
    value: Figure
    position: int


def rates(text: str) -> Iterator[Rate]:
    """Every ``…率为…%``; a promised value (不低于…, ≥…) is none."""
    for found in _RATE.finditer(text):
        if _AHEAD.search(found[1]):
            continue
        yield Rate(found[1], figure(found[2], "%"), found.start(2))


def quotients(text: str) -> Iterator[tuple[Figure, Figure, Figure, int]]:
    """Every written-out ``a÷b×100%=c%``."""
    for found in _EXPLICIT.finditer(text):
        yield figure(found[1]), figure(found[2]), figure(found[3], "%"), found.start(3)


def sums(text: str) -> Iterator[tuple[list[Figure], Figure, int]]:
    """Every written-out ``a+b+c=d`` and ``d(a+b+c)``."""
    for found in _SUM.finditer(text):
        yield _parts(found[1]), figure(found[2]), found.start(2)
    for found in _SUM_BEHIND.finditer(text):
        yield _parts(found[2]), figure(found[1]), found.start(1)


def _parts(written: str) -> list[Figure]:
    return [figure(re.findall(NUMBER, part)[-1]) for part in written.split("+")]


def counts(text: str) -> Iterator[tuple[Figure, int]]:
    """Every whole number of cases, persons, times."""
    for found in _COUNT.finditer(text):
        yield figure(found[1], found[2]), found.start(1)
