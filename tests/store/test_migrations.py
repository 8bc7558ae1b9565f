"""Migrations run both ways on both databases, and end in the schema that the program declares."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, inspect, text

from collector.store import RESULT_COLUMNS, RESULT_VIEWS, open_store
from collector.store.engine import connect, reading, writing
from collector.store.schema import NEWEST, metadata
from collector.store.versions import bring_up_to_date, migrate
from metrics.errors import ConfigError, YunweiError


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


def _tables(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_schema_made_by_migrations_is_the_declared_one(engine: Engine) -> None:
    bring_up_to_date(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == NEWEST


def test_partial_indexes_hold_on_both(engine: Engine) -> None:
    bring_up_to_date(engine)
    with reading(engine) as connection:
        for table in ("ticket", "asset"):
            indexes = {index["name"]: index for index in inspect(connection).get_indexes(table)}
            current = indexes[f"ix_{table}_current"]
            assert "known_until IS NULL" in str(current["dialect_options"][f"{engine.dialect.name}_where"])
            assert current["unique"]
            superseded = indexes[f"ix_{table}_superseded"]
            assert "known_until IS NOT NULL" in str(superseded["dialect_options"][f"{engine.dialect.name}_where"])


def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    bring_up_to_date(engine)
    full = _tables(engine)
    with writing(engine) as connection:
        migrate(connection, "base")
    assert _tables(engine) == set()
    bring_up_to_date(engine)
    assert _tables(engine) == full == set(metadata.tables)


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007"])
def test_each_step_goes_down_and_up(engine: Engine, revision: str) -> None:
    bring_up_to_date(engine)
    with writing(engine) as connection:
        migrate(connection, revision)
    assert _tables(engine) < set(metadata.tables)
    bring_up_to_date(engine)
    assert _tables(engine) == set(metadata.tables)


def test_a_failing_migration_leaves_the_schema_as_it_was(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE results (x INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    with pytest.raises(Exception, match="results"):
        bring_up_to_date(engine)
    assert _tables(engine) == {"results"}


def test_a_newer_schema_is_refused(database_url: str, engine: Engine, tmp_path: Path) -> None:
    bring_up_to_date(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"由更新版本的 yunwei 写成（结构 9999，本程序为 \d{4}），请升级程序"):
        open_store(database_url, "court", tmp_path, lambda: 0)


@pytest.mark.parametrize("version", ["1a2b3c4d5e6f", "12"])
def test_another_programs_alembic_is_refused(database_url: str, engine: Engine, tmp_path: Path, version: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
    with pytest.raises(ConfigError, match="不是 yunwei 的数据库"):
        open_store(database_url, "court", tmp_path, lambda: 0)


def test_another_programs_tables_are_refused(database_url: str, engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE ticket (id INTEGER)"))
    with pytest.raises(ConfigError, match="里已有别的程序的表，请换一个空的数据库"):
        open_store(database_url, "court", tmp_path, lambda: 0)


def test_opening_a_current_store_writes_nothing(database_url: str, engine: Engine, tmp_path: Path) -> None:
    open_store(database_url, "court", tmp_path, lambda: 0).close()
    with writing(engine):  # another program is writing
        open_store(database_url, "court", tmp_path, lambda: 0).close()


def test_several_programs_may_create_the_store_at_once(database_url: str, tmp_path: Path) -> None:
    troubles: list[BaseException] = []

    def opens() -> None:
        try:
            open_store(database_url, "court", tmp_path, lambda: 0).close()
        except YunweiError as error:
            troubles.append(error)

    threads = [threading.Thread(target=opens) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


def test_every_table_carries_the_organisation() -> None:
    """Itself, or by its series of checks: state intervals are many, and a name in each would double them."""
    tables = metadata.sorted_tables
    without = [t.name for t in tables if not {"organization_id", "series_id"} & set(t.columns.keys())]
    assert without == []
    assert "organization_id" in metadata.tables["check_series"].columns


def test_the_results_table_has_the_documented_columns() -> None:
    results: Table = metadata.tables["results"]
    assert [column.name for column in results.columns] == ["result_id", *RESULT_COLUMNS]
    assert all(RESULT_COLUMNS.values())


def test_the_documented_views_exist(engine: Engine) -> None:
    bring_up_to_date(engine)
    with reading(engine) as connection:
        assert set(inspect(connection).get_view_names()) == set(RESULT_VIEWS)


@pytest.mark.live
def test_postgresql_tells_what_the_columns_are(postgres_url: str) -> None:
    engine = connect(postgres_url)
    bring_up_to_date(engine)
    with reading(engine) as connection:
        told = {column["name"]: column["comment"] for column in inspect(connection).get_columns("results")}
    engine.dispose()
    assert told["actual"] == RESULT_COLUMNS["actual"]
