"""A fresh workspace for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.workspace import Workspace


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace on the embedded database."""
    with Workspace(tmp_path) as workspace:
        yield workspace
