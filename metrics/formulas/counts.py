"""Counts: Σ quantity of distinct records by period (semantics 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np

from metrics.evidence import evidence, listed
from metrics.formulas.params import DEFAULT_MOMENTS, CountParams, params_of
from metrics.frames import Ints, true
from metrics.indicators import Evidence, Figure, IndicatorDefinition, Request, Side, Where
from metrics.records import RECORDS
from metrics.scope import Events, Mask, before, filtered, scope
from metrics.slicing import begun, one_cell, sliced
from metrics.wording import sentence, where_words


@dataclass(frozen=True)
class Counted:
    """Records with the moment that decides their period and what each adds; cancelled ones add nothing."""

    events: Events
    at: Ints
    quantity: Ints
    cancelled: Mask


def read_counted(request: Request, record: str, at: str | None, where: Where | None = None) -> Counted:
    """The records in the indicator's scope that happened before ``as_of``; ``where`` filters further."""
    events = scope(request.facts, request.contract, request.definition.where, record)
    if where is not None:
        events = events.take(filtered(events, where))
    moment = before(events.moments(at or DEFAULT_MOMENTS[record], request.contract.zone), request.as_of)
    events, moment = events.take(moment < request.as_of), moment[moment < request.as_of]
    names = RECORDS[record].names
    quantity = events.integers("quantity", 1) if "quantity" in names else np.ones(len(events), np.int64)
    cancelled = true(events.column("cancelled")) if "cancelled" in names else np.zeros(len(events), np.bool_)
    return Counted(events, moment, np.where(cancelled, 0, quantity), cancelled)


def counted_words(record: str) -> str:
    """What is added up: ``巡检次数之和``, ``工单的记录数``."""
    kind = RECORDS[record]
    return f"{kind.label}的{kind.column('quantity').label}之和" if "quantity" in kind.names else f"{kind.label}的记录数"


class Count:
    """Σ quantity; records without one count 1. Nothing where no record of the type is known at all."""

    part_labels: ClassVar[Mapping[str, str]] = {"record_count": "记录数", "cancelled_count": "作废"}
    beside: ClassVar[tuple[str, ...]] = ("cancelled_count",)

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, CountParams)
        record = RECORDS[params.record]
        moment = record.column(params.at or DEFAULT_MOMENTS[params.record]).label
        return sentence(
            f"统计{counted_words(params.record)}",
            f"按{moment}归属周期",
            where_words(definition.where),
            "作废工单不计，另列" if params.record == "ticket" else "",
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        params = params_of(definition, CountParams)
        return Side(counted_words(params.record), "count", "张" if params.record == "ticket" else ""), None

    def measure(self, request: Request) -> list[Figure]:
        """Sums of quantities; a period that has not begun has no figure."""
        params = params_of(request.definition, CountParams)
        counted = read_counted(request, params.record, params.at)
        known = begun(request) & request.facts.has(params.record)
        figures = []
        for cells in sliced(request, counted.events, counted.at):
            quantity, cancelled = cells.sum(counted.quantity), cells.sum(counted.cancelled)
            rows = cells.last - cells.first
            for cell in cells.cells():
                number = Fraction(int(quantity[cell])) if known[cell[0]] else None
                left = int(cancelled[cell])
                figures.append(
                    Figure(
                        request.periods[cell[0]],
                        cells.dimension,
                        cells.values[cell[1]],
                        numerator=number,
                        denominator=None,
                        actual=number,
                        evidence_count=int(rows[cell]),
                        parts={"record_count": int(rows[cell]) - left, "cancelled_count": left},
                    )
                )
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every record of the cell with its quantity."""
        params = params_of(request.definition, CountParams)
        counted = read_counted(request, params.record, params.at)
        rows = one_cell(request, counted.events, counted.at, dimension_value)
        kept, left = rows[~counted.cancelled[rows]], rows[counted.cancelled[rows]]
        quantity = [str(number) for number in counted.quantity[kept].tolist()]
        row_id = counted.events.row_id
        return evidence(
            listed(params.record, row_id[kept], "numerator", "数量", quantity),
            listed(params.record, row_id[left], "beside", "作废，不计入"),
        )
