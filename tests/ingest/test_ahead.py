"""The next block is read while the last one is stored."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from collector.ingest.ahead import ahead


def test_items_come_in_their_order() -> None:
    assert list(ahead(range(5))) == [0, 1, 2, 3, 4]
    assert list(ahead([])) == []
    assert list(ahead([None, None])) == [None, None]


def test_the_next_item_is_there_before_it_is_asked_for() -> None:
    fetched = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        fetched.set()
        yield 2

    taken = ahead(items())
    assert next(taken) == 1
    assert fetched.wait(30)
    assert next(taken) == 2


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("第 2 行")

    taken = ahead(items())
    assert next(taken) == 1
    with pytest.raises(ValueError, match="第 2 行"):
        next(taken)


def test_who_stops_early_waits_for_one_item_and_fetches_no_other() -> None:
    fetched = []

    def items() -> Iterator[int]:
        for number in range(5):
            fetched.append(number)
            yield number

    taken = ahead(items())
    next(taken)
    taken.close()  # type: ignore[attr-defined]
    assert fetched == [0, 1]
