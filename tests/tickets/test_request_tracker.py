"""Request Tracker 5 itself: a known history, its traps, and faults between us."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.adapters.apicourt import ApiCourt, court_at
from tests.adapters.disturbed import Disturbances, Recorded, Scene, recording
from tests.adapters.faulty import Fault, Faulty
from tests.adapters.probes.servers import Authority
from tests.tickets.reading import at, moments, rows, ticket
from tests.tickets.rt_server import READER, READER_PASSWORD, RtServer

pytestmark = pytest.mark.live

SOURCE = """
id: rt
name: 甲公司工单系统
adapter: request_tracker
vendor: a
project: ops
url: {url}
auth: {{basic: {{user: {user}, password: {{env: RT_PASSWORD}}}}}}
retries: 1
page_size: {size}
statuses:
  waiting: new
  resolved: resolved
  cancelled: [rejected, deleted]
  holds: {{stalled: court}}
ticket:
  columns:
    asset_no: custom."设备编号"
    channel: custom."处理方式"
    kind: queue
  words:
    kind: {{运维工单: incident, 服务请求: service_request}}
"""


@pytest.fixture(scope="session")
def world(request_tracker: RtServer) -> dict[str, int]:
    """Tickets by what became of them; every change is made by the interface, its moment is then put where we want."""
    rt = request_tracker
    fields = {"设备编号": "A1", "处理方式": "现场"}
    numbers = {
        "plain": rt.ticket("话筒无声", CustomFields=fields, Priority="5"),
        "reopened": rt.ticket("投影偏色", CustomFields={"设备编号": "A2"}),
        "held": rt.ticket("等配件", CustomFields={"设备编号": "A3"}),
        "waiting": rt.ticket("还没有人看"),
        "rejected": rt.ticket("不是故障"),
        "straight": rt.ticket("当场解决"),
        "tied": rt.ticket("同一秒内反复"),
        "on_hold": rt.ticket("还在等"),
        "request": rt.ticket("开通账号", "服务请求"),
        "hidden": rt.ticket("内部工单", "内部"),
        "deleted": rt.ticket("误报"),
    }
    rt.status(numbers["plain"], "open", "resolved")
    rt.status(numbers["reopened"], "open", "resolved", "open", "resolved")
    rt.status(numbers["held"], "open", "stalled", "open", "resolved")
    rt.status(numbers["rejected"], "rejected")
    rt.status(numbers["straight"], "resolved")
    rt.status(numbers["tied"], "open", "resolved", "open", "resolved")
    rt.status(numbers["on_hold"], "open", "stalled")
    rt.status(numbers["request"], "open", "resolved")
    rt.status(numbers["deleted"], "deleted")
    rt.stop()
    times = {
        "plain": ("01:00:00", "01:10:00", "03:00:00"),
        "reopened": ("01:00:00", "01:05:00", "02:00:00", "04:00:00", "06:30:00"),
        "held": ("01:00:00", "01:20:00", "02:00:00", "05:00:00", "06:00:00"),
        "waiting": ("01:00:00",),
        "rejected": ("01:00:00", "01:30:00"),
        "straight": ("01:00:00", "01:40:00"),
        "tied": ("01:00:00", "02:00:00", "02:00:00", "02:00:00", "02:00:00"),
        "on_hold": ("01:00:00", "01:15:00", "02:15:00"),
        "request": ("07:00:00", "07:30:00", "08:00:00"),
    }
    for name, listed in times.items():
        rt.set_times(numbers[name], *moments(*listed))
    rt.start()
    return numbers


@contextmanager
def reading_court(folder: Path, now: int) -> Iterator[ApiCourt]:
    with court_at(folder) as court, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RT_PASSWORD", READER_PASSWORD)
        court.now = now
        yield court


@pytest.fixture
def court(tmp_path: Path) -> Iterator[ApiCourt]:
    with reading_court(tmp_path / "court", int(time.time())) as court:
        yield court


def source(court: ApiCourt, url: str, size: int = 3) -> None:
    court.source("rt", SOURCE.format(url=url, user=READER, size=size))


def test_a_known_history_comes_out_as_it_was(court: ApiCourt, request_tracker: RtServer, world: dict[str, int]) -> None:
    source(court, request_tracker.url)
    report = court.load()
    assert report.failures == []
    assert report.rejected == 0

    plain = ticket(court, world["plain"])
    assert (plain["title"], plain["asset_no"], plain["kind"], plain["channel"], plain["priority"]) == (
        *("话筒无声", "A1", "incident", "on_site", "5"),
    )
    assert plain["reporter"] == "clerk@court.test"
    wanted = {"reported_at": "01:00:00", "responded_at": "01:10:00", "resolved_at": "03:00:00"}
    assert {name: plain[name] for name in wanted} == {name: at(text) for name, text in wanted.items()}

    reopened = ticket(court, world["reopened"])
    assert (reopened["responded_at"], reopened["resolved_at"]) == (at("01:05:00"), at("06:30:00"))
    assert rows(court, "ticket_cycle", world["reopened"], "opened_at", "resolved_at") == [
        (at("01:00:00"), at("02:00:00")),  # the first resolution is nowhere but in the history
        (at("04:00:00"), at("06:30:00")),
    ]

    assert rows(court, "hold", world["held"], "hold_from", "hold_to", "side") == [
        (at("02:00:00"), at("05:00:00"), "court")
    ]
    assert rows(court, "hold", world["on_hold"], "hold_from", "hold_to") == [(at("02:15:00"), None)]
    assert ticket(court, world["on_hold"])["resolved_at"] is None


def test_traps(court: ApiCourt, request_tracker: RtServer, world: dict[str, int]) -> None:
    source(court, request_tracker.url)
    court.load()
    waiting = ticket(court, world["waiting"])
    assert [waiting[name] for name in ("responded_at", "resolved_at", "closed_at")] == [None] * 3  # not 1970
    rejected = ticket(court, world["rejected"])
    assert (rejected["cancelled"], rejected["responded_at"]) == (True, None)
    straight = ticket(court, world["straight"])
    assert (straight["responded_at"], straight["resolved_at"]) == (at("01:40:00"), at("01:40:00"))
    assert rows(court, "ticket_cycle", world["tied"], "opened_at", "resolved_at") == [
        (at("01:00:00"), at("02:00:00")),
        (at("02:00:00"), at("02:00:00")),
    ]
    assert ticket(court, world["request"])["kind"] == "service_request"
    numbers = set(court.current()["ticket_no"])
    assert str(world["hidden"]) not in numbers  # a queue that the account may not see
    assert str(world["deleted"]) not in numbers  # the server lists no deleted ticket


def test_only_the_queues_that_are_asked_for(court: ApiCourt, request_tracker: RtServer, world: dict[str, int]) -> None:
    text = SOURCE.format(url=request_tracker.url, user=READER, size=50) + "queues: 服务请求\n"
    court.source("rt", text)
    court.load()
    assert set(court.current()["ticket_no"]) == {str(world["request"])}


def test_a_later_load_takes_what_changed(court: ApiCourt, request_tracker: RtServer, world: dict[str, int]) -> None:
    rt = request_tracker
    source(court, rt.url, size=50)
    number = rt.ticket("后来才解决")
    court.load()
    assert ticket(court, number)["resolved_at"] is None
    rt.status(number, "resolved")
    court.now = int(time.time())
    report = court.load()
    (change,) = rt.transactions(number)
    assert ticket(court, number)["resolved_at"] == datetime.fromisoformat(change["Created"]).timestamp()
    assert report.accepted == 0
    untouched = ticket(court, world["plain"])
    assert untouched["resolved_at"] == at("03:00:00")
    court.now = int(time.time()) + 3600
    assert court.load().superseding == 0


def test_a_ticket_that_is_deleted_later_is_withdrawn_and_stays(
    court: ApiCourt, request_tracker: RtServer, world: dict[str, int]
) -> None:
    rt = request_tracker
    source(court, rt.url, size=50)
    numbers = [rt.ticket("误报", CustomFields={"设备编号": "A9"}) for _ in range(2)]
    court.load()
    before, listed = court.store.sequence_at(None), set(court.current()["ticket_no"])
    rt.status(numbers[0], "deleted")
    rt.status(numbers[1], "deleted", "open")  # brought back
    court.now = int(time.time())
    report = court.load()
    assert (report.failures, report.notes) == ([], [])
    gone, back = (ticket(court, number) for number in numbers)
    assert (gone["status"], gone["cancelled"], gone["asset_no"], gone["title"]) == ("deleted", True, "A9", "误报")
    assert (back["status"], back["cancelled"]) == ("open", False)
    known = court.store.facts(sequence=before).frames["ticket"]
    (earlier,) = known.loc[known["ticket_no"] == str(numbers[0]), "status"]
    assert earlier == "new"
    assert set(court.current()["ticket_no"]) == listed, "what was deleted before it was stored stays away"
    court.now = int(time.time())
    cursor = court.store.cursor("rt")
    again = court.load(since=at("00:00:00"))
    assert (again.accepted, again.superseding, again.notes) == (0, 0, [])
    assert court.store.cursor("rt") == cursor


@pytest.fixture(scope="module")
def recorded(
    request_tracker: RtServer, world: dict[str, int], authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """What RT answers twice is never the same, for it writes the keys of its JSON in another order each time."""
    now = int(time.time())

    @contextmanager
    def opened(folder: Path) -> Iterator[ApiCourt]:
        with reading_court(folder, now) as court:
            source(court, request_tracker.url)
            yield court

    encoded = base64.b64encode(f"{READER}:{READER_PASSWORD}".encode()).decode()
    scene = Scene(request_tracker.url, opened, "rt", after=3, spared=2, secrets=(READER_PASSWORD, encoded))
    with recording(scene, tmp_path_factory.mktemp("undisturbed"), authority) as recorded:
        yield recorded


class TestDisturbed(Disturbances):
    """A page of tickets is in the store when the second one is disturbed."""


def test_tickets_that_change_while_they_are_paged_through_are_not_missed(
    court: ApiCourt, request_tracker: RtServer, world: dict[str, int]
) -> None:
    """Before the second page is answered one of the first page changes, and a new one comes."""
    made: list[int] = []
    with Faulty(request_tracker.url) as proxy:
        source(court, proxy.url, size=8)
        hook = proxy.next_fault

        def change() -> Fault | None:
            if sum("/tickets?" in path for _, path, _ in proxy.seen) == 2 and not made:
                request_tracker.status(world["waiting"], "open")
                made.append(request_tracker.ticket("翻页时来的"))
            return hook()

        proxy.next_fault = change  # type: ignore[method-assign]
        assert court.load().failures == []
        court.now = int(time.time())
        assert court.load().failures == []
    assert ticket(court, made[0])["title"] == "翻页时来的"
    assert ticket(court, world["waiting"])["status"] == "open"
    assert court.current()["ticket_no"].is_unique


def test_hundreds_of_tickets(court: ApiCourt, request_tracker: RtServer, world: dict[str, int]) -> None:
    request_tracker.clone(world["reopened"], 300)
    source(court, request_tracker.url, size=100)
    report = court.load()
    assert report.failures == []
    cycles = court.current("ticket_cycle")
    assert (cycles["resolved_at"] == at("02:00:00")).sum() >= 301
    assert len(court.current()) >= 310


def test_check_shows_version_queues_and_first_records(
    court: ApiCourt, request_tracker: RtServer, world: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    from collector.cli import run

    text = SOURCE.format(url=request_tracker.url, user=READER, size=50).replace("waiting: new", "waiting: [new, 新建]")
    court.source("rt", text + "queues: [运维工单, 不存在]\n")
    assert run(["check", "-C", str(court.folder), "--source", "rt"]) == 0
    shown = capsys.readouterr().out
    assert "Request Tracker 5." in shown
    assert re.search("可读的队列：(运维工单、服务请求|服务请求、运维工单)\n", shown)
    assert "queues 中的 不存在 看不到，请核对名称和权限" in shown
    assert "话筒无声" in shown
    assert len(court.store.deliveries()) == 0
