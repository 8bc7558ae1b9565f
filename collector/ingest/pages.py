"""One load of one source from its server: page by page into the store, the position with what it covers.

While a page is stored the next one is asked for. Nothing here knows what a position means. The load ends where the
server stops answering; the pages before stand, and the next run goes on after them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.base import Context, Fetch, Fetching, Page
from collector.ingest.arrivals import Arrival, arrive, keep
from collector.ingest.pages_ahead import PagesAhead
from collector.ingest.report import LeftFile
from metrics.errors import ConfigError, InputError, PassingError

if TYPE_CHECKING:
    from collector.ingest.delivery import Session
    from collector.settings import SourceSettings

#: Reads one page out of a file; whether it could be read. The position, if any, moves with it.
Read = Callable[[Arrival, Path, str | None], bool]


class Load:
    """One source in one run."""

    def __init__(self, session: Session, source: SourceSettings, mapping_hash: str, read: Read) -> None:
        self._session, self._source, self._read = session, source, read
        self._known = KnownPages(session.store.readings(source.id), mapping_hash, session.run.run_id)
        self._kept = bool(getattr(source.config, "keep_replies", True))

    def take(self, adapter: Fetching, context: Context, since: int | None) -> None:
        """Take everything that the server has; a failure of the server ends the load and is reported.

        ``since``: UTC seconds; a range that is read again, which leaves the position where it is.
        """
        store, source = self._session.store, self._source
        self._session.report.asked.append(source.name)
        given_up = threading.Event()
        with self._session.archive.spool(source.id) as spool:
            ask = Fetch(
                spool=spool,
                cursor=store.cursor(source.id),
                since=since,
                clock=store.clock,
                say=lambda sentence: self._session.report.notes.append(f"{source.name}：{sentence}"),
                given_up=given_up.is_set,
                stored=lambda moment: store.tickets_since(source.id, moment),
            )
            with PagesAhead(adapter.fetch(source.config, context, ask), given_up) as pages:
                while (page := self._next(pages)) is not None and self._page(page, since is None):
                    if page.blob is not None and spool in page.blob.path.parents:
                        page.blob.path.unlink(missing_ok=True)

    def _next(self, pages: Iterator[Page]) -> Page | None:
        """The next page; None where there is none, and where the server failed, which is reported."""
        try:
            return next(pages, None)
        except (PassingError, InputError, ConfigError) as error:
            self._fail(error)
            return None

    def _page(self, page: Page, moves: bool) -> bool:
        """Whether the load may go on after this page."""
        cursor = page.cursor if moves else None
        if page.blob is None:
            self._move(cursor)
            return True
        arrival = arrive(self._source.id, page.blob)
        if isinstance(arrival, LeftFile):
            self._fail(PassingError(arrival.reason).within(page.blob.name))
            return False
        if self._known.was_refused(arrival.content_hash):
            self._fail(
                InputError("回答与上次无法读取的那份相同；请用 yunwei check 检查数据来源的设置").within(page.blob.name)
            )
            return False
        lies = not self._kept or self._session.archive.holds(arrival.content_hash)  # the setting may be new
        if lies and self._known.holds(page.blob.name, arrival.content_hash):
            self._session.report.known += 1
            self._move(cursor)
            return True
        return self._take(arrival, cursor)

    def _take(self, arrival: Arrival, cursor: str | None) -> bool:
        path = arrival.blob.path
        if self._kept:
            kept = keep(self._session.archive, self._source.id, arrival, compressed=True)
            if isinstance(kept, LeftFile):
                self._fail(PassingError(kept.reason).within(arrival.blob.name))
                return False
            path = kept
        done = self._read(arrival, path, cursor)
        if done:
            self._known.add(arrival.blob.name, arrival.content_hash)
        return done

    def _move(self, cursor: str | None) -> None:
        if cursor is not None:
            self._session.store.move_cursor(self._source.id, cursor)

    def _fail(self, error: PassingError | InputError | ConfigError) -> None:
        self._session.report.failures.append(error.within(f"来源“{self._source.name}”（{self._source.id}）"))


class KnownPages:
    """Which pages would change nothing if they were read again.

    A file that comes again is the same delivery. A server is asked what holds now: a page that comes again was known
    only if nothing else was told under its name since, or nothing changed since; else what was taken back and is now
    said again would be passed over.
    """

    def __init__(self, readings: list[tuple[str, str, str, str, int, int]], mapping_hash: str, this_run: int) -> None:
        """``readings`` as the store gives them."""
        self._under: dict[str, str] = {}
        self._last: dict[str, tuple[bool, str, int]] = {}
        self._changed_in = 0  # the last run before this one in which anything of the source changed
        for name, content_hash, mapping, state, run_id, changed in readings:
            self._under[name] = content_hash
            self._last[content_hash] = (mapping == mapping_hash, state, run_id)
            if changed and run_id != this_run:
                self._changed_in = max(self._changed_in, run_id)
        self._this_run = this_run

    def holds(self, name: str, content_hash: str) -> bool:
        """Whether these bytes, under this name, were read with this mapping and still say what holds."""
        mapped, state, run_id = self._last.get(content_hash, (False, "", 0))
        unchanged = self._under.get(name) == content_hash or run_id >= self._changed_in
        return mapped and state == "read" and unchanged

    def was_refused(self, content_hash: str) -> bool:
        """Whether these bytes could not be read with this mapping before this run."""
        mapped, state, _ = self._last.get(content_hash, (False, "", 0))
        return mapped and state == "refused"

    def add(self, name: str, content_hash: str) -> None:
        """They were read just now."""
        self._under[name] = content_hash
        self._last[content_hash] = (True, "read", self._this_run)
