"""The court of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compute.court import TICKETS, Court
from tests.conftest import Clock


@pytest.fixture
def court(tmp_path: Path, clock: Clock) -> Iterator[Court]:
    """With four tickets and one device, delivered at 09:00 UTC of 2023-05-01."""
    clock.now = 1_682_931_600
    made = Court(tmp_path / "court", clock)
    made.deliver("三月.xlsx", ticket=TICKETS, asset=[{"asset_no": "A1", "vendor": "甲公司"}])
    yield made
    made.store.close()
