"""Printed totals beside the sum of their parts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from metrics.papers.facts import Facts
from metrics.papers.figures import Figure, show_sum
from metrics.papers.paper import Check, Kind


def total_of(parts: Sequence[Figure]) -> Fraction:
    """The exact sum."""
    return sum((part.value for part in parts), start=Fraction(0))


def check_sum(facts: Facts, check: Check, place: str, what: str, printed: Figure, parts: Sequence[Figure]) -> bool:
    """Judge a printed total; amounts with decimals may differ by the rounding of their parts. True if nothing is wrong.

    ``what`` names the total, e.g. ``得分合计``.
    """
    facts.figures += 1
    exact = total_of(parts)
    arithmetic = show_sum(parts, exact)
    money = check == "months"
    slack = sum((part.slack for part in parts), start=printed.slack) if money else Fraction(0)
    kind: Kind = "error"
    end = "不符"
    if exact == printed.value:
        kind, end = "agrees", "相符"
    elif abs(exact - printed.value) <= slack:
        kind, end = "note", "只在各项本身的舍入误差之内相符"
    facts.report.add(kind, check, place, str(printed), arithmetic, f"{what}写 {printed}，各项相加 {arithmetic}，{end}")
    return kind != "error"
