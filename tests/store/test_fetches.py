"""The memory of what was fetched from mailboxes and servers, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from collector.store import Fetched, Store

ONE = Fetched("7.1/2", "brought", "imap://court@mail/INBOX;UID=1", "甲/工单.csv", "a" * 64, "zhang@jia.example", 100)


def test_what_is_done_with_is_known_and_what_was_refused_may_be_tried_again(store: Store) -> None:
    log = store.fetches()
    log.note("mail", ONE)
    log.note("mail", Fetched("7.1", "seen", ONE.origin))
    log.note("mail", Fetched("7.2", "refused", ONE.origin, "甲/大.csv", reason="太大"))
    assert log.keys("mail") == (frozenset({"7.1", "7.1/2"}), frozenset({"7.2"}))
    assert log.keys("other") == (frozenset(), frozenset())


def test_what_is_noted_again_replaces_what_was_known(store: Store) -> None:
    log = store.fetches()
    log.note("mail", replace(ONE, state="refused", content_hash=None, reason="太大"))
    log.note("mail", ONE)
    assert log.keys("mail") == (frozenset({ONE.item_key}), frozenset())
    assert len(log.provenance()) == 1


def test_a_content_is_here_whoever_brought_it_but_of_this_organisation(opened: Callable[..., Store]) -> None:
    opened("court").fetches().note("mail", ONE)
    assert opened("court").fetches().is_here("a" * 64)
    assert not opened("court").fetches().is_here("b" * 64)
    assert not opened("other").fetches().is_here("a" * 64)


def test_every_time_a_content_came_is_told_in_order(store: Store) -> None:
    log = store.fetches()
    log.note("mail", ONE)
    log.note("drop", replace(ONE, item_key="x", state="duplicate", sender=None, arrived_at=None))
    log.note("mail", Fetched("8", "seen", "nowhere"))
    assert log.provenance({"a" * 64})["source"].tolist() == ["mail", "drop"]
    assert log.provenance({"b" * 64}).empty


def test_it_is_part_of_what_a_store_holds(store: Store) -> None:
    before = store.fingerprint()
    store.fetches().note("mail", ONE)
    assert store.fingerprint() != before
