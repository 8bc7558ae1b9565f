"""A scrape of 10,000 series over HTTP, beside a server of the same kind that joins the lines when it is asked."""

from __future__ import annotations

import hashlib
import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import Case, Goal, Measured, timed

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from collector.publish.metrics_families import Samples

TARGETS, SCRAPES = 2_000, 100
GAUGES = (
    "yunwei_target_up",
    "yunwei_target_last_check_timestamp_seconds",
    "yunwei_target_latency_seconds",
    "yunwei_target_certificate_expiry_timestamp_seconds",
)


def prepare(fixture: Path) -> None:
    """Nothing to prepare."""


def _samples(targets: int = TARGETS) -> Samples:
    from collector.publish.metrics_families import Samples

    samples = Samples()
    for number in range(targets):
        asset = f"SFQ-YY-{number:05d}"
        for place, name in enumerate(GAUGES):
            samples.add(name, 1_767_196_740 + number * (place + 1), "dial", asset)
        labels = ("ops2026", "system_availability", asset, "month")
        samples.add("yunwei_asset_uptime_ratio", 1 - number / 7_000_000, *labels)
    return samples


@contextmanager
def _served(app: ASGIApp) -> Iterator[http.client.HTTPConnection]:
    """A connection to the application, which runs in a thread as ours does."""
    import uvicorn

    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off", ws="none", http="h11")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    connection = http.client.HTTPConnection("127.0.0.1", server.servers[0].sockets[0].getsockname()[1])
    try:
        yield connection
    finally:
        connection.close()
        server.should_exit = True
        thread.join()


def _scrape(connection: http.client.HTTPConnection, coding: str) -> bytes:
    connection.request("GET", "/metrics", headers={"Accept-Encoding": coding})
    return connection.getresponse().read()


def _scraped(app: ASGIApp, coding: str, targets: int = TARGETS, unpack: bool = False) -> Measured:
    import gzip

    measured = Measured()
    with _served(app) as connection:
        found = _scrape(connection, coding)
        with timed(measured):
            for _ in range(SCRAPES):
                _scrape(connection, coding)
    content = gzip.decompress(found) if unpack else found
    assert content.count(b"\nyunwei_") == 5 * targets
    measured.content = hashlib.sha256(content).hexdigest()
    measured.numbers["毫秒/次"] = measured.seconds / SCRAPES * 1000
    measured.numbers["KiB"] = len(found) / 1024
    return measured


def prepared(coding: str, targets: int = TARGETS, unpack: bool = False) -> Measured:
    """The page of so many targets, made when results change and handed out when it is asked for."""
    from collector.publish.metrics_page import CONTENT_TYPE, page
    from collector.serve.application import Board, Pages, application
    from collector.serve.bodies import Body

    samples, board = _samples(targets), Board()
    start = time.perf_counter()
    body = Body(page(samples), CONTENT_TYPE).prepared()
    spent = time.perf_counter() - start
    board.pages = Pages({"/metrics": body})
    measured = _scraped(application(board, None), coding, targets, unpack)
    measured.numbers["准备毫秒"] = spent * 1000
    return measured


def ours(fixture: Path, scratch: Path) -> Measured:
    """The prepared page."""
    return prepared("identity")


def ours_packed(fixture: Path, scratch: Path) -> Measured:
    """The same as Prometheus asks for it, packed."""
    return prepared("gzip", unpack=True)


def text_join(fixture: Path, scratch: Path) -> Measured:
    """The same lines, joined for every scrape."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from collector.publish.metrics_page import CONTENT_TYPE, page

    lines = page(_samples()).decode().splitlines()

    async def metrics(request: Request) -> Response:
        return Response("\n".join(lines) + "\n", media_type=CONTENT_TYPE)

    return _scraped(Starlette(routes=[Route("/metrics", metrics)]), "identity")


CASE = Case(
    name="scrape",
    title=f"抓取 1 万条序列（各 {SCRAPES} 次）",
    prepare=prepare,
    roles={"ours": ours, "ours, gzip": ours_packed, "text join": text_join},
    goals=(
        Goal("ours / 纯文本拼接", "ours", "text join", 2.0),
        Goal("ours（gzip）/ 纯文本拼接", "ours, gzip", "text join", 2.0),
    ),
)
