"""The alternative to our own probes: blackbox_exporter, scraped as our ready-made file says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.adapters.probes.servers import Web, free_port
from tests.serve.prometheus import prometheus, tool, wait_until
from tests.serve.test_deploy import PROMETHEUS

pytestmark = pytest.mark.live
_MODULES = "modules: {http_2xx: {prober: http, timeout: 2s, http: {preferred_ip_protocol: ip4}}}\n"


@contextmanager
def blackbox(folder: Path) -> Iterator[str]:
    """A running exporter's host and port."""
    binary, port = tool("prometheus-blackbox-exporter"), free_port()
    (folder / "blackbox.yml").write_text(_MODULES, encoding="utf-8")
    arguments = [f"--config.file={folder}/blackbox.yml", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    process = subprocess.Popen([binary, *arguments], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(f"http://127.0.0.1:{port}/-/healthy"), bool, "blackbox_exporter")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 200
    except requests.ConnectionError:
        return False


def test_each_probe_carries_its_asset_and_up_says_nothing_of_it(tmp_path: Path) -> None:
    with Web().running() as web, blackbox(tmp_path) as exporter:
        config = (PROMETHEUS / "prometheus-blackbox.yml").read_text(encoding="utf-8")
        for ours, here in (
            ("scrape_interval: 60s", "scrape_interval: 1s"),
            ("127.0.0.1:9115", exporter),
            ("https://oa.court.example/health", web.address()),
            ("https://mail.court.example/", f"http://127.0.0.1:{free_port()}/"),  # where nobody listens
        ):
            assert ours in config
            config = config.replace(ours, here)
        with prometheus(tmp_path / "prometheus", config) as scraping:
            scraping.until('probe_success{asset="OA"}', lambda value: value == 1)
            scraping.until('probe_success{asset="MAIL"}', lambda value: value == 0)
            assert scraping.value('up{asset="MAIL"}') == 1  # the exporter answered
