"""A delivery appears whole or not at all, and its accounting adds up."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from collector.store import Delivery, Store
from metrics.errors import InputError, PassingError
from tests.conftest import Clock
from tests.store.world import deliver, delivery, frame, known, rejection, rejections, ticket


def test_every_row_read_is_accounted_for_and_the_totals_are_stored(store: Store) -> None:
    deliver(store, "ticket", ticket("A", 1), ticket("B", 1), content="c1")
    with delivery(store, content="c2") as opened:
        opened.write("ticket", frame("ticket", ticket("A", 1), ticket("B", 2), ticket("C", 3)))
        opened.reject(rejections(rejection(9), rejection(10)))
        totals = opened.finish(3 + 2 + 4, {"total": 1, "blank": 3, "note": 0})
    assert (totals.accepted, totals.unchanged, totals.superseding) == (1, 1, 1)
    assert (totals.rejected, totals.set_aside, totals.read) == (2, 4, 9)
    told = store.deliveries().iloc[-1]
    assert told[["read", "accepted", "unchanged", "superseding", "rejected", "set_aside"]].tolist() == [
        9,
        1,
        1,
        1,
        2,
        4,
    ]
    assert told["set_aside_kinds"] == '{"blank": 3, "total": 1}'


def _read(store: Store, read: int | None, error: Exception | None = None) -> None:
    """A delivery of one row and one rejection that says it read ``read`` rows, or never says it."""
    with delivery(store) as opened:
        opened.write("ticket", frame("ticket", ticket("A")))
        opened.reject(rejections(rejection(9)))
        if error is not None:
            raise error
        if read is not None:
            opened.finish(read, {})


def _is_empty(store: Store) -> bool:
    return known(store, "ticket", "ticket_no") == [] and len(store.deliveries()) == len(store.rejections()) == 0


def test_accounting_that_does_not_add_up_is_a_bug_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(RuntimeError, match="3 rows read, 2 accounted for"):
        _read(store, 3)
    assert _is_empty(store)


def test_a_delivery_that_is_not_finished_is_a_bug_and_nothing_is_stored(store: Store) -> None:
    with pytest.raises(RuntimeError, match="must be finished"):
        _read(store, None)
    assert _is_empty(store)


def test_an_error_while_reading_leaves_no_trace_and_takes_no_number(store: Store) -> None:
    with pytest.raises(InputError, match="读不下去"):
        _read(store, 2, InputError("读不下去"))
    assert _is_empty(store)
    assert store.sequence_at() == 0
    deliver(store, "ticket", ticket("A"))
    assert store.deliveries()["sequence"].tolist() == [1]


def test_nothing_is_visible_before_the_end(store: Store, opened: Callable[..., Store]) -> None:
    reader = opened()
    with delivery(store) as writing:
        writing.write("ticket", frame("ticket", ticket("A")))
        assert known(reader, "ticket", "ticket_no") == []
        writing.finish(1, {})
    assert known(reader, "ticket", "ticket_no") == [("A",)]


def test_the_same_bytes_with_the_same_mapping_are_known(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m1")
    assert store.has_delivery("a", "c1", "m1")
    assert not store.has_delivery("a", "c1", "m2")
    assert not store.has_delivery("a", "c2", "m1")
    assert not store.has_delivery("b", "c1", "m1")


def test_a_delivery_that_another_program_stored_meanwhile_is_not_stored_twice(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1")
    with pytest.raises(PassingError, match=r"“c1\.xlsx”刚刚已由另一个程序入库"), delivery(store, content="c1"):
        pass
    assert len(store.deliveries()) == 1


def test_a_mapping_that_is_taken_up_again_reads_again(store: Store) -> None:
    for mapping in ("m1", "m2", "m1"):
        deliver(store, "ticket", ticket("A"), content="c1", mapping=mapping)
    assert store.has_delivery("a", "c1", "m1")
    assert not store.has_delivery("a", "c1", "m2")


def test_a_refused_delivery_is_kept_with_its_sentence(store: Store) -> None:
    with store.run("ingest", "hash", "{}", "0.1") as run:
        store.refuse(
            run,
            source="a",
            name="坏.xlsx",
            content_hash="c1",
            mapping_hash="m1",
            size=3,
            modified_at=5,
            reason="不是表格文件",
        )
    told = store.deliveries().iloc[0]
    assert (told["state"], told["refusal"], told["read"]) == ("refused", "不是表格文件", 0)
    assert store.has_delivery("a", "c1", "m1")


def test_contents_are_listed_in_the_order_of_first_arrival(store: Store) -> None:
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m1")
    deliver(store, "ticket", ticket("B"), content="c2", mapping="m1")
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m2")
    deliver(store, "ticket", ticket("A"), content="c1", mapping="m2", kind="retry")
    deliver(store, "ticket", ticket("A"), content="c3", source="b")
    found = store.contents("a")
    assert found[["content_hash", "mapping_hash", "sequence"]].values.tolist() == [["c1", "m2", 1], ["c2", "m1", 2]]
    assert found["kind"].tolist() == ["file", "file"]


def test_deliveries_remember_when_they_were_recorded(store: Store, clock: Clock) -> None:
    clock.now = 500
    deliver(store, "ticket", ticket("A"), content="c1")
    clock.now = 900
    deliver(store, "ticket", ticket("B"), content="c2")
    assert store.deliveries()["recorded_at"].tolist() == [500, 900]
    assert [store.sequence_at(at) for at in (499, 500, 899, 900)] == [0, 1, 1, 2]


def test_the_register_and_its_version(store: Store) -> None:
    assert store.register_version() == 0
    deliver(
        store, "asset", {"asset_no": "S2", "name": "庭审", "aliases": "直播;点播"}, {"asset_no": "S1"}, content="c1"
    )
    deliver(store, "ticket", ticket("A"), content="c2")
    deliver(store, "asset", {"asset_no": "S1"}, content="c3")  # as known: no change
    assert store.register_version() == 1
    assert store.register()["asset_no"].tolist() == ["S1", "S2"]
    assert store.register()["aliases"].tolist()[1] == "直播;点播"
    deliver(store, "asset", {"asset_no": "S1", "name": "内网"}, content="c4")
    assert store.register_version() == 4


def test_rows_tell_where_they_came_from(store: Store, clock: Clock) -> None:
    deliver(store, "ticket", ticket("A"), ticket("B"), content="c1")
    deliver(store, "ticket", ticket("B", 7), content="c2")
    rows = store.facts().frames["ticket"]
    told = store.lineage("ticket", rows["row_id"]).set_index("row_id").loc[rows["row_id"].tolist()]
    assert told[["name", "content_hash", "row_no", "known_from"]].values.tolist() == [
        ["c1.xlsx", "c1", 2, 1],
        ["c2.xlsx", "c2", 2, 2],
    ]
    assert told["recorded_at"].tolist() == [clock.now, clock.now]
    assert [len(digest) for digest in told["row_hash"]] == [32, 32]
    assert len(store.lineage("ticket", [])) == 0


def test_the_cursor_moves_when_no_rows_are_on_their_way_any_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are inserted beside, by the very connection that moves the cursor."""
    waiting: list[int] = []

    def move(*_: object) -> None:
        waiting.append(len(opened._records._waiting))

    monkeypatch.setattr(sys.modules[Delivery.__module__], "move_cursor", move)  # the package has a table of this name
    with delivery(store) as opened:
        opened.write("ticket", frame("ticket", ticket("T1")))
        assert len(opened._records._waiting) == 1
        opened.move_cursor("2")
        opened.finish(read=1, set_aside={})
    assert waiting == [0]
