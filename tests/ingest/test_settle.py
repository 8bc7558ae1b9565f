"""A rejected row that comes again, corrected or not, leaves one open rejection at most."""

from __future__ import annotations

from tests.ingest.workspace import Workspace, ticket


def test_a_row_delivered_again_corrected_settles_its_rejection(court: Workspace) -> None:
    court.tickets("工单1.csv", ticket("T1", reported="昨天"), ticket("T2", reported="昨天"))
    court.ingest()
    court.tickets("工单2.csv", ticket("T3"), ticket("T2"))
    report = court.ingest()
    assert report.deliveries[0].settled == 1
    assert court.open_rejections() == [("工单1.csv", 2, "unreadable")]
    assert court.titles().keys() == {"T2", "T3"}


def test_a_row_refused_again_has_one_open_rejection_the_newest(court: Workspace) -> None:
    court.tickets("工单1.csv", ticket("T1", reported="昨天"))
    court.ingest()
    court.tickets("工单2.csv", ticket("T3"), ticket("T1", reported="前天"))
    court.ingest()
    assert court.open_rejections() == [("工单2.csv", 3, "unreadable")]
    assert len(court.store.rejections(open_only=False)) == 2


def test_a_row_without_a_key_is_known_by_its_text(court: Workspace) -> None:
    court.tickets("工单1.csv", ticket("", title="没有编号"))
    court.ingest()
    court.tickets("工单2.csv", ticket("T1"), ticket("", title="没有编号"))
    court.ingest()
    assert [(name, row) for name, row, _ in court.open_rejections()] == [("工单2.csv", 3)]


def test_a_row_without_a_key_is_known_by_its_place_in_a_file_of_the_same_name(court: Workspace) -> None:
    court.tickets("工单.csv", ticket("T1"), ticket("", title="没有编号"))
    court.ingest()
    court.tickets("工单.csv", ticket("T1"), ticket("T2", title="没有编号"))
    court.ingest()
    assert court.open_rejections() == []


def test_rows_of_another_source_settle_nothing(court: Workspace) -> None:
    court.tickets("工单.csv", ticket("T1", reported="昨天"))
    court.ingest()
    court.register(("T1", "碰巧同名", ""))
    court.ingest()
    assert len(court.open_rejections()) == 1
