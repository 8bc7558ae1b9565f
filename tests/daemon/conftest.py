"""The dispatcher's world as a fixture."""

from __future__ import annotations

import pytest

from collector.store import Store
from tests.conftest import Clock
from tests.daemon.world import World, at


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    """On each database in turn; it is 9:07 on 8 October 2026 in China."""
    clock.now = at("10-08 09:07")
    return World(store.jobs, clock)
