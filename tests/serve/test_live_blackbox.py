"""The alternative to our own probes: blackbox_exporter, scraped as our ready-made file says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from collector.cli import run
from collector.settings import load_settings
from collector.store import open_store
from tests.adapters.probes.servers import Web, free_port
from tests.serve.prometheus import prometheus, tool, wait_until
from tests.serve.test_deploy import GUIDE, PROMETHEUS

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


WORKSPACE = """
organization: {id: court, name: 甲法院}
projects: [{id: ops, name: 运维, contract: {starts_on: 2020-01-01, ends_on: 2099-12-31}}]
"""


def collected(folder: Path, address: str) -> dict[str, set[str]]:
    """Asset → states, after one ingest by the source that the guide shows."""
    (folder / "sources").mkdir(parents=True)
    (folder / "yunwei.yaml").write_text(WORKSPACE, encoding="utf-8")
    source = GUIDE.split("## 由 blackbox_exporter 拨测")[1].split("```yaml\n")[1].split("```")[0]
    assert "http://127.0.0.1:9090" in source
    source = source.replace("http://127.0.0.1:9090", address).replace("interval: 1分钟", "interval: 1秒")
    (folder / "sources" / "blackbox.yaml").write_text(source, encoding="utf-8")
    assert run(["ingest", "-C", str(folder)]) == 0
    settings = load_settings(folder)
    with open_store(settings.database_url(), "court", settings.checks, lambda: 0) as store:
        states = store.facts().states
    return {str(asset): set(rows["state"]) for asset, rows in states.groupby("asset_no")}


def test_its_probes_become_checks_of_our_assets(tmp_path: Path) -> None:
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
            for asset in ("OA", "MAIL"):  # whole seconds are asked for: the newest sample may be beyond the last
                count = f'count_over_time(probe_success{{asset="{asset}"}}[1m])'
                scraping.until(count, lambda value: value is not None and value >= 3)
            assert collected(tmp_path / "court", scraping.address) == {"OA": {"up"}, "MAIL": {"down"}}
