"""One small generated year, shared by the tests that only look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from collector.demo.generate import generate
from collector.demo.post import Post
from collector.demo.truth import Truth

SCALE = 0.05


@dataclass(frozen=True)
class Generated:
    """What was made, and where."""

    inbox: Path
    truth: Truth
    post: Post


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    inbox = tmp_path_factory.mktemp("demo") / "inbox"
    truth, post = generate(inbox, SCALE, step=lambda name: None)
    return Generated(inbox, truth, post)
