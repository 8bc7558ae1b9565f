"""Reading beside storing: the next block is read while the last one goes into the store."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
#: Seconds after which a thread that computes gives Python's lock to one that only wants to start the database again;
#: Python's own 5 ms are as long as the database takes for a statement.
_TURN = 0.0003


def ahead(items: Iterable[T]) -> Iterator[T]:
    """The same items in the same order; one of them is fetched, in another thread, before it is asked for."""
    source = iter(items)
    end = object()
    sys.setswitchinterval(min(_TURN, sys.getswitchinterval()))  # for good: one that ends would end another's
    with ThreadPoolExecutor(1) as reader:
        following = reader.submit(next, source, end)
        while (item := following.result()) is not end:
            following = reader.submit(next, source, end)
            yield item  # type: ignore[misc]
