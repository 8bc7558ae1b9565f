"""What a driver, a disk or a server says, told to people: one Chinese sentence, never a password."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import exc
from sqlalchemy.engine import URL

from metrics.errors import ConfigError, PassingError, YunweiError

_SQLITE = (
    ("locked", PassingError, "正被另一个程序写入，请稍后再试"),
    ("busy", PassingError, "正被另一个程序写入，请稍后再试"),
    ("full", PassingError, "所在磁盘已满，请腾出空间后再试"),
    ("readonly", ConfigError, "只能读不能写，请检查文件和文件夹的权限"),
    ("unable to open", ConfigError, "打不开，请检查文件夹是否存在、是否可写"),
    ("not a database", ConfigError, "不是 SQLite 数据库文件"),
    ("malformed", ConfigError, "已损坏，请从备份恢复"),
    ("disk i/o", PassingError, "读写磁盘出错，请检查磁盘"),
)
_POSTGRES = (  # SQLSTATE prefixes, the longest first
    ("28", ConfigError, "拒绝登录，请检查用户名和密码"),
    ("3D", ConfigError, "中没有这个数据库，请先建立"),
    ("42501", ConfigError, "的这个用户没有所需的权限"),
    ("25006", ConfigError, "只能读不能写"),
    ("55P03", PassingError, "正被另一个程序写入，请稍后再试"),
    ("40", PassingError, "正被另一个程序写入，请稍后再试"),
    ("53100", PassingError, "所在磁盘已满，请腾出空间后再试"),
    ("53300", PassingError, "的连接已满，请稍后再试"),
    ("57", PassingError, "正在停止或重启，请稍后再试"),
)
_LOGIN = ("password authentication failed", "no password supplied", "role ", "pg_hba.conf")


def place(url: URL) -> str:
    """How the database is called in a sentence; without user's secrets."""
    if url.get_backend_name() == "sqlite":
        return f"数据库“{url.database or ':memory:'}”"
    port = f":{url.port}" if url.port else ""
    return f"PostgreSQL 数据库“{url.host or 'localhost'}{port}/{url.database or ''}”"


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Turn what passes or must be configured into a PassingError or ConfigError; leave bugs as they are."""
    try:
        yield
    except exc.DBAPIError as error:
        told = _explain(url, error.orig)
        if told is None:
            raise
        raise told from error
    except (sqlite3.Error, psycopg.Error) as error:
        told = _explain(url, error)
        if told is None:
            raise
        raise told from error


def _explain(url: URL, error: BaseException | None) -> YunweiError | None:
    if isinstance(error, sqlite3.Error):
        text = str(error).lower()
        for word, kind, sentence in _SQLITE:
            if word in text:
                return kind(f"{place(url)}{sentence}")
    if isinstance(error, psycopg.Error):
        return _explain_postgres(url, error)
    return None


def _explain_postgres(url: URL, error: psycopg.Error) -> YunweiError | None:
    for prefix, kind, sentence in _POSTGRES:
        if (error.sqlstate or "").startswith(prefix):
            return kind(f"{place(url)}{sentence}")
    if not isinstance(error, psycopg.OperationalError) or error.sqlstate:
        return None
    text = str(error)  # a refused login carries no SQLSTATE in libpq's answer
    if "does not exist" in text and "database" in text:
        return ConfigError(f"{place(url)}中没有这个数据库，请先建立")
    if any(word in text for word in _LOGIN):
        return ConfigError(f"{place(url)}拒绝登录，请检查用户名和密码")
    return PassingError(f"{place(url)}连接不上，请检查服务器是否在运行、地址和端口是否正确")


@contextmanager
def explained_files(what: str) -> Iterator[None]:
    """The same for files: a full disk passes, a missing permission must be repaired."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PassingError(f"{what}所在磁盘已满，请腾出空间后再试") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ConfigError(f"{what}不可写，请检查文件夹的权限") from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise ConfigError(f"{what}建不起来，路径上有同名的文件") from error
        raise
