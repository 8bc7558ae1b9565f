"""Objections are recorded with what was decided on them; nothing is ever replaced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collector.store import Store
from collector.store.objections import Decided
from metrics.errors import UsageError
from tests.conftest import Clock


def _add(store: Store, statement: str = "三月的停机是法院断电所致") -> int:
    return store.add_objection(
        project="ops",
        indicator="uptime",
        period="2023-03",
        vendor="甲公司",
        statement=statement,
        raised_on="2023-04-10",
        document_no="甲函〔2023〕7号",
    )


def _decide(store: Store, number: int, decision: Decided, reason: str) -> None:
    store.decide_objection(
        number,
        decision=decision,
        reason=reason,
        decided_by="王主任",
        decided_on="2023-04-20",
    )


def test_an_objection_comes_back_as_it_was_recorded(store: Store, clock: Clock) -> None:
    assert _add(store) == 1
    (one,) = store.objections()
    assert (one.vendor, one.indicator, one.period, one.raised_on) == ("甲公司", "uptime", "2023-03", "2023-04-10")
    assert (one.document_no, one.recorded_at, one.decisions, one.decided) == ("甲函〔2023〕7号", clock(), (), "未处理")


def test_a_later_decision_stands_and_the_earlier_one_stays(store: Store) -> None:
    _add(store)
    _decide(store, 1, "declined", "无断电记录")
    _decide(store, 1, "accepted", "补交了断电记录")
    (one,) = store.objections()
    assert one.decided == "采纳"
    assert [(done.decision, done.reason) for done in one.decisions] == [
        ("declined", "无断电记录"),
        ("accepted", "补交了断电记录"),
    ]


def test_numbers_belong_to_the_organisation(opened: Callable[..., Store]) -> None:
    court, other = opened("court"), opened("other")
    assert [_add(court), _add(other), _add(court, "另一件")] == [1, 1, 2]
    assert [one.objection_no for one in court.objections()] == [1, 2]


def test_there_must_be_what_is_decided_on(store: Store) -> None:
    with pytest.raises(UsageError, match="没有第 7 号异议"):
        _decide(store, 7, "accepted", "x")
