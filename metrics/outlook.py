"""The forecast: what the rest of a term must bring so that its target is kept (semantics 6).

A figure of the whole term is (numerator so far + x) / (denominator so far + rest). The forecast is the x that is
just enough, in the smallest step that x can take: one second, one ticket, one fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from metrics.indicators import Figure
from metrics.targets import Target

State = Literal["kept", "open", "lost"]
Bound = Literal["at_least", "at_most", "exactly"]

#: Formulas whose rest is known beforehand, from calendar, register and plan.
PLANNED = frozenset(("availability", "failure_rate", "inspection_completion"))
#: Formulas whose rest is taken to come as it came so far: as many tickets or answers a day.
_PROJECTED = frozenset(
    (
        *("mean_response", "mean_arrival", "mean_resolution", "mean_outage_duration"),
        *("resolution_rate", "timely_rate", "satisfaction", "ratio"),
    )
)
#: Formulas whose numerator is a part of the denominator, so that the rest brings at most all of itself.
_SHARES = frozenset(("availability", "inspection_completion", "resolution_rate", "timely_rate", "satisfaction"))
_MONEY = frozenset(("budget_execution", "funds_in_place"))
_COUNTS = frozenset(("count", "outage_count"))
_FEN = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Need:
    """How much the rest must bring, in the numerator's unit.

    ``kept``: whatever comes, the target is reached; ``lost``: nothing can reach it any more; ``open``: it is
    reached if and only if the rest brings ``bound`` ``amount``. ``most`` is what the rest can bring, None without
    limit; ``rest`` what it adds to the denominator, None where nothing is divided.
    """

    state: State
    bound: Bound
    amount: Fraction
    rest: Fraction | None
    most: Fraction | None

    @property
    def rate(self) -> Fraction | None:
        """The figure that the rest by itself must show."""
        return self.amount / self.rest if self.rest else None

    @property
    def spare(self) -> Fraction | None:
        """The error budget: how much of the rest may fail (shares), None where that has no limit."""
        return None if self.most is None or self.bound != "at_least" else self.most - self.amount


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of the term. ``planned``: the denominator to come, where it is known beforehand."""

    months: Fraction
    elapsed_days: int
    days: int
    planned: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast of one indicator: how it stands, what is needed, and over how much time.

    ``projected``: the rest's size is an estimate from what came so far. ``so_far`` is the figure until now.
    """

    formula: str
    target: Target
    so_far: Figure
    need: Need
    rest: Rest
    projected: bool

    @property
    def monthly(self) -> Fraction:
        """What is needed, spread evenly over the months that are left."""
        return self.need.amount / self.rest.months if self.rest.months else self.need.amount

    @property
    def best(self) -> Fraction | None:
        """The best figure of the whole term that can still come; None where it has no limit, or it is not known."""
        above, below, need = self.so_far.numerator, self.so_far.denominator, self.need
        if above is None:
            return None
        if self.formula == "roster":
            return above
        if need.bound == "at_least" and need.most is None:
            return None
        whole = Fraction(1) if below is None else below + (need.rest or 0)
        return (above + (need.most or 0 if need.bound == "at_least" else 0)) / whole if whole else None


def need(
    target: Target,
    numerator: Fraction,
    denominator: Fraction | None,
    rest: Fraction | None,
    step: Fraction,
    most: Fraction | None,
) -> Need:
    """The smallest (at least) or largest (at most) multiple of ``step`` that keeps the target.

    ``denominator`` and ``rest`` are None where nothing is divided.

    Raises:
        ValueError: the target is qualitative.
    """
    if target.value is None:
        raise ValueError("a qualitative target has no forecast")
    whole = Fraction(1) if denominator is None else denominator + (rest or 0)
    edge = (target.value * whole - numerator) / step
    bound: Bound
    match target.operator:
        case "ge" | "gt":
            steps = ceil(edge) if target.operator == "ge" else floor(edge) + 1
            amount, bound = max(steps, 0) * step, "at_least"
            lost, kept = most is not None and amount > most, steps <= 0
        case "le" | "lt":
            steps = floor(edge) if target.operator == "le" else ceil(edge) - 1
            amount, bound = steps * step, "at_most"
            lost, kept = steps < 0, most is not None and amount >= most
        case _:
            amount, bound = edge * step, "exactly"
            lost = edge < 0 or edge != floor(edge) or (most is not None and amount > most)
            kept = most == 0 == amount
    return Need("lost" if lost else "kept" if kept else "open", bound, amount, rest, most)


def outlook(formula: str, target: Target, so_far: Figure, rest: Rest) -> Outlook | None:
    """The forecast; None where the formula has none, or nothing was counted yet.

    A roster's figure is its least day and a measurement's its latest value: the first cannot rise any more, the
    second is decided by what is still to come.
    """
    if target.value is None or so_far.numerator is None:
        return None
    above, below = so_far.numerator, so_far.denominator
    projected = False
    if formula == "roster":
        found = _roster(target, above)
    elif formula in _COUNTS:
        found = need(target, above, None, None, Fraction(1), None)
    elif formula in _MONEY and below:
        found = need(target, above, below, Fraction(0), _FEN, max(below - above, Fraction(0)))
    elif formula in PLANNED and below is not None and rest.planned is not None:
        found = need(target, above, below, rest.planned, Fraction(1), rest.planned if formula in _SHARES else None)
    elif formula in _PROJECTED and below:
        come = Fraction(round(below * rest.days / rest.elapsed_days)) if rest.elapsed_days else Fraction(0)
        projected = True
        found = need(target, above, below, come, Fraction(1), come if formula in _SHARES else None)
    else:
        return None
    return Outlook(formula, target, so_far, found, rest, projected)


def _roster(target: Target, least: Fraction) -> Need:
    """The least number so far stays; the days to come must reach the target too."""
    assert target.value is not None
    state: State = "open" if target.met(least) else "lost"
    return Need(state, "at_least", target.value, None, None)
