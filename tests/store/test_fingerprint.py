"""Equal content has equal fingerprints, whatever happened on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from collector.store import Store, open_store
from tests.conftest import Clock
from tests.store.world import Row, check, deliver, deliver_and_stop, delivery, rejection, rejections, ticket


def _fill(store: Store, last: int = 3) -> None:
    deliver(store, "ticket", ticket("A", 1), ticket("B", 1), content="c1")
    deliver(store, "ticket", ticket("A", 2), ticket("C", last), content="c2")
    deliver(store, "uptime_check", check("S1", 0), check("S1", 60), content="c3")
    with delivery(store, content="c4") as opened:
        opened.reject(rejections(rejection(5)))
        opened.finish(1, {})


def test_the_same_deliveries_give_the_same_fingerprint(opened: Callable[..., Store]) -> None:
    first, second = opened("one"), opened("two")
    _fill(first)
    _fill(second)
    assert first.fingerprint() == second.fingerprint()


@pytest.mark.live
def test_both_databases_give_the_same_fingerprint(postgres_url: str, tmp_path: Path, clock: Clock) -> None:
    told = set()
    for url in (f"sqlite:///{tmp_path}/yunwei.db", postgres_url):
        with open_store(url, "court", tmp_path / "checks", clock) as store:
            _fill(store)
            told.add(store.fingerprint())
    assert len(told) == 1


def test_failed_deliveries_in_between_leave_no_trace(opened: Callable[..., Store]) -> None:
    first, second = opened("one"), opened("two")
    _fill(first)
    for _ in range(2):
        deliver_and_stop(second, "ticket", ticket("A", 1), content="c1")
        deliver_and_stop(second, "uptime_check", check("S1", 0), content="c1")
    _fill(second)
    assert first.fingerprint() == second.fingerprint()


@pytest.mark.parametrize(
    ("record", "row"), [("ticket", ticket("C", 9)), ("asset", {"asset_no": "S1"}), ("uptime_check", check("S1", 120))]
)
def test_any_difference_is_another_fingerprint(store: Store, record: str, row: Row) -> None:
    _fill(store)
    before = store.fingerprint()
    deliver(store, record, row, content="c9")
    assert store.fingerprint() != before


def test_another_value_is_another_fingerprint(opened: Callable[..., Store]) -> None:
    first, second = opened("one"), opened("two")
    _fill(first, last=3)
    _fill(second, last=4)
    assert first.fingerprint() != second.fingerprint()
