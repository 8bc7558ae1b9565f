"""Any JSON API: paging of every kind, loads that follow each other, a mapping that is corrected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from collector.preview import look
from collector.store import Delivery, Totals
from tests.adapters.api import NEW_YEAR, Api, Asked, TicketSystem, Told
from tests.adapters.apicourt import PAGING, ApiCourt, court_at


@pytest.fixture
def court(tmp_path: Path) -> Iterator[ApiCourt]:
    with court_at(tmp_path) as court:
        yield court


def test_check_shows_the_server_how_many_there_are_and_the_first_records(court: ApiCourt) -> None:
    system = TicketSystem(75)

    def answer(asked: Asked) -> Told:
        status, headers, told = system(asked)
        return status, {**headers, "Server": "ITSM/8.2"}, told

    with Api(answer).running() as api:
        court.rest(api.url, "offset")
        (source,) = look(court.settings, ["api"]).sources
    assert source.greeting is not None
    assert source.greeting[0] == "服务器 ITSM/8.2"
    assert source.greeting[1].endswith("回答 200，第一页 20 条，共 75 条")
    (table,) = source.files[0].tables
    first = table.rows[0]
    assert (first["ticket_no"], first["title"], first["kind"]) == ("T000001", "第 1 号故障", "incident")
    assert table.rows[2].get("resolved_at") is None, "1970 is no resolution"
    assert len(court.store.deliveries()) == 0


@pytest.mark.parametrize("paging", PAGING)
def test_every_ticket_comes_whatever_the_paging(court: ApiCourt, paging: str) -> None:
    system = TicketSystem(55, paging)
    with Api(system).running() as api:
        court.rest(api.url, paging)
        report = court.load()
    assert (report.accepted, report.rejected, len(report.deliveries)) == (55, 0, 3)
    assert report.failures == []
    assert court.titles() == {f"T{number:06d}": f"第 {number} 号故障" for number in range(1, 56)}
    assert court.current()["resolved_at"].notna().sum() == 55 - 18  # 1970 is no moment


@pytest.mark.parametrize("paging", ["page", "offset"])
def test_a_server_that_cuts_the_size_of_pages_hides_nothing(court: ApiCourt, paging: str) -> None:
    with Api(TicketSystem(45, paging, largest=10)).running() as api:
        court.rest(api.url, paging)
        assert court.load().accepted == 45
    assert len(court.current()) == 45


def test_a_later_load_asks_for_what_changed_with_an_overlap(court: ApiCourt) -> None:
    system = TicketSystem(30)
    with Api(system).running() as api:
        court.rest(api.url)
        court.load()
        assert "updated_since" not in api.asked[0].params
        system.change(7, NEW_YEAR + 50, title="改过")
        court.now = api.now = NEW_YEAR + 3600
        report = court.load()
        assert api.asked[-1].params["updated_since"] == str(NEW_YEAR - 600)
    assert (report.read, report.superseding) == (1, 1)
    assert court.titles()["T000007"] == "改过"


def test_nothing_new_leaves_no_delivery(court: ApiCourt) -> None:
    with Api(TicketSystem(30)).running() as api:
        court.rest(api.url)
        court.load()
        before = court.store.fingerprint()
        court.now = api.now = NEW_YEAR + 60
        assert court.load().deliveries == []
    assert court.store.fingerprint() != before  # the cursor moved
    assert len(court.store.deliveries()) == 2


def test_since_reads_a_range_again_and_leaves_the_cursor(court: ApiCourt) -> None:
    system = TicketSystem(30)
    with Api(system).running() as api:
        court.rest(api.url)
        court.load()
        cursor = court.store.cursor("api")
        system.tickets[5]["title"] = "没有更新时间的改动"
        court.now = api.now = NEW_YEAR + 3600
        report = court.load(since=NEW_YEAR - 86_400 * 20 + 3)
        assert api.asked[-2].params["updated_since"] == str(NEW_YEAR - 86_400 * 20 + 3)
    assert (report.superseding, court.store.cursor("api")) == (1, cursor)


def test_a_corrected_mapping_reads_the_archive_and_asks_nobody(court: ApiCourt, impatient: list[float]) -> None:
    with Api(TicketSystem(30)).running() as api:
        court.rest(api.url)
        court.load()
        asked = len(api.asked)
    text = (court.folder / "sources/api.yaml").read_text(encoding="utf-8")
    court.source("api", text.replace("title: title", "title: join('·', [no, title])"))
    report = court.load()  # the server is gone
    assert len(api.asked) == asked
    assert report.superseding == 30
    assert court.titles()["T000003"] == "T000003·第 3 号故障"
    assert [failure.exit_code for failure in report.failures] == [4]


def test_another_address_or_limit_reads_nothing_again(court: ApiCourt) -> None:
    with Api(TicketSystem(30)).running() as api:
        court.rest(api.url)
        court.load()
        court.rest(api.url, more="rate: 100000\nretries: 1")
        assert court.load().deliveries == []


def test_what_was_taken_back_and_is_said_again_holds(court: ApiCourt) -> None:
    system = TicketSystem(3)
    with Api(system).running() as api:
        court.rest(api.url)
        for title in ("甲", "乙", "甲"):
            system.tickets[1]["title"] = title
            court.load(since=0)
            assert court.titles()["T000001"] == title


def test_replies_are_archived_compressed_unless_the_source_says_no(court: ApiCourt) -> None:
    with Api(TicketSystem(30)).running() as api:
        court.rest(api.url)
        court.load()
        (content, *_) = court.store.deliveries()["content_hash"]
        kept = court.archive.verified(content)
        assert kept.suffix == ".gz"
        assert kept.stat().st_size < 1_500
        court.rest(api.url, more="keep_replies: false")
        court.load(since=1)
    hashes = court.store.deliveries()["content_hash"]
    assert [court.archive.holds(content) for content in hashes][:2] == [True, True]
    assert not (court.folder / "data/archive/.spool/api").exists()


def test_a_change_of_mapping_says_when_replies_were_not_kept(court: ApiCourt) -> None:
    with Api(TicketSystem(3)).running() as api:
        court.rest(api.url, more="keep_replies: false")
        court.load()
        text = (court.folder / "sources/api.yaml").read_text(encoding="utf-8")
        court.source("api", text.replace("title: title", "title: no"))
        report = court.load()
    assert report.notes == [
        "甲公司接口：读取规则已改，而 1 份回答没有存档（keep_replies: false），无法重读；"
        "用 yunwei ingest --since 日期 --source api 向服务器重新取"
    ]


def test_tickets_that_change_while_they_are_paged_through_are_not_missed(court: ApiCourt) -> None:
    system = TicketSystem(60)

    def change(answer: int) -> None:
        if answer == 2:  # a ticket of the first page changes while the last page is made
            system.change(4, NEW_YEAR + 1, title="翻页时改的")

    system.before_page = change
    with Api(system).running() as api:
        court.rest(api.url)
        court.load()
        court.now = api.now = NEW_YEAR + 30
        court.load()
    assert court.titles()["T000004"] == "翻页时改的"
    assert len(court.current()) == 60


@pytest.mark.parametrize("cursor", ["", "not json", "[1]", '{"after": 3}'])
def test_a_position_that_is_not_ours_begins_anew(court: ApiCourt, cursor: str) -> None:
    with Api(TicketSystem(5)).running() as api:
        court.rest(api.url)
        court.load()
        court.store.move_cursor("api", cursor)
        report = court.load()
    assert (report.failures, report.known) == ([], 1)


def test_a_cursor_moves_with_the_commit_of_what_it_covers(court: ApiCourt, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies in the middle of a delivery leaves neither its rows nor the position behind them."""
    with Api(TicketSystem(50)).running() as api:
        court.rest(api.url)
        finish, calls = Delivery.finish, []

        def dies(self: Delivery, read: int, set_aside: Mapping[str, int]) -> Totals:
            calls.append(read)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return finish(self, read, set_aside)

        monkeypatch.setattr(Delivery, "finish", dies)
        with pytest.raises(KeyboardInterrupt):
            court.load()
        assert (len(court.current()), str(court.store.cursor("api")).count("2:20")) == (20, 1)
        monkeypatch.undo()
        court.load()
    assert len(court.current()) == 50
