"""Unions of intervals against sets of whole seconds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.intervals import Coverage, Intervals, Ints, Measure, complement, downtime, intersect, merge, subtract

Rows = list[tuple[int, int, int]]
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 40), st.integers(-5, 40)), max_size=12)


def of(*listed: tuple[int, int, int]) -> Intervals:
    return Intervals(*(np.array([row[i] for row in listed], np.int64) for i in range(3)))


def listed(intervals: Intervals) -> Rows:
    return list(zip(*(column.tolist() for column in intervals), strict=True))


def seconds(intervals: Intervals) -> set[tuple[int, int]]:
    """Every second of every owner."""
    return {(owner, second) for owner, start, end in listed(intervals) for second in range(start, end)}


def plain(moments: Ints) -> Ints:
    return moments


def every_third(
    moments: Ints,
) -> Ints:
    """A calendar that is open in seconds 0, 3, 6 …"""
    return -(-moments // 3)


def test_overlapping_and_touching_intervals_become_one_per_owner() -> None:
    merged = merge(of((0, 1, 4), (0, 3, 6), (0, 6, 8), (1, 2, 5), (0, 9, 10)))
    assert listed(merged) == [(0, 1, 8), (0, 9, 10), (1, 2, 5)]


def test_empty_and_backward_intervals_vanish() -> None:
    assert listed(merge(of((0, 5, 5), (0, 9, 3), (2, 1, 2)))) == [(2, 1, 2)]
    assert listed(merge(Intervals.none())) == []


def test_an_interval_inside_another_adds_nothing() -> None:
    assert listed(merge(of((0, 0, 100), (0, 10, 20), (0, 30, 40)))) == [(0, 0, 100)]


@given(rows)
def test_merging_keeps_every_second_and_leaves_gaps_between(listed_rows: Rows) -> None:
    merged = merge(of(*listed_rows))
    assert seconds(merged) == seconds(of(*listed_rows))
    for (owner, _, end), (next_owner, start, _) in pairwise(listed(merged)):
        assert (owner, end) < (next_owner, start)


@given(rows, rows)
def test_common_parts_are_the_common_seconds(first: Rows, second: Rows) -> None:
    one, other = merge(of(*first)), merge(of(*second))
    parts, row, other_row = intersect(one, other)
    assert seconds(parts) == seconds(one) & seconds(other)
    for part, mine, its in zip(listed(parts), row, other_row, strict=True):
        assert seconds(of(part)) <= seconds(one.take(np.array([mine])))
        assert seconds(of(part)) <= seconds(other.take(np.array([its])))


@given(rows, rows)
def test_overlapping_intervals_meet_a_union_one_by_one(first: Rows, second: Rows) -> None:
    many, union = of(*first).solid(), merge(of(*second))
    parts, row, _ = intersect(many, union)
    for number, each in enumerate(listed(many)):
        assert seconds(parts.take(row == number)) == seconds(of(each)) & seconds(union)


@given(rows, rows)
def test_gaps_and_union_share_the_span_between_them(union_rows: Rows, span_rows: Rows) -> None:
    union, span = merge(of(*union_rows)), merge(of(*span_rows))
    assert seconds(complement(union, span)) == seconds(span) - seconds(union)


@given(rows, rows)
def test_what_is_taken_away_is_gone_and_pieces_know_their_origin(first: Rows, second: Rows) -> None:
    union, taken = merge(of(*first)), merge(of(*second))
    pieces, row = subtract(union, taken)
    assert seconds(pieces) == seconds(union) - seconds(taken)
    for piece, origin in zip(listed(pieces), row, strict=True):
        assert seconds(of(piece)) <= seconds(union.take(np.array([origin])))


@pytest.mark.parametrize("measure", [plain, every_third])
@given(listed_rows=rows, owner=st.integers(0, 4), start=st.integers(-9, 45), end=st.integers(-9, 45))
def test_coverage_between_two_moments_counts_their_seconds(
    measure: Measure,
    listed_rows: Rows,
    owner: int,
    start: int,
    end: int,
) -> None:
    coverage = Coverage(of(*listed_rows), measure)
    inside = [second for mine, second in seconds(of(*listed_rows)) if mine == owner and start <= second < end]
    expected = len([second for second in inside if measure is plain or second % 3 == 0])
    one = np.array([owner])
    assert coverage.between(one, np.array([start]), np.array([end])).tolist() == [expected]


@given(rows, st.integers(0, 4), st.integers(-9, 45), st.integers(-9, 45))
def test_intervals_that_share_time_are_counted(listed_rows: Rows, owner: int, start: int, end: int) -> None:
    coverage = Coverage(of(*listed_rows), plain)
    merged = [row for row in listed(merge(of(*listed_rows))) if row[0] == owner]
    expected = sum(1 for _, low, high in merged if max(low, start) < min(high, end))
    assert coverage.count(np.array([owner]), np.array([start]), np.array([end])).tolist() == [expected]


@given(rows, st.lists(st.integers(-9, 45), min_size=2, max_size=5, unique=True).map(sorted))
def test_downtime_per_owner_and_period(listed_rows: Rows, cuts: list[int]) -> None:
    found = downtime(*of(*listed_rows), np.array(cuts), plain, owners=5)
    whole = seconds(of(*listed_rows))
    for owner in range(5):
        expected = [len({s for o, s in whole if o == owner and low <= s < high}) for low, high in pairwise(cuts)]
        assert found[owner].tolist() == expected


def test_owners_are_worked_through_in_blocks_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.intervals._BLOCK", 3)
    many = of(*((owner, start, start + 7) for owner in range(9) for start in (0, 5, 20)))
    found = downtime(*many, np.array([0, 10, 30]), plain, owners=10)
    assert found.tolist() == [[10, 2 + 7]] * 9 + [[0, 0]]  # 0–12 and 20–27, cut at 10


def test_owners_and_moments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OverflowError):
        merge(of((1 << 40, 0, 1 << 30)))
