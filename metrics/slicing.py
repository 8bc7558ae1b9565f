"""Periods × dimension values over records that each have one moment, all in one pass.

Rows are sorted once per dimension by value and moment; every period of every value is then one stretch of that
order, found by binary search, and every sum a difference of two cumulative sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from metrics.assets import UNFILLED
from metrics.frames import FAR_FUTURE, FAR_PAST, Ints
from metrics.indicators import Dimension, Request
from metrics.scope import Coded, Events, Mask

_SPAN = FAR_FUTURE - FAR_PAST


@dataclass(frozen=True)
class Slices:
    """Rows by dimension value and period.

    ``values`` are the dimension's values ("" alone for the total), the last being UNFILLED where rows have none.
    ``order`` lists rows by value, then moment; ``first`` and ``last`` (periods × values) are positions in it.
    """

    dimension: Dimension
    values: tuple[str, ...]
    order: Ints
    first: Ints
    last: Ints

    def cells(self) -> Iterator[tuple[int, int]]:
        """Period and value numbers worth a figure: every period of the total, else those in which rows occur."""
        if self.dimension == "total":
            return iter([(period, 0) for period in range(len(self.first))])
        found = np.argwhere(self.last > self.first).tolist()
        return iter([(period, value) for period, value in found])

    def rows(self, period: int, value: int) -> Ints:
        """The rows of one cell, by moment."""
        return self.order[self.first[period, value] : self.last[period, value]]

    def rows_of(self, period: int, dimension_value: str) -> Ints:
        """The rows of the cell with that value; none where it does not occur."""
        if dimension_value not in self.values:
            return np.empty(0, np.int64)
        return self.rows(period, self.values.index(dimension_value))

    def sum(self, amounts: Ints | Mask) -> Ints:
        """Σ of each cell (periods × values); a mask is counted."""
        total = np.zeros(len(self.order) + 1, np.int64)
        np.cumsum(amounts[self.order], out=total[1:])
        sums: Ints = total[self.last] - total[self.first]
        return sums

    def ranked(self, kept: Mask, amounts: Ints) -> Ranked:
        """The kept rows' amounts in rank order, cell by cell."""
        before = np.zeros(len(self.order) + 1, np.int64)
        np.cumsum(kept[self.order], out=before[1:])
        listed = amounts[self.order[kept[self.order]]]
        first = before[self.first]
        counts = before[self.last] - first
        blocks = [_sorted_segments(listed, first[p], counts[p]) for p in range(len(first))]
        return Ranked(counts, np.cumsum(counts, axis=1) - counts, blocks)


@dataclass(frozen=True)
class Ranked:
    """Sorted amounts of every cell.

    ``counts`` and ``starts`` are periods × values; ``blocks`` has, per period, the values' stretches joined.
    """

    counts: Ints
    starts: Ints
    blocks: list[Ints]

    def quantile(self, period: int, value: int, share: Fraction) -> Fraction | None:
        """By linear interpolation between the two nearest ranks, exact; None of nothing."""
        count = int(self.counts[period, value])
        if not count:
            return None
        start = int(self.starts[period, value])
        low, rest = divmod((count - 1) * share.numerator, share.denominator)
        below = int(self.blocks[period][start + low])
        above = int(self.blocks[period][start + min(low + 1, count - 1)])
        return Fraction(below * share.denominator + (above - below) * rest, share.denominator)


def asked(request: Request) -> list[Dimension]:
    """The total, then the dimensions asked, each once."""
    return list(dict.fromkeys(("total", *request.dimensions)))


def sliced(request: Request, events: Events, at: Ints) -> Iterator[Slices]:
    """The total, then each asked dimension that the record type knows.

    ``at``: the moment that decides a row's period; FAR_FUTURE: it belongs to none.
    """
    for dimension in asked(request):
        if dimension == "total" or dimension in events.attributes:
            yield slices(request, events, at, dimension)


def slices(request: Request, events: Events, at: Ints, dimension: Dimension) -> Slices:
    """One dimension's cells over all of the request's periods."""
    if dimension == "total":
        codes, values = np.zeros(len(events), np.int64), [""]
    else:
        codes, values = _with_unfilled(events.attribute(dimension))
    keys = codes * _SPAN + (at - FAR_PAST)
    order = np.argsort(keys, kind="stable").astype(np.int64)
    keys = keys[order]
    bounds = np.array([period.bounds(request.contract.zone) for period in request.periods], np.int64).reshape(-1, 2)
    base = np.arange(len(values), dtype=np.int64) * _SPAN - FAR_PAST
    first = np.searchsorted(keys, base[np.newaxis, :] + bounds[:, :1], "left")
    last = np.searchsorted(keys, base[np.newaxis, :] + bounds[:, 1:], "left")
    return Slices(dimension, tuple(values), order, first.astype(np.int64), last.astype(np.int64))


def one_cell(request: Request, events: Events, at: Ints, dimension_value: str) -> Ints:
    """The rows behind one figure: ``request`` has one period and at most one dimension."""
    dimension = request.dimensions[0] if request.dimensions else "total"
    return slices(request, events, at, dimension).rows_of(0, dimension_value)


def begun(request: Request) -> NDArray[np.bool_]:
    """Which periods have begun at ``as_of``."""
    zone = request.contract.zone
    return np.array([period.bounds(zone)[0] < request.as_of for period in request.periods], np.bool_)


def _with_unfilled(column: Coded) -> tuple[Ints, list[str]]:
    if not bool((column.codes < 0).any()):
        return column.codes, list(column.values)
    return np.where(column.codes < 0, len(column.values), column.codes), [*column.values, UNFILLED]


def _sorted_segments(listed: Ints, first: Ints, counts: Ints) -> Ints:
    """The stretches ``listed[first : first + counts]`` one after the other, each sorted."""
    if not int(counts.sum()):
        return np.empty(0, np.int64)
    segment = np.repeat(np.arange(len(counts)), counts)
    gathered = listed[np.arange(len(segment)) + np.repeat(first - (np.cumsum(counts) - counts), counts)]
    low = int(gathered.min())
    width = int(gathered.max()) - low + 1
    keys = segment * width + (gathered - low)
    keys.sort()
    sorted_amounts: Ints = keys - segment * width + low
    return sorted_amounts
