"""Periods × values in one pass, against the straightforward way."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.frames import FAR_FUTURE
from metrics.indicators import Where
from metrics.scope import scope
from metrics.slicing import slices
from tests.metrics.event_facts import CONTRACT, ZONE, ask, at, facts

PERIODS = ("2023-01", "2023-02", "2023Q1", "2023", "2022-12-31..2023-01-01", "2024")
ROWS = st.lists(
    st.tuples(st.integers(0, 120), st.sampled_from(["A", "B", None]), st.integers(-50, 10**9), st.booleans()),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, share=st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(1), Fraction(0)]))
def test_sums_counts_and_quantiles_are_those_of_each_cell_by_itself(
    rows: list[tuple[int, str | None, int, bool]], share: Fraction
) -> None:
    moments = [at("2022-12-15") + day * 86_400 for day, _, _, _ in rows]
    world = facts(ticket=[{"reported_at": m, "site": row[1]} for m, row in zip(moments, rows, strict=True)])
    request = ask("mean_response", world, *PERIODS)
    events = scope(world, CONTRACT, Where(), "ticket")
    amounts, kept = np.array([row[2] for row in rows], np.int64), np.array([row[3] for row in rows], np.bool_)
    found = slices(request, events, np.array(moments, np.int64), "site")
    sums, ranked = found.sum(amounts), found.ranked(kept, amounts)
    for number, period in enumerate(request.periods):
        start, end = period.bounds(ZONE)
        for value, name in enumerate(found.values):
            site = None if name == "（未填）" else name
            cell = [n for n, row in enumerate(rows) if row[1] == site and start <= moments[n] < end]
            assert sums[number, value] == sum(rows[n][2] for n in cell)
            assert sorted(found.rows(number, value).tolist()) == cell
            expected = by_rank(sorted(rows[n][2] for n in cell if rows[n][3]), share)
            assert ranked.quantile(number, value, share) == expected


def by_rank(values: list[int], share: Fraction) -> Fraction | None:
    if not values:
        return None
    place = (len(values) - 1) * share
    low, rest = int(place), place - int(place)
    return values[low] + rest * (values[min(low + 1, len(values) - 1)] - values[low])


def test_a_row_without_a_moment_belongs_to_no_period() -> None:
    world = facts(ticket=[{"reported_at": "2023-01-05"}])
    request = ask("mean_response", world, "2023-01", "2023")
    events = scope(world, CONTRACT, Where(), "ticket")

    found = slices(request, events, np.array([FAR_FUTURE]), "total")
    assert found.sum(np.ones(1, np.int64)).tolist() == [[0], [0]]
