"""The court whose pages are served: built once, looked at by many tests, copied for those that change it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.serve import Server
from tests.conftest import Clock
from tests.serve.world import NOW, ServedCourt, build, serving


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the court as it is at noon of 10 May 2023."""
    folder = tmp_path_factory.mktemp("serve") / "court"
    build(folder, Clock()).store.close()
    return folder


@pytest.fixture
def court(built: Path, tmp_path: Path, clock: Clock) -> Iterator[ServedCourt]:
    """A court of the test's own."""
    clock.now = NOW
    made = ServedCourt(Path(shutil.copytree(built, tmp_path / "court")), clock)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def server(built: Path) -> Iterator[Server]:
    """Running, refreshed at noon of 10 May 2023; for looking only."""
    court = ServedCourt(built, Clock(NOW))
    with serving(court) as running:
        yield running
    court.store.close()
