"""The way out and back: rejected rows as a workbook, corrected by hand, taken in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from collector.rejections.marks import MARK_HEADER
from collector.rejections.workbook import write_workbook
from metrics.errors import InputError
from tests.ingest.workspace import TICKET_HEADER, TICKETS, Workspace, accounting, ticket

TIME = TICKET_HEADER.index("报修时间") + 1
ASSET = TICKET_HEADER.index("设备") + 1
TITLE = TICKET_HEADER.index("标题") + 1


@pytest.fixture
def out(court: Workspace, tmp_path: Path) -> Path:
    """A workbook of two refused tickets, T1 and T2, and one without a number."""
    court.tickets(
        "工单2023.csv",
        ticket("T1", reported="昨天"),
        ticket("T2", reported="前天", title="蓝屏"),
        ticket("", title="没有编号"),
        ticket("T4"),
    )
    court.ingest()
    return export(court, tmp_path / "不合格行.xlsx")


def export(court: Workspace, path: Path) -> Path:
    write_workbook(path, court.store.rejection_log().by_place(), {"tickets": "甲公司工单"})
    return path


def edit(path: Path, change: Callable[[Worksheet], None]) -> Path:
    """What an officer does in an office program: open, change the table, save."""
    book = openpyxl.load_workbook(path)
    change(book.worksheets[1])
    book.save(path)
    return path


def row_of(sheet: Worksheet, number: str) -> int:
    return next(row for row in range(2, sheet.max_row + 1) if (sheet.cell(row, 1).value or "") == number)


def put(number: str, column: int, value: object) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet.cell(row_of(sheet, number), column).value = value  # type: ignore[assignment]

    return change


def reasons(court: Workspace) -> dict[str, str]:
    """Cell that was refused → reason, of the open rejections."""
    frame = court.store.rejections()
    return dict(zip(frame["value"].fillna(""), frame["reason"], strict=True))


def test_a_corrected_row_is_accepted_and_its_rejection_settled(court: Workspace, out: Path) -> None:
    report = court.replay(edit(out, put("T1", TIME, "2023-03-01 09:00")))
    assert accounting(report) == [("不合格行.xlsx", 3, 1, 0, 0, 0, 2)]
    assert (report.deliveries[0].kind, report.exit_code, report.open_rejections) == ("correction", 0, 2)
    assert report.deliveries[0].line().endswith(" + 拒绝 0 + 另计 2（未改动 2）；了结以前的不合格行 1")
    assert court.titles().keys() == {"T1", "T4"}
    assert reasons(court).keys() == {"前天", ""}


def test_the_accepted_row_cites_the_workbook_which_is_archived(court: Workspace, out: Path) -> None:
    delivered = edit(out, put("T1", TIME, "2023-03-01 09:00")).read_bytes()
    content_hash = court.replay(out).deliveries[0].content_hash
    row = court.current().to_dict("records")[0]
    lineage = court.store.lineage("ticket", [row["row_id"]]).to_dict("records")[0]
    assert (lineage["name"], lineage["sheet"], lineage["row_no"]) == ("不合格行.xlsx", "甲公司工单 工单", 2)
    assert court.archive.verified(content_hash).read_bytes() == delivered


def test_a_workbook_left_as_it_was_changes_nothing(court: Workspace, out: Path) -> None:
    before, titles = court.open_rejections(), court.titles()
    report = court.replay(out)
    assert accounting(report) == [("不合格行.xlsx", 3, 0, 0, 0, 0, 3)]
    assert (court.open_rejections(), court.titles()) == (before, titles)


def test_the_same_workbook_twice_is_read_once(court: Workspace, out: Path) -> None:
    court.replay(edit(out, put("T1", TIME, "2023-03-01 09:00")))
    before = court.store.fingerprint()
    report = court.replay(out)
    assert (report.deliveries, report.known) == ([], 1)
    assert court.store.fingerprint() == before


def test_a_row_still_wrong_stays_with_its_new_reason(court: Workspace, out: Path) -> None:
    court.replay(edit(out, put("T1", TIME, "2023-03-01 11:00")))  # after it was resolved
    (line,) = (line for line in court.store.rejections().to_dict("records") if line["key"] == "T1")
    assert (line["name"], line["row_no"]) == ("不合格行.xlsx", 2)
    assert "早于" in line["reason"]
    assert len(court.open_rejections()) == 3


def test_the_workbook_can_be_corrected_once_more(court: Workspace, out: Path) -> None:
    court.replay(edit(out, put("", TITLE, "仍没有编号")))
    court.replay(edit(out, put("", 1, "T3")))
    assert court.titles()["T3"] == "仍没有编号"
    assert reasons(court).keys() == {"昨天", "前天"}


def test_what_was_refused_twice_goes_out_again_and_comes_back(court: Workspace, out: Path, tmp_path: Path) -> None:
    court.replay(edit(out, put("", TITLE, "仍没有编号")))
    again = export(court, tmp_path / "再次.xlsx")
    court.replay(edit(again, put("", 1, "T3")))
    assert court.titles()["T3"] == "仍没有编号"
    assert reasons(court).keys() == {"昨天", "前天"}


def test_an_older_workbook_does_not_reopen_what_is_settled(court: Workspace, out: Path, tmp_path: Path) -> None:
    older = tmp_path / "旧.xlsx"
    older.write_bytes(out.read_bytes())
    court.replay(edit(out, put("T1", TIME, "2023-03-01 09:00")))
    report = court.replay(edit(older, put("T2", TIME, "2023-03-01 08:00")))
    assert accounting(report) == [("旧.xlsx", 3, 1, 0, 0, 0, 2)]
    assert court.store.rejections()["key"].fillna("").tolist() == [""]


def test_rows_may_be_deleted_and_sorted_and_columns_added(court: Workspace, out: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.delete_rows(row_of(sheet, ""))
        sheet.move_range(f"A2:{sheet.cell(2, sheet.max_column).coordinate}", rows=5)  # T1 goes below T2
        sheet.delete_rows(2)
        sheet.insert_cols(1)
        sheet.cell(1, 1).value = "处理人"
        sheet.cell(2, 1).value = "张三"
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, 2).value:
                sheet.cell(row, TIME + 1).value = "2023-03-01 09:00"

    report = court.replay(edit(out, change))
    assert [delivery.accepted for delivery in report.deliveries] == [2]
    assert court.titles() == {"T1": "无法开机", "T2": "蓝屏", "T4": "无法开机"}
    assert list(reasons(court)) == [""]


def test_an_office_program_may_turn_text_into_dates_and_numbers(court: Workspace, out: Path) -> None:
    def change(sheet: Worksheet) -> None:
        row = row_of(sheet, "T1")
        sheet.cell(row, TIME).value = dt.datetime(2023, 3, 1, 9, 0)
        sheet.cell(row, TIME).number_format = "yyyy-mm-dd hh:mm"
        sheet.cell(row, 1).value = 20230001
        sheet.cell(row, TITLE).value = 5.0

    court.replay(edit(out, change))
    assert court.titles()["20230001"] == "5"


def test_a_row_delivered_again_by_the_vendor_is_not_undone(court: Workspace, out: Path) -> None:
    court.tickets("工单5.csv", ticket("T1", title="服务商改好的"))
    court.ingest()
    court.replay(edit(out, put("T2", TIME, "2023-03-01 08:00")))
    assert court.titles()["T1"] == "服务商改好的"
    assert len(court.open_rejections()) == 1


def test_the_year_still_comes_from_the_vendors_file(court: Workspace, out: Path) -> None:
    court.replay(edit(out, put("T1", TIME, "3月1日 9:00")))
    assert court.titles().keys() == {"T1", "T4"}


def test_an_asset_still_unknown_is_tried_again_when_the_register_has_it(court: Workspace, tmp_path: Path) -> None:
    court.register(("A1", "门户网站", ""))
    court.tickets("工单2023.csv", ticket("T1", asset="电梯", reported="昨天"))
    court.ingest()
    out = export(court, tmp_path / "不合格行.xlsx")
    court.replay(edit(out, put("T1", TIME, "3月1日 9:00")))
    assert [code for _, _, code in court.open_rejections()] == ["unknown_asset"]
    court.register(("A1", "门户网站", ""), ("A2", "电梯", ""))
    report = court.ingest()
    assert [(d.name, d.kind) for d in report.deliveries][1:] == [("不合格行.xlsx", "retry")]
    assert court.current()["asset_no"].tolist() == ["A2"]
    assert court.open_rejections() == []


def test_a_correction_survives_a_corrected_mapping(court: Workspace, out: Path) -> None:
    court.replay(edit(out, put("T1", TIME, "2023-03-01 09:00")))
    court.source("tickets", TICKETS.replace("[标题]", "[标题, 故障现象]"))
    report = court.ingest()
    assert [(d.name, d.kind) for d in report.deliveries] == [
        ("工单2023.csv", "reread"),
        ("不合格行.xlsx", "correction"),
    ]
    assert court.titles().keys() == {"T1", "T4"}
    assert reasons(court).keys() == {"前天", ""}


def test_a_correction_that_a_later_mapping_can_read_is_accepted_then(court: Workspace, out: Path) -> None:
    court.replay(edit(out, put("T1", TIME, "03/01/2023 09:00")))
    assert court.titles().keys() == {"T4"}
    court.source("tickets", TICKETS + "day_first: false\n")
    court.ingest()
    assert court.titles().keys() == {"T1", "T4"}
    assert reasons(court).keys() == {"前天", ""}


def test_one_workbook_may_hold_rows_of_two_sources(court: Workspace, tmp_path: Path) -> None:
    court.source("others", TICKETS.replace("id: tickets", "id: others").replace("工单*.csv", "乙*.csv"))
    court.tickets("工单.csv", ticket("T1", reported="昨天"))
    court.tickets("乙.csv", ticket("T1", reported="前天"))
    court.ingest()
    out = tmp_path / "不合格行.xlsx"
    write_workbook(out, court.store.rejection_log().by_place(), {})
    book = openpyxl.load_workbook(out)
    for sheet in book.worksheets[1:]:
        sheet.cell(2, TIME).value = "2023-03-01 09:00"
    book.save(out)
    report = court.replay(out)
    assert {(delivery.source, delivery.accepted) for delivery in report.deliveries} == {("tickets", 1), ("others", 1)}
    assert court.open_rejections() == []


def test_a_row_added_by_hand_is_refused_with_the_reason(court: Workspace, out: Path) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.append(ticket("T9"))

    court.replay(edit(out, change))
    (line,) = (line for line in court.store.rejections().to_dict("records") if line["code"] == "unmarked_row")
    assert (line["row_no"], line["header"]) == (5, MARK_HEADER)
    assert "T9" not in court.titles()


def test_another_workbook_is_refused_with_one_sentence(court: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "别的.xlsx"
    openpyxl.Workbook().save(other)
    with pytest.raises(InputError, match=r"^工作簿“.*别的\.xlsx”：这不是 yunwei rejections export 写出的工作簿"):
        court.replay(other)
    (tmp_path / "文本.xlsx").write_text("不是工作簿")
    with pytest.raises(InputError, match=r"^工作簿“.*文本\.xlsx”："):
        court.replay(tmp_path / "文本.xlsx")
