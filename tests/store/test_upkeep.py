"""Housekeeping: which results may be forgotten, what came since, what the archive must hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from collector.store import Store
from tests.conftest import Clock
from tests.store.test_results import _ROW

DAY = 86_400


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def compute(store: Store, clock: Clock, as_of: int | None = None, **more: Any) -> int:
    """One result of January, computed now and as of now unless said; its run."""
    row = {**_ROW, "as_of": iso(as_of or clock.now), "known_at": iso(clock.now), **more}
    with store.run("compute", "c", "{}", "0") as run:
        store.save_results(run, pd.DataFrame([row]))
    return run.run_id


def test_superseded_results_go_but_a_days_end_and_the_newest_stay(store: Store, clock: Clock) -> None:
    hourly = [compute(store, clock) for _ in range(3) if clock.forward(3600)]
    day_end = compute(store, clock, as_of=clock.now - 1200)
    newest = compute(store, clock)
    clock.forward(40 * DAY)
    assert store.upkeep.forget_results(clock.now - 31 * DAY) == 3
    assert all(store.results(run_id=run).empty for run in hourly)
    assert len(store.results(run_id=day_end)) == len(store.results(run_id=newest)) == 1
    assert store.upkeep.forget_results(clock.now - 31 * DAY) == 0


def test_results_of_the_last_days_stay(store: Store, clock: Clock) -> None:
    for _ in range(3):
        compute(store, clock)
        clock.forward(DAY)
    assert store.upkeep.forget_results(clock.now - 31 * DAY) == 0


def test_what_came_since_is_told_by_source(store: Store) -> None:
    def deliver(source: str, content: str) -> None:
        with (
            store.run("ingest", "c", "{}", "0") as run,
            store.delivery(
                run, source=source, name="n", content_hash=content, mapping_hash="m", size=1, modified_at=0
            ) as delivery,
        ):
            delivery.finish(read=0, set_aside={})

    deliver("a", "c1")
    before = store.sequence_at()
    assert store.upkeep.sources_since(before) == set()
    deliver("b", "c2")
    assert store.upkeep.sources_since(before) == {"b"}
    assert store.upkeep.sources_since(0) == {"a", "b"}
    assert store.upkeep.content_hashes() == ["c1", "c2"]
