"""Sums over a ledger, for every period and every group of assets in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.assets import UNFILLED, Register, Segments
from metrics.frames import Ints, local_days
from metrics.indicators import Dimension
from metrics.ledger import Ledger

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_CELLS = 1 << 16  # segments × stretches of time worked on at a time: they stay in the processor's cache


class Account(NamedTuple):
    """What is added up over assets and time, each an int64 array.

    Service seconds: ``required`` is all of them; ``excluded``, ``down`` and ``unknown`` are apart from each other
    and inside it; ``observed`` is the part of the rest that was seen to be up. Device-days (0 on time basis): a
    day is ``required`` if service time is left after exclusion (under ``counts_as_up``: if there is any),
    ``unknown`` if some is left and none of that is known, ``normal`` if it is required, not unknown, and down no
    longer than the tolerance. ``segments`` counts segments with time in the period, ``spans`` the excluded, down
    and unknown pieces that share time with it.
    """

    required: Ints
    excluded: Ints
    down: Ints
    unknown: Ints
    observed: Ints
    required_days: Ints
    unknown_days: Ints
    normal_days: Ints
    segments: Ints
    spans: Ints


class DayRule(NamedTuple):
    """How days are judged: the zone that cuts them, seconds a normal day may be down, the exclusion policy."""

    zone: ZoneInfo
    tolerance: int
    excluded_is_up: bool


@dataclass(frozen=True)
class Groups:
    """Segments by the value of one dimension: the ``code`` of each segment, the ``values`` by code."""

    dimension: Dimension
    code: Ints
    values: tuple[str, ...]


def group(segments: Segments, register: Register, dimension: Dimension) -> Groups | None:
    """The groups of a dimension in the order of their values; None if assets have no such dimension."""
    owner = segments.intervals.owner
    if dimension == "total":
        return Groups(dimension, np.zeros(len(owner), np.int64), ("",))
    if dimension == "asset":
        labels = register.asset_no.to_numpy(dtype=object)[owner]
    elif dimension in segments.attributes:
        labels = np.array([value or UNFILLED for value in segments.attributes[dimension]], object)
    else:
        return None
    values, code = np.unique(labels.astype(str), return_inverse=True)
    return Groups(dimension, code.astype(np.int64), tuple(values.tolist()))


def accounts(
    ledger: Ledger, periods: Sequence[tuple[int, int]], groups: Sequence[Groups], days: DayRule | None
) -> list[Account]:
    """One account per grouping, its arrays groups × periods.

    Args:
        periods: bounds in UTC seconds; they may overlap and lie in any order.
        days: judge single days too, or None.
    """
    cuts = _cuts(ledger, periods, days)
    low = np.searchsorted(cuts, [start for start, _ in periods])
    high = np.minimum(np.searchsorted(cuts, [end for _, end in periods]), len(cuts) - 1)
    low = np.minimum(low, high)
    sums = [np.zeros((10, len(each.values), len(periods)), np.int64) for each in groups]
    for rows in _blocks(len(ledger.segments.assignment), len(cuts)):
        until = np.cumsum(_cells(ledger, rows, cuts, days), axis=2)
        columns = np.concatenate([until[..., high] - until[..., low], _spans(ledger, rows, periods)])
        for each, total in zip(groups, sums, strict=True):
            _add(total, columns, each.code[rows])
    return [Account(*total) for total in sums]


def _cuts(ledger: Ledger, periods: Sequence[tuple[int, int]], days: DayRule | None) -> Ints:
    """The moments between which time is added up: the periods' edges, or every midnight that can matter."""
    edges = np.unique(np.array(periods, np.int64).ravel())
    required = ledger.segments.intervals
    if days is None or not len(required.owner):
        return edges
    first, last = max(edges[0], required.start.min()), min(edges[-1], required.end.max()) - 1
    return local_days(np.array([first, max(first, last)]), days.zone)


def _blocks(count: int, width: int) -> Iterator[slice]:
    step = max(1, _CELLS // width)
    return (slice(start, start + step) for start in range(0, count, step))


def _cells(ledger: Ledger, rows: slice, cuts: Ints, days: DayRule | None) -> NDArray[np.int64]:
    """The first eight columns of an account for each segment and each stretch up to a cut: 8 × segments × cuts.

    A stretch reaches from the cut before; the one up to the first cut is empty.
    """
    owner, start, end = (column[rows, np.newaxis] for column in ledger.segments.intervals)
    moments = np.clip(cuts[np.newaxis, :], start, end)
    measure = ledger.calendar.service_seconds_until
    measured = np.clip(measure(cuts)[np.newaxis, :], measure(start), measure(end))  # monotone: as of the moments
    layers = {layer: layer.until(owner, moments, measured) for layer in dict.fromkeys(ledger.layers)}
    until = np.array([measured, *(layers[layer] for layer in ledger.layers)])
    required, excluded, with_down, with_unknown, with_observed = np.diff(until, axis=2, prepend=until[..., :1])
    down, unknown = with_down - excluded, with_unknown - with_down
    nothing = np.zeros_like(required)
    judged = (nothing, nothing, nothing) if days is None else _judge(required, excluded, down, unknown, days)
    return np.stack([required, excluded, down, unknown, with_observed - with_unknown, *judged])


def _judge(
    required: Ints, excluded: Ints, down: Ints, unknown: Ints, days: DayRule
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Required, unknown and normal days (semantics 3, day basis)."""
    left = required - excluded
    counted = (required if days.excluded_is_up else left) > 0
    dark = (left > 0) & (unknown == left)
    return counted, dark, counted & ~dark & (down <= days.tolerance)


def _spans(ledger: Ledger, rows: slice, periods: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Whether each segment has time in each period, and how many pieces share it: 2 × segments × periods."""
    owner, start, end = (column[rows, np.newaxis] for column in ledger.segments.intervals)
    low, high = (np.array(edge, np.int64)[np.newaxis, :] for edge in zip(*periods, strict=True))
    low, high = np.maximum(low, start), np.minimum(high, end)
    pieces = sum((piece.count(owner, low, high) for piece in ledger.pieces.values()), np.zeros_like(low))
    return np.stack([(low < high).astype(np.int64), pieces])


def _add(total: Ints, values: Ints, code: Ints) -> None:
    """Add each segment's columns to those of its group."""
    if not len(code):
        return
    order = np.argsort(code, kind="stable")
    ordered = code[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    total[:, ordered[first]] += np.add.reduceat(values[:, order], first, axis=1)
