"""How a figure's numerator and denominator come out of the rows in its evidence again, by adding and counting.

A rule is data, so that a pack carries its own and is checked without the configuration. Formulas whose sides are
no sums (the least day of a roster, days of devices) have no rule for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from collector.publish.explanation import ROLE_LABELS
from metrics.indicators import IndicatorDefinition
from metrics.spans import KIND_LABELS

Sheet = Literal["rows", "spans"]
How = Literal["sum", "count"]
WORDS: Mapping[str, str] = {**ROLE_LABELS, **KIND_LABELS}


@dataclass(frozen=True, slots=True)
class Term:
    """Plus or minus the sum (or number) of the lines of some kinds: roles of rows, kinds of spans."""

    sheet: Sheet
    how: How
    kinds: tuple[str, ...]
    sign: int = 1

    def as_data(self) -> list[Any]:
        """For a manifest."""
        return [self.sign, self.sheet, self.how, list(self.kinds)]

    @classmethod
    def from_data(cls, data: list[Any]) -> Term:
        """Out of a manifest."""
        sign, sheet, how, kinds = data
        return cls(sheet, how, tuple(kinds), int(sign))

    def words(self) -> str:
        """``“分子、分母”各行数值之和``."""
        named = "、".join(f"“{WORDS[kind]}”" for kind in self.kinds)
        return (
            f"{named}各行{'的条数' if self.how == 'count' else '的秒数之和' if self.sheet == 'spans' else '的数值之和'}"
        )


Terms = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """The terms of both sides; empty where a side is no sum of lines."""

    numerator: Terms = ()
    denominator: Terms = ()


@dataclass
class Tally:
    """Sums and counts of lines by sheet and kind; a sum is None when a line has no number."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    sums: dict[tuple[str, str], Fraction | None] = field(default_factory=dict)

    def add(self, sheet: Sheet, kind: str, value: Fraction | None) -> None:
        """One line."""
        key = (sheet, kind)
        self.counts[key] = self.counts.get(key, 0) + 1
        before = self.sums.get(key, Fraction(0))
        self.sums[key] = None if before is None or value is None else before + value

    def value(self, terms: Terms) -> Fraction | None:
        """What the terms give; None without terms or where a number is missing."""
        if not terms:
            return None
        total = Fraction(0)
        for term in terms:
            for kind in term.kinds:
                key = (term.sheet, kind)
                one = Fraction(self.counts.get(key, 0)) if term.how == "count" else self.sums.get(key, Fraction(0))
                if one is None:
                    return None
                total += term.sign * one
        return total


def rows_sum(*roles: str) -> Terms:
    """The sum of the values of rows of these roles."""
    return (Term("rows", "sum", roles),)


def rows_count(*roles: str) -> Terms:
    """The number of rows of these roles."""
    return (Term("rows", "count", roles),)


def _availability(definition: IndicatorDefinition) -> Rule:
    """On time basis the stretches of time add up; on day basis whole days are judged."""
    params = definition.params
    if params.basis != "time":
        return Rule()
    left = [kind for kind in ("exclusion", "unknown") if getattr(params, kind) == "leaves_denominator"]
    names = {"exclusion": "excluded", "unknown": "unknown"}
    below = (
        Term("spans", "sum", ("required",)),
        *(Term("spans", "sum", (names[kind],), -1) for kind in left),
    )
    lost = ("down", "unknown") if params.unknown == "counts_as_down" else ("down",)
    return Rule((*below, Term("spans", "sum", lost, -1)), below)


_RATE = Rule(rows_count("both"), rows_count("both", "denominator"))
_MEAN = Rule(rows_sum("both"), rows_count("both"))
_OUTAGES = Rule((Term("spans", "count", ("down",)),))
_SUMS = Rule(rows_sum("numerator"), rows_sum("denominator"))
_RULES: Mapping[str, Callable[[IndicatorDefinition], Rule]] = {
    "availability": _availability,
    "count": lambda definition: Rule(rows_sum("numerator")),
    "ratio": lambda definition: _SUMS,
    "mean_response": lambda definition: _MEAN,
    "mean_arrival": lambda definition: _MEAN,
    "mean_resolution": lambda definition: _MEAN,
    "timely_rate": lambda definition: _RATE,
    "resolution_rate": lambda definition: _RATE,
    "satisfaction": lambda definition: Rule(rows_sum("both"), rows_sum("both", "denominator")),
    "inspection_completion": lambda definition: _SUMS,
    "budget_execution": lambda definition: _SUMS,
    "funds_in_place": lambda definition: _SUMS,
    "outage_count": lambda definition: _OUTAGES,
    "failure_rate": lambda definition: _OUTAGES,
    "mean_outage_duration": lambda definition: Rule(
        (Term("spans", "sum", ("down",)),), (Term("spans", "count", ("down",)),)
    ),
}


def rule_of(definition: IndicatorDefinition) -> Rule:
    """The rule of an indicator's figure over everything."""
    make = _RULES.get(definition.formula)
    return Rule() if make is None else make(definition)


def terms_words(terms: Terms) -> str:
    """``“应运行”各行的秒数之和 − “豁免”各行的秒数之和``."""
    words = ""
    for term in terms:
        words += (" − " if term.sign < 0 else " ＋ " if words else "") + term.words()
    return words
