"""Whatever is wrong with the database is told in one Chinese sentence, and never with a password."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from collector.store import Store, open_store
from collector.store import engine as engines
from collector.store.faults import explained, explained_files
from metrics.errors import ConfigError, PassingError, YunweiError
from tests.store.world import check, deliver, delivery, frame, ticket

SECRET = "geheim#7"


def _open(url: str, folder: Path) -> Store:
    return open_store(url, "court", folder / "checks", lambda: 0)


def _told(url: str, folder: Path) -> YunweiError:
    with pytest.raises(YunweiError) as caught:
        _open(url, folder)
    assert SECRET not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("no address", "数据库地址无法识别，应写作 sqlite:///文件 或 postgresql://用户@主机/数据库"),
        ("mysql://root@localhost/x", "不支持 mysql 数据库，应为 sqlite 或 postgresql"),
        ("sqlite://", "SQLite 数据库要写明文件，例如 sqlite:///data/yunwei.db"),
    ],
)
def test_an_address_that_cannot_be_used(tmp_path: Path, url: str, sentence: str) -> None:
    told = _told(url, tmp_path)
    assert isinstance(told, ConfigError)
    assert str(told) == sentence


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"PK\x03\x04" * 500)
    told = _told(f"sqlite:///{path}", tmp_path)
    assert isinstance(told, ConfigError)
    assert str(told) == f"数据库“{path}”不是 SQLite 数据库文件"


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    told = _told(f"sqlite:///{tmp_path}", tmp_path)
    assert str(told) == f"数据库“{tmp_path}”打不开，请检查文件夹是否存在、是否可写"


def test_a_database_that_is_being_written_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "yunwei.db"
    _open(f"sqlite:///{path}", tmp_path).close()
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        _open(f"sqlite:///{path}", tmp_path) as store,
        pytest.raises(PassingError, match=r"数据库“.*yunwei\.db”正被另一个程序写入，请稍后再试"),
    ):
        deliver(store, "ticket", ticket("A"))
    other.close()


def test_a_full_disk_while_rows_are_written_beside(tmp_path: Path) -> None:
    with _open(f"sqlite:///{tmp_path}/yunwei.db", tmp_path) as store:
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # as if no page more could be had
        rows = [ticket(f"T{number}", title="长" * 200) for number in range(500)]
        with pytest.raises(PassingError, match="所在磁盘已满，请腾出空间后再试"):
            deliver(store, "ticket", *rows)
        assert len(store.deliveries()) == 0


_URL = make_url("sqlite:////data/yunwei.db")


def _raise_within(guard: AbstractContextManager[None], error: Exception) -> None:
    with guard:
        raise error


@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        ("attempt to write a readonly database", ConfigError, "只能读不能写，请检查文件和文件夹的权限"),
        ("database disk image is malformed", ConfigError, "已损坏，请从备份恢复"),
        ("disk I/O error", PassingError, "读写磁盘出错，请检查磁盘"),
        ("database is locked", PassingError, "正被另一个程序写入，请稍后再试"),
    ],
)
def test_what_sqlite_says_is_told_in_chinese(said: str, kind: type[YunweiError], sentence: str) -> None:
    with pytest.raises(kind) as caught:
        _raise_within(explained(_URL), sqlite3.OperationalError(said))
    assert str(caught.value) == f"数据库“/data/yunwei.db”{sentence}"


def test_a_mistake_in_our_own_sql_stays_a_bug() -> None:
    with pytest.raises(sqlite3.OperationalError):
        _raise_within(explained(_URL), sqlite3.OperationalError("no such column: x"))


@pytest.mark.parametrize(
    ("number", "kind", "sentence"),
    [
        (errno.ENOSPC, PassingError, "所在磁盘已满，请腾出空间后再试"),
        (errno.EACCES, ConfigError, "不可写，请检查文件夹的权限"),
        (errno.EROFS, ConfigError, "不可写，请检查文件夹的权限"),
    ],
)
def test_what_the_file_system_says_is_told_in_chinese(number: int, kind: type[YunweiError], sentence: str) -> None:
    with pytest.raises(kind, match=f"^文件夹“x”{sentence}$"):
        _raise_within(explained_files("文件夹“x”"), OSError(number, "no"))


@pytest.fixture
def refusing_login(postgres: str) -> Iterator[str]:
    """An address of a role that may not log in."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE ROLE nobody_knows NOLOGIN")
    yield make_url(postgres).set(username="nobody_knows", password=SECRET).render_as_string(hide_password=False)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP ROLE nobody_knows")


@pytest.mark.live
def test_a_login_that_is_refused(refusing_login: str, tmp_path: Path) -> None:
    told = _told(refusing_login, tmp_path)
    assert isinstance(told, ConfigError)
    assert "拒绝登录，请检查用户名和密码" in str(told)


@pytest.mark.live
def test_an_unknown_user_with_a_password(postgres: str, tmp_path: Path) -> None:
    url = make_url(postgres).set(username="stranger", password=SECRET).render_as_string(hide_password=False)
    told = _told(url, tmp_path)
    assert isinstance(told, ConfigError)
    assert "拒绝登录" in str(told)


@pytest.mark.live
def test_a_database_that_does_not_exist(postgres: str, tmp_path: Path) -> None:
    told = _told(postgres.rsplit("/", 1)[0] + "/nirgends", tmp_path)
    assert isinstance(told, ConfigError)
    assert str(told).endswith("/nirgends”中没有这个数据库，请先建立")


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    told = _told(f"postgresql://u:{SECRET}@127.0.0.1:9/x", tmp_path)
    assert isinstance(told, PassingError)
    assert str(told) == "PostgreSQL 数据库“127.0.0.1:9/x”连接不上，请检查服务器是否在运行、地址和端口是否正确"


@pytest.mark.live
def test_a_user_without_rights(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN")
    url = make_url(postgres_url).set(username="reader").render_as_string(hide_password=False)
    told = _told(url, tmp_path)
    assert isinstance(told, ConfigError)
    assert str(told).endswith("的这个用户没有所需的权限")


@pytest.mark.live
def test_another_writer_of_the_same_organisation_on_postgresql(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 1)
    with _open(postgres_url, tmp_path) as first, _open(postgres_url, tmp_path) as second:
        with delivery(first, content="c1") as writing:
            with pytest.raises(PassingError, match="正被另一个程序写入，请稍后再试"):
                deliver(second, "ticket", ticket("A"), content="c2")
            writing.write("ticket", frame("ticket", ticket("A")))
            writing.finish(1, {})
        deliver(second, "ticket", ticket("A"), content="c2")


@pytest.mark.live
def test_writers_of_two_organisations_do_not_wait_for_each_other(postgres_url: str, tmp_path: Path) -> None:
    with (
        _open(postgres_url, tmp_path) as first,
        open_store(postgres_url, "other", tmp_path, lambda: 0) as second,
        delivery(first, content="c1") as writing,
    ):
        deliver(second, "ticket", ticket("A"), content="c2")
        writing.finish(0, {})


def _end_all_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _deliver_while_the_server_goes_away(url: str, folder: Path) -> None:
    with _open(url, folder) as store, delivery(store) as writing:
        _end_all_sessions(url)
        writing.write("ticket", frame("ticket", ticket("A")))
        writing.finish(1, {})


@pytest.mark.live
def test_a_server_that_goes_away_while_writing(postgres_url: str, tmp_path: Path) -> None:
    with pytest.raises(PassingError, match="正在停止或重启"):
        _deliver_while_the_server_goes_away(postgres_url, tmp_path)


def test_a_check_folder_that_is_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "checks").write_text("")
    with pytest.raises(ConfigError, match=r"拨测日志文件夹“.*checks”建不起来，路径上有同名的文件"):
        deliver(store, "uptime_check", check("S1", 0))
