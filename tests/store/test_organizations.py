"""Two organisations share one database without seeing each other."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from collector.store import Store
from tests.store.test_results import _ROW
from tests.store.world import check, deliver, delivery, known, rejection, rejections, states, ticket

Opens = Callable[..., Store]


def test_the_same_rows_of_two_organisations_are_two(opened: Opens) -> None:
    first, second = opened("court"), opened("procuratorate")
    deliver(first, "ticket", ticket("A", 1), ticket("B", 1))
    assert deliver(second, "ticket", ticket("A", 2)).accepted == 1
    assert known(first, "ticket", "ticket_no", "reported_at") == [("A", 1), ("B", 1)]
    assert known(second, "ticket", "ticket_no", "reported_at") == [("A", 2)]


def test_each_has_its_own_sequence(opened: Opens) -> None:
    first, second = opened("court"), opened("procuratorate")
    for number in range(3):
        deliver(first, "ticket", ticket("A", number), content=f"c{number}")
    deliver(second, "ticket", ticket("A"))
    assert (first.sequence_at(), second.sequence_at()) == (3, 1)


def test_neither_sees_the_others_deliveries_rejections_register_runs_or_results(opened: Opens) -> None:
    first, second = opened("court"), opened("procuratorate")
    deliver(first, "asset", {"asset_no": "S1"})
    with delivery(first, content="c2") as writing:
        writing.reject(rejections(rejection(1)))
        writing.finish(1, {})
    with first.run("compute", "h", "{}", "0.1") as run:
        first.save_results(run, pd.DataFrame([_ROW]))
    assert not second.has_delivery("a", "c1", "m1")
    for listing in (second.deliveries(), second.contents("a"), second.rejections(open_only=False), second.results()):
        assert len(listing) == 0
    assert (len(second.register()), second.register_version(), second.configuration_at()) == (0, 0, None)


def test_ids_of_another_organisation_tell_and_change_nothing(opened: Opens) -> None:
    first, second = opened("court"), opened("procuratorate")
    with delivery(first) as writing:
        writing.reject(rejections(rejection(1)))
        writing.finish(1, {})
    deliver(first, "ticket", ticket("A"), content="c2")
    with delivery(second) as writing:
        writing.resolve_rejections(first.rejections()["rejection_id"])
        writing.finish(0, {})
    assert len(first.rejections()) == 1
    assert len(second.lineage("ticket", first.facts().frames["ticket"]["row_id"])) == 0


def test_checks_are_apart(opened: Opens) -> None:
    first, second = opened("court"), opened("procuratorate")
    deliver(first, "uptime_check", check("S1", 0), check("S1", 60))
    deliver(second, "uptime_check", check("S1", 0, "down"), check("S1", 60, "down"))
    assert states(first, "state", "check_count") == [("up", 2)]
    assert states(second, "state", "check_count") == [("down", 2)]
    assert first.live.rebuild() == second.live.rebuild() == []


def test_a_withdrawal_of_one_leaves_the_other(opened: Opens) -> None:
    first, second = opened("court"), opened("procuratorate")
    for store in (first, second):
        deliver(store, "ticket", ticket("A"), content="c1", mapping="m1")
    deliver(first, "ticket", ticket("B"), content="c1", mapping="m2")
    assert known(second, "ticket", "ticket_no") == [("A",)]
