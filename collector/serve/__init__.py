"""The pages of a running collector: ``/metrics``, ``/results.json``, the officer's status page, the push endpoint.

Everything is prepared by :meth:`Server.refresh`; a request only takes what hangs on the board.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from collector.settings import ServeSettings, Settings
from metrics.errors import PassingError

if TYPE_CHECKING:
    import socket

    import uvicorn
    from starlette.routing import Route

    from collector.serve.bodies import Body
    from collector.store import Store
    from metrics.indicators import Facts

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0


class Server:
    """Serves one organisation from a thread of its own; not running until :meth:`start`.

    Args:
        store: the store, or what opens it at the first refresh; closed by whoever made it.
        recorder: of live checks, None where nothing is probed or pushed here.
        clock: tells UTC seconds.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store | Callable[[], Store],
        recorder: object | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        from collector.serve.application import Board

        self._settings, self._store, self._recorder, self._clock = settings, store, recorder, clock
        self._serve = settings.serve or ServeSettings()
        self._board = Board()
        self._refreshing = threading.Lock()
        self._known: tuple[int, Facts] | None = None
        self._results: tuple[int | None, Body] | None = None
        self._socket: socket.socket | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Where it listens, e.g. ``http://127.0.0.1:9878``."""
        scheme = "https" if self._serve.tls else "http"
        host = f"[{self._serve.host}]" if ":" in self._serve.host else self._serve.host
        port = self._socket.getsockname()[1] if self._socket else self._serve.port
        return f"{scheme}://{host}:{port}"

    @property
    def refresh_seconds(self) -> int:
        """How often the pages are meant to be prepared."""
        return self._serve.refresh

    @property
    def is_running(self) -> bool:
        """Whether requests are answered."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Listen and answer; the pages appear with the first refresh.

        Raises:
            ConfigError: the address is not ours, or certificate, key or password cannot be read.
            PassingError: another program has the port.
        """
        import uvicorn

        from collector.serve.application import application
        from collector.serve.listening import bound, login, tls_files

        certificate, key = tls_files(self._settings, self._serve)
        app = application(self._board, login(self._settings, self._serve), self._more_routes())
        self._socket = bound(self._serve)
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=200,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=2,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        self._uvicorn = uvicorn.Server(config)
        run = self._uvicorn.run
        self._thread = threading.Thread(target=run, args=([self._socket],), name="serve", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._uvicorn.started and self._thread.is_alive() and time.monotonic() < deadline:
            self._thread.join(0.01)
        if not self._uvicorn.started:
            self.stop()
            raise PassingError("网页服务没有能够启动，详见日志")

    def stop(self) -> None:
        """Finish running answers, at most a few seconds, and close the port."""
        if self._uvicorn is not None and self._thread is not None:
            self._uvicorn.should_exit = True
            self._thread.join(_STOP_SECONDS)
        if self._socket is not None:
            self._socket.close()
        self._thread = self._uvicorn = self._socket = None

    def _more_routes(self) -> tuple[Route, ...]:
        """The push endpoint, where live checks are recorded."""
        from collector.live import Recorder
        from collector.serve.push import PushDesk

        if not isinstance(self._recorder, Recorder):
            return ()
        return (PushDesk(self._settings, self._opened(), self._recorder, self._clock).route(),)

    def _opened(self) -> Store:
        """The store, opened when it is first needed."""
        if callable(self._store):
            self._store = self._store()
        return self._store

    def refresh(self, now: float) -> None:
        """Prepare every page as of ``now`` (UTC seconds) and hang them up together; an error leaves the old ones."""
        from collector.serve.pages import pages_of, results_body
        from collector.serve.snapshot import take

        with self._refreshing:
            store = self._opened()
            self._known = store.overview.facts(self._known)
            snapshot = take(self._settings, store, int(now), self._recorder, self._known[1])
            newest = store.overview.newest_results()
            if self._results is None or self._results[0] != newest:
                self._results = newest, results_body(self._settings, store)
            self._board.pages = pages_of(snapshot, self._serve.series_limit, self._results[1])
