"""Real ticket systems, one of each for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import servers_required
from tests.tickets import mariadb_server as maria
from tests.tickets import redmine_server as rm
from tests.tickets import rt_server as rt


def needed(missing: str) -> None:
    """Skip where a server is not installed; fail where it must be."""
    if missing and servers_required():
        pytest.fail(f"{missing}, and YUNWEI_REQUIRE_SERVERS is set")
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def request_tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rt.RtServer]:
    needed(rt.missing())
    with rt.rt_server(tmp_path_factory.mktemp("rt") / "server") as server:
        yield server


@pytest.fixture(scope="session")
def redmine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rm.RedmineServer]:
    needed(rm.missing())
    with rm.redmine_server(tmp_path_factory.mktemp("redmine") / "server") as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[int]:
    """The port of a private server."""
    needed(maria.missing())
    with maria.mariadb_server() as port:
        yield port


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a server to recover takes no time."""
    monkeypatch.setattr("adapters.http_client.pause", lambda seconds: None)
