"""What runs while this daemon leads: the probing engine, the alarms of the jobs, the pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from collector.archive import Archive
from collector.daemon.alarms import Alarms
from collector.daemon.dispatcher import Dispatcher
from collector.daemon.jobs import jobs_of
from collector.daemon.logs import event
from collector.daemon.prober import Prober
from collector.daemon.work import CheckKeeper, Works
from collector.probing.engine import Status
from collector.probing.plans import Check
from metrics.errors import YunweiError

if TYPE_CHECKING:
    from collector.settings import Settings
    from collector.store import Store

_LOG = logging.getLogger("yunwei.daemon")
_STOP_SECONDS = 4.0  # that jobs which run get at a stop


class Recorder(CheckKeeper, Protocol):
    """Takes finished checks besides keeping them."""

    def reload(self, settings: Settings) -> None: ...

    def take(self, checks: list[Check]) -> None: ...

    def watch(self, engine: Callable[[], Status]) -> None: ...


class Pages(Protocol):
    """Serves what is known over HTTP; ``now`` in UTC seconds."""

    @property
    def is_running(self) -> bool: ...

    @property
    def refresh_seconds(self) -> int: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def refresh(self, now: float) -> None: ...


#: Makes the recorder, and the pages where they are wanted, of a configuration.
MakeRecorder = Callable[["Settings", "Store", Archive, Callable[[], int]], Recorder]
MakePages = Callable[["Settings", "Store", Recorder, Callable[[], int]], Pages | None]


class Parts:
    """All of it, under one configuration at a time; started once and stopped once."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Callable[[], int],
        make_recorder: MakeRecorder,
        make_pages: MakePages,
    ) -> None:
        self._store, self._clock = store, clock
        self._make_pages = make_pages
        self._settings = settings
        self._archive = Archive(settings.archive)
        self._recorder = make_recorder(settings, store, self._archive, clock)
        self._dispatcher = Dispatcher(jobs_of(settings), self._works().by_kind(), store.jobs, clock)
        self._alarms = Alarms(self._dispatcher)
        self._prober = Prober(settings, self._recorder.take)
        self._recorder.watch(self._prober.status)
        self._pages: Pages | None = None

    def start(self) -> None:
        """Begin everything."""
        interrupted = self._store.jobs.interrupted()
        if interrupted:
            event(_LOG, logging.WARNING, "jobs_interrupted", count=interrupted)
        self._dispatcher.begin()
        self._prober.start()
        self._alarms.start()
        self._open_pages()
        event(_LOG, logging.INFO, "leading", targets=self._prober.status().targets, jobs=len(self._dispatcher.jobs))

    def reload(self, settings: Settings) -> None:
        """Go by ``settings`` from now on; what did not change is not disturbed."""
        self._settings = settings
        self._recorder.reload(settings)
        self._prober.reload(settings)
        self._dispatcher.take(jobs_of(settings), self._works().by_kind())
        self._dispatcher.begin()
        self._alarms.set_again()
        self._close_pages()
        self._open_pages()

    def nudge(self) -> None:
        """See whether anything is due that nobody was woken for."""
        self._alarms.nudge()

    def clock_stepped(self) -> None:
        """The wall clock was set: wait by the new time."""
        self._alarms.set_again()

    @property
    def alive(self) -> bool:
        """Whether everything that should go on does."""
        return self._alarms.alive and self._prober.alive

    def probing(self) -> dict[str, int]:
        """Counts of the engine since the start, for the log."""
        status = self._prober.status()
        return {name: getattr(status, name) for name in ("targets", "checks", "missed", "kept", "lost")}

    def stop(self) -> bool:
        """End everything within seconds; whether the jobs that ran have ended."""
        self._alarms.stop()
        self._prober.stop()
        self._close_pages()
        deadline = time.monotonic() + _STOP_SECONDS
        while self._dispatcher.running and time.monotonic() < deadline:
            time.sleep(0.05)
        running = self._dispatcher.running
        if running:
            event(_LOG, logging.WARNING, "jobs_given_up", jobs=",".join(running))
        return not running

    def _works(self) -> Works:
        return Works(self._settings, self._store, self._archive, self._recorder, self._clock, self._refresh)

    def _open_pages(self) -> None:
        """Make the pages of the configuration, where it wants any; prepared and served from now on."""
        self._pages = self._make_pages(self._settings, self._store, self._recorder, self._clock)
        if self._pages is None:
            self._alarms.no_more("pages")
        else:
            self._alarms.every(self._pages.refresh_seconds, "pages", self._refresh)

    def _close_pages(self) -> None:
        pages, self._pages = self._pages, None
        if pages is not None:
            pages.stop()

    def _refresh(self) -> None:
        """Prepare the pages anew, and serve them if that was not possible before; they stop nothing else."""
        pages = self._pages
        if pages is None:
            return
        try:
            pages.refresh(self._clock())
            if not pages.is_running:
                pages.start()
        except YunweiError as error:
            event(_LOG, logging.WARNING, "pages_failed", error=str(error))
        except Exception as error:
            event(_LOG, logging.ERROR, "pages_failed", error, error=str(error))
