"""One story on both databases leaves the same store behind: deliveries, corrections, a new mapping, a new asset."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from collector.rejections.workbook import write_workbook
from tests.ingest.workspace import CHECK_HEADER, TICKETS, Workspace, ticket


def corrected_workbook(court: Workspace, path: Path) -> Path:
    """What is open, with a time put right in the first row."""
    write_workbook(path, court.store.rejection_log().by_place(), {})
    book = openpyxl.load_workbook(path)
    book["tickets 工单"]["B2"].value = "2023-03-01 09:00"
    book.save(path)
    return path


def live_through(court: Workspace, workbook: Path) -> str:
    """Everything that can happen to a court's data; the fingerprint of what is left."""
    court.register(("A1", "门户网站", "官网"))
    court.tickets("工单1.csv", ticket("T1", asset="官网", reported="昨天"), ticket("T2", asset="电梯"), ticket("T3"))
    court.deliver("拨测.csv", CHECK_HEADER, ("官网", "2023-03-01 09:00", "正常"), ("电梯", "2023-03-01 09:00", "异常"))
    court.write("inbox/工单0.csv", "无关\n内容\n")
    court.ingest()
    court.now += 60
    if not workbook.exists():
        corrected_workbook(court, workbook)
    court.replay(workbook)
    court.now += 60
    court.tickets("工单2.csv", ticket("T3", title="改过"), ticket("T4", title=""))
    court.register(("A1", "门户网站", "官网"), ("A2", "电梯", ""), name="台账2.csv")
    court.ingest()
    court.source("tickets", TICKETS + "    require: [title]\n")
    court.ingest()
    return court.store.fingerprint()


@pytest.mark.live
def test_both_databases_hold_the_same_in_the_end(tmp_path: Path, postgres_url: str) -> None:
    workbook = tmp_path / "改.xlsx"
    with Workspace(tmp_path / "embedded") as embedded, Workspace(tmp_path / "shared", postgres_url) as shared:
        first = live_through(embedded, workbook)
        second = live_through(shared, workbook)
        assert embedded.titles() == shared.titles() == {"T1": "无法开机", "T2": "无法开机", "T3": "改过"}
        assert embedded.open_rejections() == shared.open_rejections() == []
    assert first == second


def test_a_store_made_from_the_same_deliveries_anew_is_the_same(tmp_path: Path) -> None:
    workbook = tmp_path / "改.xlsx"
    with Workspace(tmp_path / "first") as first, Workspace(tmp_path / "second") as second:
        expected = live_through(first, workbook)
        assert live_through(second, workbook) == expected
        shutil.rmtree(second.inbox)
        second.inbox.mkdir()
        assert second.ingest().deliveries == []
        assert second.store.fingerprint() == expected
