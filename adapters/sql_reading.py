"""The questions put to a vendor's database; nothing here can change it.

Every transaction is declared read-only, a query is only ever a subquery, and each page is a short transaction of its
own, so that a vendor's database holds no lock and no snapshot for us.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, Self

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    NullPool,
    Row,
    Select,
    TextClause,
    and_,
    create_engine,
    literal_column,
    make_url,
    or_,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from adapters.base import Context, Fetch
from adapters.cursors import position_of
from adapters.secrets import Secret
from adapters.sql_config import DRIVERS, SqlConfig
from adapters.sql_values import at, earlier, not_after, restored, stored, text_of
from metrics.errors import ConfigError, InputError, PassingError
from metrics.period import midnight

#: SQLSTATE or error number → it is about the login, the name of the database, or what we may read.
_LASTING = {"28P01", "28000", "3D000", "42501", "42P01", "42703", "42601", "42883"}
_LASTING_NUMBERS = {1044, 1045, 1049, 1054, 1064, 1142, 1143, 1146, 1698}


@dataclass(frozen=True)
class Place:
    """Where a load stands.

    Attributes:
        nulls: among the rows without a moment of change, which come first.
        since: what the load began with; None: everything. It is included.
        after: (changed, key) of the last row that was read; (None, key) among the nulls or without ``changes``.
        top: the greatest moment of change that was read by earlier loads.
    """

    nulls: bool
    since: Any = None
    after: tuple[Any, Any] | None = None
    top: Any = None


@dataclass(frozen=True)
class Found:
    """One page: rows as texts; ``following`` is None after the last one."""

    name: str
    columns: list[str]
    rows: list[list[Any]]
    following: Place | None
    cursor: str


class Database:
    """One database in one load (a context manager)."""

    def __init__(self, config: SqlConfig, context: Context) -> None:
        self.config, self._context = config, context
        self._url = _url(config, context.workspace)
        self._engine = _engine(self._url, config)
        self._key: ColumnElement[Any] = self._column(config.key)
        self._changed = self._column(config.changes.column) if config.changes else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def about(self) -> list[str]:
        """The version, in words."""
        kind = {"postgresql": "PostgreSQL", "mysql": "MariaDB / MySQL", "sqlite": "SQLite"}
        dialect = self._engine.dialect.name
        with self._reading() as connection:
            function = "sqlite_version()" if dialect == "sqlite" else "version()"
            version = str(connection.scalar(text(f"SELECT {function}"))).split(" (")[0].removeprefix("PostgreSQL ")
            count = connection.scalar(select(text("count(*)")).select_from(self._source()))
        return [f"{kind.get(dialect, dialect)} {version}", f"可读的行：{count}"]

    def first(self, count: int) -> Found:
        """The first rows of all."""
        with self._reading() as connection:
            columns, rows = self._rows(connection, self._select().order_by(self._key).limit(count))
        return Found(self._name(None), columns, [[text_of(value) for value in row] for row in rows], None, "")

    def beginning(self, ask: Fetch) -> Place:
        """Where the load begins: a range once more, where it was broken off, after the last one, or with everything."""
        changes = self.config.changes
        if changes is None:
            stood = position_of(ask.cursor, ["after"]) if ask.since is None else None
            return Place(False, after=(None, restored(stood["after"][1])) if stood else None)
        if ask.since is not None:
            return Place(True, self._moment(ask.since))
        stood = position_of(ask.cursor, ["top"])
        if stood is None:
            start = changes.start
            return Place(True, self._moment(midnight(start, self._context.zone)) if start is not None else None)
        top = restored(stood.get("top"))
        if "nulls" in stood:
            after = stood.get("after")
            place = (restored(after[0]), restored(after[1])) if after else None
            return Place(stood["nulls"], restored(stood.get("since")), place, top)
        return Place(True, None if top is None else earlier(top, changes.overlap, changes.overlap_number), None, top)

    def page(self, place: Place, ask: Fetch) -> Found:
        """The rows from ``place`` on, as many as a page holds."""
        size = self.config.page_size
        with self._reading() as connection:
            columns, rows = self._rows(connection, self._asked(place).limit(size + 1))
        places = [self._place_of(columns, row) for row in rows]
        for one, other in pairwise(places):
            if one == other:
                raise ConfigError(f"key“{self.config.key}”的值“{one[1]}”不止一行，翻页会漏；请换成唯一的列")
        more, kept = len(rows) > size, places[:size]
        following = self._following(place, kept, more)
        cursor = self._cursor(place, kept, following, ask)
        return Found(
            self._name(place), columns, [[text_of(value) for value in row] for row in rows[:size]], following, cursor
        )

    def _asked(self, place: Place) -> Select[Any]:
        query, changed, key = self._select(), self._changed, self._key
        after = place.after
        if changed is None or place.nulls:
            if changed is not None:
                query = query.where(changed.is_(None))
            return (query.where(key > after[1]) if after else query).order_by(key)
        query = query.where(changed.is_not(None))
        if after is not None:
            query = query.where(or_(changed > after[0], and_(changed == after[0], key > after[1])))
        elif place.since is not None:
            query = query.where(changed >= place.since)
        return query.order_by(changed, key)

    def _following(self, place: Place, kept: Sequence[tuple[Any, Any]], more: bool) -> Place | None:
        if more:
            return Place(place.nulls, place.since, kept[-1], place.top)
        return Place(False, place.since, None, place.top) if place.nulls else None

    def _cursor(self, place: Place, kept: Sequence[tuple[Any, Any]], following: Place | None, ask: Fetch) -> str:
        if following is None:
            last = kept[-1][0] if kept else place.after[0] if place.after else None
            return json.dumps({"top": stored(self._top(last, place.top, ask))} if self._changed is not None else {})
        told: dict[str, Any] = {
            "nulls": following.nulls,
            "since": stored(following.since),
            "top": stored(following.top),
        }
        if following.after is not None:
            told["after"] = [stored(value) for value in following.after]
        return json.dumps(told)

    def _top(self, last: Any, before: Any, ask: Fetch) -> Any:
        """The greatest moment of change that counts: one that has not come yet would hide all that come before it."""
        top = max((one for one in (last, before) if one is not None), default=None)
        if top is None:
            return None
        counted = not_after(top, ask.clock(), self._context.zone)
        if counted != top:
            ask.say(f"有行的更新时间（{top}）晚于现在，没有据此移动读到的位置；请对方更正")
        return counted

    def _place_of(self, columns: list[str], row: Row[Any]) -> tuple[Any, Any]:
        """(changed, key) of a row."""
        key, changes = self.config.key, self.config.changes
        for name in (key, changes.column if changes else key):
            if name not in columns:
                raise ConfigError(f"查询结果中没有“{name}”列，有 {'、'.join(columns)}；请核对 key 和 changes.column")
        if row[columns.index(key)] is None:
            raise InputError(f"key“{key}”有空值，无法翻页；请换成没有空值的列")
        return row[columns.index(changes.column)] if changes else None, row[columns.index(key)]

    def _moment(self, seconds: int) -> Any:
        """UTC seconds in the form of the changed column; anything where it is empty."""
        assert self._changed is not None
        query = select(self._changed).select_from(self._source()).where(self._changed.is_not(None)).limit(1)
        with self._reading() as connection:
            sample = connection.scalar(query)
        return None if sample is None else at(sample, seconds, self._context.zone)

    def _column(self, name: str) -> ColumnElement[Any]:
        return literal_column(self._engine.dialect.identifier_preparer.quote_identifier(name))

    def _source(self) -> TextClause:
        config, prepare = self.config, self._engine.dialect.identifier_preparer.quote_identifier
        if config.table is not None:
            return text(".".join(prepare(part) for part in config.table.split(".")))
        return text(f"({str(config.query).replace(':', chr(92) + ':')}) AS asked")

    def _select(self) -> Select[Any]:
        return select(text("*")).select_from(self._source())

    def _rows(self, connection: Connection, query: Select[Any]) -> tuple[list[str], list[Row[Any]]]:
        result = connection.execute(query)
        return list(result.keys()), list(result.fetchall())

    def _name(self, place: Place | None) -> str:
        """What people call a page: the table and where it begins."""
        what = self.config.table or "查询"
        if place is None or (place.after is None and place.since is None):
            return f"{what}，{self.config.changes.column if self.config.changes and place and place.nulls else ''}从头"
        if place.after is not None:
            return f"{what}，{'、'.join(str(value) for value in place.after if value is not None)} 之后"
        return f"{what}，{'没有更新时间的' if place.nulls else f'{place.since} 起'}"

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One short read-only transaction; what fails is said in words."""
        try:
            with self._engine.connect() as connection:
                _read_only(connection, self._context.zone.key)
                yield connection
        except SQLAlchemyError as error:
            self._explain(error)

    def _explain(self, error: SQLAlchemyError) -> NoReturn:
        place = self._url.render_as_string(hide_password=True)
        original = error.orig if isinstance(error, DBAPIError) else error
        fact = " ".join(str(original).split())[:160]
        if self._url.password:
            fact = fact.replace(str(self._url.password), "***")
        state = getattr(original, "sqlstate", None) or ""
        number = original.args[0] if original is not None and original.args else None
        if state in _LASTING or number in _LASTING_NUMBERS or "no such" in fact or "unable to open" in fact:
            raise ConfigError(f"{place} 不让读：{fact}；请核对地址、账号的只读权限、表名和列名") from None
        if "password authentication failed" in fact or "does not exist" in fact:
            raise ConfigError(f"{place} 不让登录：{fact}；请核对 url 中的账号和口令") from None
        raise PassingError(f"{place} 现在读不了：{fact}；下次采集从停下的地方接着读") from None


def _url(config: SqlConfig, workspace: Path) -> URL:
    written = config.url.read(workspace) if isinstance(config.url, Secret) else config.url
    try:
        url = make_url(written)
    except ArgumentError:
        raise ConfigError("url 不是数据库地址，应写作 postgresql://、mariadb:// 或 sqlite:///文件") from None
    driver = DRIVERS.get(url.drivername)
    if driver is None:
        raise ConfigError(f"不支持 {url.drivername} 数据库，应为 {'、'.join(DRIVERS)} 之一")
    if driver == "sqlite":
        path = (workspace / str(url.database)).resolve()
        return url.set(drivername=driver, database=f"file:{path}", query={"mode": "ro", "uri": "true"})
    return url.set(drivername=driver)


def _engine(url: URL, config: SqlConfig) -> Engine:
    arguments: dict[str, dict[str, Any]] = {
        "sqlite": {"timeout": config.connect_timeout},
        "postgresql+psycopg": {
            "connect_timeout": config.connect_timeout,
            "application_name": "yunwei",
            "options": f"-c statement_timeout={config.timeout * 1000} -c default_transaction_read_only=on",
        },
        "mysql+pymysql": {
            "connect_timeout": config.connect_timeout,
            "read_timeout": config.timeout,
            "charset": "utf8mb4",
            "init_command": "SET SESSION TRANSACTION READ ONLY",
        },
    }
    return create_engine(url, poolclass=NullPool, connect_args=arguments[url.drivername], hide_parameters=True)


def _read_only(connection: Connection, zone: str) -> None:
    """Nothing can be written; moments with a zone are compared with naive ones in the source's zone."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text("SELECT set_config('TimeZone', :zone, true)"), {"zone": zone})
