"""Zabbix 6.0, the real one: October's outages, maintenance, item values, hosts, and its own figure beside ours."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from collector.preview import look
from collector.second_opinions import second_opinions
from metrics.period import parse_period
from tests.adapters.disturbed import Disturbances, Recorded, recording
from tests.adapters.disturbed import Scene as Disturbed
from tests.adapters.probes.servers import Authority
from tests.monitors import october
from tests.monitors.court import MonitoredCourt, monitored_court
from tests.monitors.processes import waited
from tests.monitors.zabbix_server import Zabbix, zabbix_server

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("zabbix")]


@dataclass
class Scene:
    """A Zabbix that has lived through October; a token of an account that may only read."""

    zabbix: Zabbix
    token: str
    host: str
    item: str
    group: str
    sla: str


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with zabbix_server() as zabbix:
        yield _october(zabbix)


def _october(zabbix: Zabbix) -> Scene:
    call = zabbix.call
    group = call("hostgroup.create", {"name": "法院"})["groupids"][0]
    host = call(
        "host.create",
        {
            "host": "oa",
            "name": "OA 系统",
            "groups": [{"groupid": group}],
            "tags": [{"tag": "asset_no", "value": "OA-01"}],
        },
    )["hostids"][0]
    item = {"hostid": host, "name": "up", "key_": "up", "type": 2, "value_type": 3}
    item_id = call("item.create", item)["itemids"][0]
    scope = {"tag": "scope", "value": "availability"}
    expression = {"expression": "last(/oa/up)=0", "priority": 4, "tags": [scope]}
    call("trigger.create", {"description": "OA 不可用", **expression})
    service = {"name": "OA 服务", "algorithm": 1, "sortorder": 0, "problem_tags": [scope]}
    call("service.create", {**service, "tags": [{"tag": "sla", "value": "oa"}]})
    zabbix.reload()
    _warm_up(zabbix)
    zabbix.push([("oa", "up", value, at) for down, up in october.OUTAGES for value, at in (("0", down), ("1", up))])
    waited(lambda: _ended(zabbix) == 3, lambda: str(zabbix.problems("oa")))
    start, end = october.MAINTENANCE
    excluded = [{"name": "升级", "period_from": start, "period_to": end}]
    sla = call(
        "sla.create",
        {
            "name": "OA 月度",
            "period": 2,
            "slo": "99.5",
            "effective_date": october.at("01-01 08:00"),
            "timezone": "Asia/Shanghai",
            "service_tags": [{"tag": "sla", "value": "oa"}],
            "excluded_downtimes": excluded,
        },
    )["slaids"][0]
    zabbix.sql("UPDATE services SET created_at = %s", [october.at("10-01 00:00")])
    return Scene(zabbix, _reader(zabbix, group), host, item_id, group, sla)


def _warm_up(zabbix: Zabbix) -> None:
    """Until values are taken and judged; what that made to happen is taken out again."""
    moments = itertools.count(october.at("09-01 00:00"), 60)

    def judged() -> bool:
        zabbix.push([("oa", "up", value, next(moments)) for value in "10"])
        return bool(zabbix.problems("oa"))

    waited(judged, lambda: "no value was judged")
    zabbix.push([("oa", "up", "1", october.at("09-30 12:00"))])
    waited(lambda: _ended(zabbix) == len(zabbix.problems("oa")), lambda: "it did not end")
    _forget(zabbix, october.at("09-01 00:00"))


def _ended(zabbix: Zabbix) -> int:
    return sum(problem["r_eventid"] != "0" for problem in zabbix.problems("oa"))


def _reader(zabbix: Zabbix, group: str) -> str:
    """An account that sees the court's hosts only, and its token."""
    rights = {"name": "只读", "rights": [{"id": group, "permission": 2}]}
    team = zabbix.call("usergroup.create", rights)["usrgrpids"][0]
    role = {"name": "只读", "type": 1, "rules": {"services.read.mode": 1}}
    role_id = zabbix.call("role.create", role)["roleids"][0]
    account = {"username": "yunwei", "passwd": "Long-enough-1", "roleid": role_id, "usrgrps": [{"usrgrpid": team}]}
    user = zabbix.call("user.create", account)["userids"][0]
    token = zabbix.call("token.create", {"name": "yunwei", "userid": user})["tokenids"][0]
    made: str = zabbix.call("token.generate", [token])[0]["token"]
    return made


@contextmanager
def october_court(folder: Path) -> Iterator[MonitoredCourt]:
    with monitored_court(folder) as court:
        court.register(("OA-01", "OA 系统", ""))
        court.indicator("outages")
        yield court


@pytest.fixture
def court(tmp_path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitoredCourt]:
    monkeypatch.setenv("ZABBIX_TOKEN", scene.token)
    with october_court(tmp_path) as court:
        configure(court, scene.zabbix.url)
        yield court


def configure(court: MonitoredCourt, url: str, more: str = "") -> None:
    court.source(
        "zabbix",
        f"{{id: zabbix, name: Zabbix, adapter: zabbix, vendor: a, project: ops, url: '{url}', timeout: 5秒,\n"
        f" auth: {{bearer: {{env: ZABBIX_TOKEN}}}}, asset: tag:asset_no, maintenance: approved, sli: true,\n"
        f" largest_reply: 512KB, services: {{OA 服务: OA-01}}{more}}}",
    )


def test_october_is_zabbix_own_figure_to_all_digits(court: MonitoredCourt, scene: Scene) -> None:
    report = court.load()
    assert report.failures == []
    assert court.periods() == [("OA-01", *outage) for outage in october.OUTAGES]
    excluded = court.current("exclusion")
    assert list(zip(excluded["started_at"], excluded["ended_at"], strict=True)) == [october.MAINTENANCE]
    ratio = court.ratio("OA-01")
    assert ratio == Fraction(october.UP_SECONDS, october.REQUIRED_SECONDS)
    opinions = court.current("measurement")
    (told,) = opinions.loc[opinions["measured_on"] == "2026-10-31", "value"]
    assert ratio is not None
    (opinion,) = second_opinions(court.store, [parse_period("2026-10")])
    assert opinion.agrees
    assert opinion.line() == (
        "2026-10 OA-01：Zabbix SLA“OA 月度” 99.77538185085355%，本系统“正常运行率”99.77538185085355%，一致"
    )
    assert float(told) == float(100 * ratio) == october.PERCENT


def test_a_second_load_changes_nothing(court: MonitoredCourt) -> None:
    court.load()
    cursor = court.store.cursor("zabbix")
    court.now += 3600
    report = court.load()
    assert (report.accepted, report.superseding, report.failures) == (0, 0, [])
    assert court.store.cursor("zabbix") == cursor


@contextmanager
def down_since(zabbix: Zabbix, down: int) -> Iterator[None]:
    """A fourth problem, open within the block unless the block ends it; gone afterwards."""
    try:
        zabbix.push([("oa", "up", "0", down)])
        waited(lambda: len(zabbix.problems("oa")) == 4, lambda: "no fourth problem")
        yield
    finally:
        zabbix.push([("oa", "up", "1", down + 600)])
        waited(lambda: _ended(zabbix) == len(zabbix.problems("oa")), lambda: "still open")
        _forget(zabbix, down)


def test_a_problem_is_open_until_its_recovery_comes(court: MonitoredCourt, scene: Scene) -> None:
    zabbix, down = scene.zabbix, october.at("11-19 08:00")
    with down_since(zabbix, down):
        court.load()
        assert court.periods()[-1] == ("OA-01", down, None)
        zabbix.push([("oa", "up", "1", down + 600)])
        waited(lambda: _ended(zabbix) == 4, lambda: "it did not end")
        assert court.load().superseding == 1
        assert court.periods()[-1] == ("OA-01", down, down + 600)


def _forget(zabbix: Zabbix, since: int) -> None:
    """Take out what a test has made to happen."""
    zabbix.sql("DELETE FROM problem WHERE clock >= %s", [since])
    zabbix.sql("DELETE FROM events WHERE clock >= %s AND source = 0", [since])
    zabbix.sql("DELETE FROM service_alarms WHERE clock >= %s", [since])


def test_a_recovery_that_was_cleared_away_is_a_rejection_and_no_endless_outage(
    court: MonitoredCourt, scene: Scene
) -> None:
    zabbix, down = scene.zabbix, october.at("11-19 10:00")
    zabbix.push([("oa", "up", "0", down)])
    zabbix.push([("oa", "up", "1", down + 600)])
    waited(lambda: len(zabbix.problems("oa")) == 4 and _ended(zabbix) == 4, lambda: "no fourth problem")
    try:
        last = zabbix.problems("oa")[-1]
        zabbix.sql("DELETE FROM problem WHERE eventid = %s", [int(last["eventid"])])
        zabbix.sql("DELETE FROM events WHERE eventid = %s", [int(last["r_eventid"])])  # with it what joins the two
        assert zabbix.problems("oa")[-1]["r_eventid"] == "0", "it looks open now"
        report = court.load()
        assert (report.rejected, report.exit_code) == (1, 3)
        (reason,) = court.store.rejections()["reason"]
        assert reason == "问题“OA 不可用”已经结束，而恢复事件已被 Zabbix 清除，不知道何时结束；请查明后补上结束时间"
        assert len(court.periods()) == 3
    finally:
        _forget(zabbix, down)


def test_a_problem_of_low_severity_or_without_the_tag_is_no_outage(court: MonitoredCourt, scene: Scene) -> None:
    configure(court, scene.zabbix.url, ", severity: disaster")
    assert court.load().set_aside["not_applicable"] >= 3
    assert court.periods() == []
    configure(court, scene.zabbix.url, ", tags: {scope: availability}")
    court.load()  # out of the archived replies: what Zabbix said is read anew
    assert len(court.periods()) == 3
    configure(court, scene.zabbix.url, ", tags: {scope: other}")
    court.load()
    assert court.periods() == []


def test_an_sli_of_minus_one_is_no_opinion(court: MonitoredCourt, scene: Scene) -> None:
    court.load()
    assert court.current("measurement")["measured_on"].tolist() == ["2026-10-31"], "before October it was -1"


def test_item_values_are_checks_whatever_their_type(court: MonitoredCourt, scene: Scene) -> None:
    zabbix = scene.zabbix
    item = {"hostid": scene.host, "name": "ping", "key_": "ping", "type": 2, "value_type": 0, "delay": "0"}
    number = zabbix.call("item.create", item)["itemids"][0]
    try:
        zabbix.reload()
        start = october.at("11-19 00:00")
        zabbix.until_pushed([("oa", "ping", str(float(n % 3 > 0)), start + 60 * n) for n in range(30)])
        waited(
            lambda: len(zabbix.call("history.get", {"itemids": number, "history": 0})) == 30, lambda: "values missing"
        )
        assert zabbix.call("history.get", {"itemids": number}) == [], "asked for whole numbers there are none"
        configure(court, zabbix.url, ", start: 2026-11-18, checks: {key: ping}")
        report = court.load()
        assert report.failures == []
        states = court.store.facts().states
        assert states["check_count"].sum() == 30
        assert states.loc[states["state"] == "down", "check_count"].sum() == 10
        again = court.load()
        assert (again.accepted, again.superseding) == (0, 0)
    finally:
        zabbix.call("item.delete", [number])


def test_hosts_become_assets_and_one_without_a_number_is_refused(court: MonitoredCourt, scene: Scene) -> None:
    other = {"host": "nameless", "groups": [{"groupid": scene.group}]}
    number = scene.zabbix.call("host.create", other)["hostids"][0]
    try:
        (court.folder / "sources/assets.yaml").unlink()
        configure(court, scene.zabbix.url, ", hosts: true, groups: 法院")
        report = court.load()
        assert court.current("asset")["asset_no"].tolist() == ["OA-01"]
        assert court.current("asset")["aliases"].tolist() == ["oa"]
        assert report.rejected == 1
        assert "主机“nameless”没有 tag:asset_no" in court.store.rejections()["reason"].iloc[0]
        configure(court, scene.zabbix.url, ", hosts: true, assets: {nameless: N-1}")
        court.load()
        assert court.current("asset")["asset_no"].tolist() == ["N-1", "OA-01"]
        source = court.folder / "sources/zabbix.yaml"
        source.write_text(
            source.read_text(encoding="utf-8").replace("OA 服务: OA-01", "OA 服务: S-1"), encoding="utf-8"
        )
        court.load()
        assert court.current("asset")["name"].tolist() == ["nameless", "OA 系统", "OA 服务"], "a service is one, too"
    finally:
        scene.zabbix.call("host.delete", [number])


def test_maintenance_of_a_group_is_an_exclusion_of_its_hosts(court: MonitoredCourt, scene: Scene) -> None:
    start = october.at("10-20 22:00")
    weekly = {"timeperiod_type": 3, "every": 1, "dayofweek": 4, "start_time": 22 * 3600, "period": 7200}
    made = scene.zabbix.call(
        "maintenance.create",
        {
            "name": "每周三晚",
            "active_since": start,
            "active_till": october.at("11-12 00:00"),
            "groups": [{"groupid": scene.group}],
            "timeperiods": [weekly],
        },
    )["maintenanceids"]
    try:
        report = court.load()
        assert (report.failures, report.rejected) == ([], 0)
        excluded = court.current("exclusion")
        chosen = excluded[excluded["document_no"] == "Zabbix: 每周三晚"].sort_values("started_at")
        wednesdays = [october.at(f"{day} 22:00") for day in ("10-21", "10-28", "11-04", "11-11")]
        assert chosen["started_at"].tolist() == wednesdays
        assert (chosen["ended_at"] - chosen["started_at"]).tolist() == [7200] * 4
    finally:
        scene.zabbix.call("maintenance.delete", made)


def test_since_reads_a_range_again_and_leaves_the_cursor(court: MonitoredCourt) -> None:
    court.load()
    cursor = court.store.cursor("zabbix")
    report = court.load(since=october.at("10-05 00:00"))
    assert (report.failures, report.accepted, report.superseding) == ([], 0, 0)
    assert report.unchanged == 2, "the outages of 10 and 31 October"
    assert court.store.cursor("zabbix") == cursor


@pytest.mark.parametrize(
    ("token", "fact"),
    [("f" * 64, "Zabbix 不接受令牌"), ("有汉字的", "auth 的令牌或密钥含有请求头中不能有的字符")],
)
def test_a_wrong_token_is_a_sentence_though_zabbix_answers_200(
    court: MonitoredCourt, monkeypatch: pytest.MonkeyPatch, token: str, fact: str
) -> None:
    monkeypatch.setenv("ZABBIX_TOKEN", token)
    (failure,) = court.load().failures
    assert fact in str(failure)
    assert failure.exit_code == 2
    assert token not in str(failure)


def test_a_group_that_is_not_seen_is_said(court: MonitoredCourt, scene: Scene) -> None:
    configure(court, scene.zabbix.url, ", groups: 没有的组")
    (failure,) = court.load().failures
    assert "主机组 没有的组 中看不到主机" in str(failure)


def test_check_shows_the_version_and_the_first_outages(court: MonitoredCourt) -> None:
    (source,) = look(court.settings, ["zabbix"]).sources
    assert source.greeting is not None
    assert source.greeting[:2] == ("Zabbix 6.0.14", "看得到 1 台主机")
    (table,) = source.files[0].tables
    assert (table.record, len(table.rows)) == ("outage", 3)
    assert table.rows[0]["started_at"] == october.OUTAGES[0][0]


def test_problems_come_page_by_page_and_none_is_lost_between(
    court: MonitoredCourt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.zabbix._EVENTS", 1)
    report = court.load()
    assert report.failures == []
    assert court.periods() == [("OA-01", *outage) for outage in october.OUTAGES]
    assert sum("problems" in delivery.name for delivery in report.deliveries) == 3


@pytest.fixture(scope="module")
def recorded(scene: Scene, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Two problems a page, the last one open until the end of all tests here, and an item's values."""

    @contextmanager
    def opened(folder: Path) -> Iterator[MonitoredCourt]:
        with october_court(folder) as court, pytest.MonkeyPatch.context() as patch:
            patch.setenv("ZABBIX_TOKEN", scene.token)
            patch.setattr("adapters.zabbix._EVENTS", 2)
            configure(court, scene.zabbix.url, ", checks: {key: up}, start: 2026-09-30")
            yield court

    down = october.at("11-19 12:00")
    folder = tmp_path_factory.mktemp("undisturbed")
    disturbed = Disturbed(scene.zabbix.url, opened, "zabbix", after=14, spared=4, secrets=(scene.token,))
    with down_since(scene.zabbix, down), recording(disturbed, folder, authority) as recorded:
        yield recorded


class TestDisturbed(Disturbances):
    """A page of problems is in the store when the second one is disturbed."""
