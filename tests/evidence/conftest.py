"""A court with closed and open periods, its archive filled, and the pack of its half year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.evidence.world import Packed


@pytest.fixture
def court(tmp_path: Path, clock: Clock, database_url: str) -> Iterator[Packed]:
    """On each database in turn; March, April and the half year are computed, nothing is closed."""
    made = Packed(tmp_path / "court", clock, database_url)
    made.begin()
    yield made
    made.store.close()


@pytest.fixture
def plain_court(tmp_path: Path, clock: Clock) -> Iterator[Packed]:
    """The same on the embedded database, for what the database has no part in."""
    made = Packed(tmp_path / "court", clock)
    made.begin()
    yield made
    made.store.close()


@pytest.fixture
def pack(plain_court: Packed, tmp_path: Path) -> Path:
    """The pack of the closed half year."""
    plain_court.close("2023-03", "2023-04", "2023H1")
    return plain_court.pack(tmp_path / "包.zip")
