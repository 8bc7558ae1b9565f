"""The whole of it: ``yunwei run`` probes a target that goes down and up, and a real Prometheus sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from collector import cli
from collector.settings import load_settings
from collector.store import open_store
from tests.adapters.probes.servers import free_port
from tests.daemon.running import running
from tests.serve.prometheus import prometheus, wait_until
from tests.settings.workspace import GOOD, write_files

pytestmark = pytest.mark.live
INTERVAL = 2  # seconds


class Site:
    """A web site that a test switches on and off; off, its port refuses."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server: ThreadingHTTPServer | None = None

    def on(self) -> float:
        """Answer from now on; the moment before it."""
        before = time.time()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _Answer)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return before

    def off(self) -> float:
        """Refuse from now on; the moment before it."""
        before, server = time.time(), self._server
        if server is not None:
            server.shutdown()
            server.server_close()
        self._server = None
        return before


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def workspace(folder: Path, site: Site, port: int) -> Path:
    """A court that probes the site and serves its pages."""
    write_files(
        folder,
        {
            "yunwei.yaml": GOOD["yunwei.yaml"].replace("2023-12-31", "2099-12-31")
            + f"serve: {{port: {port}, refresh: 1秒}}\n",
            "sources/register.yaml": "id: register\nname: 台账\nadapter: table\nfiles: 台账.csv\n"
            "tables:\n  - record: asset\n    columns: {asset_no: 编号}\n",
            "sources/dial.yaml": f"id: dial\nname: 拨测\nadapter: probe\ninterval: {INTERVAL}秒\ntimeout: 1秒\n"
            f'targets:\n  - {{asset_no: SITE, probe: http, url: "http://127.0.0.1:{site.port}/", keep_alive: false}}\n',
            "inbox/台账.csv": "编号\nSITE\n",
        },
    )
    return folder


def runs(folder: Path) -> Callable[[], list[tuple[str, int, int]]]:
    """Looks at the store: state, first check and number of checks of each interval."""
    settings = load_settings(folder)

    def look() -> list[tuple[str, int, int]]:
        with open_store(settings.database_url(), "court", settings.checks, lambda: 0) as store:
            found = store.facts().states[["state", "first_at", "check_count"]]
        return list(zip(*(found[name].tolist() for name in found.columns), strict=True))

    return look


def test_a_target_that_goes_down_and_up_is_seen_so_to_one_interval(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, port = Site(), free_port()
    folder = workspace(tmp_path / "court", site, port)
    assert cli.run(["ingest", "--source", "register", "-C", str(folder)]) == 0
    look, up = runs(folder), "max(yunwei_target_up)"
    config = (
        "global: {scrape_interval: 1s}\n"
        f'scrape_configs: [{{job_name: yunwei, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]\n'
    )
    site.on()
    with running(folder, tmp_path / "log") as daemon, prometheus(tmp_path / "prometheus", config) as scraped:
        daemon.wait_for("event=leading")
        wait_until(look, lambda seen: bool(seen) and seen[-1][2] >= 2, "up")
        scraped.until(up, lambda value: value == 1)
        stopped = site.off()
        wait_until(look, lambda seen: seen[-1][0] == "down" and seen[-1][2] >= 2, "down")
        scraped.until(up, lambda value: value == 0)
        started = site.on()
        wait_until(look, lambda seen: seen[-1][0] == "up" and seen[-1][2] >= 2, "up again")
        scraped.until(up, lambda value: value == 1)
        scraped.until("yunwei_probing_checks_total", lambda value: (value or 0) >= 6)
        code, seconds = daemon.end()
        history = scraped.value(f"min_over_time({up.removeprefix('max(').removesuffix(')')}[10m])")
    site.off()
    assert (code, history) == (0, 0)
    assert seconds < 6
    (_, _, _), (_, went_down, _), (_, came_up, _) = look()
    assert [state for state, _, _ in look()] == ["up", "down", "up"]
    assert -1 <= went_down - stopped <= INTERVAL + 1  # whole seconds; and one for a busy machine
    assert -1 <= came_up - started <= INTERVAL + 1
    assert "Traceback" not in daemon.text()
    capsys.readouterr()
