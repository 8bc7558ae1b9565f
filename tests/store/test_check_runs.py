"""The arithmetic of runs of checks."""

from __future__ import annotations

import numpy as np

from collector.store.check_runs import Runs, differences, in_order, join, median_spacing, overlapping_assets


def _runs(*rows: tuple[int, int, int, int, int]) -> Runs:
    """Rows of asset, state, first, last, count; every minute, stale after three."""
    asset, state, first, last, count = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    same = np.ones(len(asset), np.int64)
    return Runs(asset, state, first, last, 60 * same, 180 * same, count)


def _rows(runs: Runs) -> list[tuple[int, ...]]:
    columns = (runs.asset, runs.state, runs.first, runs.last, runs.count)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_neighbours_within_the_staleness_are_joined() -> None:
    assert _rows(join(_runs((0, 0, 0, 60, 2), (0, 0, 240, 240, 1)))) == [(0, 0, 0, 240, 3)]
    assert len(join(_runs((0, 0, 0, 60, 2), (0, 0, 241, 241, 1)))) == 2


def test_another_asset_or_state_is_another_run() -> None:
    runs = _runs((0, 0, 0, 0, 1), (0, 1, 60, 60, 1), (1, 1, 120, 120, 1))
    assert _rows(join(runs)) == _rows(runs)


def test_order_is_by_asset_and_then_by_time() -> None:
    runs = _runs((1, 0, 0, 0, 1), (0, 0, 60, 60, 1), (0, 0, 0, 0, 1))
    assert [row[:3] for row in _rows(in_order(runs))] == [(0, 0, 0), (0, 0, 60), (1, 0, 0)]


def test_assets_whose_runs_share_a_moment_are_found() -> None:
    runs = _runs((0, 0, 0, 60, 2), (0, 0, 60, 60, 1), (1, 0, 0, 60, 2), (1, 0, 61, 61, 1))
    assert overlapping_assets(runs, 3).tolist() == [True, False, False]


def test_differences_are_what_only_one_side_has() -> None:
    old = _runs((0, 0, 0, 60, 2), (0, 1, 120, 120, 1))
    new = _runs((0, 0, 0, 60, 2), (0, 1, 120, 180, 2))
    gone, come = differences(old, new)
    assert (gone.tolist(), come.tolist()) == ([False, True], [False, True])


def test_the_median_spacing_is_that_of_each_asset() -> None:
    asset = np.array([0, 0, 0, 0, 2, 2, 3])
    at = np.array([0, 60, 120, 720, 0, 300, 5])
    assert median_spacing(asset, at, 4).tolist() == [60, 0, 300, 0]
