"""A ticket system on loopback that pages through generated tickets, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PAGE = 500
_NEW_YEAR = 1_735_689_600  # 2025-01-01T00:00:00Z


def ticket(number: int) -> dict[str, Any]:
    """One generated ticket, about as wide as a real one."""
    reported = _NEW_YEAR + number * 311
    return {
        "number": f"W{number:07d}",
        "subject": f"第 {number % 40} 法庭话筒无声，需要更换接头（{number}）",
        "type": {"name": "故障" if number % 5 else "服务请求"},
        "channel": "现场" if number % 3 else "远程",
        "asset": {"code": f"D{number % 2000:04d}", "class": "法庭设备"},
        "site": f"第 {number % 40} 法庭",
        "priority": {"label": ("高", "中", "低")[number % 3]},
        "engineer": {"name": f"工程师{number % 30}"},
        "created_at": reported,
        "responded_at": reported + 300 + number % 600,
        "arrived_at": reported + 1800 + number % 3600,
        "resolved_at": reported + 7200 + number % 36_000,
        "description": "用户反映开庭时话筒没有声音，检查后发现接头松动，更换后恢复正常。" * 3,
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    rows = 0
    pause = 0.0

    def do_GET(self) -> None:
        time.sleep(self.pause)
        params = dict(parse_qsl(urlsplit(self.path).query))
        start = (int(params["page"]) - 1) * PAGE
        items = [ticket(number) for number in range(start, min(start + PAGE, self.rows))]
        body = json.dumps({"total": self.rows, "items": items}, ensure_ascii=False).encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing to read here."""


def _serve(rows: int, pause: float, told: Connection) -> None:
    _Handler.rows, _Handler.pause = rows, pause
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    told.send(server.server_port)
    server.serve_forever()


@contextlib.contextmanager
def serving(rows: int, pause: float = 0.0) -> Iterator[str]:
    """The address of a server of so many tickets; ``pause``: seconds that it thinks about each page."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(rows, pause, there), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()
