"""A self-evaluation as it is printed: every text and every number that docx and xlsx show, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from metrics.papers.figures import show
from metrics.scoring.pack import RulePack


@dataclass(frozen=True, slots=True)
class Row:
    """One third-level indicator.

    Attributes:
        levels: first and second level as written, with their codes.
        target, adjusted, actual: as printed; blank where there is none.
        mark: as printed, None while it is missing.
        judged: how the mark came about, in words; ``arithmetic``: with its numbers, blank where a person gave it.
        outcome: met, missed, person or open (not yet to be judged).
    """

    levels: tuple[str, ...]
    name: str
    target: str
    adjusted: str
    actual: str
    weight: Fraction
    mark: Decimal | None
    reason: str
    judged: str
    outcome: str
    arithmetic: str = ""
    over: bool = False

    def level(self, number: int) -> str:
        """First (0) or second (1) level; blank where there is none."""
        return self.levels[number] if number < len(self.levels) else ""


@dataclass(frozen=True, slots=True)
class FundLine:
    """Money of one source in yuan; ``rate`` and ``in_place`` are exact, None where there is nothing to divide by."""

    name: str
    initial: Fraction
    budget: Fraction
    received: Fraction
    paid: Fraction
    rate: Fraction | None
    rate_printed: str

    @property
    def in_place(self) -> Fraction | None:
        """Received / adjusted budget."""
        return self.received / self.budget if self.budget else None

    @property
    def balance(self) -> Fraction:
        """Received − paid."""
        return self.received - self.paid


@dataclass(frozen=True, slots=True)
class Execution:
    """The mark for execution; ``name`` is the indicator's."""

    name: str
    weight: Fraction
    mark: Decimal | None
    judged: str
    arithmetic: str
    by_received: bool


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """One heading of the analysis: what the system says from its figures, and what people wrote."""

    title: str
    figures: str
    judgement: str


@dataclass(frozen=True)
class SelfEvaluation:
    """The whole form.

    Attributes:
        funds: the total first, then its sources.
        missing: why it cannot be final, sentence by sentence; empty when it can.
        blanks: what people may still fill in, without which it can be final.
        basis: on what the figures rest.
        final: asked for as final; else it is a draft and marked so.
    """

    year: int
    organization: str
    project_id: str
    project: str
    department: str
    unit: str
    pack: RulePack
    execution: Execution
    funds: Sequence[FundLine]
    funds_received: bool
    goals: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    total: Decimal | None
    band: str
    analysis: Sequence[Paragraphs]
    missing: Sequence[str]
    blanks: Sequence[str] = ()
    basis: Sequence[str] = ()
    as_of: str = ""
    final: bool = False
    total_weight: Fraction = field(default=Fraction(100))

    @property
    def state(self) -> str:
        """What stands on every page of a draft; blank on a final one."""
        return "" if self.final else "草稿，未定稿"

    @property
    def rule(self) -> str:
        """The rule pack by name, with what it rests on."""
        basis = f"，依据{self.pack.basis}" if self.pack.basis else ""
        return f"{self.pack.name}（{self.pack.id}{basis}）"


def wan(yuan: Fraction) -> str:
    """万元 with two decimals, with more where the amount has them (to the cent): nothing is rounded away."""
    value = yuan / 10_000
    text = show(value, 6)
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def mark_text(mark: Decimal | None) -> str:
    """As printed; blank while it is missing."""
    return "" if mark is None else f"{mark}"
