"""Prometheus and VictoriaMetrics, the real ones: a month of samples, its ratio by their own arithmetic, its gaps."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import pytest

from collector.preview import look
from tests.adapters.disturbed import Disturbances, Recorded, Scene, recording
from tests.adapters.probes.servers import Authority
from tests.monitors import october
from tests.monitors.court import MonitoredCourt, monitored_court
from tests.monitors.prometheus_server import prometheus_server, victoria_server
from tests.servers import needed

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("prometheus")]

TOKEN = "Prom8-geheim+Wort/42"
STEP, COUNT = 900, 2976  # a quarter of an hour; 31 days
ASSETS = 2  # of the register, in the same run
FAILED = range(100, 120)
#: "gap" is not looked at from the 50th to the 69th quarter: 5 hours, of which the staleness covers three quarters.
GAP = range(50, 70)


def month(count: int = COUNT) -> dict[str, list[tuple[int, float]]]:
    moments = [october.FIRST + STEP * n for n in range(count)]
    return {
        "OA-01": [(at, float(n not in FAILED)) for n, at in enumerate(moments)],
        "GAP-1": [(at, 1.0) for n, at in enumerate(moments) if n not in GAP],
    }


@pytest.fixture(scope="module")
def victoria() -> Iterator[str]:
    needed("victoria-metrics")
    with victoria_server("probe_success", "instance", month()) as url:
        yield url


@pytest.fixture(scope="module")
def prometheus() -> Iterator[str]:
    """Two days only: promtool takes a quarter of a minute for a month."""
    needed("prometheus", "promtool")
    with prometheus_server("probe_success", "instance", month(192)) as url:
        yield url


@contextmanager
def october_court(folder: Path) -> Iterator[MonitoredCourt]:
    with monitored_court(folder) as court:
        court.register(("OA-01", "OA 系统", ""), ("GAP-1", "有缺口的", ""))
        court.indicator("checks")
        court.now = october.at("11-02 00:00")
        yield court


@pytest.fixture
def court(tmp_path: Path) -> Iterator[MonitoredCourt]:
    with october_court(tmp_path) as court:
        yield court


def configure(court: MonitoredCourt, url: str, more: str = "") -> None:
    court.source(
        "prom",
        f"{{id: prom, name: 指标库, adapter: prometheus, url: '{url}', interval: 15分钟, start: 2026-10-01,\n"
        f" timeout: 5秒, largest_reply: 512KB{more if 'chunk' in more else more + ', chunk: 5天'}}}",
    )


def asked(url: str, query: str, at: int) -> float:
    params = urllib.parse.urlencode({"query": query, "time": at})
    with urllib.request.urlopen(f"{url}/api/v1/query?{params}", timeout=30) as reply:
        return float(json.load(reply)["data"]["result"][0]["value"][1])


def states(court: MonitoredCourt, asset: str) -> list[tuple[str, int, int, int]]:
    """Runs of an asset: state, first and last sample by number, how many."""
    found = court.store.facts().states.query("asset_no == @asset").sort_values("first_at")
    numbers = [(found[name] - october.FIRST) // STEP for name in ("first_at", "last_at")]
    return list(zip(found["state"], *numbers, found["check_count"], strict=True))


def test_a_month_is_what_the_server_makes_of_it(court: MonitoredCourt, victoria: str) -> None:
    configure(court, victoria)
    report = court.load()
    assert report.failures == []
    assert report.accepted == ASSETS + 2 * COUNT - len(GAP)
    ratio = court.ratio("OA-01")
    assert ratio == 1 - Fraction(20, 2976)
    own = asked(victoria, 'avg_over_time(probe_success{instance="OA-01"}[31d])', october.LAST - 1)
    assert float(ratio) == own == 0.9932795698924731


def test_runs_of_samples_are_states_and_a_gap_is_unknown(court: MonitoredCourt, victoria: str) -> None:
    configure(court, victoria)
    court.load()
    assert states(court, "OA-01") == [("up", 0, 99, 100), ("down", 100, 119, 20), ("up", 120, 2975, 2856)]
    assert states(court, "GAP-1") == [("up", 0, 49, 50), ("up", 70, 2975, 2906)]
    assert court.ratio("GAP-1") == 1, "what is known is up"
    # the sample before the gap holds for three intervals; of the 21 to the next one 18 are unknown
    assert court.coverage("GAP-1") == 1 - Fraction(18, COUNT)


def test_prometheus_gives_the_same_as_victoriametrics(
    court: MonitoredCourt, prometheus: str, victoria: str, tmp_path: Path
) -> None:
    """Prometheus' own ranges would show a value five minutes into the gap; ours are the stored samples."""
    configure(court, prometheus)
    assert court.load().failures == []
    with monitored_court(tmp_path / "other") as other:
        other.register(("OA-01", "OA 系统", ""), ("GAP-1", "有缺口的", ""))
        other.now = october.FIRST + 192 * STEP - 1
        configure(other, victoria)
        other.load()
        for asset in ("OA-01", "GAP-1"):
            assert states(court, asset) == states(other, asset)
    assert states(court, "OA-01")[-1] == ("up", 120, 191, 72)
    own = asked(prometheus, 'avg_over_time(probe_success{instance="OA-01"}[2d])', october.FIRST + 192 * STEP - 1)
    assert own == pytest.approx(1 - 20 / 192, abs=1e-12)


def test_an_expression_is_evaluated_at_steps(court: MonitoredCourt, prometheus: str) -> None:
    configure(court, prometheus, ", query: 'min by (instance) (probe_success)', chunk: 1天")
    assert court.load().failures == []
    assert states(court, "OA-01") == [("up", 0, 99, 100), ("down", 100, 119, 20), ("up", 120, 191, 72)]


def test_a_later_load_goes_on_with_an_overlap_and_changes_nothing_before(court: MonitoredCourt, victoria: str) -> None:
    configure(court, victoria)
    court.now = october.at("10-15 00:00")
    first = court.load()
    cursor = court.store.cursor("prom")
    assert cursor is not None
    assert json.loads(cursor) == {"until": court.now}
    court.now = october.at("11-02 00:00")
    second = court.load()
    assert first.accepted + second.accepted == ASSETS + 2 * COUNT - len(GAP)
    assert second.superseding == 0
    assert states(court, "OA-01") == [("up", 0, 99, 100), ("down", 100, 119, 20), ("up", 120, 2975, 2856)]


def test_since_reads_a_range_again_and_leaves_the_cursor(court: MonitoredCourt, victoria: str) -> None:
    configure(court, victoria)
    court.load()
    cursor = court.store.cursor("prom")
    report = court.load(since=october.at("10-20 00:00"))
    assert (report.accepted, report.superseding, court.store.cursor("prom")) == (0, 0, cursor)


def test_labels_are_mapped_and_others_left_out(court: MonitoredCourt, victoria: str) -> None:
    configure(court, victoria, ", assets: {GAP-1: OA-01}, others: skip")
    report = court.load()
    assert report.set_aside["not_applicable"] == COUNT
    assert states(court, "OA-01") == [("up", 0, 49, 50), ("up", 70, 2975, 2906)]


def test_an_asset_that_the_register_does_not_know_is_refused_and_tried_again(
    court: MonitoredCourt, victoria: str
) -> None:
    configure(court, victoria, ", assets: {GAP-1: NEW-1}")
    report = court.load()
    assert report.rejected == COUNT - len(GAP)
    court.register(("NEW-1", "新设备", ""), name="台账2.csv")
    court.load()
    assert [run[0] for run in states(court, "NEW-1")] == ["up", "up"]
    assert states(court, "NEW-1")[0] == ("up", 0, 49, 50)


@pytest.fixture(scope="module")
def recorded(victoria: str, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Behind a login that somebody put before it."""

    @contextmanager
    def opened(folder: Path) -> Iterator[MonitoredCourt]:
        with october_court(folder) as court, pytest.MonkeyPatch.context() as patch:
            patch.setenv("PROM_TOKEN", TOKEN)
            configure(court, victoria, ", chunk: 8天, auth: {bearer: {env: PROM_TOKEN}}")
            yield court

    folder = tmp_path_factory.mktemp("undisturbed")
    scene = Scene(victoria, opened, "prom", after=3, spared=2, secrets=(TOKEN,))
    with recording(scene, folder, authority) as recorded:
        yield recorded


class TestDisturbed(Disturbances):
    """Two pieces of the month are in the store when the third is disturbed."""


def test_a_query_that_is_wrong_is_a_sentence(court: MonitoredCourt, prometheus: str) -> None:
    configure(court, prometheus, ", query: 'sum((probe_success)'")
    (failure,) = court.load().failures
    assert failure.exit_code == 3
    assert "400" in str(failure)


def test_check_shows_the_version_and_the_series(court: MonitoredCourt, prometheus: str) -> None:
    configure(court, prometheus)
    (source,) = look(court.settings, ["prom"]).sources
    assert source.greeting is not None
    assert source.greeting[0].startswith("Prometheus 2.")
    assert "probe_success：最近一小时有 0 个序列" in source.greeting[1]
