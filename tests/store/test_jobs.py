"""The runs of jobs: what was done last, and how often."""

from __future__ import annotations

from collections.abc import Callable

from collector.store import Store
from tests.conftest import Clock


def ran(store: Store, clock: Clock, job: str, slot: int, outcome: str = "done", **more: object) -> None:
    """One run of 1.5 seconds by its own account."""
    run = store.jobs.start(job, slot)
    clock.forward(2)
    store.jobs.end(run, outcome, 1500, **more)  # type: ignore[arg-type]


def test_the_last_slot_that_was_done_counts_and_failures_do_not(store: Store, clock: Clock) -> None:
    ran(store, clock, "seal", 100)
    ran(store, clock, "seal", 200)
    ran(store, clock, "seal", 300, "failed", error="磁盘已满")
    assert store.jobs.last_slots(1000) == {"seal": 200}


def test_slots_of_a_clock_that_was_wrong_do_not_count_until_they_come(store: Store, clock: Clock) -> None:
    ran(store, clock, "seal", 100)
    ran(store, clock, "seal", 900_000)
    assert store.jobs.last_slots(500) == {"seal": 100}
    assert store.jobs.last_slots(900_000) == {"seal": 900_000}


def test_a_job_says_how_it_stands(store: Store, clock: Clock) -> None:
    begun = clock.now
    ran(store, clock, "seal", 100, detail={"rows": 3})
    ran(store, clock, "seal", 200, "failed", error="磁盘已满")
    state = store.jobs.states()["seal"]
    assert (state.slot, state.outcome, state.error, state.last_seconds) == (200, "failed", "磁盘已满", 1.5)
    assert (state.done_at, state.runs, state.failures, state.seconds) == (begun + 2, 2, 1, 3.0)
    assert store.jobs.detail("seal") == {"rows": 3}
    assert store.jobs.detail("publish") is None


def test_a_run_that_never_ended_is_marked(store: Store) -> None:
    store.jobs.start("compute", 100)
    assert store.jobs.states()["compute"].outcome == "running"
    assert store.jobs.interrupted() == 1
    assert store.jobs.states()["compute"].outcome == "interrupted"
    assert store.jobs.last_slots(1000) == {}


def test_a_job_begins_once_and_is_not_counted_for_it(store: Store, clock: Clock) -> None:
    store.jobs.begin_with("month_end", 100)
    store.jobs.begin_with("month_end", 200)
    assert store.jobs.last_slots(1000) == {"month_end": 100}
    assert store.jobs.states() == {}


def test_old_runs_are_forgotten_but_not_the_last_success(store: Store, clock: Clock) -> None:
    ran(store, clock, "seal", 100)
    ran(store, clock, "seal", 200)
    ran(store, clock, "month_end", 50)
    assert store.jobs.forget(clock.now + 1) == 1
    assert store.jobs.last_slots(1000) == {"seal": 200, "month_end": 50}
    assert store.jobs.states()["seal"].runs == 2


def test_organisations_do_not_see_each_other(opened: Callable[..., Store], clock: Clock) -> None:
    one, other = opened("one"), opened("other")
    ran(one, clock, "seal", 100)
    other.jobs.start("seal", 300)
    assert other.jobs.last_slots(1000) == {}
    assert one.jobs.interrupted() == 0
    assert one.jobs.states()["seal"].runs == 1
