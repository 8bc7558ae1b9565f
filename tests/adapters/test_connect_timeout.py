"""A host that does not answer the connection is given up within the time for connecting, not for reading."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.preview import look
from tests.adapters.apicourt import ApiCourt, court_at
from tests.adapters.probes.servers import HOST, hang, talking, unanswered

pytestmark = pytest.mark.usefixtures("impatient")

_LIMITS = "connect_timeout: 1秒, timeout: 10分钟"
_TICKETS = "statuses: {resolved: done}"
_HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIvtKAnMkNqqb7R3YR4Ri0tq5HZmMNSrD0ijBRZM4ftn"
#: Source by adapter: its own keys.
SOURCES = {
    "rest": "request: {path: x}, tables: [{record: ticket, columns: {ticket_no: no, reported_at: at}}]",
    "request_tracker": _TICKETS,
    "redmine": _TICKETS,
    "zabbix": "auth: {bearer: {env: SECRET}}",
    "prometheus": "interval: 1分钟",
    "icinga": "auth: {basic: {user: u, password: {env: SECRET}}}, listen: 0秒",
    "icinga, its stream": "auth: {basic: {user: u, password: {env: SECRET}}}, listen: 1秒",
    "mailbox": f"host: {HOST}, user: u, password: {{env: SECRET}}, into: 甲",
    "sftp": f"host: {HOST}, user: u, password: {{env: SECRET}}, into: 甲, host_key: {_HOST_KEY}",
}
_SQL = "key: id, table: t, tables: [{record: ticket, columns: {ticket_no: no, reported_at: at}}]"


@pytest.fixture
def court(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiCourt]:
    monkeypatch.setenv("SECRET", "only-for-tests")
    with court_at(tmp_path) as court:
        yield court


def configure(court: ApiCourt, system: str, port: int, scheme: str = "http") -> None:
    adapter = system.partition(",")[0]
    address = f"port: {port}" if adapter in ("mailbox", "sftp") else f"url: '{scheme}://{HOST}:{port}', retries: 0"
    court.source("api", f"{{id: api, name: 对方, adapter: {adapter}, {address}, {_LIMITS}, {SOURCES[system]}}}")


def told(court: ApiCourt) -> tuple[str, float]:
    """The sentence of the one failure, and after how many seconds it came."""
    began = time.monotonic()
    (failure,) = court.ingest("api").failures
    assert failure.exit_code == 4
    return str(failure), time.monotonic() - began


@pytest.mark.parametrize("system", SOURCES)
def test_a_host_that_drops_what_comes_is_given_up_within_the_connect_timeout(court: ApiCourt, system: str) -> None:
    with unanswered() as port:
        configure(court, system, port)
        sentence, seconds = told(court)
    assert "连接超过 1 秒" in sentence
    assert seconds < 30


def test_a_server_that_does_not_shake_hands_is_given_up_as_soon(court: ApiCourt) -> None:
    with talking(hang) as port:
        configure(court, "redmine", port, "https")
        sentence, seconds = told(court)
    assert "TLS 握手超过 1 秒" in sentence
    assert seconds < 30


def test_an_answer_may_take_longer_than_the_connection(court: ApiCourt) -> None:
    with talking(hang) as port:
        configure(court, "redmine", port)
        text = (court.folder / "sources/api.yaml").read_text(encoding="utf-8")
        court.source("api", text.replace("timeout: 10分钟", "timeout: 2秒"))
        assert "应答超过 2 秒" in told(court)[0]


def test_check_gives_up_as_soon(court: ApiCourt) -> None:
    with unanswered() as port:
        configure(court, "zabbix", port)
        (source,) = look(court.settings, ["api"]).sources
    assert "连接超过 1 秒" in str(source.failure)


@pytest.mark.parametrize("scheme", ["postgresql", "mariadb"])
def test_a_database_that_does_not_answer_is_given_up_as_soon(
    court: ApiCourt, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unanswered() as port:
        monkeypatch.setenv("VENDOR_DB", f"{scheme}://u:p@{HOST}:{port}/vendor")
        # the client library of PostgreSQL takes no time below two seconds
        source = f"adapter: sql, url: {{env: VENDOR_DB}}, connect_timeout: 2秒, timeout: 10分钟, {_SQL}"
        court.source("api", f"{{id: api, name: 对方, {source}}}")
        assert told(court)[1] < 30
