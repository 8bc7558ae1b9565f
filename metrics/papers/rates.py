"""Rates beside the amounts they are made of: how they are judged and worded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from metrics.numbers import rounded
from metrics.papers.facts import Execution, Facts
from metrics.papers.figures import Figure, Standing, ratio_slack, show, standing

DEFAULT_WEIGHT = Figure(Fraction(10), 0, "")
RULE = "财预〔2020〕10号"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make a rate: what is divided by what, with their words, e.g. 支出 ÷ 预算."""

    part: Figure
    whole: Figure
    words: str

    @property
    def exact(self) -> Fraction:
        """In percent."""
        return 100 * self.part.value / self.whole.value

    @property
    def arithmetic(self) -> str:
        """``140.58 ÷ 156 = 90.1153…%``."""
        return f"{self.part.number} ÷ {self.whole.number} = {show(self.exact)}%"


_ORDER: tuple[Standing, ...] = ("half_up", "truncate", "close", "wrong")


def check_rate(facts: Facts, place: str, name: str, printed: Figure, ways: Sequence[Way]) -> Way | None:
    """Judge a printed percentage by the ways to make it; the way it was made, None where none fits."""
    usable = [way for way in ways if way.whole.value]
    if not usable:
        return None
    facts.figures += 1
    judged = [(standing(printed, way.exact, ratio_slack(way.part, way.whole)), way) for way in usable]
    found, way = min(judged, key=lambda one: _ORDER.index(one[0]))
    fitting = [other.words for verdict, other in judged if verdict == found and other.words]
    basis = f"（按{'，也按'.join(fitting)}）" if found != "wrong" and fitting else ""
    rounding = f"{rounded(way.exact, printed.decimals)}%"
    said = f"{name}写 {printed}，{way.arithmetic}"
    add = facts.report.add
    if found == "half_up":
        add("agrees", "rate", place, str(printed), way.arithmetic, f"{said}，相符{basis}")
    elif found == "truncate":
        text = f"{said}，四舍五入应为 {rounding}，原文是截去尾数{basis}"
        add("note", "rate", place, str(printed), f"{way.arithmetic}，四舍五入 {rounding}", text)
    elif found == "close":
        add("note", "rate", place, str(printed), way.arithmetic, f"{said}，只在所列金额本身的舍入误差之内相符{basis}")
    else:
        every = "；".join(f"{one.words + ' ' if one.words else ''}{one.arithmetic}" for one in usable)
        add("error", "rate", place, str(printed), every, f"{name}写 {printed}，而 {every}，四舍五入为 {rounding}，不符")
        return None
    return way


def check_execution_mark(facts: Facts, place: str, mark: Figure, weight: Figure, found: Execution, source: str) -> None:
    """A mark for execution is min(1, rate) × its weight; ``source`` says where the weight is from."""
    facts.figures += 1
    exact = min(Fraction(1), found.exact / 100) * weight.value
    arithmetic = f"{weight.number} × {show(min(Fraction(100), found.exact))}% = {show(exact)}"
    said = f"预算执行得分写 {mark.number}，{arithmetic}{source}"
    verdict = standing(mark, exact, found.slack * weight.value / 100)
    if verdict == "half_up" or (verdict == "close" and found.slack):
        facts.report.add("agrees", "execution_mark", place, mark.number, arithmetic, f"{said}，相符")
    elif verdict == "truncate":
        text = f"{said}，四舍五入应为 {rounded(exact, mark.decimals)}，原文是截去尾数"
        facts.report.add("note", "execution_mark", place, mark.number, arithmetic, text)
    elif mark.value > exact:
        text = f"{said}，最多 {rounded(exact, max(2, mark.decimals))} 分，不符"
        facts.report.add("error", "execution_mark", place, mark.number, arithmetic, text)
    else:
        text = f"{said}，按比例应得更多；如按其他办法计分，应说明"
        facts.report.add("note", "execution_mark", place, mark.number, arithmetic, text)
