"""Runs and the configuration in force at a moment."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from collector.store import Store
from collector.store.schema import runs
from tests.conftest import Clock


def _run(store: Store, digest: str) -> None:
    with store.run("ingest", digest, f'{{"of": "{digest}"}}', "0.1"):
        pass


def _outcomes(store: Store) -> list[tuple[str, bool]]:
    with store._engine.connect() as connection:
        rows = connection.execute(select(runs.c.outcome, runs.c.ended_at).order_by(runs.c.run_id))
        return [(outcome, ended is not None) for outcome, ended in rows]


def test_a_run_ends_as_done(store: Store, clock: Clock) -> None:
    with store.run("ingest", "h1", "{}", "0.1") as run:
        assert (run.kind, run.configuration_hash, run.started_at) == ("ingest", "h1", clock.now)
        assert _outcomes(store) == [("running", False)]
    assert _outcomes(store) == [("done", True)]


def test_a_run_that_raises_ends_as_failed_and_the_error_goes_on(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.run("compute", "h1", "{}", "0.1"):
        raise ZeroDivisionError
    assert _outcomes(store) == [("failed", True)]


def test_the_configuration_at_a_moment_is_that_of_the_last_run_begun_by_then(store: Store, clock: Clock) -> None:
    clock.now = 100
    _run(store, "h1")
    clock.now = 200
    _run(store, "h2")
    clock.now = 300
    _run(store, "h1")  # back to the first
    at = [store.configuration_at(moment) for moment in (99, 100, 199, 200, 299, 300, None)]
    assert at == [None, *['{"of": "h1"}'] * 2, *['{"of": "h2"}'] * 2, *['{"of": "h1"}'] * 2]


def test_a_configuration_can_be_asked_by_its_hash(store: Store) -> None:
    _run(store, "h1")
    assert store.configuration_by_hash("h1") == '{"of": "h1"}'
    assert store.configuration_by_hash("h2") is None
