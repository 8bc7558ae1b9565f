"""State intervals as arithmetic: a run is consecutive checks of one state without a gap beyond their staleness.

A single check is a run of one, and a stored interval is a run too, so that one function joins them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

STATES = ("up", "down", "unknown")


@dataclass(frozen=True)
class Runs:
    """Runs by column, all int64. ``asset`` is a code, ``state`` an index into ``STATES``, times are seconds.

    ``first`` and ``last`` are the times of the first and the last of ``count`` checks.
    """

    asset: Ints
    state: Ints
    first: Ints
    last: Ints
    interval: Ints
    staleness: Ints
    count: Ints

    def __len__(self) -> int:
        return len(self.asset)

    def take(self, places: NDArray[Any]) -> Runs:
        """The runs at these places, or where a mask holds."""
        return Runs(*(getattr(self, column.name)[places] for column in fields(self)))

    def of_assets(self, wanted: NDArray[np.bool_]) -> Runs:
        """The runs of the assets for whose code ``wanted`` holds."""
        return self.take(wanted[self.asset])


def no_runs() -> Runs:
    """No run at all."""
    return Runs(*(np.empty(0, np.int64) for _ in fields(Runs)))


def concatenate(parts: Iterable[Runs]) -> Runs:
    """All runs of all parts."""
    listed = list(parts) or [no_runs()]
    if len(listed) == 1:
        return listed[0]
    return Runs(*(np.concatenate([getattr(part, column.name) for part in listed]) for column in fields(Runs)))


def in_order(runs: Runs) -> Runs:
    """By asset, then by time; what is equal keeps its order."""
    step = np.diff(runs.asset)
    if ((step > 0) | ((step == 0) & (np.diff(runs.first) >= 0))).all():  # as files of the log are
        return runs
    return runs.take(np.lexsort((runs.first, runs.asset)))


def latest(runs: Runs) -> Runs:
    """Of runs of one asset that begin together the last; ``runs`` must be in order."""
    last = np.ones(len(runs), bool)
    last[:-1] = (runs.asset[1:] != runs.asset[:-1]) | (runs.first[1:] != runs.first[:-1])
    return runs if last.all() else runs.take(last)


def join(runs: Runs) -> Runs:
    """Join neighbours of one asset, state, interval and staleness that are no farther apart than the staleness.

    ``runs`` must be in order and must not overlap.
    """
    if not len(runs):
        return runs
    starts = np.ones(len(runs), bool)
    starts[1:] = runs.first[1:] - runs.last[:-1] > runs.staleness[:-1]
    for column in (runs.asset, runs.state, runs.interval, runs.staleness):
        starts[1:] |= column[1:] != column[:-1]
    places = np.flatnonzero(starts)
    ends = np.append(places[1:] - 1, len(runs) - 1)
    return replace(runs.take(places), last=runs.last[ends], count=np.add.reduceat(runs.count, places))


def overlapping_assets(runs: Runs, assets: int) -> NDArray[np.bool_]:
    """Per asset code, whether two of its runs share a moment; ``runs`` must be in order."""
    found = np.zeros(assets, bool)
    clash = (runs.asset[1:] == runs.asset[:-1]) & (runs.first[1:] <= runs.last[:-1])
    found[runs.asset[1:][clash]] = True
    return found


def spans(asset: Ints, first: Ints, last: Ints, assets: int) -> tuple[Ints, Ints]:
    """Per asset code its first and last time; without any: first > last."""
    low = np.full(assets, np.iinfo(np.int64).max)
    high = np.full(assets, np.iinfo(np.int64).min)
    np.minimum.at(low, asset, first)
    np.maximum.at(high, asset, last)
    return low, high


def differences(old: Runs, new: Runs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of ``old`` are not among ``new``, and which of ``new`` are not among ``old``."""
    together = np.stack(
        [np.concatenate([getattr(old, column.name), getattr(new, column.name)]) for column in reversed(fields(Runs))]
    )
    order = np.lexsort(together)
    ordered = together[:, order]
    same_as_last = np.zeros(len(order), bool)
    same_as_last[1:] = (ordered[:, 1:] == ordered[:, :-1]).all(axis=0)
    paired = same_as_last.copy()
    paired[:-1] |= same_as_last[1:]  # runs of one side never repeat, so a pair is one of each
    lonely = np.empty(len(order), bool)
    lonely[order] = ~paired
    return lonely[: len(old)], lonely[len(old) :]


def median_spacing(asset: Ints, at: Ints, assets: int) -> Ints:
    """Per asset code the (lower) median time between its checks, 0 with fewer than two; sorted, each time once."""
    spacing = np.zeros(assets, np.int64)
    same = asset[1:] == asset[:-1]
    of, gap = asset[1:][same], (at[1:] - at[:-1])[same]
    order = np.lexsort((gap, of))
    of, gap = of[order], gap[order]
    codes, start, number = np.unique(of, return_index=True, return_counts=True)
    spacing[codes] = gap[start + (number - 1) // 2]
    return spacing
