"""A corrected mapping reads the archived bytes again: what it no longer reads is withdrawn."""

from __future__ import annotations

import pytest

from collector.store import Store
from tests.store.world import check, deliver, delivery, frame, known, rejection, rejections, states, ticket


def test_what_the_new_mapping_no_longer_reads_is_withdrawn(store: Store) -> None:
    deliver(store, "ticket", ticket("A", 1), ticket("B", 2), ticket("合计", 3), content="c1", mapping="m1")
    totals = deliver(store, "ticket", ticket("A", 1), ticket("B", 5), content="c1", mapping="m2")
    assert (totals.unchanged, totals.superseding, totals.withdrawn) == (1, 1, 1)
    assert known(store, "ticket", "ticket_no", "reported_at") == [("A", 1), ("B", 5)]
    assert known(store, "ticket", "ticket_no", sequence=1) == [("A",), ("B",), ("合计",)]


def test_rows_of_other_contents_stay(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m1")
    deliver(store, "ticket", ticket("B"), content="c2", mapping="m1")
    assert deliver(store, "ticket", ticket("C"), content="c1", mapping="m2").withdrawn == 1
    assert known(store, "ticket", "ticket_no") == [("B",), ("C",)]


def test_rows_of_other_sources_with_the_same_bytes_stay(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1", source="a")
    deliver(store, "ticket", ticket("A"), content="c1", source="b")
    deliver(store, "ticket", ticket("B"), content="c1", source="a", mapping="m2")
    assert known(store, "ticket", "source", "ticket_no") == [("a", "B"), ("b", "A")]


def test_a_row_that_stayed_through_several_mappings_can_still_be_withdrawn(store: Store) -> None:
    for mapping in ("m1", "m2", "m1"):
        deliver(store, "ticket", ticket("A"), ticket("B"), content="c1", mapping=mapping)
    assert deliver(store, "ticket", ticket("A"), content="c1", mapping="m3").withdrawn == 1
    assert known(store, "ticket", "ticket_no") == [("A",)]


def test_all_contents_read_again_in_order_end_where_reading_them_afresh_would(store: Store) -> None:
    deliver(store, "ticket", ticket("A", 1), content="c1", mapping="m1")
    deliver(store, "ticket", ticket("A", 2), ticket("B", 1), content="c2", mapping="m1")
    deliver(store, "ticket", ticket("A", 11), content="c1", mapping="m2")
    deliver(store, "ticket", ticket("A", 12), content="c2", mapping="m2")
    assert known(store, "ticket", "ticket_no", "reported_at") == [("A", 12)]


def test_withdrawn_assets_change_the_register(store: Store) -> None:
    deliver(store, "asset", {"asset_no": "S1"}, {"asset_no": "S2"}, content="c1", mapping="m1")
    deliver(store, "asset", {"asset_no": "S1"}, content="c1", mapping="m2")
    assert (store.register()["asset_no"].tolist(), store.register_version()) == (["S1"], 2)


def test_rejections_of_the_earlier_reading_are_settled_by_the_new_one(store: Store) -> None:
    with delivery(store, content="c1", mapping="m1") as opened:
        opened.reject(rejections(rejection(5)))
        opened.finish(1, {})
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m2")
    assert len(store.rejections()) == 0
    assert store.rejections(open_only=False)["state"].tolist() == ["resolved"]


def test_a_retry_of_some_rows_withdraws_nothing(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m1")
    totals = deliver(store, "ticket", ticket("B"), content="c1", mapping="m2", kind="retry")
    assert totals.withdrawn == 0
    assert known(store, "ticket", "ticket_no") == [("A",), ("B",)]


def test_rows_of_a_retry_are_withdrawn_with_their_content(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m1")
    deliver(store, "ticket", ticket("B"), content="c1", mapping="m1", kind="retry")
    assert deliver(store, "ticket", ticket("A"), content="c1", mapping="m2").withdrawn == 1
    assert known(store, "ticket", "ticket_no") == [("A",)]


def test_checks_that_are_no_longer_read_are_withdrawn(store: Store) -> None:
    minutes = [check("S1", 60 * n, "down" if n == 3 else "up") for n in range(6)]
    deliver(store, "uptime_check", *minutes, content="c1", mapping="m1")
    fewer = [row for row in minutes if row["state"] == "up"]
    totals = deliver(store, "uptime_check", *fewer, content="c1", mapping="m2")
    assert (totals.unchanged, totals.withdrawn) == (5, 1)
    assert states(store, "state", "first_at", "last_at", "check_count") == [("up", 0, 300, 5)]
    assert len(states(store, "state", sequence=1)) == 3
    assert store.live.rebuild() == []


def test_neighbours_of_a_withdrawn_check_become_one_interval(store: Store) -> None:
    around = [check("S1", minute * 60) for minute in (0, 1, 3, 4)]
    deliver(store, "uptime_check", check("S1", 120, "down"), content="c1", mapping="m1")
    deliver(store, "uptime_check", *around, content="c2", mapping="m1")
    assert len(states(store, "state")) == 3
    assert deliver(store, "uptime_check", content="c1", mapping="m2").withdrawn == 1
    assert states(store, "state", "first_at", "last_at", "check_count") == [("up", 0, 240, 4)]


@pytest.mark.parametrize("reads", [0, 2])
def test_a_mapping_that_gives_checks_another_state_supersedes_them(store: Store, reads: int) -> None:
    deliver(store, "uptime_check", *(check("S1", 60 * n, "unknown") for n in range(4)), content="c1", mapping="m1")
    again = [check("S1", 60 * n, "down") for n in range(reads)]
    totals = deliver(store, "uptime_check", *again, content="c1", mapping="m2")
    assert (totals.superseding, totals.withdrawn) == (reads, 4 - reads)
    expected = [("down", 0, 60, 2)] if reads else []
    assert states(store, "state", "first_at", "last_at", "check_count") == expected


def test_other_mappings_of_other_columns_close_only_their_own(store: Store) -> None:
    with delivery(store, content="c1", mapping="m1") as opened:
        opened.write("ticket", frame("ticket", ticket("A")))
        opened.write("hold", frame("hold", {"ticket_no": "A", "hold_from": 1, "side": "court"}))
        opened.finish(2, {})
    assert deliver(store, "ticket", ticket("A"), content="c1", mapping="m2").withdrawn == 1
    assert known(store, "hold", "ticket_no") == []
