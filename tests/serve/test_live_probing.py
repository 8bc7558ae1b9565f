"""From a real target over our probes to a real Prometheus: stopped, started, made slow, cut off."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector.archive import Archive
from collector.compute import Asked, compute
from collector.live import Recorder
from collector.probing.engine import Engine
from collector.probing.plans import plans_of
from collector.serve import Server
from collector.settings import Settings, load_settings
from collector.store import Store, open_store
from tests.adapters.probes.servers import free_port
from tests.serve.prometheus import Prometheus, prometheus

pytestmark = [pytest.mark.live, pytest.mark.slow]
INTERVAL, TIMEOUT, STALENESS = 2, 1, 6
WORKSPACE = """
organization: {{id: court, name: 甲法院}}
service_windows:
  7x24: {{days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}}
projects:
  - {{id: ops, name: 运维, contract: {{starts_on: {year}-01-01, ends_on: {year}-12-31}}}}
serve: {{port: 0}}
"""
SOURCE = """
id: dial
name: 自有拨测
adapter: probe
interval: {interval}秒
timeout: {timeout}秒
staleness: {staleness}秒
connectivity: [{{probe: tcp, host: 127.0.0.1, port: {link}, interval: 1秒, timeout: 1秒}}]
targets:
  - {{asset_no: OA, probe: http, url: "http://127.0.0.1:{oa}/"}}
  - {{asset_no: MAIL, probe: http, url: "http://127.0.0.1:{mail}/"}}
"""
INDICATOR = """
{id: uptime, name: 正常运行率, project: ops, formula: availability, target: "≥99%", breakdowns: [asset],
 params: {window: 7x24, down_from: [checks]}}
"""


class Target:
    """An HTTP server on one port that can be stopped, started and made slow."""

    def __init__(self, port: int) -> None:
        self.port, self.delay = port, 0.0
        self._listening: socket.socket | None = None

    def start(self) -> None:
        """Answer from now on."""
        listening = socket.create_server(("127.0.0.1", self.port))
        self._listening = listening
        threading.Thread(target=self._serve, args=(listening,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                while connection.recv(65_536):
                    threading.Event().wait(self.delay)
                    if self._listening is None:
                        return
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except OSError:
                return


class Refreshing:
    """Prepares the pages again and again, as the daemon does, until it is stopped."""

    def __init__(self, server: Server) -> None:
        self._server, self._ended = server, threading.Event()
        self._thread = threading.Thread(target=self._refresh)
        self._thread.start()

    def _refresh(self) -> None:
        while not self._ended.wait(0.5):
            self._server.refresh(time.time())

    def stop(self) -> None:
        """No more, and the last one is over."""
        self._ended.set()
        self._thread.join()


@dataclass
class World:
    """Everything that runs."""

    settings: Settings
    store: Store
    server: Server
    refreshing: Refreshing
    prometheus: Prometheus
    oa: Target
    link: Target

    def cut_off(self) -> None:
        """Neither the target nor what we know our own connectivity by can be reached."""
        self.link.stop()
        self.oa.stop()

    def connect(self) -> None:
        """Both again."""
        self.link.start()
        self.oa.start()

    def up(self, asset: str, state: float | None) -> None:
        """Wait until Prometheus says so of the target; None: nothing is shown of it any more."""
        shown = f'yunwei_target_up{{asset="{asset}"}}'
        if state is None:
            self.prometheus.until(f"absent({shown})", lambda value: value == 1)
        else:
            self.prometheus.until(shown, lambda value: value == state)

    def states(self, asset: str) -> list[tuple[str, int, int]]:
        """State, first and last check of each interval."""
        found = self.store.facts().states
        rows = found[found["asset_no"] == asset][["state", "first_at", "last_at"]]
        return [(str(state), int(first), int(last)) for state, first, last in rows.itertuples(index=False)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    oa, mail, link = Target(free_port()), Target(free_port()), Target(free_port())
    (tmp_path / "sources").mkdir()
    (tmp_path / "indicators").mkdir()
    (tmp_path / "yunwei.yaml").write_text(WORKSPACE.format(year=date.today().year), encoding="utf-8")
    source = SOURCE.format(
        interval=INTERVAL, timeout=TIMEOUT, staleness=STALENESS, oa=oa.port, mail=mail.port, link=link.port
    )
    (tmp_path / "sources" / "dial.yaml").write_text(source, encoding="utf-8")
    (tmp_path / "indicators" / "uptime.yaml").write_text(INDICATOR, encoding="utf-8")
    settings = load_settings(tmp_path)
    with ExitStack() as ended:
        store = ended.enter_context(
            open_store(settings.database_url(), "court", settings.checks, lambda: int(time.time()))
        )
        register(settings, store)
        recorder = Recorder(settings, store, Archive(settings.archive), lambda: int(time.time()))
        for target in (oa, mail, link):
            target.start()
            ended.callback(target.stop)
        engine = Engine(plans_of(settings), recorder.take, round_seconds=0.5)
        engine.start()
        ended.callback(engine.stop)
        server = Server(settings, store, recorder)
        server.start()
        ended.callback(server.stop)
        refreshing = Refreshing(server)
        ended.callback(refreshing.stop)
        config = (
            "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: yunwei, "
            f'static_configs: [{{targets: ["{server.address.removeprefix("http://")}"]}}]}}]\n'
        )
        scraping = ended.enter_context(prometheus(tmp_path / "prometheus", config))
        yield World(settings, store, server, refreshing, scraping, oa, link)


def register(settings: Settings, store: Store) -> None:
    """Two probed assets, in the register from today's first moment."""
    from metrics.records import RECORDS, frame_of

    assets: list[dict[str, Any]] = [{"asset_no": name, "probed": True} for name in ("OA", "MAIL")]
    frame = frame_of(RECORDS["asset"], assets)
    frame["sheet"], frame["row_no"], frame["flags"] = None, range(len(frame)), None
    frame = frame.astype({"sheet": "string[pyarrow]", "flags": "string[pyarrow]"})
    with (
        store.run("ingest", settings.hash, settings.snapshot(), "1") as run,
        store.delivery(
            run, source="s", name="台账", content_hash="0" * 64, mapping_hash="m", size=1, modified_at=0
        ) as delivery,
    ):
        delivery.write("asset", frame)
        delivery.finish(read=len(frame), set_aside={})


def test_a_target_is_followed_to_one_interval(world: World) -> None:
    world.up("OA", 1)
    changes = [("up", time.time())]
    for state, seen, change in (
        ("down", 0, world.oa.stop),  # stopped
        ("up", 1, world.oa.start),  # started again
        ("down", 0, lambda: setattr(world.oa, "delay", 3 * TIMEOUT)),  # too slow
        ("up", 1, lambda: setattr(world.oa, "delay", 0.0)),
        ("unknown", None, world.cut_off),
        ("up", 1, world.connect),
    ):
        changes.append((state, time.time()))
        change()
        world.up("OA", seen)
    follows(world.states("OA"), changes)
    assert {state for state, _, _ in world.states("MAIL")} == {"up"}  # unknown says nothing of who answered
    equals_the_store(world)


def follows(states: list[tuple[str, int, int]], changes: list[tuple[str, float]]) -> None:
    """The stored states are the changes in their order, each begun at most an interval (and its check) later."""
    assert [state for state, _, _ in states] == [state for state, _ in changes]
    for (_, first, _), (state, changed) in list(zip(states, changes, strict=True))[1:]:
        assert changed - 1 <= first <= changed + INTERVAL + TIMEOUT, state


def equals_the_store(world: World) -> None:
    """Prometheus' ratios and the results computed for the same moment are the same to the last bit."""
    world.refreshing.stop()
    now = int(time.time())
    results = {
        row.figure.dimension_value: row.figure
        for row in compute(world.settings, world.store, Asked(), now=now).results
        if row.figure.period.kind == "month"
    }
    world.server.refresh(now)
    for asset in ("OA", "MAIL"):
        figure = results[asset]
        assert figure.actual is not None
        assert figure.coverage is not None
        at = f"yunwei_as_of_timestamp_seconds == {now}"
        for name, value in (("ratio", figure.actual), ("coverage_ratio", figure.coverage)):
            shown = f'yunwei_asset_uptime_{name}{{asset="{asset}",window="month"}} and on () ({at})'
            assert world.prometheus.until(shown, lambda found: found is not None) == float(value)
    assert results["OA"].numerator != results["OA"].denominator  # it was down
