"""What the papers of one period show beside the stored results: lists that are read out of the same records.

Everything here was computed on the basis of the results shown (same configuration, known sequence and ``as_of``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from metrics.indicators import IndicatorResult, MeasureUnit
from metrics.outlook import Outlook
from metrics.period import Period

if TYPE_CHECKING:
    from collector.publish.publication import Result

#: Rows of evidence listed per figure; the whole set is in the evidence pack and in ``yunwei explain --csv``.
SHOWN_ROWS = 200


@dataclass(frozen=True, slots=True)
class Spread:
    """How long tickets took: one measure, over all or for one vendor; seconds are exact, None without a ticket."""

    measure: str  # the indicator's name, else the formula's
    own: bool  # whether the measure is one of the contract's indicators, or computed by the usual rule
    vendor: str  # "" for all
    unit: MeasureUnit
    number: int
    mean: Fraction | None
    median: Fraction | None
    p90: Fraction | None
    longest: Fraction | None


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch of down time of one asset inside the period; instants in UTC seconds."""

    indicator: str  # the name of the indicator that counts it
    asset_no: str
    asset: str
    start_at: int
    end_at: int
    service_seconds: int
    opened_by: str
    ended_by: str


@dataclass(frozen=True, slots=True)
class Presence:
    """Staff or lines of a kind against the contract; ``least`` is the figure of the period."""

    indicator: str
    kind: str  # "" for all kinds together
    least: Fraction | None
    contract: Fraction | None
    most: str | None
    shortfall_days: str | None
    shortfall: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One person or line that was there on a day of the period; dates as text, ``until`` empty while it lasts."""

    indicator: str
    kind: str
    name: str
    vendor: str
    quantity: int
    from_on: str
    until_on: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Where two sources cannot both be right."""

    kind: str
    at: int
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows behind one figure: ``number`` in all, of which ``rows`` are listed, the deciding ones first.

    A row: role, record, natural key, note, value, source, file, sheet, row number, row hash, file hash, content.
    """

    number: int
    rows: Sequence[Mapping[str, Any]] = ()
    worst: Sequence[tuple[str, str]] = ()  # what cost most: an asset or ticket, and how much in words


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the rest of the term must look like for one indicator."""

    indicator: str
    name: str
    printed: str  # the figure so far
    target: str
    outlook: Outlook
    words: str
    term: str


@dataclass(frozen=True)
class Dossier:
    """One project and period.

    Attributes:
        history: totals of every stored period of the project, for trends and changes.
        formulas: indicator → name of its formula.
        by_month: the indicators that count inspections and hearing support, for the tables by month.
        so_far: indicator → figure from the first day of the year to the last of the period (months alone).
        band: which band of the self-evaluation can still be reached, in a sentence; nothing where that is not known.
        evidence: the rows behind a result of this period; asked one after the other, none is kept.
        rejected: open rejections as lines of source, place and reason.
    """

    project: str
    period: Period
    history: Sequence[Result] = ()
    formulas: Mapping[str, str] = field(default_factory=dict)
    by_month: Sequence[str] = ()
    so_far: Mapping[str, IndicatorResult] = field(default_factory=dict)
    spreads: Sequence[Spread] = ()
    outages: Sequence[Outage] = ()
    presences: Sequence[Presence] = ()
    entries: Sequence[Entry] = ()
    contradictions: Sequence[Contradiction] = ()
    forecasts: Sequence[Forecast] = ()
    band: str = ""
    rejected: Sequence[tuple[str, str, str]] = ()
    evidence: Callable[[Result], Evidence] = field(default=lambda _: Evidence(0))

    def of_period(self, label: str) -> dict[str, Result]:
        """Indicator → its total in that period."""
        return {result["indicator"]: result for result in self.history if result["period"] == label}

    @property
    def months(self) -> list[Period]:
        """The months to draw: of a month those of its year so far, of a longer period its own."""
        from metrics.period import period_of, periods_between

        year = period_of("year", self.period.first_on)
        first = year.first_on if self.period.kind == "month" else self.period.first_on
        return list(periods_between(first, self.period.last_on, "month"))

    def series(self, indicator: str) -> Iterator[Result | None]:
        """The indicator's total in each of the months, None where there is none."""
        found = {result["period"]: result for result in self.history if result["indicator"] == indicator}
        return (found.get(month.label) for month in self.months)
