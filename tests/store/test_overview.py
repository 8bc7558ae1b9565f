"""What the pages ask again and again, on both databases."""

from __future__ import annotations

from collections.abc import Callable

from collector.store import Store
from collector.store.overview import SourceAccount
from tests.conftest import Clock
from tests.store.test_results import _compute
from tests.store.world import check, deliver, delivery, frame, rejection, rejections, ticket


def test_a_source_is_accounted_for_since_the_beginning(store: Store, clock: Clock) -> None:
    deliver(store, "ticket", ticket("A", 1), ticket("B", 1), content="c1")
    read_at = clock.forward(60)
    with delivery(store, content="c2") as opened:
        opened.write("ticket", frame("ticket", ticket("A", 1), ticket("B", 2), ticket("C", 3)))
        opened.reject(rejections(rejection(9), rejection(10)))
        opened.finish(3 + 2 + 4, {"total": 1, "blank": 3})
    clock.forward(60)
    with delivery(store, content="c3") as opened:
        opened.refuse("不是工作簿")
    rows = {"accepted": 3, "unchanged": 1, "superseding": 1, "rejected": 2, "set_aside": 4}
    assert store.overview.sources() == {"a": SourceAccount("a", read_at, 2, 1, rows, 2)}


def test_sources_and_organisations_are_apart(opened: Callable[..., Store]) -> None:
    mine, other = opened("court"), opened("other")
    deliver(mine, "ticket", ticket("A"), source="a")
    deliver(mine, "ticket", ticket("B"), source="b")
    deliver(other, "ticket", ticket("C"), source="c")
    assert sorted(mine.overview.sources()) == ["a", "b"]
    assert sorted(other.overview.sources()) == ["c"]


def test_a_source_that_was_only_refused_never_succeeded(store: Store) -> None:
    with delivery(store) as opened:
        opened.refuse("不是工作簿")
    [account] = store.overview.sources().values()
    assert (account.last_success, account.read, account.refused) == (None, 0, 1)


def test_the_newest_results_are_told_by_the_number_of_their_run(store: Store) -> None:
    assert store.overview.newest_results() is None
    first = _compute(store, {})
    assert store.overview.newest_results() == first.run_id
    later = _compute(store, {})
    assert store.overview.newest_results() == later.run_id > first.run_id


def test_what_is_known_now_is_what_facts_says(store: Store) -> None:
    """Also where the records are not read again, and where they are."""
    deliver(store, "ticket", ticket("A"))
    first = store.overview.facts(None)
    again = store.overview.facts(first)
    assert again[1].frames is first[1].frames
    deliver(store, "ticket", ticket("B"), content="c2")
    with delivery(store, content="c3") as opened:
        opened.write_checks(frame("uptime_check", check("S1", 60), check("S1", 120)))
        opened.finish(2, {})
    later = store.overview.facts(again)
    whole = store.facts()
    assert later[0] == store.sequence_at() > first[0]
    assert later[1].frames["ticket"].equals(whole.frames["ticket"])
    assert later[1].states.equals(whole.states)
    assert len(later[1].states) == 1
