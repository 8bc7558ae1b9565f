"""A vendor's ticket system on loopback: JSON, four ways of paging, changes while it is read, a clock that is set."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HOST = "127.0.0.1"
#: 2024-01-01T00:00:00Z, the moment that the server's clock shows unless it is set.
NEW_YEAR = 1_704_067_200

Headers = dict[str, str]
Told = tuple[int, Headers, Any]


@dataclass
class Asked:
    """One request: its path below the root, its parameters (out of the address or a JSON body), its headers."""

    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: Any = None


@dataclass
class Api:
    """A server whose answers a test gives: ``answer(asked)`` → (status, headers, JSON)."""

    answer: Callable[[Asked], Told]
    now: int = NEW_YEAR
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @contextmanager
    def running(self) -> Iterator[Api]:
        """The server, on a free port."""
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length) if length else b""
                body, params = None, dict(parse_qsl(parts.query))
                if raw:
                    with contextlib.suppress(ValueError):
                        body = json.loads(raw)
                    form = dict(parse_qsl(raw.decode())) if body is None else {}
                    params |= form or ({str(k): str(v) for k, v in body.items()} if isinstance(body, dict) else {})
                asked = Asked(parts.path.strip("/"), params, dict(self.headers.items()), body)
                api.asked.append(asked)
                status, headers, told = api.answer(asked)
                content = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
                self.send_response_only(status)
                usual = {"Date": formatdate(api.now, usegmt=True), "Content-Type": "application/json"}
                for name, value in {**usual, **headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815 - the name that http.server asks for

            def log_message(self, *args: Any) -> None:
                """Tests have nothing to read here."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: Any) -> None:
                """Whoever asks hangs up in the middle, as he should."""

        server = Server((HOST, 0), Handler)
        self.url = f"http://{HOST}:{server.server_port}/api"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def iso(moment: int) -> str:
    """UTC seconds as the server writes them."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class TicketSystem:
    """Tickets by number, each with the moment of its last change; answers as ``Api`` wants it.

    ``paging``: page, offset, cursor or link. ``largest``: what the server cuts the size of a page to, silently.
    ``before_page``: called with the number of the answer (from 0) before it is made, to change tickets meanwhile.
    """

    def __init__(self, count: int, paging: str = "page", largest: int = 1_000) -> None:
        self.paging, self.largest = paging, largest
        self.tickets: dict[int, dict[str, Any]] = {
            number: {
                "no": f"T{number:06d}",
                "title": f"第 {number} 号故障",
                "reported": iso(NEW_YEAR - 86_400 * 30 + 60 * number),
                "resolved": iso(NEW_YEAR - 86_400 * 30 + 60 * number + 3600) if number % 3 else "1970-01-01T00:00:00Z",
                "asset": {"name": f"A{number % 7}"},
                "updated": NEW_YEAR - 86_400 * 20 + number,
                "type": "fault" if number % 5 else "request",
            }
            for number in range(1, count + 1)
        }
        self.answers = 0
        self.before_page: Callable[[int], None] = lambda number: None

    def change(self, number: int, at: int, **values: Any) -> None:
        """A ticket is changed at a moment."""
        self.tickets[number] = {**self.tickets[number], **values, "updated": at}

    def __call__(self, asked: Asked) -> Told:
        self.before_page(self.answers)
        self.answers += 1
        since = int(asked.params.get("updated_since", "0"))
        found = [ticket for _, ticket in sorted(self.tickets.items()) if ticket["updated"] >= since]
        size = min(int(asked.params.get("size", "20")), self.largest)
        start = self._start(asked, size)
        items, more = found[start : start + size], start + size < len(found)
        headers: Headers = {}
        meta: dict[str, Any] = {"total": len(found)}
        following = f"/{asked.path}?size={size}&mark={start + size}&updated_since={since}"
        if self.paging == "link" and more:
            headers["Link"] = f'<http://its-own-name.test{following}>; rel="next", </api/first>; rel="first"'
        if self.paging == "cursor" and more:
            meta["next"] = str(start + size)
        return 200, headers, {"meta": meta, "data": items}

    def _start(self, asked: Asked, size: int) -> int:
        params = asked.params
        if self.paging == "page":
            return (int(params.get("page", "1")) - 1) * size
        return int(params.get("offset" if self.paging == "offset" else "mark", "0"))
