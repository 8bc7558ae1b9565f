"""Deliveries become records: identified by content and mapping, superseding, counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from adapters.base import Batch, Blob, Context
from adapters.mapping import TableConfig
from adapters.table import TableAdapter
from collector.archive import Archive, hash_of
from collector.ingest import ingest
from metrics.errors import InputError, PassingError, UsageError
from tests.ingest.workspace import NEW_YEAR, TICKET_HEADER, TICKETS, Workspace, accounting, ticket


def test_every_row_read_becomes_something(court: Workspace) -> None:
    court.tickets(
        "工单.csv",
        ticket("T1"),
        ticket("T2"),
        ticket("T2"),  # once more, the same
        ticket("T1", title="蓝屏"),  # once more, corrected
        ticket("T3", reported="昨天"),
        ("", "", "", "", ""),
        ("合计", "", "", "", "3"),
    )
    report = court.ingest()
    assert accounting(report) == [("工单.csv", 8, 2, 1, 1, 1, 3)]
    assert report.deliveries[0].line() == (
        "工单.csv：读取 8 = 接收 2 + 未变 1 + 更正 1 + 拒绝 1 + 另计 3（合计 1、表头 1、空行 1）"
    )
    assert report.exit_code == 3
    stored = court.store.deliveries().iloc[0]
    assert (stored["read"], stored["accepted"], stored["unchanged"]) == (8, 2, 1)
    assert (stored["superseding"], stored["rejected"], stored["set_aside"]) == (1, 1, 3)


def test_the_same_delivery_twice_changes_nothing(court: Workspace) -> None:
    court.register(("A1", "门户网站", ""))
    court.tickets("工单.csv", ticket("T1", asset="A1"), ticket("T2", asset="A9"))
    court.ingest()
    before = court.store.fingerprint()
    court.now += 3600
    report = court.ingest()
    assert (report.deliveries, report.known, report.exit_code) == ([], 2, 0)
    assert court.store.fingerprint() == before


def test_the_same_bytes_under_another_name_are_the_same_delivery(court: Workspace) -> None:
    file = court.tickets("工单.csv", ticket("T1"))
    court.ingest()
    file.rename(file.with_name("工单（最终）.csv"))
    report = court.ingest()
    assert (report.deliveries, report.known) == ([], 1)


def test_a_corrected_row_supersedes_and_the_old_one_stays_known_at_its_time(court: Workspace) -> None:
    court.tickets("工单1.csv", ticket("T1", title="蓝屏"), ticket("T2"))
    court.ingest()
    court.now = NEW_YEAR + 86_400
    court.tickets("工单2.csv", ticket("T1", title="黑屏"), ticket("T2"))
    report = court.ingest()
    assert accounting(report) == [("工单2.csv", 3, 0, 1, 1, 0, 1)]
    assert court.titles()["T1"] == "黑屏"
    assert court.titles(known_at=NEW_YEAR + 86_399)["T1"] == "蓝屏"


def test_later_names_supersede_earlier_ones_in_one_run(court: Workspace) -> None:
    for name, title in (("工单3月.csv", "三"), ("工单1月.csv", "一"), ("工单2月.csv", "二")):
        court.tickets(name, ticket("T1", title=title))
    report = court.ingest()
    assert [delivery.name for delivery in report.deliveries] == ["工单1月.csv", "工单2月.csv", "工单3月.csv"]
    assert court.titles() == {"T1": "三"}


def test_assets_are_taken_before_what_names_them(court: Workspace) -> None:
    court.source("a_first_by_name", TICKETS.replace("id: tickets", "id: a_first_by_name"))
    court.register(("A1", "门户网站", ""))
    court.tickets("工单.csv", ticket("T1", asset="A1"))
    report = court.ingest()
    assert [delivery.source for delivery in report.deliveries] == ["assets", "a_first_by_name", "tickets"]
    assert report.rejected == 0


def test_a_growing_inbox_costs_only_its_new_files(court: Workspace) -> None:
    for month in range(1, 4):
        court.tickets(f"工单{month}.csv", ticket(f"T{month}"))
        report = court.ingest()
        assert accounting(report) == [(f"工单{month}.csv", 2, 1, 0, 0, 0, 1)]
        assert report.known == month - 1


def test_a_file_that_changed_under_its_name_is_a_new_delivery(court: Workspace) -> None:
    court.tickets("工单.csv", ticket("T1"))
    court.ingest()
    court.tickets("工单.csv", ticket("T1"), ticket("T2"))
    assert accounting(court.ingest()) == [("工单.csv", 3, 1, 1, 0, 0, 1)]
    assert court.titles().keys() == {"T1", "T2"}


def test_original_bytes_are_archived_by_their_hash(court: Workspace) -> None:
    file = court.tickets("工单.csv", ticket("T1"))
    delivered = file.read_bytes()
    report = court.ingest()
    assert report.deliveries[0].content_hash == hash_of(file)
    assert court.archive.verified(hash_of(file)).read_bytes() == delivered


def test_only_the_sources_asked_for_are_read(court: Workspace) -> None:
    court.register(("A1", "门户网站", ""))
    court.tickets("工单.csv", ticket("T1"))
    assert [delivery.source for delivery in court.ingest("tickets").deliveries] == ["tickets"]
    with pytest.raises(UsageError, match="没有名为“tickts”的数据来源"):
        court.ingest("tickts")


def test_a_file_that_nobody_reads_is_named(court: Workspace) -> None:
    court.tickets("巡检.csv", ticket("T1"))
    court.write("inbox/.隐藏", "")
    court.write("inbox/~$工单.xlsx", "")
    court.write("inbox/README.md", "")
    assert court.ingest().unclaimed == ["巡检.csv"]


def test_an_unreadable_file_is_refused_with_one_sentence_and_the_others_go_on(court: Workspace) -> None:
    court.write("inbox/工单1.csv", "无关\n内容\n")
    court.tickets("工单2.csv", ticket("T1"))
    report = court.ingest()
    assert [delivery.refused is None for delivery in report.deliveries] == [False, True]
    assert report.deliveries[0].line().startswith("工单1.csv：无法读取，")
    assert report.exit_code == 3
    assert court.titles().keys() == {"T1"}
    stored = court.store.deliveries().iloc[0]
    assert (stored["state"], stored["refusal"]) == ("refused", report.deliveries[0].refused)


def test_a_refused_file_is_not_tried_again_until_its_bytes_or_its_mapping_change(court: Workspace) -> None:
    file = court.deliver("工单.csv", ("编号", *TICKET_HEADER[1:]), ticket("T1"))
    assert len(court.ingest().refused) == 1
    assert court.ingest().deliveries == []
    court.source("tickets", TICKETS.replace("[工单号]", "[工单号, 编号]"))
    file.unlink()  # the archive has it
    report = court.ingest()
    assert [(d.kind, d.accepted) for d in report.deliveries] == [("reread", 1)]


def test_a_file_that_breaks_off_in_the_middle_leaves_no_row_behind(
    court: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    court.tickets("工单.csv", ticket("T1"), ticket("T2"))
    whole = TableAdapter.read

    def breaks_off(self: TableAdapter, config: TableConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        yield from whole(self, config, blob, context)
        raise InputError("文件不完整")

    monkeypatch.setattr(TableAdapter, "read", breaks_off)
    report = court.ingest()
    assert [delivery.line() for delivery in report.deliveries] == ["工单.csv：无法读取，文件不完整"]
    assert court.titles() == {}
    assert court.store.rejections(open_only=False).empty


def test_a_bug_keeps_its_traceback_and_leaves_no_row_behind(court: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    court.tickets("工单1.csv", ticket("T1"))
    court.tickets("工单2.csv", ticket("T2"))

    def fails(self: TableAdapter, config: TableConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        raise ZeroDivisionError

    court.ingest("assets")
    monkeypatch.setattr(TableAdapter, "read", fails)
    with pytest.raises(ZeroDivisionError):
        court.ingest()
    monkeypatch.undo()
    assert court.ingest().accepted == 2


def test_a_locked_database_is_a_passing_failure_that_loses_nothing(
    court: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.store.engine.BUSY_SECONDS", 0)
    court.tickets("工单.csv", ticket("T1"))
    court.ingest("assets")
    with closing(sqlite3.connect(court.folder / "yunwei.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(PassingError, match="正被另一个程序写入，请稍后再试"):
            court.ingest()
    assert court.ingest().accepted == 1


def test_an_inbox_that_does_not_exist_is_not_an_empty_one(court: Workspace) -> None:
    court.inbox.rmdir()
    with pytest.raises(PassingError, match="inbox”不存在，请新建、接好共享盘"):
        court.ingest()


@pytest.mark.parametrize("seen", [False, True], ids=["a size never seen", "a size that was delivered before"])
def test_a_file_that_is_still_being_written_waits_for_the_next_run(
    court: Workspace, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    if seen:  # then it is hashed before it is copied
        before = court.tickets("工单0.csv", ticket("T0"))
        court.ingest()
        before.unlink()
    file = court.tickets("工单.csv", ticket("T1"))

    def contents() -> list[str]:
        return sorted(path.name for path in court.archive.root.rglob("*") if path.is_file() and path.name != ".lock")

    archived = contents()

    def growing(hashed: Callable[..., str]) -> Callable[..., str]:
        def then_it_grows(*arguments: object) -> str:
            content_hash = hashed(*arguments)
            with file.open("a") as writer:
                writer.write("T2,")
            return content_hash

        return then_it_grows

    if seen:
        monkeypatch.setattr("collector.ingest.arrivals.hash_of", growing(hash_of))
    else:
        monkeypatch.setattr(Archive, "_copied", growing(Archive._copied))
    report = court.ingest("tickets")
    assert [file.line() for file in report.left] == ["工单.csv：还在写入，留到下次采集"]
    assert (report.deliveries, report.exit_code) == ([], 0)
    assert contents() == archived
    monkeypatch.undo()
    court.tickets("工单.csv", ticket("T1"), ticket("T2"))
    assert court.ingest().accepted == 2


def test_a_file_that_vanished_is_named_and_the_run_goes_on(court: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    court.tickets("工单1.csv", ticket("T1"))
    gone = court.inbox / "工单0.csv"
    intake = "collector.ingest.intake.Intake.discover"
    blobs = [Blob("工单0.csv", gone, 0), Blob("工单1.csv", court.inbox / "工单1.csv", 0)]
    monkeypatch.setattr(intake, lambda self: blobs if self.source.id == "tickets" else [])
    report = court.ingest()
    assert [file.line() for file in report.left] == ["工单0.csv：打不开，文件不在了"]
    assert (report.accepted, report.exit_code) == (1, 3)


def test_two_organisations_share_a_database_and_know_nothing_of_each_other(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("shared")
    url = f"sqlite:///{folder / 'both.db'}"
    north = Workspace(folder / "north", url, "north")
    south = Workspace(folder / "south", url, "south")
    with north, south:
        north.register(("A1", "门户网站", ""))
        for court, title in ((north, "北"), (south, "南")):
            court.tickets("工单.csv", ticket("T1", title=title, asset="A9"))
        assert north.ingest().rejected == 1  # has a register without A9
        assert south.ingest().accepted == 1  # has none
        assert (north.titles(), south.titles()) == ({}, {"T1": "南"})


def test_progress_hears_of_every_file_and_row(court: Workspace) -> None:
    court.tickets("工单.csv", ticket("T1"), ticket("T2"))
    heard: list[object] = []

    class Listener:
        def begin(self, source_name: str, name: str) -> None:
            heard.append((source_name, name))

        def rows(self, count: int) -> None:
            heard.append(count)

        def end(self, report: object) -> None:
            heard.append(report)

    report = ingest(court.settings, court.store, court.archive, progress=Listener())
    assert heard == [("甲公司工单", "工单.csv"), 1, 2, report.deliveries[0]]  # the header comes first
