"""Every fault between us and a server: a clear sentence, and in the end the store of a load that nothing disturbed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.daemon.due import Due
from collector.daemon.work import Works
from collector.live import Recorder
from metrics.errors import PassingError, YunweiError
from tests.adapters.api import NEW_YEAR, Api, TicketSystem
from tests.adapters.apicourt import ApiCourt, court_at
from tests.adapters.disturbed import SENTENCES, Disturbances, Recorded, Scene, recording
from tests.adapters.faulty import FAULTS, Fault, Faulty
from tests.adapters.probes.servers import Authority

pytestmark = pytest.mark.usefixtures("impatient")

SECRET = "Zuo8-geheim+Wort/42"


@pytest.fixture
def system() -> Iterator[Api]:
    with Api(TicketSystem(75)).running() as api:
        yield api


@pytest.fixture
def proxy(system: Api) -> Iterator[Faulty]:
    with Faulty(system.url) as proxy:
        yield proxy


@pytest.fixture
def court(tmp_path: Path, proxy: Faulty) -> Iterator[ApiCourt]:
    with court_at(tmp_path / "court") as court:
        court.rest(proxy.url, more="retries: 1")
        yield court


def undisturbed(folder: Path, proxy: Faulty) -> str:
    """The fingerprint of a load that nothing disturbed."""
    with court_at(folder) as other:
        other.rest(proxy.url, more="retries: 1")
        assert other.load().accepted == 75
        return other.store.fingerprint()


def only(failures: list[YunweiError]) -> tuple[int, str]:
    (failure,) = failures
    return failure.exit_code, str(failure)


@pytest.fixture(scope="module")
def recorded(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    @contextmanager
    def opened(folder: Path) -> Iterator[ApiCourt]:
        with court_at(folder) as court, pytest.MonkeyPatch.context() as patch:
            patch.setenv("API_SECRET", SECRET)
            court.rest("http://a.test", more="auth: {bearer: {env: API_SECRET}}")
            yield court

    folder = tmp_path_factory.mktemp("undisturbed")
    with Api(TicketSystem(75)).running() as api:
        scene = Scene(api.url, opened, "api", after=2, spared=2, secrets=(SECRET,))
        with recording(scene, folder, authority) as recorded:
            yield recorded


class TestDisturbed(Disturbances):
    """Over TLS and with a login."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_load_ends_with_a_sentence_and_goes_on_where_it_stood(
    fault: Fault, court: ApiCourt, proxy: Faulty, tmp_path: Path
) -> None:
    proxy.fail(fault, after=2)
    report = court.load()
    code, sentence = SENTENCES[fault]
    assert only(report.failures)[0] == report.exit_code == code
    assert re.search(sentence, only(report.failures)[1])
    assert only(report.failures)[1].startswith(f"来源“甲公司接口”（api）：{proxy.url}/tickets?")
    assert report.accepted == 40
    proxy.heal()
    again = court.load()
    assert (again.accepted, again.unchanged, again.failures) == (35, 0, [])
    assert court.store.fingerprint() == undisturbed(tmp_path / "other", proxy)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_the_very_first_page_leaves_nothing(fault: Fault, court: ApiCourt, proxy: Faulty) -> None:
    before = court.store.fingerprint()
    proxy.fail(fault)
    assert court.load().failures
    assert court.store.fingerprint() == before


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if SENTENCES[fault][0] == 4 and fault != "refused"])
def test_a_fault_that_passes_at_once_is_not_even_noticed(
    fault: Fault, court: ApiCourt, proxy: Faulty, tmp_path: Path
) -> None:
    proxy.fail(fault, after=1, times=1)
    assert court.load().failures == []
    assert court.store.fingerprint() == undisturbed(tmp_path / "other", proxy)


def test_a_fault_at_every_page_in_turn(court: ApiCourt, proxy: Faulty, tmp_path: Path) -> None:
    """Four pages, each lost once for good, on both sides of each commit."""
    for fault in ("reset", "500", "truncated", "drip"):
        proxy.fail(fault, after=1)
        court.load()
        proxy.heal()
    court.load()
    assert court.store.fingerprint() == undisturbed(tmp_path / "other", proxy)


def test_what_the_server_asks_to_wait_is_waited(court: ApiCourt, proxy: Faulty, impatient: list[float]) -> None:
    proxy.fail("429", times=1)
    court.load()
    assert impatient == [1.0]


def test_waiting_doubles(court: ApiCourt, proxy: Faulty, impatient: list[float]) -> None:
    court.rest(proxy.url, more="retries: 3")
    proxy.fail("500")
    court.load()
    assert impatient == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("offset", [600, -600])
def test_a_clock_that_is_ten_minutes_off_is_said_and_nothing_is_missed(
    offset: int, court: ApiCourt, proxy: Faulty, system: Api
) -> None:
    proxy.clock_offset = offset
    report = court.load()
    which = "快" if offset > 0 else "慢"
    assert report.notes == [
        f"甲公司接口：对方服务器的时钟与本机相比{which} 600 秒，已把重叠的时间加长这么多；请校准时钟"
    ]
    assert isinstance(system.answer, TicketSystem)
    system.answer.change(9, NEW_YEAR + 1, title="刚取完就改的")
    court.now = system.now = NEW_YEAR + 3600
    court.load()
    assert court.titles()["T000009"] == "刚取完就改的"
    asked = {asked.params["updated_since"] for asked in system.asked if "updated_since" in asked.params}
    assert asked == {str(NEW_YEAR - 1200 + min(offset, 0))}  # all pages of a load ask for the same


def test_clocks_that_agree_within_a_minute_are_not_spoken_of(court: ApiCourt, proxy: Faulty) -> None:
    proxy.clock_offset = 55
    assert court.load().notes == []


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path, system: Api, authority: Authority) -> None:
    with Faulty(system.url, authority.context("good")) as proxy, court_at(tmp_path / "court") as court:
        court.rest(proxy.url)
        code, sentence = only(court.load().failures)
    assert code == 2
    assert "自建 CA 或自签名证书请写入 ca" in sentence
    assert system.asked == []


def test_one_server_that_fails_holds_up_no_other(court: ApiCourt, proxy: Faulty, system: Api) -> None:
    text = (court.folder / "sources/api.yaml").read_text(encoding="utf-8")
    court.source("direct", text.replace("id: api", "id: direct").replace(proxy.url, system.url))
    proxy.fail("500")
    report = court.load()
    assert (report.accepted, len(report.failures), report.exit_code) == (75, 1, 4)


def test_the_daemon_takes_a_failing_server_for_a_failing_job(court: ApiCourt, proxy: Faulty) -> None:
    proxy.fail("500", after=2)
    works = Works(court.settings, court.store, court.archive, Recorder.__new__(Recorder), lambda: court.now)
    item = Due("ingest:api", court.now, 0)
    with pytest.raises(PassingError, match="回答 500"):
        works.ingest(item)
    assert len(court.current()) == 40
    proxy.heal()
    assert works.ingest(item)["accepted"] == 35
