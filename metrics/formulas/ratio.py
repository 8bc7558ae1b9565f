"""A ratio of any two filtered counts or sums, e.g. tickets per engineer, paid per asset."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, NamedTuple

import numpy as np

from metrics.evidence import evidence, listed
from metrics.formulas.budget import scaled
from metrics.formulas.counts import counted_words, read_counted
from metrics.formulas.params import RatioParams, Term, params_of
from metrics.frames import Ints
from metrics.indicators import Dimension, Evidence, Figure, IndicatorDefinition, MeasureUnit, Request, Side
from metrics.presence import Presence, read_presence
from metrics.records import RECORDS
from metrics.scope import Coded, Events
from metrics.slicing import Slices, asked, begun, slices
from metrics.wording import sentence, where_words

_AMOUNTS = {"budget_line": "amount", "measurement": "value"}
_STATES = ("asset", "roster_entry")


class _Cell(NamedTuple):
    """One side of one figure: its number and how many records stand behind it."""

    value: Fraction
    records: int


class _Counted(NamedTuple):
    """A term over events: what each adds, in 1 / scale; ``distinct``: only different codes count."""

    term: Term
    events: Events
    at: Ints
    amount: Ints
    scale: int
    distinct: Coded | None

    def cells(self, request: Request, dimension: Dimension) -> dict[tuple[int, str], _Cell]:
        """By period number and dimension value."""
        if dimension != "total" and dimension not in self.events.attributes:
            return {}
        found = slices(request, self.events, self.at, dimension)
        sums, rows = found.sum(self.amount), found.last - found.first
        return {
            (cell[0], found.values[cell[1]]): _Cell(self._value(found, cell, int(sums[cell])), int(rows[cell]))
            for cell in found.cells()
        }

    def lines(self, request: Request, dimension: Dimension, value: str) -> tuple[Ints, list[str]]:
        """Row ids of one cell and what each adds or says, as text."""
        if dimension != "total" and dimension not in self.events.attributes:
            return np.empty(0, np.int64), []
        rows = slices(request, self.events, self.at, dimension).rows_of(0, value)
        if self.distinct is None:
            column = self.events.column(_AMOUNTS[self.term.record]) if self.term.record in _AMOUNTS else None
            texts = self.amount[rows] if column is None else column.iloc[rows]
            return self.events.row_id[rows], [str(text) for text in texts]
        named = [*self.distinct.values, ""]
        return self.events.row_id[rows], [named[code] for code in self.distinct.codes[rows].tolist()]

    def _value(self, found: Slices, cell: tuple[int, int], total: int) -> Fraction:
        if self.distinct is None:
            return Fraction(total, self.scale)
        codes = self.distinct.codes[found.rows(*cell)]
        return Fraction(len(np.unique(codes[codes >= 0])))


class Ratio:
    """One count or sum over another."""

    part_labels: ClassVar[Mapping[str, str]] = {}

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, RatioParams)
        return sentence(
            f"比值 = {_term_words(params.numerator)} ÷ {_term_words(params.denominator)}",
            where_words(definition.where),
            "作废工单不计" if "ticket" in (params.numerator.record, params.denominator.record) else "",
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        params = params_of(definition, RatioParams)
        above, below = (Side(_term_words(term), _unit(term)) for term in (params.numerator, params.denominator))
        return above, below

    def measure(self, request: Request) -> list[Figure]:
        """Both sides of every cell in which either occurs."""
        params = params_of(request.definition, RatioParams)
        above, below = _read(request, params.numerator), _read(request, params.denominator)
        known = begun(request) & all(request.facts.has(term.record) for term in (params.numerator, params.denominator))
        figures = []
        for dimension in asked(request):
            tops, bottoms = above.cells(request, dimension), below.cells(request, dimension)
            for period, value in sorted({**tops, **bottoms}):
                top, bottom = (side.get((period, value), _Cell(Fraction(0), 0)) for side in (tops, bottoms))
                figures.append(
                    Figure(
                        request.periods[period],
                        dimension,
                        value,
                        numerator=top.value if known[period] else None,
                        denominator=bottom.value if known[period] else None,
                        actual=top.value / bottom.value if known[period] and bottom.value else None,
                        evidence_count=top.records + bottom.records,
                    )
                )
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """The records above the line, then those below it."""
        params = params_of(request.definition, RatioParams)
        dimension = request.dimensions[0] if request.dimensions else "total"
        above = _read(request, params.numerator).lines(request, dimension, dimension_value)
        below = _read(request, params.denominator).lines(request, dimension, dimension_value)
        return evidence(
            listed(params.numerator.record, above[0], "numerator", _term_words(params.numerator), above[1]),
            listed(params.denominator.record, below[0], "denominator", _term_words(params.denominator), below[1]),
        )


def _read(request: Request, term: Term) -> _Counted | Presence:
    if term.record in _STATES:
        return read_presence(request, term)
    counted = read_counted(request, term.record, term.at, term.where)
    events, amount, scale = counted.events, counted.quantity, 1
    if term.record in _AMOUNTS:
        amount, scale = scaled([Fraction(text) for text in events.column(_AMOUNTS[term.record])])
    kept = ~counted.cancelled
    events = events.take(kept)
    distinct = None if term.column is None else Coded.of(events.column(term.column))
    return _Counted(term, events, counted.at[kept], amount[kept], scale, distinct)


def _term_words(term: Term) -> str:
    record = RECORDS[term.record]
    if term.record in _STATES:
        what = f"{record.label}平均每日在册数"
    elif term.column is not None:
        what = f"{record.label}中不同{record.column(term.column).label}的个数"
    elif term.record in _AMOUNTS:
        what = f"{record.label}的{record.column(_AMOUNTS[term.record]).label}之和"
    else:
        what = counted_words(term.record)
    moment = f"按{record.column(term.at).label}归属周期" if term.at else ""
    more = "，".join(filter(None, (where_words(term.where), moment)))
    return f"{what}（{more}）" if more else what


def _unit(term: Term) -> MeasureUnit:
    if term.column is not None or term.record not in _AMOUNTS:
        return "count"
    return "yuan" if term.record == "budget_line" else "number"
