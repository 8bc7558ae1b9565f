"""What was read out of one paper so far, for the checks that need more than one place of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from metrics.papers.figures import Figure
from metrics.papers.paper import Report

Bands = tuple[tuple[Fraction, str], ...]
#: From so many marks on a band holds (财预〔2020〕10号).
BANDS: Bands = ((Fraction(90), "优"), (Fraction(80), "良"), (Fraction(60), "中"), (Fraction(0), "差"))


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution rate in percent, with the marks it may earn where the paper says so.

    ``slack``: how far it may be from the true one, where the paper gives the rate without its amounts.
    """

    place: str
    exact: Fraction
    arithmetic: str
    weight: Figure | None = None
    slack: Fraction = Fraction(0)


def stated_execution(place: str, rate: Figure, weight: Figure | None = None) -> Execution:
    """A printed rate without the amounts it was made of; it may have been rounded or cut off."""
    return Execution(
        place, rate.value, f"{rate}", weight, Fraction(1, 10**rate.decimals) if rate.decimals else Fraction(0)
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark (得分) with what it may be at most (分值), as far as the paper says."""

    place: str
    name: str
    level: str
    mark: Figure
    weight: Figure | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A value that a paper gives for an indicator; ``period`` is None where only the paper's own year can be meant."""

    place: str
    name: str
    value: Figure
    period: str | None = None


@dataclass(slots=True)
class Facts:
    """Collected in the order of the paper.

    ``limits``: from so many marks on a band holds, as the paper itself says or as is usual; ``marks``: of tables;
    ``prose_marks``: of running text; ``totals``: every printed total of marks; ``summed``: what marks really add up
    to; ``bands``: place and word (优 良 中 差); ``figures``: how many figures were checked.
    """

    report: Report
    limits: Bands = BANDS
    executions: list[Execution] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    totals: list[Mark] = field(default_factory=list)
    prose_marks: list[Mark] = field(default_factory=list)
    bands: list[tuple[str, str]] = field(default_factory=list)
    summed: Fraction | None = None
    said: list[Said] = field(default_factory=list)
    figures: int = 0

    def execution(self) -> Execution | None:
        """The paper's rate of execution; None where it gives none or several that differ."""
        exact = [found for found in self.executions if not found.slack] or self.executions
        first = next((found for found in exact if found.weight), exact[0]) if exact else None
        if first is None or any(abs(found.exact - first.exact) > found.slack for found in self.executions):
            return None
        return first
