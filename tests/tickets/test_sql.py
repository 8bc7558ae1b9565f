"""A vendor's database of each kind: pages, later loads, what cannot be read, and that nothing can be written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pymysql
import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from adapters.base import Fetch
from adapters.sql_reading import Database, Found, Place
from collector.cli import run
from metrics.errors import YunweiError
from tests.adapters.apicourt import ApiCourt, court_at
from tests.adapters.disturbed import replies_held

#: 2026-03-05 09:00 in Shanghai.
NOW = 1_772_672_400
PASSWORD = "geheim-passwort"

SOURCE = """
id: api
name: 甲公司数据库
adapter: sql
vendor: a
project: ops
url: {{env: VENDOR_DB}}
{what}
key: id
changes: {{column: updated_at, overlap: 10分钟}}
page_size: 7
tables:
  - record: ticket
    columns: {{ticket_no: 工单号, title: title, reported_at: reported_at, resolved_at: resolved_at, kind: kind}}
    words: {{kind: {{故障: incident, 服务: service_request}}}}
"""
_COLUMNS = "id INTEGER PRIMARY KEY, 工单号 VARCHAR(20), title VARCHAR(200), kind VARCHAR(10)"


@dataclass
class Vendor:
    """His database: ``owner`` may write, ``address`` is what the court is given."""

    owner: Engine
    address: str
    kind: str

    def do(self, *statements: str) -> None:
        with self.owner.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def insert(self, first: int, last: int, updated: str = "2026-03-01 08:00:00") -> None:
        rows = [
            {
                "id": n,
                "no": f"W{n:05d}",
                "title": f"第 {n} 单 100%",
                "updated": updated,
                "reported": "2026-02-01 09:00:00",
            }
            for n in range(first, last + 1)
        ]
        with self.owner.begin() as connection:
            connection.execute(
                text("INSERT INTO tickets VALUES (:id, :no, :title, '故障', :reported, NULL, :updated)"), rows
            )


def made(owner: Engine, address: str, kind: str) -> Vendor:
    moment = {"sqlite": "TEXT", "mariadb": "DATETIME(6)", "postgresql": "TIMESTAMP"}[kind]
    vendor = Vendor(owner, address, kind)
    vendor.do(f"CREATE TABLE tickets ({_COLUMNS}, reported_at {moment}, resolved_at {moment}, updated_at {moment})")
    return vendor


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.live),
        pytest.param("mariadb", marks=pytest.mark.live),
    ]
)
def vendor(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    if request.param == "sqlite":
        owner, address = create_engine(f"sqlite:///{tmp_path}/vendor.db"), f"sqlite:///{tmp_path}/vendor.db"
    elif request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        owner, address = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool), url
        parts = urlsplit(url)
        with owner.begin() as connection:
            connection.execute(text(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {reader_role(connection)}"))
        address = f"postgresql://yunwei:{PASSWORD}@{parts.hostname}:{parts.port}{parts.path}"
    else:
        port: int = request.getfixturevalue("mariadb")
        with pymysql.connect(host="127.0.0.1", port=port, user="root") as root, root.cursor() as cursor:
            cursor.execute("CREATE OR REPLACE DATABASE vendor CHARACTER SET utf8mb4")
            cursor.execute(f"CREATE OR REPLACE USER yunwei@localhost IDENTIFIED BY '{PASSWORD}'")
            cursor.execute("GRANT SELECT ON vendor.* TO yunwei@localhost")
        owner = create_engine(f"mysql+pymysql://root@127.0.0.1:{port}/vendor?charset=utf8mb4", poolclass=NullPool)
        address = f"mariadb://yunwei:{PASSWORD}@127.0.0.1:{port}/vendor"
    monkeypatch.setenv("VENDOR_DB", address)
    yield made(owner, address, request.param)
    owner.dispose()


def reader_role(connection: Any) -> str:
    if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = 'yunwei'")).first():
        connection.execute(text(f"CREATE ROLE yunwei LOGIN PASSWORD '{PASSWORD}'"))
    return "yunwei"


@pytest.fixture
def court(tmp_path: Path) -> Iterator[ApiCourt]:
    with court_at(tmp_path / "court") as court:
        court.now = NOW
        court.source("api", SOURCE.format(what="table: tickets"))
        yield court


def numbers(court: ApiCourt) -> list[str]:
    return sorted(court.current()["ticket_no"])


def test_every_row_comes_page_by_page(vendor: Vendor, court: ApiCourt) -> None:
    vendor.insert(1, 20)  # all changed in the same second
    report = court.load()
    assert (report.failures, report.accepted, len(report.deliveries)) == ([], 20, 3)
    assert numbers(court) == [f"W{n:05d}" for n in range(1, 21)]
    row = court.current().iloc[0]
    assert (row["title"], row["kind"], row["reported_at"]) == ("第 1 单 100%", "incident", 1_769_907_600)


def test_a_later_load_takes_what_changed_and_what_was_committed_late(vendor: Vendor, court: ApiCourt) -> None:
    vendor.insert(1, 10)
    court.load()
    vendor.do(
        "UPDATE tickets SET title = '改过', updated_at = '2026-03-02 08:00:00' WHERE id = 3",
        "UPDATE tickets SET title = '晚提交', updated_at = '2026-03-01 07:55:00' WHERE id = 4",
        "UPDATE tickets SET title = '更早的', updated_at = '2026-03-01 07:40:00' WHERE id = 5",
    )
    report = court.load()
    assert report.superseding == 2
    titles = court.titles()
    assert (titles["W00003"], titles["W00004"], titles["W00005"]) == ("改过", "晚提交", "第 5 单 100%")


@pytest.mark.parametrize("kept", [True, False])
def test_the_rows_are_kept_as_evidence_unless_the_source_says_no(vendor: Vendor, court: ApiCourt, kept: bool) -> None:
    vendor.insert(1, 3)
    court.source("api", SOURCE.format(what="table: tickets") + f"keep_replies: {str(kept).lower()}\n")
    assert court.load().accepted == 3
    assert replies_held(court, "api") == {kept}


def test_since_reads_a_range_again(vendor: Vendor, court: ApiCourt) -> None:
    vendor.insert(1, 10)
    court.load()
    cursor = court.store.cursor("api")
    vendor.do("UPDATE tickets SET title = '没有改更新时间' WHERE id = 5")
    assert court.load().superseding == 1  # its moment lies within the overlap
    vendor.do("UPDATE tickets SET title = '又改', updated_at = '2026-02-20 08:00:00' WHERE id = 6")
    assert court.load().superseding == 0
    assert court.load(since=1_771_500_000).superseding == 1  # 2026-02-19 19:20 in Shanghai
    assert court.store.cursor("api") == cursor


def test_rows_without_a_moment_of_change_come_in_every_load(vendor: Vendor, court: ApiCourt) -> None:
    vendor.insert(1, 10)
    vendor.do("UPDATE tickets SET updated_at = NULL WHERE id <= 9")
    assert court.load().accepted == 10
    vendor.do("UPDATE tickets SET title = '改过' WHERE id = 2")
    court.load()
    assert court.titles()["W00002"] == "改过"


def test_rows_that_change_while_they_are_read_are_not_missed(vendor: Vendor, court: ApiCourt) -> None:
    for n in range(1, 21):
        vendor.insert(n, n, f"2026-03-01 08:{n:02d}:00")
    page = Database.page
    asked: list[Place] = []

    def changing(self: Database, place: Place, ask: Fetch) -> Found:
        if len(asked) == 2:  # after the rows without a moment and a page: one row of it changes, one is deleted
            vendor.do(
                "UPDATE tickets SET title = '翻页时改的', updated_at = '2026-03-04 08:00:00' WHERE id = 1",
                "DELETE FROM tickets WHERE id = 2",
            )
        asked.append(place)
        return page(self, place, ask)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "page", changing)
        court.load()
    assert numbers(court) == [f"W{n:05d}" for n in range(1, 21)]
    assert court.titles()["W00001"] == "翻页时改的"


def test_a_row_of_the_future_does_not_hide_what_comes_before(vendor: Vendor, court: ApiCourt) -> None:
    vendor.insert(1, 3)
    vendor.insert(4, 4, "2099-01-01 00:00:00")
    report = court.load()
    assert ["晚于现在，没有据此移动读到的位置" in note for note in report.notes] == [True]
    court.now = NOW + 3600
    vendor.insert(5, 5, "2026-03-05 09:30:00")
    court.load()
    assert "W00005" in numbers(court)


def test_a_query_with_a_join_and_percent_signs(vendor: Vendor, court: ApiCourt) -> None:
    vendor.insert(1, 5)
    query = "query: \"SELECT * FROM tickets WHERE title LIKE '%单%' AND id <> 3\""
    court.source("api", SOURCE.format(what=query))
    assert court.load().accepted == 4


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        (lambda text: text.replace("table: tickets", "table: nirgends"), 2, "请核对地址、账号的只读权限、表名和列名"),
        (lambda text: text.replace("key: id", "key: nirgends"), 2, ""),
        (lambda text: text.replace("key: id", "key: kind"), 2, "key“kind”的值“故障”不止一行，翻页会漏；请换成唯一的列"),
        (lambda text: text.replace("title: title", "title: betreff"), 3, "查询结果中没有“betreff”列，有 id、工单号"),
    ],
)
def test_what_cannot_be_read_is_said(
    vendor: Vendor, court: ApiCourt, change: Callable[[str], str], code: int, sentence: str
) -> None:
    vendor.insert(1, 12)
    court.source("api", change(SOURCE.format(what="table: tickets")))
    report = court.load()
    told = [str(failure) for failure in report.failures] + [str(delivery.refused) for delivery in report.refused]
    assert report.exit_code == code
    assert sentence in told[0]
    assert PASSWORD not in "".join(told)


@pytest.mark.parametrize("statement", ["DELETE FROM tickets", "CREATE TABLE mine (x INTEGER)"])
def test_nothing_can_be_written(
    vendor: Vendor, court: ApiCourt, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even by an account that might."""
    vendor.insert(1, 1)
    monkeypatch.setenv(
        "VENDOR_DB",
        vendor.owner.url.render_as_string(hide_password=False).replace("+psycopg", "").replace("+pymysql", ""),
    )
    source = court.settings.source("api")
    refusal = pytest.raises(YunweiError, match=r"(?i)read.?only")
    with (
        refusal,
        Database(source.config, court.settings.context(source)) as database,
        database._reading() as connection,
    ):
        connection.execute(text(statement))
        connection.commit()
    assert court.load().accepted == 1


def test_check_shows_the_version_and_the_first_rows(
    vendor: Vendor, court: ApiCourt, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.insert(1, 30)
    assert run(["check", "-C", str(court.folder), "--source", "api"]) == 0
    shown = capsys.readouterr().out
    assert {"sqlite": "SQLite 3.", "postgresql": "PostgreSQL 15", "mariadb": "MariaDB / MySQL 10."}[
        vendor.kind
    ] in shown
    assert "可读的行：30" in shown
    assert "列：id、工单号、title、kind、reported_at、resolved_at、updated_at" in shown
    assert "第 1 单 100%" in shown
    assert PASSWORD not in shown


@pytest.mark.live
def test_a_server_that_is_gone_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    parts = urlsplit(postgres_url)
    monkeypatch.setenv("VENDOR_DB", f"postgresql://postgres@127.0.0.1:1{parts.path}")
    owner = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    vendor = made(owner, postgres_url, "postgresql")
    vendor.insert(1, 3)
    with court_at(tmp_path / "court") as court:
        court.now = int(time.time())
        court.source("api", SOURCE.format(what="table: tickets"))
        report = court.load()
        assert report.exit_code == 4
        assert "现在读不了" in str(report.failures[0])
        monkeypatch.setenv("VENDOR_DB", postgres_url)
        assert court.load().accepted == 3
