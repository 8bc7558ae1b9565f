"""Outages: the merged down time of each asset, counted where it begins (semantics 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.accounts import Groups
from metrics.frames import Ints
from metrics.intervals import Intervals, intersect, merge, subtract
from metrics.ledger import Ledger


class Outages(NamedTuple):
    """Stretches of down time with service time in them, overlapping and touching claims in one.

    ``began`` is the first moment at which the asset was required (service window apart), ``segment`` the row of
    the ledger's segments that holds it, ``seconds`` the service time down, without what was excluded or not
    required. ``open`` ones had not ended at ``as_of``.
    """

    intervals: Intervals
    began: Ints
    segment: Ints
    seconds: Ints
    open: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Outages:
        """The chosen ones, by mask or by position."""
        return Outages(
            self.intervals.take(chosen),
            self.began[chosen],
            self.segment[chosen],
            self.seconds[chosen],
            self.open[chosen],
        )


def read_outages(ledger: Ledger, as_of: int) -> Outages:
    """The outages of a ledger, sorted by asset and start."""
    merged, required = ledger.merged_down, ledger.segments.intervals
    pieces, outage = subtract(merged, ledger.layers[0].intervals)
    parts, piece, _ = intersect(pieces, merge(required))
    seconds = np.zeros(len(merged.owner), np.int64)
    np.add.at(seconds, outage[piece], ledger.calendar.service_seconds(parts.start, parts.end))
    serving = seconds > 0
    merged, seconds = merged.take(serving), seconds[serving]
    _, row, segment = intersect(merged, required)
    first = np.flatnonzero(np.diff(row, prepend=-1))
    segment = segment[first]
    began = np.maximum(merged.start, required.start[segment])
    return Outages(merged, began, segment, seconds, merged.end >= as_of)


class Tally(NamedTuple):
    """Number of outages, how many of them are open, service seconds down: groups × periods each."""

    number: Ints
    open_number: Ints
    seconds: Ints


def tally(outages: Outages, groups: Groups, periods: Sequence[tuple[int, int]]) -> Tally:
    """The outages that began in each period, by the group of the segment in which they began."""
    edges = np.unique(np.array(periods, np.int64).ravel())
    low, high = (np.searchsorted(edges, edge) for edge in zip(*periods, strict=True))
    cell = np.searchsorted(edges, outages.began, "right")  # 0: before every period
    code = groups.code[outages.segment]
    columns = []
    for values in (np.ones(len(code), np.int64), outages.open.astype(np.int64), outages.seconds):
        sums = np.zeros((len(groups.values), len(edges) + 1), np.int64)
        np.add.at(sums, (code, cell), values)
        running = np.cumsum(sums, axis=1)
        columns.append(running[:, high] - running[:, low])
    return Tally(*columns)
