"""How many assets or roster entries there are on an average day of a period."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from metrics.assets import ATTRIBUTES, UNFILLED, contract_bounds, read_register
from metrics.formulas.params import Term
from metrics.frames import FAR_FUTURE, FAR_PAST, Ints, midnights
from metrics.indicators import Dimension, Request, Where
from metrics.scope import Coded, Events, Mask, filtered, scope

_DAY = 86_400


class Present(NamedTuple):
    """The mean number of a cell and how many records stand behind it."""

    value: Fraction
    records: int


@dataclass(frozen=True)
class Presence:
    """Stretches of time in which a record counts; an asset has one for each assignment it goes through."""

    events: Events
    start: Ints
    end: Ints
    quantity: Ints

    def cells(self, request: Request, dimension: Dimension) -> dict[tuple[int, str], Present]:
        """Mean number per day, by period number and dimension value; days of the contract before ``as_of``."""
        found: dict[tuple[int, str], Present] = {}
        for number in range(len(request.periods)):
            begins, ends = self._bounds(request, number)
            for value, mask in self._values(dimension, begins, ends):
                seconds = np.minimum(self.end, ends) - np.maximum(self.start, begins)
                held = int((np.maximum(seconds, 0) * self.quantity)[mask].sum())
                records = len(np.unique(self.events.row_id[mask & (seconds > 0)]))
                mean = Fraction(held, ends - begins) if ends > begins else Fraction(0)
                found[number, value] = Present(mean, records)
        return found

    def lines(self, request: Request, dimension: Dimension, value: str) -> tuple[Ints, list[str]]:
        """Row ids of one cell and on how many days each counts, as text."""
        begins, ends = self._bounds(request, 0)
        mask = dict(self._values(dimension, begins, ends)).get(value, np.zeros(len(self.start), np.bool_))
        seconds = np.where(mask, np.maximum(np.minimum(self.end, ends) - np.maximum(self.start, begins), 0), 0)
        row_id, position = np.unique(self.events.row_id[seconds > 0], return_inverse=True)
        days = np.zeros(len(row_id), np.int64)
        np.add.at(days, position, -(-seconds[seconds > 0] // _DAY))
        return row_id, [f"{count}天" for count in days.tolist()]

    def _bounds(self, request: Request, number: int) -> tuple[int, int]:
        first, last = contract_bounds(request.contract)
        begins, ends = request.periods[number].bounds(request.contract.zone)
        return max(begins, first), min(ends, last, request.as_of)

    def _values(self, dimension: Dimension, begins: int, ends: int) -> list[tuple[str, Mask]]:
        present = (self.start < ends) & (self.end > begins) & (begins < ends)
        if dimension == "total":
            return [("", np.ones(len(present), np.bool_))]
        if dimension not in self.events.attributes:
            return []
        column = self.events.attributes[dimension]
        masks = [(value, column.codes == code) for code, value in enumerate(column.values)]
        return [(value, mask) for value, mask in [*masks, (UNFILLED, column.codes < 0)] if bool((mask & present).any())]


def read_presence(request: Request, term: Term) -> Presence:
    """Assets in service, each as it was assigned then, or roster entries in force."""
    return _assets(request, term.where) if term.record == "asset" else _roster(request, term.where)


def _roster(request: Request, where: Where) -> Presence:
    zone = request.contract.zone
    events = scope(request.facts, request.contract, request.definition.where, "roster_entry", "from_on")
    events = events.take(filtered(events, where))
    last = midnights(events.column("until_on"), zone, FAR_FUTURE)
    start = midnights(events.column("from_on"), zone, FAR_PAST)
    end = np.where(last < FAR_FUTURE, last + _DAY, FAR_FUTURE)
    return Presence(events, start, end, events.integers("quantity", 1))


def _assets(request: Request, where: Where) -> Presence:
    import pandas as pd

    facts, contract = request.facts, request.contract
    register = read_register(facts, contract.zone)
    segments = register.segments
    owner = segments.intervals.owner
    attributes = {name: Coded.of(pd.Series(segments.attributes[name], dtype="object")) for name in ATTRIBUTES}
    numbers = Coded(owner, tuple(str(number) for number in register.asset_no))
    named = {**attributes, "asset_no": numbers, "asset": numbers, "kind": attributes["asset_class"]}
    nothing = np.empty(0, np.int64)  # a segment is no row of its own
    events = Events("asset", facts.frames["asset"], nothing, register.row_id[owner], named)
    project = attributes["project"]
    kept = filtered(events, request.definition.where) & filtered(events, where)
    kept &= (project.codes < 0) | project.among([contract.project])
    start = np.maximum(segments.intervals.start, register.in_service.start[owner])[kept]
    end = np.minimum(segments.intervals.end, register.in_service.end[owner])[kept]
    chosen = {name: column.take(kept) for name, column in named.items()}
    counted = Events("asset", events.whole, nothing, events.row_id[kept], chosen)
    return Presence(counted, start, end, np.ones(int(kept.sum()), np.int64))
