"""The index over the log of checks: state intervals, kept with history, changed only where checks touched them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from collector.store.check_history import CheckHistory
from collector.store.check_keys import key_of
from collector.store.check_log import ALWAYS, CheckLog
from collector.store.check_runs import (
    Runs,
    concatenate,
    differences,
    in_order,
    join,
    latest,
    no_runs,
    overlapping_assets,
    spans,
)
from collector.store.interval_rows import IntervalRows, Kept, both
from collector.store.judged import Judged, revised_assets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collector.store.check_runs import Ints
    from collector.store.records import Scope
    from collector.store.targets import Assets

_LEAST, _MOST = np.iinfo(np.int64).min // 4, np.iinfo(np.int64).max // 4


class StateIndex:
    """The current intervals of one source, changed within one transaction.

    ``judged``: what extends or changes no judged time is changed in place; without it every change is a version.
    """

    def __init__(
        self,
        scope: Scope,
        log: CheckLog,
        assets: Assets,
        judged: Judged | None = None,
        rows: IntervalRows | None = None,
    ) -> None:
        """``rows``: those that are remembered between transactions; without them they are read when needed."""
        self._scope = scope
        self._log = log
        self._assets = assets
        self._judged = judged
        self._given = rows
        self._history = CheckHistory(scope, log, assets)

    @cached_property
    def _rows(self) -> IntervalRows:
        return self._given or IntervalRows(self._scope, self._assets)

    def last_checks(self) -> dict[str, tuple[int, int]]:
        """Asset → time of its last check and the interval of its last state interval.

        The open interval says so; only where a target has none, all that are settled are looked through.
        """
        kept = self._rows.open() if self._rows.all_open() else both(self._rows.settled(), self._rows.open())
        runs = kept.runs
        runs = runs.take(np.lexsort((runs.last, runs.asset)))
        lines = zip(runs.asset.tolist(), runs.last.tolist(), runs.interval.tolist(), strict=True)
        return {self._assets.names[asset]: (last, interval) for asset, last, interval in lines}

    def add(self, checks: Runs, before: int | None) -> None:
        """Take in checks (runs of one, in order); ``before``: the last file of the log without them."""
        low, high = spans(checks.asset, checks.first, checks.last, len(self._assets))
        old, far = self._near(low, high, int(checks.staleness.max()))
        pieces = in_order(concatenate([old.runs, join(checks)]))
        late = overlapping_assets(pieces, len(self._assets))
        new = join(pieces.of_assets(~late))
        if late.any():
            new = concatenate([new, self._recounted(old.runs.of_assets(late), checks.of_assets(late), before)])
        self._replace(old, far, in_order(new))

    def rebuild(self, asset: Ints, at: Ints) -> int:
        """Make anew, from the log, what held these moments; how many checks fewer there are now."""
        low, high = spans(asset, at, at, len(self._assets))
        reach = max([0, *self._rows.longest_staleness()])  # neighbours may join now
        old, far = self._near(low, high, reach)
        new = self._recounted(old.runs, no_runs(), None)
        self._replace(old, far, new)
        return int(old.runs.count.sum() - new.count.sum())

    def rebuild_all(self) -> tuple[Runs, Runs]:
        """Make the whole index anew from the log; the intervals that were wrong, and those that took their place."""
        old = both(self._rows.settled(), self._rows.open())
        old = old.take(np.lexsort((old.runs.first, old.runs.asset)))
        new = self._recounted(old.runs, no_runs(), None, everything=True)
        gone, come = differences(old.runs, new)
        self._replace(old, old.take(np.zeros(len(old), bool)), new)
        return old.runs.take(gone), new.take(come)

    def _near(self, low: Ints, high: Ints, reach: int) -> tuple[Kept, Kept]:
        """The current intervals that come within ``reach`` seconds of an asset's span; open ones that do not."""
        opened = self._rows.open()
        low, high = self._sized(low, high)
        newest = np.full(len(self._assets), _MOST)
        newest[opened.runs.asset] = opened.runs.first
        near = _within(opened.runs, low, high, reach)
        rows, far = opened.take(near), opened.take(~near)
        wanted = (low <= high) & (low <= newest)  # what comes after the first check of the newest touches no other
        if wanted.any():
            settled = self._rows.settled(int(low[wanted].min()) - reach, int(high[wanted].max()) + reach)
            low, high = self._sized(low, high)
            rows = both(settled.take(_within(settled.runs, low, high, reach)), rows)
            rows = rows.take(np.lexsort((rows.runs.first, rows.runs.asset)))
        return rows, far

    def _recounted(self, old: Runs, checks: Runs, before: int | None, everything: bool = False) -> Runs:
        """The runs of what the log holds, and ``checks``, from shortly before the first of these on.

        Of an interval that begins earlier only its end is read; the rest of its checks is what remains of its count.
        """
        together = concatenate([old, checks])
        low, high = spans(together.asset, together.first, together.last, len(self._assets))
        cleared = self._log.retired_before(self._scope.source)
        since = np.full(len(self._assets), cleared)
        if len(checks):
            reach = int(together.staleness.max())
            since = np.maximum(since, spans(checks.asset, checks.first, checks.last, len(self._assets))[0] - reach)
        low = np.maximum(low, since)
        found = self._history.joined(cleared) if everything else self._history.singles(low, high, before)
        low = self._sized(low, high)[0]
        cut = (old.first < low[old.asset]) & (old.last >= low[old.asset])
        earlier = old.take(old.last < low[old.asset])
        later = latest(in_order(concatenate([_remains(old.take(cut), found), checks])))
        return join(in_order(concatenate([earlier, later])))

    def _replace(self, old: Kept, far: Kept, new: Runs) -> None:
        """Store ``new`` in place of ``old``."""
        gone, come = differences(old.runs, new)
        revised, sequence = self._revised(old.runs, new)
        known_from = self._known_from(old.take(gone), new, revised, sequence)
        again = revised[old.runs.asset]
        self._rows.supersede(old.take(gone & again), sequence)
        self._rows.remove(old.take(gone & ~again))
        newest = _newest(new, far, len(self._assets))
        first = np.full(len(self._assets), _LEAST)
        first[new.asset[newest]] = new.first[newest]
        self._rows.settle(far.take(first[far.runs.asset] > _LEAST))
        passed = (old.row_id < 0) & ~gone & (old.runs.first < first[old.runs.asset])
        self._rows.settle(old.take(passed))
        self._rows.add(new.take(come & ~newest), known_from[come & ~newest])
        self._rows.add_open(new.take(come & newest), known_from[come & newest])

    def _revised(self, old: Runs, new: Runs) -> tuple[NDArray[np.bool_], int]:
        """Per asset whether it gets a new version, and its sequence."""
        if self._judged is None:
            return np.ones(len(self._assets), bool), self._scope.sequence
        revised = revised_assets(old, new, self._judged.until, len(self._assets))
        return revised, self._judged.revise() if revised.any() else self._scope.sequence

    def _known_from(self, gone: Kept, new: Runs, revised: NDArray[np.bool_], sequence: int) -> Ints:
        """Since when each of ``new`` is known: what is changed in place as long as what it takes the place of."""
        if self._judged is None:
            return np.full(len(new), sequence)
        since = np.full(len(self._assets), sequence)
        np.minimum.at(since, gone.runs.asset, gone.known_from)
        in_place = ~revised[new.asset] & (new.first < self._judged.until)
        return np.where(in_place, since[new.asset], sequence)

    def _sized(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """Spans for assets that got their code since: they have none."""
        more = len(self._assets) - len(low)
        return np.append(low, np.full(more, _MOST)), np.append(high, np.full(more, _LEAST))


def _within(runs: Runs, low: Ints, high: Ints, reach: int) -> NDArray[np.bool_]:
    low, high = np.minimum(low, _MOST), np.maximum(high, _LEAST)
    near: NDArray[np.bool_] = (runs.last >= low[runs.asset] - reach) & (runs.first <= high[runs.asset] + reach)
    return near


def _remains(cut: Runs, found: Runs) -> Runs:
    """``found`` with the unread beginning of each run of ``cut`` joined to the first check found of its asset."""
    if not len(cut):
        return found
    moments, counted = key_of(found.asset, found.first), np.append(0, np.cumsum(found.count))
    start = np.searchsorted(moments, key_of(cut.asset, np.full(len(cut), ALWAYS // 2)))
    end = np.searchsorted(moments, key_of(cut.asset, cut.last), "right")
    earlier = np.maximum(cut.count - (counted[end] - counted[start]), 1)
    first, count = found.first.copy(), found.count.copy()
    read = end > start
    first[start[read]] = cut.first[read]
    count[start[read]] += earlier[read]
    joined = Runs(found.asset, found.state, first, found.last, found.interval, found.staleness, count)
    return in_order(concatenate([cut.take(~read), joined]))


def _newest(new: Runs, far: Kept, assets: int) -> NDArray[np.bool_]:
    """Which of ``new`` (in order) is the newest interval of its asset, also beside the open ones in ``far``."""
    last = np.ones(len(new), bool)
    last[:-1] = new.asset[1:] != new.asset[:-1]
    beyond = np.full(assets, _LEAST)
    beyond[far.runs.asset] = far.runs.first
    newest: NDArray[np.bool_] = last & (new.first > beyond[new.asset])
    return newest
