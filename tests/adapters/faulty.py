"""A proxy on loopback that breaks answers in every way a network and a server can: put it between us and any server.

with Faulty(server.url) as proxy:
    proxy.fail("reset", after=2)      # the third request from now on is broken, and all after it
    …                                 # the load ends with a sentence
    proxy.heal()                      # everything passes again
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import struct
import threading
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self, get_args
from urllib.parse import urlsplit

HOST = "127.0.0.1"
Fault = Literal[
    "refused", "hung_up", "reset", "drip", "429", "500", "truncated", "oversized", "not_json", "empty", "tells"
]
Answer = tuple[int, dict[str, str], bytes]
FAULTS: tuple[Fault, ...] = get_args(Fault)
#: Bytes by which an oversized answer is longer than the limit that sources of the tests set.
OVERSIZE = 1 << 20
_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "host", "accept-encoding"}


class Faulty:
    """The proxy: ``url`` in place of the server's own; it rewrites nothing but what breaks.

    Attributes:
        now: UTC seconds that the header ``Date`` says; None: as the server says.
        clock_offset: seconds by which that is moved.
        tape: question (method, path, body) → answer; the server is asked only what is not on it. None: everything.
        requests: how many came since the start; ``seen``: method, path and headers of each.
    """

    def __init__(self, upstream: str, context: ssl.SSLContext | None = None, trust: ssl.SSLContext | None = None):
        """``context``: speak TLS to those who ask; ``trust``: how to speak it to the server."""
        parts = urlsplit(upstream)
        self.upstream, self.path = (parts.hostname or HOST, parts.port or 80), parts.path
        self.trust = trust if parts.scheme == "https" else None
        self.now: int | None = None
        self.clock_offset = 0
        self.tape: dict[tuple[str, str, bytes | None], Answer] | None = None
        self.requests = 0
        self.seen: list[tuple[str, str, Mapping[str, str]]] = []
        self._fault: tuple[Fault, int, int] | None = None
        self._context = context
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """What takes the place of the server's address."""
        return f"{'https' if self._context else 'http'}://{HOST}:{self._port}{self.path}"

    def fail(self, fault: Fault, after: int = 0, times: int = 1_000_000) -> None:
        """Break answers: let ``after`` pass, then break ``times``."""
        with self._lock:
            self._fault = (fault, self.requests + after, times)
        if fault == "refused" and after == 0:
            self._stop()

    def heal(self) -> None:
        """Let everything pass."""
        with self._lock:
            self._fault = None
        self._ended.set()
        self._ended = threading.Event()
        if self._server is None:
            self._start()

    def show(self, context: ssl.SSLContext) -> None:
        """Show another certificate from now on, at the same address."""
        self._stop()
        self._context = context
        self._start()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._stop()

    def next_fault(self) -> Fault | None:
        """Count a request and say how it is to be broken."""
        with self._lock:
            self.requests += 1
            if self._fault is None:
                return None
            fault, passing, times = self._fault
            at = self.requests - passing
            return fault if 0 < at <= times else None

    def ended(self) -> threading.Event:
        """Set when what drips may stop."""
        return self._ended

    def refuse(self) -> None:
        """Listen no more, until :meth:`heal`."""
        self._stop()

    def _start(self) -> None:
        proxy = self

        class Handler(_Handler):
            faulty = proxy

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *args: Any) -> None:
                """Whoever asks hangs up in the middle, as he should."""

        self._server = Server((HOST, self._port), Handler)
        self._port = self._server.server_port
        if self._context is not None:
            self._server.socket = self._context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def _stop(self) -> None:
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    faulty: Faulty
    _asked: bytes | None = None

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self._asked = self.rfile.read(length) if length else None
        self.faulty.seen.append((self.command, self.path, dict(self.headers.items())))
        fault = self.faulty.next_fault()
        if fault in ("refused", "hung_up"):
            self._hang_up(fault)
            return
        status, headers, answer = self._answer(body)
        if self.faulty.now is not None or self.faulty.clock_offset:
            told = self.faulty.now or parsedate_to_datetime(headers["Date"]).timestamp()
            headers["Date"] = formatdate(told + self.faulty.clock_offset, usegmt=True)
        if fault is None:
            self._say(status, headers, answer)
        else:
            getattr(self, f"_{fault}" if not fault.isdigit() else f"_status_{fault}")(status, headers, answer)

    do_POST = do_GET  # noqa: N815 - the name that http.server asks for

    def _answer(self, body: bytes | None) -> Answer:
        tape, question = self.faulty.tape, (self.command, self.path, body)
        if tape is None:
            return self._upstream(body)
        if question not in tape:
            tape[question] = self._upstream(body)
        status, headers, answer = tape[question]
        return status, dict(headers), answer

    def _upstream(self, body: bytes | None) -> Answer:
        proxy = self.faulty
        host, port = proxy.upstream
        connection: http.client.HTTPConnection
        if proxy.trust is not None:
            connection = http.client.HTTPSConnection(host, port, timeout=60, context=proxy.trust)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=60)
        with contextlib.closing(connection):
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            connection.request(self.command, self.path, body, {**headers, "Connection": "close"})
            response = connection.getresponse()
            told = {name: value for name, value in response.getheaders() if name.lower() not in _HOP}
            return response.status, told, response.read()

    def _say(self, status: int, headers: Mapping[str, str], body: bytes, length: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body) if length is None else length)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _hang_up(self, fault: Fault) -> None:
        if fault == "refused":
            self.faulty.refuse()
        self.close_connection = True

    def _reset(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Half of the body, then the connection is reset."""
        self._say(status, headers, body[: len(body) // 2], len(body))
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def _drip(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """A byte now and then, for ever."""
        self._say(status, headers, body[:1], len(body) + 100_000)
        ended = self.faulty.ended()
        while not ended.wait(0.05):
            self.wfile.write(b" ")
            self.wfile.flush()
        self.close_connection = True

    def _truncated(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """JSON that ends too early, in an answer that is whole."""
        self._say(status, headers, body[: len(body) * 2 // 3])

    def _oversized(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """The same answer and far too many blanks."""
        self._say(status, headers, body + b" " * OVERSIZE)

    def _not_json(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._say(200, {**headers, "Content-Type": "text/html"}, "<html><h1>系统维护中</h1></html>".encode())

    def _empty(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._say(200, headers, b"")

    def _tells(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """An answer that says back who asked, as careless servers do."""
        login = [value for name, value in self.headers.items() if re.search("auth|key", name.lower())]
        self._say(400, headers, " ".join(login).encode() + (self._asked or b""))

    def _status_429(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._say(429, {**headers, "Retry-After": "1"}, b"{}")

    def _status_500(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._say(500, headers, b"<h1>Internal Server Error</h1>")

    def log_message(self, *args: Any) -> None:
        """Tests have nothing to read here."""
