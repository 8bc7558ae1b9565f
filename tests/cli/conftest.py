"""A court whose results were computed for the first half of 2023."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.compute import Asked, compute
from metrics.period import parse_period
from tests.compute.court import TICKETS, Court
from tests.conftest import Clock


@pytest.fixture
def computed(tmp_path: Path, clock: Clock) -> Iterator[Court]:
    """Its clock stands at 09:00 UTC of 2023-08-01; March, April and the half year are computed."""
    clock.now = 1_690_880_400
    court = Court(tmp_path / "court", clock)
    court.deliver("三月.xlsx", ticket=TICKETS, asset=[{"asset_no": "A1", "vendor": "甲公司"}])
    asked = Asked(tuple(parse_period(label) for label in ("2023-03", "2023-04", "2023H1")))
    compute(court.settings, court.store, asked, now=clock())
    yield court
    court.store.close()
