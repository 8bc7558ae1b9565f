"""Versions of rows: new, unchanged, superseding (semantics 7)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from collector.store import Store
from tests.conftest import Clock
from tests.store.world import deliver, delivery, frame, known, ticket


def test_a_new_row_is_accepted_and_known(store: Store) -> None:
    totals = deliver(store, "ticket", ticket("A", 10, title="打印机"))
    assert (totals.accepted, totals.unchanged, totals.superseding) == (1, 0, 0)
    assert known(store, "ticket", "ticket_no", "reported_at", "title") == [("A", 10, "打印机")]


def test_equal_read_values_are_unchanged(store: Store) -> None:
    deliver(store, "ticket", ticket("A", 10, title="打印机"), content="c1")
    totals = deliver(store, "ticket", ticket("A", 10, title="打印机"), content="c2")
    assert (totals.accepted, totals.unchanged, totals.superseding) == (0, 1, 0)
    assert store.lineage("ticket", store.facts().frames["ticket"]["row_id"])["name"].tolist() == ["c1.xlsx"]


def test_a_changed_row_supersedes_and_the_old_one_stays_known_at_its_time(store: Store, clock: Clock) -> None:
    before = clock.now
    deliver(store, "ticket", ticket("A", 10), content="c1")
    clock.forward(100)
    totals = deliver(store, "ticket", ticket("A", 20), content="c2")
    assert totals.superseding == 1
    assert known(store, "ticket", "reported_at") == [(20,)]
    assert known(store, "ticket", "reported_at", known_at=before + 99) == [(10,)]
    assert known(store, "ticket", "reported_at", known_at=before - 1) == []


def test_a_value_that_becomes_empty_supersedes(store: Store) -> None:
    deliver(store, "ticket", ticket("A", title="打印机"), content="c1")
    assert deliver(store, "ticket", ticket("A"), content="c2").superseding == 1
    assert known(store, "ticket", "title") == [(None,)]


def test_other_flags_supersede_for_the_values_were_read_otherwise(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1")
    assert deliver(store, "ticket", ticket("A", flags="lifted"), content="c2").superseding == 1
    assert known(store, "ticket", "flags") == [("lifted",)]


def test_within_a_delivery_the_later_row_supersedes_and_the_earlier_is_never_visible(store: Store) -> None:
    totals = deliver(store, "ticket", ticket("A", 10), ticket("B", 5), ticket("A", 20), ticket("A", 20))
    assert (totals.accepted, totals.superseding, totals.unchanged) == (2, 1, 1)
    assert known(store, "ticket", "ticket_no", "reported_at", sequence=1) == [("A", 20), ("B", 5)]


def test_the_later_block_of_a_delivery_supersedes_the_earlier(store: Store) -> None:
    with delivery(store) as opened:
        opened.write("ticket", frame("ticket", ticket("A", 10), ticket("C", 1)))
        second = opened.write("ticket", frame("ticket", ticket("B", 5), ticket("A", 20)))
        opened.finish(4, {})
    assert (second.accepted, second.superseding) == (1, 1)
    assert known(store, "ticket", "ticket_no", "reported_at", sequence=1) == [("A", 20), ("B", 5), ("C", 1)]


def test_back_to_the_first_value_is_a_version_of_its_own(store: Store) -> None:
    for number, reported_at in enumerate((10, 20, 10), 1):
        deliver(store, "ticket", ticket("A", reported_at), content=f"c{number}")
    assert [known(store, "ticket", "reported_at", sequence=s) for s in (1, 2, 3)] == [[(10,)], [(20,)], [(10,)]]


def test_two_sources_may_use_the_same_number(store: Store) -> None:
    deliver(store, "ticket", ticket("A", 10), source="a")
    assert deliver(store, "ticket", ticket("A", 20), source="b").accepted == 1
    assert known(store, "ticket", "source", "reported_at") == [("a", 10), ("b", 20)]


def test_records_of_several_types_come_in_one_delivery(store: Store) -> None:
    with delivery(store) as opened:
        opened.write("ticket", frame("ticket", ticket("A")))
        hold = {"ticket_no": "A", "hold_from": 5, "side": "court"}
        opened.write("hold", frame("hold", hold, {**hold, "hold_from": 7}))
        opened.finish(3, {})
    assert known(store, "hold", "natural_key", "hold_from") == [("A|5", 5), ("A|7", 7)]


def test_versions_are_ordered_by_the_sequence_and_not_by_the_clock(store: Store, clock: Clock) -> None:
    deliver(store, "ticket", ticket("A", 10), content="c1")
    clock.forward(-3600)  # the clock was put right
    deliver(store, "ticket", ticket("A", 20), content="c2")
    assert known(store, "ticket", "reported_at") == [(20,)]
    assert known(store, "ticket", "reported_at", known_at=clock.now) == [(20,)]
    assert store.sequence_at(clock.now - 1) == 0


@pytest.mark.parametrize("many", [1, 40])
def test_a_few_rows_are_found_among_many_others(store: Store, many: int) -> None:
    numbers = [f"T{number:05d}" for number in range(many * 50)]
    deliver(store, "ticket", *(ticket(number, 10) for number in numbers), content="c1")
    wanted = (ticket(numbers[0], 10), ticket(numbers[-1], 11), ticket("T-new", 1))
    totals = deliver(store, "ticket", *wanted, content="c2")
    assert (totals.unchanged, totals.superseding, totals.accepted) == (1, 1, 1)


def test_a_version_superseded_within_its_delivery_is_kept_all_the_same(store: Store) -> None:
    deliver(store, "ticket", ticket("A", 10), ticket("A", 20), ticket("A", 30))
    with store._engine.connect() as connection:
        rows = connection.execute(
            text("SELECT reported_at, row_no, known_from, known_until FROM ticket ORDER BY row_no")
        )
        assert [tuple(row) for row in rows] == [(10, 2, 1, 1), (20, 3, 1, 1), (30, 4, 1, None)]
