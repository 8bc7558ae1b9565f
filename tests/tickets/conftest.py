"""Real ticket systems, one of each for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import wanted
from tests.tickets import mariadb_server as maria
from tests.tickets import redmine_server as rm
from tests.tickets import rt_server as rt


@pytest.fixture(scope="session")
def request_tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rt.RtServer]:
    wanted(rt.missing())
    with rt.rt_server(tmp_path_factory.mktemp("rt") / "server") as server:
        yield server


@pytest.fixture(scope="session")
def redmine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rm.RedmineServer]:
    wanted(rm.missing())
    with rm.redmine_server(tmp_path_factory.mktemp("redmine") / "server") as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[int]:
    """The port of a private server."""
    wanted(maria.missing())
    with maria.mariadb_server() as port:
        yield port
