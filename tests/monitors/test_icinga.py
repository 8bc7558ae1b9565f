"""Icinga 2, the real one: what is heard and seen is a check, what was missed is unknown."""

from __future__ import annotations

import base64
import shutil
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.icinga_stream import Stream
from collector.preview import look
from tests.adapters.disturbed import Disturbances, Recorded, Scene, recording
from tests.adapters.probes.servers import Authority
from tests.monitors.court import MonitoredCourt, monitored_court
from tests.monitors.icinga_server import PASSWORD, Icinga, icinga_server
from tests.monitors.processes import waited
from tests.servers import needed

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("icinga")]

Run = tuple[str, int, int]


@pytest.fixture
def icinga(authority: Authority) -> Iterator[Icinga]:
    """One of the test's own: what it remembers of an object would reach into the next test."""
    needed("icinga2")
    with icinga_server(authority) as server:
        yield server


@contextmanager
def watched_court(folder: Path, icinga: Icinga, now: int) -> Iterator[MonitoredCourt]:
    with monitored_court(folder) as court:
        court.register(("WEB-01", "OA 网站", ""), ("OA-01", "OA 主机", ""))
        court.indicator("checks")
        shutil.copy(icinga.ca, court.folder / "ca.pem")
        configure(court, icinga.url)
        court.now = now
        yield court


@pytest.fixture
def court(tmp_path: Path, icinga: Icinga, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitoredCourt]:
    monkeypatch.setenv("ICINGA_PASSWORD", PASSWORD)
    with watched_court(tmp_path, icinga, int(time.time())) as court:
        yield court


def configure(court: MonitoredCourt, url: str, more: str = "", user: str = "reader") -> None:
    listen = "" if "listen" in more else ", listen: 0秒"
    court.source(
        "icinga",
        f"{{id: icinga, name: Icinga, adapter: icinga, url: '{url}', ca: ca.pem, timeout: 5秒,\n"
        f" auth: {{basic: {{user: {user}, password: {{env: ICINGA_PASSWORD}}}}}}, largest_reply: 512KB{listen}{more}}}",
    )


def runs(court: MonitoredCourt, start: int, asset: str = "WEB-01") -> list[Run]:
    """State, first and last check in seconds from ``start``."""
    found = court.store.facts().states.query("asset_no == @asset").sort_values("first_at")
    firsts, lasts = (found["first_at"] - start).tolist(), (found["last_at"] - start).tolist()
    return list(zip(found["state"], firsts, lasts, strict=True))


@pytest.fixture
def start(court: MonitoredCourt) -> int:
    """A moment two hours ago, from which the test's results are counted."""
    return court.now - 7_200


def test_results_that_follow_each_other_are_a_run(court: MonitoredCourt, icinga: Icinga, start: int) -> None:
    for minute in range(3):
        icinga.check(0, start + 60 * minute)
        assert court.load().failures == []
    icinga.check(2, start + 180)
    court.load()
    assert runs(court, start) == [("up", 0, 120), ("down", 180, 180)]
    states = court.store.facts().states
    assert set(states["interval_seconds"]) == {60}


def test_what_was_missed_is_unknown_from_the_first_result_that_nobody_saw(
    court: MonitoredCourt, icinga: Icinga, start: int
) -> None:
    """Seen at 0 and at 5 minutes; between them it failed at 2 minutes, which nobody saw."""
    icinga.check(0, start)
    court.load()
    for minute, state in ((1, 0), (2, 2), (3, 0), (4, 0), (5, 0)):
        icinga.check(state, start + 60 * minute)
    court.load()
    assert runs(court, start) == [("up", 0, 0), ("unknown", 60, 60), ("up", 300, 300)]


def test_nothing_is_missed_while_a_load_follows_each_result(court: MonitoredCourt, icinga: Icinga, start: int) -> None:
    icinga.check(0, start)
    court.load()
    court.load()  # the same result once more
    icinga.check(0, start + 70)  # a little late
    court.load()
    assert runs(court, start) == [("up", 0, 70)]


def test_what_happens_while_we_listen_is_heard(
    court: MonitoredCourt, icinga: Icinga, start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    icinga.check(0, start)
    configure(court, icinga.url, ", listen: 8秒")  # Icinga lets events wait for up to five seconds
    listened = Stream.lines

    def lines(stream: Stream, seconds: float) -> Iterator[bytes]:
        for minute, state in enumerate((0, 2, 2, 0), start=1):
            icinga.check(state, start + 60 * minute)
        return listened(stream, seconds)

    monkeypatch.setattr(Stream, "lines", lines)
    assert court.load().failures == []
    assert runs(court, start) == [("up", 0, 60), ("down", 120, 180), ("up", 240, 240)]
    monkeypatch.undo()
    monkeypatch.setenv("ICINGA_PASSWORD", PASSWORD)
    configure(court, icinga.url)
    icinga.check(0, start + 300)
    court.load()
    assert runs(court, start)[-1] == ("up", 240, 300), "what was heard is not missed"


def test_a_stream_that_breaks_loses_nothing_silently(
    court: MonitoredCourt, icinga: Icinga, start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    icinga.check(0, start)
    configure(court, icinga.url, ", listen: 30秒")

    def lines(stream: Stream, seconds: float) -> Iterator[bytes]:
        stream._link.close()  # as a firewall would
        yield from ()

    monkeypatch.setattr(Stream, "lines", lines)
    assert court.load().failures == []
    for minute in range(1, 6):
        icinga.check(0, start + 60 * minute)
    court.load()
    assert runs(court, start) == [("up", 0, 0), ("unknown", 60, 60), ("up", 300, 300)]


def test_hosts_are_assets_too(court: MonitoredCourt, icinga: Icinga, start: int) -> None:
    for minute, state in enumerate((0, 1, 0)):  # of a host 1 is down; as a result it is told as a service's CRITICAL
        icinga.check(state, start + 60 * minute, service=None)
        court.load()
    assert runs(court, start, "OA-01") == [("up", 0, 0), ("down", 60, 60), ("up", 120, 120)]


def test_a_downtime_is_an_exclusion_when_it_is_over(court: MonitoredCourt, icinga: Icinga) -> None:
    now = court.now
    body = {"type": "Service", "filter": 'service.name=="web"', "author": "a", "comment": "升级", "fixed": True}
    told = icinga.call("POST", "actions/schedule-downtime", {**body, "start_time": now - 600, "end_time": now + 86_400})
    name = told["results"][0]["name"]
    configure(court, icinga.url, ", downtime: approved")

    def runs_now() -> bool:
        found = icinga.call("GET", "objects/downtimes")["results"]
        return bool(found) and found[0]["attrs"]["trigger_time"] > 0

    icinga.check(2, now - 60)
    waited(runs_now, lambda: "the downtime does not run")
    court.load()
    assert len(court.current("exclusion")) == 0
    seen = court.now
    court.now = now + 3_600
    icinga.call("POST", "actions/remove-downtime", {"downtime": name})
    court.load()
    excluded = court.current("exclusion").iloc[0]
    assert excluded["started_at"] == now - 600
    assert excluded["ended_at"] <= seen, "taken away early: it ended when it was last seen"
    assert excluded["ended_at"] > now - 600
    assert excluded["document_no"] == "Icinga: oa!web"


def test_since_says_that_there_is_no_history(court: MonitoredCourt) -> None:
    report = court.load(since=1)
    assert any("没有历史" in note for note in report.notes)


@pytest.fixture(scope="module")
def recorded(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """A service that answers, a host that does not."""
    needed("icinga2")
    now = int(time.time())

    @contextmanager
    def opened(folder: Path) -> Iterator[MonitoredCourt]:
        with watched_court(folder, server, now) as court, pytest.MonkeyPatch.context() as patch:
            patch.setenv("ICINGA_PASSWORD", PASSWORD)
            yield court

    with icinga_server(authority) as server:
        server.check(0, now - 7_200)
        server.check(1, now - 7_100, service=None)
        encoded = base64.b64encode(f"reader:{PASSWORD}".encode()).decode()
        trust = ssl.create_default_context(cafile=str(server.ca))
        scene = Scene(server.url, opened, "icinga", after=1, spared=0, secrets=(PASSWORD, encoded), trust=trust)
        with recording(scene, tmp_path_factory.mktemp("undisturbed"), authority) as recorded:
            yield recorded


class TestDisturbed(Disturbances):
    """A load is one page of three answers: of a broken one nothing is in the store."""


def test_an_account_that_may_see_nothing_is_told_what_to_ask_for(court: MonitoredCourt, icinga: Icinga) -> None:
    configure(court, icinga.url, user="blind")
    (failure,) = court.load().failures
    assert failure.exit_code == 2
    configure(court, icinga.url, ", listen: 5秒", user="blind")
    (failure,) = court.load().failures
    assert "events/checkresult" in str(failure)


def test_a_certificate_of_an_unknown_ca_is_not_trusted(court: MonitoredCourt, icinga: Icinga) -> None:
    source = court.folder / "sources/icinga.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("ca: ca.pem, ", ""), encoding="utf-8")
    (failure,) = court.load().failures
    assert failure.exit_code == 2


def test_check_shows_the_version_and_what_is_seen(court: MonitoredCourt, icinga: Icinga, start: int) -> None:
    icinga.check(0, start)
    configure(court, icinga.url, ", listen: 10秒")
    (source,) = look(court.settings, ["icinga"]).sources
    assert source.greeting is not None
    assert source.greeting[0].startswith("Icinga r2.13")
    assert source.greeting[1:3] == ("看得到 2 个主机和服务，其中 2 个对应设备", "事件流可以打开")
    (table,) = source.files[0].tables
    assert [row["asset_no"] for row in table.rows] == ["WEB-01"]
