"""Runs made while a file of the log is read: what was said again is counted at once, never held check by check.

Files are cut where they were written in groups of rows, and several groups are worked on at a time: decoding and
NumPy both let go of Python's lock.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from collector.store.check_log import CheckLog, Part, coded_states, opened_file
from collector.store.check_runs import Runs, no_runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collector.store.check_runs import Ints
    from collector.store.targets import Assets

_COLUMNS = ("asset_no", "checked_at", "state", "interval_seconds", "staleness_seconds")
_AHEAD = 2  # groups that are read for each that is worked on


@dataclass(frozen=True)
class Stretch:
    """Runs of neighbouring rows; ``asset`` is a place in ``names``."""

    names: pa.Array
    runs: Runs

    def coded(self, assets: Assets) -> Runs:
        """The same with the codes of ``assets``."""
        return replace(self.runs, asset=assets.codes(self.names)[self.runs.asset]) if len(self.runs) else no_runs()


def stretches(log: CheckLog, parts: Iterable[Part], since: int) -> Iterator[tuple[Part, list[Stretch]]]:
    """File by file the runs of its checks from ``since`` (UTC seconds) on, those of different groups not joined.

    Where a file is out of order, or names a moment twice, its runs overlap.
    """
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        begun: deque[tuple[Part, list[Future[Stretch]]]] = deque()
        for part in parts:
            content = log.content(part)
            groups = range(opened_file(content).num_row_groups)
            begun.append((part, [pool.submit(_stretch, content, group, since) for group in groups]))
            while sum(len(futures) for _, futures in begun) > workers * _AHEAD:
                yield _finished(*begun.popleft())
        while begun:
            yield _finished(*begun.popleft())


def _finished(part: Part, futures: list[Future[Stretch]]) -> tuple[Part, list[Stretch]]:
    return part, [future.result() for future in futures]


def _stretch(content: bytes, group: int, since: int) -> Stretch:
    table = opened_file(content).read_row_group(group, list(_COLUMNS), use_threads=False)
    early = table["checked_at"].to_numpy() < since
    if early.any():
        table = table.filter(pa.array(~early))
    table = table.unify_dictionaries().combine_chunks()
    asset_no, at, state, interval, staleness = (table[name] for name in _COLUMNS)
    if not len(table):
        return Stretch(pa.array([], pa.string()), no_runs())
    names, moments, states = asset_no.chunk(0), at.to_numpy(), state.chunk(0)
    every, held = interval.to_numpy(), staleness.to_numpy()
    places = _beginnings(names.indices.to_numpy(), moments, states.indices.to_numpy(), every, held)
    ends = np.append(places[1:], len(moments)) - 1
    runs = Runs(
        names.indices.to_numpy()[places].astype(np.int64),
        coded_states(states.take(pa.array(places))),
        moments[places],
        moments[ends],
        every[places],
        held[places],
        ends - places + 1,
    )
    return Stretch(names.dictionary, runs)


def _beginnings(asset: NDArray[Any], at: Ints, state: NDArray[Any], interval: Ints, staleness: Ints) -> Ints:
    """The places where a run begins, as ``check_runs.join`` has it, and where time goes back."""
    begins = np.ones(len(at), bool)
    gap = np.diff(at)
    later = begins[1:]
    np.greater(gap, staleness[:-1], out=later)
    later |= gap <= 0
    for column in (asset, state, interval, staleness):
        later |= column[1:] != column[:-1]
    return np.flatnonzero(begins)
