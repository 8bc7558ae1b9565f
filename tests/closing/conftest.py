"""A court whose March and April of 2023 were computed, on each database in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.closing.world import Books
from tests.conftest import Clock


@pytest.fixture
def books(tmp_path: Path, clock: Clock, database_url: str) -> Iterator[Books]:
    """Its clock stands at 09:00 UTC of 2023-08-01."""
    clock.now = 1_690_880_400
    made = Books(tmp_path / "court", clock, database_url)
    made.start()
    yield made
    made.store.close()
