"""Half-open intervals of many owners at once: unions, differences, and their length before any moment.

All owners lie on one line: the key of a moment is ``owner << bits | (moment - origin)``, so that one sort, one
comparison and one binary search serve every owner (semantics 3: overlaps are merged per asset before anything
is added up). Owners are small non-negative integers, moments int64 UTC seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Measure = Callable[[Ints], Ints]

_BLOCK = 1 << 18  # intervals worked on at a time: a few arrays of it stay in the processor's cache


class Intervals(NamedTuple):
    """``[start, end)`` of ``owner``; three int64 arrays of one length."""

    owner: Ints
    start: Ints
    end: Ints

    @classmethod
    def none(cls) -> Self:
        """No interval at all."""
        return cls(*(np.empty(0, np.int64) for _ in range(3)))

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        """The chosen rows, by mask or by position."""
        return type(self)(self.owner[chosen], self.start[chosen], self.end[chosen])

    def clip(self, start: Ints | int, end: Ints | int) -> Self:
        """Cut to ``[start, end)``; what lies outside becomes empty (start ≥ end)."""
        return type(self)(self.owner, np.maximum(self.start, start), np.minimum(self.end, end))

    def solid(self) -> Self:
        """Without the empty ones."""
        filled = self.start < self.end
        return self if bool(filled.all()) else self.take(filled)


class _Line(NamedTuple):
    """Where owners and moments lie on the one line."""

    origin: int
    bits: int

    @classmethod
    def around(cls, *parts: Intervals) -> _Line:
        lows = [int(part.start.min()) for part in parts if len(part.start)]
        highs = [int(part.end.max()) for part in parts if len(part.end)]
        owners = [int(part.owner.max()) for part in parts if len(part.owner)]
        origin = min(lows, default=0)
        bits = (max(highs, default=0) - origin + 1).bit_length()
        if max(owners, default=0).bit_length() + bits > 62:
            raise OverflowError(f"{max(owners)} owners over {max(highs) - origin} seconds do not fit 62 bits")
        return cls(origin, bits)

    def keys(self, owner: Ints, moment: Ints) -> Ints:
        keys = np.left_shift(owner, self.bits, dtype=np.int64)
        keys += moment
        keys -= self.origin
        return keys

    def moments(self, keys: Ints) -> Ints:
        moments = keys & ((1 << self.bits) - 1)
        moments += self.origin
        return moments

    def intervals(self, starts: Ints, ends: Ints) -> Intervals:
        return Intervals(starts >> self.bits, self.moments(starts), self.moments(ends))


def merge(intervals: Intervals) -> Intervals:
    """The union per owner, sorted by owner and start; touching intervals become one, empty ones vanish."""
    solid = intervals.solid()
    line = _Line.around(solid)
    starts, ends = _sorted_keys(line, solid)
    opens = _opens(starts, ends)
    closes = np.roll(opens, -1)
    return line.intervals(starts[opens], ends[closes])


def intersect(first: Intervals, second: Intervals) -> tuple[Intervals, Ints, Ints]:
    """The common parts of intervals and a union (as :func:`merge` gives it), with the row in either they come from.

    ``first`` may be in any order and overlap itself; the parts come in its order.
    """
    line = _Line.around(first, second)
    starts, ends = line.keys(first.owner, first.start), line.keys(first.owner, first.end)
    other_starts, other_ends = line.keys(second.owner, second.start), line.keys(second.owner, second.end)
    low = np.searchsorted(other_ends, starts, "right")
    count = np.maximum(np.searchsorted(other_starts, ends, "left") - low, 0)
    rows = np.repeat(np.arange(len(starts)), count)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    other_rows = np.repeat(low, count) + offset
    common_starts = np.maximum(starts[rows], other_starts[other_rows])
    common_ends = np.minimum(ends[rows], other_ends[other_rows])
    return line.intervals(common_starts, common_ends), rows, other_rows


def complement(union: Intervals, within: Intervals) -> Intervals:
    """The gaps of ``union`` inside ``within``: both unions as :func:`merge` gives them."""
    inside, _, _ = intersect(union, within)
    line = _Line.around(inside, within)
    # Within a span, gaps begin at the span's start and at each end, and end at each start and the span's end.
    opened = np.concatenate([line.keys(within.owner, within.start), line.keys(inside.owner, inside.end)])
    closed = np.concatenate([line.keys(inside.owner, inside.start), line.keys(within.owner, within.end)])
    opened.sort()
    closed.sort()
    return line.intervals(opened, closed).solid()


def subtract(union: Intervals, taken: Intervals) -> tuple[Intervals, Ints]:
    """``union`` without ``taken`` (both as :func:`merge` gives them), and the row of ``union`` of each piece."""
    if not len(union.owner):
        return union, np.empty(0, np.int64)
    pieces, rows, _ = intersect(union, complement(taken, _hull(union)))
    return pieces, rows


def _hull(union: Intervals) -> Intervals:
    """One interval per owner, from its first start to its last end."""
    first = np.flatnonzero(np.diff(union.owner, prepend=-1))
    last = np.append(first[1:], len(union.owner)) - 1
    return Intervals(union.owner[first], union.start[first], union.end[last])


def _sorted_keys(line: _Line, intervals: Intervals) -> tuple[Ints, Ints]:
    """Starts and ends, each sorted by itself: which end belongs to which start does not matter for a union."""
    starts = line.keys(intervals.owner, intervals.start)
    starts.sort()
    ends = line.keys(intervals.owner, intervals.end)
    ends.sort()
    return starts, ends


def _opens(starts: Ints, ends: Ints) -> NDArray[np.bool_]:
    """Which sorted starts open a new stretch: those before which all earlier intervals have ended.

    The n-th start (from 0) is uncovered exactly if n intervals have ended before it, and the n-th smallest end
    says whether they have.
    """
    opens = np.ones(len(starts), np.bool_)
    np.greater(starts[1:], ends[:-1], out=opens[1:])
    return opens


class Coverage:
    """A union per owner together with its measured length before any moment.

    ``measure`` is a monotone function of moments, e.g. ``ServiceCalendar.service_seconds_until``; lengths are
    differences of it, in its unit.
    """

    def __init__(self, intervals: Intervals, measure: Measure) -> None:
        solid = intervals.solid()
        self._line = _Line.around(solid)
        starts, ends = _sorted_keys(self._line, solid)
        self._take(starts, ends, measure)

    @classmethod
    def _of_sorted(cls, line: _Line, starts: Ints, ends: Ints, measure: Measure) -> Self:
        coverage = cls.__new__(cls)
        coverage._line = line
        coverage._take(starts, ends, measure)
        return coverage

    def _take(self, starts: Ints, ends: Ints, measure: Measure) -> None:
        opens = _opens(starts, ends)
        self._starts = starts[opens]
        self._ends = ends[np.roll(opens, -1)]
        self._measure = measure
        self._before = measure(self._line.moments(self._starts))
        self._total = np.zeros(len(self._starts) + 1, np.int64)
        np.cumsum(measure(self._line.moments(self._ends)) - self._before, out=self._total[1:])

    @property
    def intervals(self) -> Intervals:
        """The merged union, sorted by owner and start."""
        return self._line.intervals(self._starts, self._ends)

    def until(self, owner: Ints, moment: Ints, measured: Ints | None = None) -> Ints:
        """Measured length of everything before ``moment`` of ``owner``, plus a constant per owner.

        Only differences within one owner mean anything; the arguments are broadcast against each other.
        ``measured`` is ``measure(moment)`` where the caller has it already.
        """
        if not len(self._starts):
            return np.zeros(np.broadcast_shapes(owner.shape, moment.shape), np.int64)
        keys = self._keys(owner, moment)
        ended = np.searchsorted(self._ends, keys, "right")
        current = np.minimum(ended, len(self._starts) - 1)
        running = (ended == current) & (self._starts[current] < keys)
        here = self._measure(moment) if measured is None else measured
        partly = np.where(running, here - self._before[current], 0)
        lengths: Ints = self._total[ended] + partly
        return lengths

    def between(self, owner: Ints, start: Ints, end: Ints) -> Ints:
        """Measured length of the union of ``owner`` inside ``[start, end)``; 0 where start ≥ end."""
        return self.until(owner, np.maximum(start, end)) - self.until(owner, start)

    def count(self, owner: Ints, start: Ints, end: Ints) -> Ints:
        """How many intervals of the union of ``owner`` share time with ``[start, end)``."""
        if not len(self._starts):
            return np.zeros(np.broadcast_shapes(owner.shape, start.shape), np.int64)
        begun = np.searchsorted(self._starts, self._keys(owner, end), "left")
        ended = np.searchsorted(self._ends, self._keys(owner, start), "right")
        return np.where(start < end, begun - ended, 0)

    def _keys(self, owner: Ints, moment: Ints) -> Ints:
        inside = np.clip(moment, self._line.origin, self._line.origin + (1 << self._line.bits) - 1)
        return self._line.keys(*np.broadcast_arrays(owner, inside))


def downtime(owner: Ints, start: Ints, end: Ints, cuts: Ints, measure: Measure, owners: int) -> Ints:
    """Measured length of each owner's union between every two neighbouring cuts.

    Works through the owners in blocks, so that memory stays at the two sorted columns.

    Args:
        owner: 0 … ``owners`` − 1.
        start, end: ``[start, end)`` in UTC seconds; may overlap, may reach beyond the cuts.
        cuts: ascending moments, one more than there are periods.
        measure: as in :class:`Coverage`.

    Returns:
        int64 array, owners × periods.
    """
    solid = Intervals(owner, start, end).solid()
    line = _Line.around(solid)
    starts, ends = _sorted_keys(line, solid)
    lengths = np.zeros((owners, len(cuts) - 1), np.int64)
    for first, last, low, high in _blocks(line, starts, owners):
        block = Coverage._of_sorted(line, starts[low:high], ends[low:high], measure)
        each = np.arange(first, last)[:, np.newaxis]
        lengths[first:last] = np.diff(block.until(each, cuts[np.newaxis, :]), axis=1)
    return lengths


def _blocks(line: _Line, starts: Ints, owners: int) -> Iterator[tuple[int, int, int, int]]:
    """Runs of whole owners of about _BLOCK intervals: first and last owner, first and last row."""
    first_row = np.searchsorted(starts, np.arange(owners + 1) << line.bits)
    first = 0
    while first < owners:
        goal = first_row[first] + _BLOCK
        last = max(first + 1, int(np.searchsorted(first_row, goal, "right")) - 1)
        yield first, last, int(first_row[first]), int(first_row[last])
        first = last
