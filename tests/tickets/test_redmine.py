"""Redmine 5 itself: a known history, its traps, and faults between us."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.cli import run
from tests.adapters.apicourt import ApiCourt, court_at
from tests.adapters.disturbed import Disturbances, Recorded, Scene, facts, recording
from tests.adapters.faulty import Fault, Faulty
from tests.adapters.probes.servers import Authority
from tests.tickets.reading import at, moments, rows, ticket
from tests.tickets.redmine_server import RedmineServer

pytestmark = pytest.mark.live

SOURCE = """
id: api
name: 院内工单系统
adapter: redmine
project: ops
url: {url}
auth: {{header: {{name: X-Redmine-API-Key, value: {{env: REDMINE_KEY}}}}}}
retries: 1
page_size: 4
statuses:
  waiting: 新建
  resolved: 已解决
  closed: 已关闭
  cancelled: 已拒绝
  holds: {{待用户反馈: court}}
ticket:
  columns:
    asset_no: custom."设备编号"
    kind: tracker
  words:
    kind: {{故障: incident, 服务请求: service_request}}
"""


@pytest.fixture(scope="session")
def world(redmine: RedmineServer) -> dict[str, int]:
    """Issues by what became of them."""
    numbers = {
        "plain": redmine.issue("话筒无声", "A1"),
        "reopened": redmine.issue("投影偏色", "A2"),
        "held": redmine.issue("等院方确认", "A3"),
        "waiting": redmine.issue("还没有人看"),
        "rejected": redmine.issue("不是故障"),
        "straight": redmine.issue("直接关闭"),
        "tied": redmine.issue("同一秒内反复"),
        "request": redmine.issue("开通账号", tracker=3),
        "hidden": redmine.issue("内部工单", project="inner"),
    }
    redmine.status(numbers["plain"], "处理中", "已解决", "已关闭")
    redmine.status(numbers["reopened"], "处理中", "已解决", "已关闭", "处理中", "已关闭")
    redmine.status(numbers["held"], "处理中", "待用户反馈", "处理中", "已解决")
    redmine.status(numbers["rejected"], "已拒绝")
    redmine.status(numbers["straight"], "已关闭")
    redmine.status(numbers["tied"], "处理中", "待用户反馈", "处理中", "已解决", "处理中", "已解决")
    times = {
        "plain": ("01:00:00", "01:10:00", "03:00:00", "09:00:00"),
        "reopened": ("01:00:00", "01:05:00", "02:00:00", "02:30:00", "04:00:00", "06:30:00"),
        "held": ("01:00:00", "01:20:00", "02:00:00", "05:00:00", "06:00:00"),
        "waiting": ("01:00:00",),
        "rejected": ("01:00:00", "01:30:00"),
        "straight": ("01:00:00", "01:40:00"),
        "tied": ("01:00:00", "02:00:00", "02:00:00", "02:00:00", "02:00:00", "02:00:00", "02:00:00"),
        "request": ("07:00:00",),
    }
    for name, listed in times.items():
        redmine.set_times(numbers[name], *moments(*listed))
    return numbers


@contextmanager
def reading_court(folder: Path, redmine: RedmineServer, now: int) -> Iterator[ApiCourt]:
    with court_at(folder) as court, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDMINE_KEY", redmine.reader_key)
        court.now = now
        court.source("api", SOURCE.format(url=redmine.url))
        yield court


@pytest.fixture
def court(tmp_path: Path, redmine: RedmineServer) -> Iterator[ApiCourt]:
    with reading_court(tmp_path / "court", redmine, int(time.time())) as court:
        yield court


def test_a_known_history_comes_out_as_it_was(court: ApiCourt, world: dict[str, int]) -> None:
    report = court.load()
    assert (report.failures, report.rejected) == ([], 0)
    plain = ticket(court, world["plain"])
    assert (plain["title"], plain["asset_no"], plain["kind"], plain["status"]) == (
        "话筒无声",
        "A1",
        "incident",
        "已关闭",
    )
    wanted = {
        "reported_at": "01:00:00",
        "responded_at": "01:10:00",
        "resolved_at": "03:00:00",
        "closed_at": "09:00:00",
    }
    assert {name: plain[name] for name in wanted} == {name: at(text) for name, text in wanted.items()}
    reopened = ticket(court, world["reopened"])
    assert (reopened["resolved_at"], reopened["closed_at"]) == (at("06:30:00"), at("06:30:00"))
    assert rows(court, "ticket_cycle", world["reopened"], "opened_at", "resolved_at") == [
        (at("01:00:00"), at("02:00:00")),
        (at("04:00:00"), at("06:30:00")),
    ]
    assert rows(court, "hold", world["held"], "hold_from", "hold_to", "side") == [
        (at("02:00:00"), at("05:00:00"), "court")
    ]


def test_traps(court: ApiCourt, world: dict[str, int]) -> None:
    court.load()
    assert ticket(court, world["straight"])["resolved_at"] == at("01:40:00")  # closed issues are in the list
    assert [ticket(court, world["waiting"])[name] for name in ("responded_at", "resolved_at")] == [None, None]
    assert ticket(court, world["rejected"])["cancelled"] is True
    assert ticket(court, world["request"])["kind"] == "service_request"
    assert rows(court, "ticket_cycle", world["tied"], "opened_at", "resolved_at") == [
        (at("01:00:00"), at("02:00:00")),
        (at("02:00:00"), at("02:00:00")),
    ]
    assert rows(court, "hold", world["tied"], "hold_from") == []  # it lasted no second
    assert str(world["hidden"]) not in set(court.current()["ticket_no"])


def test_a_later_load_takes_what_changed_and_costs_hashes_for_the_rest(
    court: ApiCourt, redmine: RedmineServer, world: dict[str, int]
) -> None:
    number = redmine.issue("后来才解决")
    court.load()
    assert ticket(court, number)["resolved_at"] is None
    again = court.load()
    assert (again.deliveries == [] and again.known > 0) or again.superseding == 0
    redmine.status(number, "已解决")
    court.now = int(time.time())
    court.load()
    assert ticket(court, number)["resolved_at"] is not None
    assert ticket(court, world["plain"])["resolved_at"] == at("03:00:00")


@pytest.fixture(scope="module")
def recorded(
    redmine: RedmineServer, world: dict[str, int], authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    now = int(time.time())

    @contextmanager
    def opened(folder: Path) -> Iterator[ApiCourt]:
        with reading_court(folder, redmine, now) as court:
            yield court

    scene = Scene(redmine.url, opened, "api", after=12, spared=4, secrets=(redmine.reader_key,))
    with recording(scene, tmp_path_factory.mktemp("undisturbed"), authority) as recorded:
        yield recorded


class TestDisturbed(Disturbances):
    """A page of issues is in the store when the second one is disturbed."""


def test_an_issue_that_is_deleted_meanwhile_is_left_out(
    court: ApiCourt, redmine: RedmineServer, world: dict[str, int]
) -> None:
    number = redmine.issue("马上删除")
    with Faulty(redmine.url) as proxy:
        court.source("api", SOURCE.format(url=proxy.url))
        hook = proxy.next_fault
        before = redmine.ask

        def delete(*arguments: object) -> Fault | None:
            if proxy.seen[-1][1].startswith(f"/issues/{number}.json"):
                before("DELETE", f"issues/{number}.json")
            return hook()

        proxy.next_fault = delete  # type: ignore[method-assign]
        report = court.load()
    assert report.failures == []
    assert [note for note in report.notes if f"工单 {number} 在取数的时候被删除了" in note]
    assert str(number) not in set(court.current()["ticket_no"])


def test_an_issue_that_is_deleted_later_is_named_and_stays(
    court: ApiCourt, redmine: RedmineServer, world: dict[str, int]
) -> None:
    numbers = [redmine.issue("误报") for _ in range(2)]
    court.load()
    held = facts(court)
    redmine.ask("DELETE", f"issues/{numbers[1]}.json")
    assert court.load().notes == [], "what is new says nothing of what is gone"
    cursor = court.store.cursor("api")
    report = court.load(since=at("00:00:00"))
    assert court.store.cursor("api") == cursor
    assert (report.failures, report.notes) == (
        [],
        [
            f"院内工单系统：重取的范围内有 1 张入库过的工单对方不再列出（{numbers[1]}），"
            "可能已删除、移走或不再给这个账号看；库中的记录没有改动，请向对方查明"
        ],
    )
    assert (report.accepted, report.superseding, facts(court)) == (0, 0, held)
    assert ticket(court, numbers[1])["title"] == "误报"
    assert court.load(since=court.now + 3600).notes == [], "only of what was reported in the range"


def test_check_shows_the_account_the_projects_and_the_first_records(
    court: ApiCourt, redmine: RedmineServer, world: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    court.source("api", SOURCE.format(url=redmine.url).replace("waiting: 新建", "waiting: [新建, 待受理]"))
    assert run(["check", "-C", str(court.folder), "--source", "api"]) == 0
    shown = capsys.readouterr().out
    assert "Redmine，账号 yunwei\n" in shown
    assert "可读的项目 1 个：法庭运维（court）" in shown
    assert "statuses 中的 待受理 对方没有，请核对" in shown
    assert "按处理中看待的状态：处理中" in shown
    assert "话筒无声" in shown


def test_tickets_that_change_while_they_are_paged_through_are_not_missed(
    court: ApiCourt, redmine: RedmineServer, world: dict[str, int]
) -> None:
    """Before the second page is answered one of the first page changes, and a new one comes."""
    made: list[int] = []
    with Faulty(redmine.url) as proxy:
        court.source("api", SOURCE.format(url=proxy.url))
        hook = proxy.next_fault

        def change() -> Fault | None:
            if sum("/issues.json?" in path for _, path, _ in proxy.seen) == 3 and not made:
                redmine.status(world["waiting"], "处理中")
                made.append(redmine.issue("翻页时来的"))
            return hook()

        proxy.next_fault = change  # type: ignore[method-assign]
        assert court.load().failures == []
        court.now = int(time.time())
        assert court.load().failures == []
    assert ticket(court, made[0])["title"] == "翻页时来的"
    assert ticket(court, world["waiting"])["status"] == "处理中"
    assert court.current()["ticket_no"].is_unique
