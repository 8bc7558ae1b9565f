"""What stays is set aside, and what became garbage since is found by the next call."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from collector.daemon.memory import settle


class _Node:
    """May point to itself."""

    myself: _Node


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_loaded_is_not_looked_at_again() -> None:
    settle()
    assert gc.get_freeze_count() > len(gc.get_objects())


def test_a_circle_that_was_set_aside_is_collected_by_the_next_call() -> None:
    node = _Node()
    node.myself = node
    gone = weakref.ref(node)
    settle()
    del node
    gc.collect()
    assert gone() is not None  # set aside
    settle()
    assert gone() is None
