"""A copy holds the same, on whichever database, and goes on where the original stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from collector.live.rounds import Names, tables_of
from collector.store import Store, open_store
from collector.store.engine import connect, reading
from collector.store.schema import metadata
from metrics.errors import UsageError
from tests.conftest import Clock
from tests.live.world import check as live_check
from tests.store.test_fingerprint import _fill
from tests.store.test_results import _compute
from tests.store.world import check, deliver, ticket


@pytest.fixture
def filled(store: Store) -> Store:
    """Something in every kind of table; texts with everything that could break a line."""
    _fill(store)
    deliver(store, "ticket", ticket("D", 9, title='甲\n乙\t"丙"\\N'), ticket("E", 9, asset_unusable=True), content="c5")
    deliver(store, "asset", {"asset_no": "S1"}, content="c6")
    _compute(store, {}, {"dimension": "site", "dimension_value": "一楼"})
    store.live.take(tables_of([live_check("S1", 0), live_check("S1", 60, "down")], Names(store)))
    store.jobs.end(store.jobs.start("seal", 100), "done", 5, detail={"sealed": 1})
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Another empty database of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/copy/yunwei.db"
        return
    import psycopg

    server: str = request.getfixturevalue("postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE copied")
    yield server.rsplit("/", 1)[0] + "/copied"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE copied WITH (FORCE)")


def rows(url: str) -> dict[str, int]:
    """Rows of every table."""
    engine = connect(url)
    with reading(engine) as connection:
        found = {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables}
    engine.dispose()
    return found


def test_a_copy_is_equal_and_complete(
    filled: Store, address: str, database_url: str, tmp_path: Path, clock: Clock
) -> None:
    counts, told = filled.upkeep.copy_into(address)
    assert told == filled.fingerprint()
    assert rows(address) == rows(database_url)
    assert {name: count for name, count in rows(address).items() if name != "organizations"} == counts
    with open_store(address, "court", tmp_path / "checks", clock) as copy:
        assert copy.fingerprint() == told
        assert copy.jobs.last_slots(1000) == {"seal": 100}
        assert copy.results().equals(filled.results())


def test_work_goes_on_in_the_copy(filled: Store, address: str, tmp_path: Path, clock: Clock) -> None:
    filled.upkeep.copy_into(address)
    with open_store(address, "court", tmp_path / "checks", clock) as copy:
        for store in (filled, copy):
            deliver(store, "ticket", ticket("A", 7), ticket("Z", 7), content="later")
            _compute(store, {"period": "2023-02"})
        assert copy.fingerprint() == filled.fingerprint()
        assert copy.live.rebuild() == []


def test_it_moves_in_beside_another_court(filled: Store, address: str, tmp_path: Path, clock: Clock) -> None:
    with open_store(address, "other", tmp_path / "checks", clock) as other:
        deliver(other, "ticket", ticket("X"), content="x1")
        _compute(other, {})
        before = other.fingerprint()
        filled.upkeep.copy_into(address)
        with open_store(address, "court", tmp_path / "checks", clock) as copy:
            assert copy.fingerprint() == filled.fingerprint()
            assert len(copy.rejections()) == 1
            deliver(copy, "uptime_check", check("S1", 120), content="later")
        deliver(other, "ticket", ticket("Y"), content="x2")
        assert other.fingerprint() != before
        assert len(other.facts().frames["ticket"]) == 2


def test_nothing_is_copied_over_what_is_there(filled: Store, address: str, database_url: str) -> None:
    filled.upkeep.copy_into(address)
    with pytest.raises(UsageError, match="已有本单位"):
        filled.upkeep.copy_into(address)
    with pytest.raises(UsageError, match="同一个数据库"):
        filled.upkeep.copy_into(database_url)


def test_a_file_of_the_whole_is_made_while_others_write(
    filled: Store, opened: Callable[..., Store], tmp_path: Path, clock: Clock
) -> None:
    before = filled.fingerprint()
    filled.upkeep.copy_file(tmp_path / "copy.db")
    deliver(opened(), "ticket", ticket("later"), content="later")
    with open_store(f"sqlite:///{tmp_path}/copy.db", "court", tmp_path / "checks", clock) as copy:
        assert copy.fingerprint() == before
