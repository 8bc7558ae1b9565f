"""Slots: at a fixed phase, never drifting, never served twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.probing.timetable import Timetable


def served(table: Timetable[str], until: float, step: float, start: float = 0.0) -> list[float]:
    """Due moments, asked for every ``step`` seconds."""
    found, now = [], start
    while now <= until:
        found += [due.at for due in table.due(now)]
        now += step
    return found


def test_slots_come_at_the_phase_of_each_interval() -> None:
    table: Timetable[str] = Timetable()
    table.add("a", 60, 7, 0, now=100)
    assert served(table, 400, 0.5, start=100) == [127, 187, 247, 307, 367]


def test_being_asked_late_moves_no_later_slot() -> None:
    table: Timetable[str] = Timetable()
    table.add("a", 60, 0, 0, now=1)
    assert [due.at for due in table.due(95)] == [60]
    assert table.next_at() == 120


def test_of_several_passed_slots_the_newest_is_served_and_the_first_is_told() -> None:
    table: Timetable[str] = Timetable()
    table.add("a", 60, 0, 0, now=1)
    (due,) = table.due(250)
    assert (due.at, due.missed_at) == (240, 60)
    assert table.due(250) == []


def test_a_slot_at_this_very_moment_is_served() -> None:
    table: Timetable[str] = Timetable()
    table.add("a", 60, 0, 0, now=120)
    assert [due.at for due in table.due(120)] == [120]


def test_a_removed_key_is_due_no_more() -> None:
    table: Timetable[str] = Timetable()
    table.add("a", 60, 0, 0, now=1)
    table.remove("a")
    assert (table.due(1000), table.next_at()) == ([], None)


def test_a_key_that_begins_anew_has_one_row_of_slots() -> None:
    table: Timetable[str] = Timetable()
    table.add("a", 60, 0, 0, now=1)
    table.add("a", 60, 0, 0, now=2)
    assert [due.at for due in table.due(60)] == [60]


def test_jitter_delays_within_its_bound_and_is_the_same_every_time() -> None:
    tables: list[Timetable[str]] = [Timetable(), Timetable()]
    for table in tables:
        table.add("a", 60, 0, 10, now=0)
    first, second = (served(table, 6000, 0.25) for table in tables)
    assert first == second
    late = [at % 60 for at in first]
    assert 0 <= min(late) < 2 < 8 < max(late) <= 10


@given(
    st.floats(1, 300),
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.floats(0, 1000), min_size=1, max_size=30).map(sorted),
)
def test_whenever_it_is_asked_no_slot_is_served_twice_or_early(
    interval: float, phase: float, jitter: float, asked: list[float]
) -> None:
    table: Timetable[str] = Timetable()
    table.add("a", interval, phase * interval, jitter * interval, now=0)
    found = [(now, due.at) for now in asked for due in table.due(now)]
    assert all(at <= now for now, at in found)
    moments = [at for _, at in found]
    assert moments == sorted(set(moments))


@pytest.mark.parametrize("count", [1, 2000])
def test_phases_spread_targets_over_the_interval(count: int) -> None:
    from tests.probing.world import target

    phases = sorted(target(f"asset {number}").phase for number in range(count))
    assert 0 <= phases[0] <= phases[-1] < 60
    per_second = [sum(second <= phase < second + 1 for phase in phases) for second in range(60)]
    assert max(per_second) <= max(1, count // 60 * 2)
