"""One daemon leads; another waits, and takes over when the first is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from collector.store import Store, open_store
from metrics.errors import PassingError


def test_one_leads_at_a_time(opened: Callable[..., Store]) -> None:
    first, second = opened().leadership(), opened().leadership()
    assert first.acquire()
    assert not second.acquire()
    assert first.held()
    assert not second.held()
    first.release()
    assert second.acquire()
    assert not first.held()
    second.release()


def test_organisations_do_not_hinder_each_other(opened: Callable[..., Store]) -> None:
    first, other = opened("one").leadership(), opened("other").leadership()
    assert first.acquire()
    assert other.acquire()
    first.release()
    other.release()


def test_the_leader_is_known_to_those_who_ask(opened: Callable[..., Store]) -> None:
    first, second = opened().leadership(), opened().leadership()
    assert first.acquire()
    assert second.leader()
    first.release()


@pytest.mark.live
def test_a_leader_whose_session_the_server_ended_knows_it(postgres_url: str, tmp_path: Path) -> None:
    with (
        open_store(postgres_url, "court", tmp_path, lambda: 0) as one,
        open_store(postgres_url, "court", tmp_path, lambda: 0) as two,
    ):
        first, second = one.leadership(), two.leadership()
        assert first.acquire()
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yunwei leader'"
            )
        assert not first.held()
        assert second.acquire()
        assert not first.acquire()
        second.release()


def test_who_leads_no_longer_writes_nothing_more_not_even_what_was_begun(store: Store) -> None:
    lost: list[str] = []
    store.refuse_writes(lost)
    with store.run("ingest", "h", "{}", "0") as run:
        pass
    assert run.run_id
    with pytest.raises(PassingError, match="不再主持"), store.run("ingest", "h", "{}", "0"):
        lost.append("不再主持")
    with pytest.raises(PassingError, match="不再主持"):
        store.jobs.start("seal", 100)
    assert store.jobs.states() == {}  # reading goes on


def test_a_delivery_that_was_begun_is_taken_back(store: Store) -> None:
    lost: list[str] = []
    store.refuse_writes(lost)
    with store.run("ingest", "h", "{}", "0") as run:
        what = {"source": "s", "name": "n", "content_hash": "c", "mapping_hash": "m", "size": 1, "modified_at": 1}
        with (
            pytest.raises(PassingError, match="不再主持"),
            store.delivery(run, **what) as delivery,  # type: ignore[arg-type]
        ):
            delivery.finish(read=0, set_aside={})
            lost.append("不再主持")
        lost.clear()
    assert store.deliveries().empty
