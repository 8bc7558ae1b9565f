"""A corrected mapping reads the archived bytes again and takes back what the old one had read."""

from __future__ import annotations

from tests.ingest.workspace import NEW_YEAR, TICKETS, Workspace, accounting, ticket

WITHOUT_TITLES = TICKETS.replace("      title: [标题]\n", "")
ONLY_WITH_TITLE = TICKETS + "    require: [title]\n"


def test_the_archived_bytes_are_read_again_when_the_inbox_is_empty(court: Workspace) -> None:
    court.source("tickets", WITHOUT_TITLES)
    court.tickets("工单.csv", ticket("T1", title="蓝屏")).rename(court.inbox / "工单.csv")
    court.ingest()
    (court.inbox / "工单.csv").unlink()
    court.source("tickets", TICKETS)
    report = court.ingest()
    assert [delivery.kind for delivery in report.deliveries] == ["reread"]
    assert accounting(report) == [("工单.csv", 2, 0, 0, 1, 0, 1)]
    assert court.titles() == {"T1": "蓝屏"}


def test_rows_that_the_new_mapping_does_not_read_are_withdrawn(court: Workspace) -> None:
    court.tickets("工单.csv", ticket("T1"), ticket("T2", title=""))
    court.ingest()
    court.now = NEW_YEAR + 60
    court.source("tickets", ONLY_WITH_TITLE)
    report = court.ingest()
    assert [delivery.withdrawn for delivery in report.deliveries] == [1]
    assert accounting(report) == [("工单.csv", 3, 0, 1, 0, 0, 2)]
    assert court.titles().keys() == {"T1"}
    assert court.titles(known_at=NEW_YEAR).keys() == {"T1", "T2"}


def test_contents_are_read_again_in_the_order_of_their_first_coming(court: Workspace) -> None:
    court.tickets("工单9.csv", ticket("T1", title="旧"))
    court.ingest()
    court.tickets("工单1.csv", ticket("T1", title="新"), ticket("T2"))  # an earlier name, a later delivery
    court.ingest()
    court.source("tickets", TICKETS.replace("[标题]", "[标题, 故障现象]"))
    report = court.ingest()
    assert [delivery.name for delivery in report.deliveries] == ["工单9.csv", "工单1.csv"]
    assert court.titles()["T1"] == "新"


def test_going_back_to_a_mapping_reads_again(court: Workspace) -> None:
    court.tickets("工单.csv", ticket("T1"), ticket("T2", title=""))
    court.ingest()
    for mapping, expected in ((ONLY_WITH_TITLE, {"T1"}), (TICKETS, {"T1", "T2"}), (ONLY_WITH_TITLE, {"T1"})):
        court.source("tickets", mapping)
        court.ingest()
        assert court.titles().keys() == expected


def test_what_a_mapping_refused_is_settled_by_the_mapping_that_reads_it(court: Workspace) -> None:
    day_only = ("T1", "03/01/2023 09:00", "", "", "")
    court.tickets("工单.csv", day_only, ticket("T2", reported="昨天"))
    court.ingest()
    assert len(court.open_rejections()) == 2
    court.source("tickets", TICKETS + "day_first: false\n")
    court.ingest()
    assert [row for _, row, _ in court.open_rejections()] == [3]
    assert court.titles().keys() == {"T1"}


def test_a_damaged_archive_is_said_and_costs_nothing(court: Workspace) -> None:
    file = court.tickets("工单.csv", ticket("T1"))
    content_hash = court.ingest().deliveries[0].content_hash
    delivered = file.read_bytes()
    file.unlink()
    court.archive.path(content_hash).write_bytes(b"rot")
    court.source("tickets", ONLY_WITH_TITLE)
    report = court.ingest()
    assert (report.deliveries, report.exit_code) == ([], 3)
    assert "已损坏" in report.left[0].line()
    file.write_bytes(delivered)  # the vendor still has it: healed and read
    assert [delivery.kind for delivery in court.ingest().deliveries] == ["reread"]
