"""What the state index of uptime checks says about time: known, down, seen to be up (semantics 3)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.assets import Register
from metrics.claims import Claims
from metrics.endings import Ending
from metrics.frames import FAR_FUTURE, Ints, Texts, integers, texts
from metrics.indicators import Facts
from metrics.intervals import Intervals

#: Evidence cites rows of ``Facts.states``, runs of checks, under the name of their record type.
STATE_RECORD = "uptime_check"


class Runs(NamedTuple):
    """Runs of equal checks, each from its first check for as long as its last one holds.

    Sorted by asset, source and first check. ``row_id`` is that of the state index; ``failures`` the checks that
    failed in a row together with the runs it joins (0 unless down); ``ended`` is an Ending, ``row`` the row in
    ``Facts.states``.
    """

    intervals: Intervals
    state: Texts
    row_id: Ints
    failures: Ints
    ended: Ints
    row: Ints

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Runs:
        """The chosen runs, by mask or by position."""
        return Runs(
            self.intervals.take(chosen),
            self.state[chosen],
            self.row_id[chosen],
            self.failures[chosen],
            self.ended[chosen],
            self.row[chosen],
        )

    def down(self, fail_after: int) -> NDArray[np.bool_]:
        """Runs of at least ``fail_after`` failures; a shorter one counts as up."""
        return self.failures >= fail_after

    def claims(self, facts: Facts, chosen: NDArray[np.bool_], opening: str) -> Claims:
        """The chosen runs as claims on time."""
        runs = self.take(chosen)
        return Claims(STATE_RECORD, opening, runs.intervals, runs.row_id, facts.states["source"], runs.row, runs.ended)


def read_runs(facts: Facts, register: Register, as_of: int) -> Runs:
    """The runs of known assets that began before ``as_of``, cut there.

    A check holds until the next check of its target by the same source, at most its staleness. Where ``as_of``
    lies inside a run, the checks made by then are reckoned from its interval. ``register`` is the one of the facts.
    """
    return facts.remembered(("runs", as_of), lambda: _read_runs(facts, register, as_of))


def _read_runs(facts: Facts, register: Register, as_of: int) -> Runs:
    import pandas as pd

    frame = facts.states
    owner, first = register.numbers(frame["asset_no"]), integers(frame["first_at"], FAR_FUTURE)
    source = pd.factorize(frame["source"])[0].astype(np.int64)
    rows = np.flatnonzero((owner >= 0) & (first < as_of))
    rows = rows[np.lexsort((first[rows], source[rows], owner[rows]))]
    owner, source, first = owner[rows], source[rows], first[rows]
    last, staleness, interval, count = (
        integers(frame[name], 0)[rows] for name in ("last_at", "staleness_seconds", "interval_seconds", "check_count")
    )
    state = texts(frame["state"])[rows]
    same = np.zeros(len(rows), np.bool_)  # whether the next run is of the same target and source
    same[:-1] = (owner[1:] == owner[:-1]) & (source[1:] == source[:-1])
    following = np.where(same, np.append(first[1:], FAR_FUTURE)[: len(rows)], FAR_FUTURE)
    stale = last + staleness
    held = np.minimum(np.minimum(stale, following), as_of)
    ended = np.select([held == following, held == stale], [Ending.NEXT_CHECK, Ending.STALE], Ending.OPEN)
    made = np.where(last < as_of, count, np.minimum(count, 1 + (as_of - 1 - first) // np.maximum(interval, 1)))
    failures = _in_a_row(state == "down", same & (following <= stale), made)
    return Runs(Intervals(owner, first, held), state, integers(frame["row_id"], -1)[rows], failures, ended, rows)


def _in_a_row(down: NDArray[np.bool_], unbroken: NDArray[np.bool_], made: Ints) -> Ints:
    """Failed checks in a row, summed over neighbouring down runs without a gap between them; 0 if not down."""
    if not len(down):
        return np.empty(0, np.int64)
    joined = np.zeros(len(down), np.bool_)
    joined[1:] = down[1:] & down[:-1] & unbroken[:-1]
    row = np.cumsum(~joined) - 1
    total = np.zeros(row[-1] + 1, np.int64)
    np.add.at(total, row, made)
    return np.where(down, total[row], 0)


def gap_claims(facts: Facts, register: Register, runs: Runs, gaps: Intervals) -> list[Claims]:
    """What opened and ended each stretch without a check that holds, for evidence.

    Opened by checks of unknown result, else by the last run before it going stale, else by nothing at all: then
    the claim is the register's, which says that the asset is probed.
    """
    known, dark = (runs.take(chosen) for chosen in (runs.state != "unknown", runs.state == "unknown"))
    unknown_run = _last_before(dark.intervals.owner, dark.intervals.start, gaps)
    covering = unknown_run >= 0
    covering[covering] = dark.intervals.end[unknown_run[covering]] > gaps.start[covering]
    stale_run = _last_before(known.intervals.owner, known.intervals.end, gaps)
    stale = ~covering & (stale_run >= 0)
    ended = np.where(_begins(known.intervals, gaps), Ending.CHECKED_AGAIN, Ending.OPEN)
    claims = [
        Claims(
            STATE_RECORD,
            opening,
            gaps.take(chosen),
            found.row_id[row[chosen]],
            facts.states["source"],
            found.row[row[chosen]],
            ended[chosen],
        )
        for opening, found, row, chosen in (
            ("拨测结果未知", dark, unknown_run, covering),
            ("最近一次检测超过时效", known, stale_run, stale),
        )
    ]
    never = ~covering & ~stale
    owner = gaps.owner[never]
    names = register.asset_no.to_series()
    return [
        *claims,
        Claims("asset", "应拨测而无检测", gaps.take(never), register.row_id[owner], names, owner, ended[never]),
    ]


def _last_before(owner: Ints, moments: Ints, gaps: Intervals) -> Ints:
    """The row of the last of ``moments`` at or before the start of each gap, of the same owner; -1 if none."""
    order = np.lexsort((moments, owner))
    at = np.searchsorted(_keys(owner, moments)[order], _keys(gaps.owner, gaps.start), "right") - 1
    row = np.append(order, -1)[at]
    same = np.append(owner, -1)[row] == gaps.owner
    return np.where(same, row, -1)


def _begins(intervals: Intervals, gaps: Intervals) -> NDArray[np.bool_]:
    """Whether one of the intervals begins where each gap ends."""
    return np.isin(_keys(gaps.owner, gaps.end), _keys(intervals.owner, intervals.start))


def _keys(owner: Ints, moments: Ints) -> Ints:
    return owner * (2 * FAR_FUTURE) + moments
