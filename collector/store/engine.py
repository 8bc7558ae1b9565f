"""Connections and transactions. SQLite by default, PostgreSQL when shared.

SQLite: WAL, so that readers never wait; ``synchronous=FULL``, because there is one commit per delivery, which a
loss of power must not take back once it was reported as stored; a commit costs one more flush of the disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from collector.store.faults import explained, explained_files, place
from metrics.errors import ConfigError

BUSY_SECONDS = 30
WRITER = "yunwei_writer"


def connect(address: str) -> Engine:
    """An engine for ``sqlite:///file`` or ``postgresql://…``; nothing is opened yet.

    Raises:
        ConfigError: the address cannot be read or names another kind of database.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise ConfigError("数据库地址无法识别，应写作 sqlite:///文件 或 postgresql://用户@主机/数据库") from error
    match url.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _sqlite(url)
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return _postgres(url.set(drivername="postgresql+psycopg"))
    raise ConfigError(f"不支持 {url.drivername} 数据库，应为 sqlite 或 postgresql")


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigError("SQLite 数据库要写明文件，例如 sqlite:///data/yunwei.db")
    with explained_files(place(url)):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _open(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, see below
        cursor = connection.cursor()
        for pragma in (
            "page_size=8192",  # of a new file: fewer pages to log in a large load
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
            "journal_size_limit=67108864",  # a large load does not leave a large log behind
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writer = connection.get_execution_options().get(WRITER)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def _postgres(url: URL) -> Engine:
    return create_engine(url, connect_args={"connect_timeout": 10, "application_name": "yunwei"})


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent picture of the database; never waits for a writer."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with explained(engine.url), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that is committed as a whole or not at all.

    On SQLite it owns the database's write lock from its first moment; on PostgreSQL it takes locks as it goes and
    gives up waiting for one after ``BUSY_SECONDS``.
    """
    with (
        explained(engine.url),
        engine.connect().execution_options(**{WRITER: True}) as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"))
        yield connection


def insert_missing(connection: Connection, table: Table, **values: Any) -> None:
    """Insert a row unless there is one of its key, even where another program inserts it at this moment."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())
