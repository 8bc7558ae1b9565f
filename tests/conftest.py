"""Fixtures that every part's tests share: databases of both kinds and a clock that a test moves."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from collector.store import Store, open_store
from tests.servers import needed, postgres_binaries, postgres_server, wanted

if TYPE_CHECKING:
    from tests.adapters.probes.servers import Authority

# A machine that is busy with something else makes no test fail.
settings.register_profile("yunwei", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("yunwei")

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of real servers first: they are few tests that take long, and the last file keeps one worker alone."""
    items.sort(key=lambda item: not any(mark.name == "live" for mark in item.parent.iter_markers()))  # type: ignore[union-attr]


@dataclass
class Clock:
    """A clock that stands still until a test moves it; UTC seconds."""

    now: int = 1_700_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: int) -> int:
        """Move on and tell the new time."""
        self.now += seconds
        return self.now


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests are read by no terminal, whatever width the one says that started them."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting for a server takes no time; what would have been waited for."""
    waited: list[float] = []
    monkeypatch.setattr("adapters.http_client.pause", waited.append)
    return waited


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A CA that has issued ``good``, ``localhost`` and ``expired``."""
    from tests.adapters.probes.servers import HOST, Authority

    needed("openssl")
    authority = Authority(tmp_path_factory.mktemp("ca"))
    authority.issue("good", f"DNS:localhost,IP:{HOST}")
    authority.issue("localhost", f"DNS:localhost,IP:{HOST}")
    authority.issue("expired", f"IP:{HOST}", days=-1)
    return authority


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a private server's maintenance database."""
    binaries = postgres_binaries()
    wanted("" if binaries else "no PostgreSQL server is installed")
    assert binaries is not None
    with postgres_server(binaries) as address:
        yield address


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The address of an empty database, dropped after the test."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store/yunwei.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def opened(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Store]]:
    """Opens the database under test for an organisation, as often as asked; all are closed after the test."""
    stores: list[Store] = []

    def opens(organization_id: str = "court") -> Store:
        stores.append(open_store(database_url, organization_id, tmp_path / "checks", clock))
        return stores[-1]

    yield opens
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[..., Store]) -> Store:
    """An empty store of the organisation ``court``, on each database in turn."""
    return opened()
