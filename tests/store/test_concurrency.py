"""Several programs at one store: writers one after the other, readers without waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable

from collector.store import Store
from metrics.errors import YunweiError
from tests.store.world import check, deliver, delivery, frame, known, states, ticket


def test_writers_take_their_turns_and_lose_nothing(opened: Callable[..., Store]) -> None:
    troubles: list[YunweiError] = []

    def writes(store: Store, number: int) -> None:
        try:
            for turn in range(4):
                rows = [ticket("shared", 10 * number + turn), ticket(f"T{number}-{turn}")]
                deliver(store, "ticket", *rows, content=f"c{number}-{turn}")
                deliver(store, "uptime_check", check("S1", 60 * (10 * number + turn)), content=f"d{number}-{turn}")
        except YunweiError as error:
            troubles.append(error)

    threads = [threading.Thread(target=writes, args=(opened(), number)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = opened()
    assert troubles == []
    assert store.deliveries()["sequence"].tolist() == list(range(1, 25))
    assert len(known(store, "ticket", "ticket_no")) == 13
    assert sum(count for (count,) in states(store, "check_count")) == 12
    assert store.live.rebuild() == []


def test_a_reader_keeps_one_picture_while_a_writer_goes_on(store: Store, opened: Callable[..., Store]) -> None:
    deliver(store, "ticket", ticket("A", 1), content="c1")
    with delivery(store, content="c2") as writing:
        writing.write("ticket", frame("ticket", *(ticket(f"T{number:05d}") for number in range(3_000))))
        assert known(opened(), "ticket", "ticket_no") == [("A",)]
        writing.finish(3_000, {})
    assert len(known(opened(), "ticket", "ticket_no")) == 3_001
