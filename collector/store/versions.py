"""Bringing a database to the present schema, or refusing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.schema import SetColumnComment

from collector.store.engine import reading, writing
from collector.store.faults import place
from collector.store.schema import NEWEST, metadata
from metrics.errors import ConfigError

_FOLDER = Path(__file__).parent / "migrations"
_MIGRATING = 0x79756E  # the advisory lock that keeps two programs from migrating one database at a time


def bring_up_to_date(engine: Engine) -> None:
    """Create or migrate the schema; nothing is written when it is the newest already.

    Raises:
        ConfigError: a newer program wrote it, or it is not a database of ours.
    """
    with reading(engine) as connection:
        if _version(connection) == NEWEST:
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        if _version(connection) != NEWEST:
            migrate(connection)


def migrate(connection: Connection, to: str = NEWEST) -> None:
    """Run the migrations up or down to revision ``to`` (``base``: none) in the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    present = _version(connection)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if to == "base" or (present is not None and to < present):
        command.downgrade(config, to)
        return
    command.upgrade(config, to)
    if to == NEWEST and connection.dialect.supports_comments:
        _comment(connection)


def _version(connection: Connection) -> str | None:
    """The schema's revision, None for an empty database."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables:
            raise ConfigError(f"{place(connection.engine.url)}里已有别的程序的表，请换一个空的数据库")
        return None
    found: Any = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        return None
    if not _is_ours(found):
        raise ConfigError(f"{place(connection.engine.url)}不是 yunwei 的数据库")
    if found > NEWEST:
        raise ConfigError(
            f"{place(connection.engine.url)}由更新版本的 yunwei 写成（结构 {found}，本程序为 {NEWEST}），请升级程序"
        )
    return str(found)


def _is_ours(version: str) -> bool:
    return len(version) == len(NEWEST) and version.isdigit()


def _comment(connection: Connection) -> None:
    """The words beside the columns follow the program; they need no migration."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.comment:
                connection.execute(SetColumnComment(column))
