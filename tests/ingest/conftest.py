"""A fresh workspace for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.workspace import Workspace


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace on the embedded database."""
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()
