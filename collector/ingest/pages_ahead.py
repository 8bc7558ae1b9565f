"""The page after the one that is being stored, asked for meanwhile in a thread of its own.

All of a load's life is in that thread, for what it holds (a session, a vendor's database) belongs to whoever made it.
Of ours it touches nothing but the spool; the store belongs to whoever stores.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from adapters.base import Page

if TYPE_CHECKING:
    from collections.abc import Generator

_GRACE = 2  # seconds for which a load that was given up is waited for; one that hangs is left to its thread


class PagesAhead(Iterator[Page]):
    """The pages of a load, each asked for when the one before was taken: two are held at most.

    What the load raises is raised where its page would have been. A context manager: leaving it sets ``given_up``,
    after which the load asks for nothing more.
    """

    def __init__(self, pages: Iterator[Page], given_up: threading.Event) -> None:
        self._given_up = given_up
        self._wanted = threading.Semaphore(1)
        self._found: SimpleQueue[Page | BaseException | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._ask, args=(_generated(pages),), name="ahead", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._given_up.set()
        self._wanted.release()
        self._thread.join(_GRACE)

    def __next__(self) -> Page:
        """The next page; whoever asks has done with the one before."""
        found = self._found.get()
        if isinstance(found, BaseException):
            raise found
        if found is None:
            raise StopIteration
        self._wanted.release()
        return found

    def _ask(self, pages: Generator[Page]) -> None:
        try:
            with closing(pages):
                while self._wanted.acquire() and not self._given_up.is_set():
                    self._found.put(next(pages, None))
        except BaseException as error:
            self._found.put(error)


def _generated(pages: Iterator[Page]) -> Generator[Page]:
    """Something that can be closed, whatever kind of iterator the adapter gave."""
    yield from pages
