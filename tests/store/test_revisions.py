"""Closed periods stand, whatever is computed later; every revision stays readable; nothing is half closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from collector.store import Closing, Store
from metrics.errors import PassingError
from tests.conftest import Clock
from tests.store.test_results import _ROW, _compute
from tests.store.world import deliver, ticket

MONTH = 30 * 86_400


def _closing(printed: str = "旧", period: str = "2023-01", number: int = 1, start: int = 0, **more: Any) -> Closing:
    row = {**_ROW, "period": period, "printed": printed, "data_state": "closed", "revision_no": number}
    return Closing("ops2023", period, number, start, start + MONTH, 3, 9, pd.DataFrame([row]), **more)


def _close(store: Store, *closings: Closing) -> int:
    with store.run("close", "config-1", "{}", "0.1") as run:
        store.close_periods(run, closings, "0.1")
    return run.run_id


def test_a_revision_says_what_it_rests_on_and_by_whom(store: Store, clock: Clock) -> None:
    clock.now = 1_700_000_000
    run = _close(store, _closing(closed_by="李书记员", reason="年终", remarks="仍有 1 行不合格行"))
    (revision,) = store.revisions()
    assert (revision.project, revision.period, revision.revision_no) == ("ops2023", "2023-01", 1)
    assert (revision.sequence, revision.as_of, revision.configuration_hash) == (3, 9, "config-1")
    assert (revision.program_version, revision.run_id, revision.closed_at) == ("0.1", run, 1_700_000_000)
    assert (revision.closed_by, revision.reason, revision.remarks) == ("李书记员", "年终", "仍有 1 行不合格行")


def test_what_is_computed_later_does_not_replace_what_is_closed(store: Store) -> None:
    _close(store, _closing("封账"))
    _compute(store, {"printed": "新", "known_sequence": 9}, {"period": "2023-02", "printed": "二月"})
    assert store.results()["printed"].tolist() == ["封账", "二月"]
    assert store.results(newest=True)["printed"].tolist() == ["新", "二月"]
    with store._engine.connect() as connection:
        shown = connection.scalars(text("SELECT printed FROM v_results_current ORDER BY period"))
        assert list(shown) == ["封账", "二月"]


def test_every_revision_stays_readable(store: Store) -> None:
    _close(store, _closing("第一版"))
    _close(store, _closing("第二版", number=2))
    assert store.results()["printed"].tolist() == ["第二版"]
    shown = [store.revision_results(revision)["printed"].tolist() for revision in store.revisions()]
    assert shown == [["第一版"], ["第二版"]]
    with store._engine.connect() as connection:
        rows = connection.execute(text("SELECT revision_no, printed FROM v_results_closed ORDER BY revision_no"))
        assert [tuple(row) for row in rows] == [(1, "第一版"), (2, "第二版")]


def test_several_periods_are_closed_together_or_not_at_all(store: Store) -> None:
    _close(store, _closing())
    with pytest.raises(PassingError, match="2023-01 刚刚已由另一个程序封账"):
        _close(store, _closing(period="2023-02", start=MONTH), _closing("再封"))
    assert [revision.period for revision in store.revisions()] == ["2023-01"]
    assert store.results()["period"].tolist() == ["2023-01"]


def test_another_organisation_has_its_own_revisions(opened: Callable[..., Store]) -> None:
    _close(opened("court"), _closing())
    other = opened("other")
    assert (other.revisions(), other.cited_spans()) == ([], [])
    row = {**_ROW, "printed": "乙院", "period": "2023-01"}
    with other.run("compute", "config-1", "{}", "0.1") as run:
        other.save_results(run, pd.DataFrame([row]))
    assert other.results()["printed"].tolist() == ["乙院"]


def test_the_inputs_hash_changes_with_any_delivery_and_with_nothing_else(store: Store) -> None:
    deliver(store, "ticket", ticket("T1"), content="c1")
    first = store.inputs_hash(1)
    deliver(store, "ticket", ticket("T2"), content="c2")
    assert store.inputs_hash(1) == first
    assert store.inputs_hash(2) != first


def test_the_time_that_closed_periods_cite_is_told_to_retention(store: Store) -> None:
    assert (store.cited_spans(), store.cited_since()) == ([], None)
    _close(store, _closing(period="2023-02", start=MONTH), _closing(start=0), _closing(period="x", start=5 * MONTH))
    assert store.cited_spans() == [(0, 2 * MONTH), (5 * MONTH, 6 * MONTH)]
    assert store.cited_since() == 0


def test_a_revision_is_a_value(store: Store) -> None:
    _close(store, _closing())
    assert store.revisions("ops2023", "2023-01") == [replace(store.revisions()[0])]
    assert store.revisions("ops2023", "2023-02") == []
