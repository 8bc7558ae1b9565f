"""The workbook of rejected rows: the vendor's layout, faulty cells coloured, text that stays text, marks that hold."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from collector.rejections.corrections import CorrectedRow, by_source, origins_of, read_rows
from collector.rejections.marks import BESIDE, MARK_HEADER, cells_of, raw_of, with_marks
from collector.rejections.workbook import PLACE_HEADER, REASON_HEADER, write_workbook
from metrics.errors import InputError, PassingError

NAMES = {"tickets": "甲公司工单"}


def rejections(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rejections as the store gives them."""
    return pd.DataFrame([{**rejection(number), **row} for number, row in enumerate(rows, start=1)])


def rejection(number: int) -> dict[str, Any]:
    return {
        "rejection_id": number,
        "sequence": 1,
        "source": "tickets",
        "name": "三月.xlsx",
        "content_hash": "c1",
        "record": "ticket",
        "sheet": "工单",
        "row_no": number + 1,
        "header": "报修时间",
        "reason": "不是时间",
        "raw": raw_of({"工单号": f"T{number}", "报修时间": "昨天"}, None),
        "resolved_by": None,
    }


def write_out(
    path: Path, frame: pd.DataFrame, names: dict[str, str], two_header_rows: Collection[tuple[str, str]] = ()
) -> int:
    lines = ({str(name): value for name, value in line.items()} for line in frame.to_dict("records"))
    return write_workbook(path, lines, names, two_header_rows)


def sheets(path: Path) -> list[tuple[str, list[tuple[str, ...]]]]:
    """The workbook as rows of text."""
    book = openpyxl.load_workbook(path)
    return [
        (sheet.title, [tuple("" if cell is None else str(cell) for cell in row) for row in sheet.values])
        for sheet in book.worksheets
    ]


def test_the_rows_stand_there_as_the_vendor_wrote_them(tmp_path: Path) -> None:
    count = write_out(tmp_path / "out.xlsx", rejections({}, {}), NAMES)
    (help_name, _), (name, rows) = sheets(tmp_path / "out.xlsx")
    assert (count, help_name, name) == (2, "说明", "甲公司工单 工单")
    assert rows[0] == ("工单号", "报修时间", PLACE_HEADER, MARK_HEADER, REASON_HEADER)
    assert rows[1][:3] == ("T1", "昨天", "三月.xlsx · 工单 · 第 2 行")
    assert rows[1][-1] == "不是时间"


def test_the_faulty_cell_is_coloured_and_the_mark_is_hidden(tmp_path: Path) -> None:
    write_out(tmp_path / "out.xlsx", rejections({}), NAMES)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[1]
    assert [cell.fill.fgColor.rgb for cell in sheet[2]][:3] == ["00000000", "FFFFC7CE", "00000000"]
    assert sheet.column_dimensions["D"].hidden
    assert {cell.number_format for cell in sheet[2]} == {"@"}


def test_text_stays_text_whatever_it_looks_like(tmp_path: Path) -> None:
    wild = {"工单号": "=HYPERLINK(1)", "电话": "013800000000", "网址": "http://x", "备注": "-1\x07+2", "空": ""}
    write_out(tmp_path / "out.xlsx", rejections({"raw": raw_of(wild, None)}), NAMES)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[1]
    cells = list(sheet[2])[:5]
    assert [cell.value for cell in cells[:3]] == ["=HYPERLINK(1)", "013800000000", "http://x"]
    assert {cell.data_type for cell in cells[:4]} <= {"s", "inlineStr"}
    assert all(cell.hyperlink is None for cell in cells)


def test_rows_with_the_same_columns_share_a_sheet_and_others_do_not(tmp_path: Path) -> None:
    other = raw_of({"编号": "T9", "报修时间": "昨天"}, None)
    frame = rejections({}, {"name": "四月.xlsx", "content_hash": "c2"}, {"raw": other}, {"source": "old"})
    write_out(tmp_path / "out.xlsx", frame, NAMES)
    found = [(name, len(rows) - 1) for name, rows in sheets(tmp_path / "out.xlsx")[1:]]
    assert sorted(found) == [("old 工单", 1), ("甲公司工单 工单", 2), ("甲公司工单 工单 2", 1)]


def test_two_faults_of_one_row_are_one_row_with_both_reasons(tmp_path: Path) -> None:
    twice = {"row_no": 5, "raw": raw_of({"类别": "庭审", "1月": "x", "2月": "y"}, None)}
    frame = rejections({**twice, "header": "1月", "reason": "不是数"}, {**twice, "header": "2月", "reason": "也不是数"})
    assert write_out(tmp_path / "out.xlsx", frame, NAMES) == 1
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[1]
    assert sheet["F2"].value == "不是数；也不是数"
    assert [cell.fill.fgColor.rgb for cell in sheet[2]][:3] == ["00000000", "FFFFC7CE", "FFFFC7CE"]


def test_two_header_rows_go_out_and_come_back_as_two(tmp_path: Path) -> None:
    cells = {"工单号": "T1", "时间/报修": "昨天", "时间/解决": "今天", "是/否": "是"}
    frame = rejections({"raw": raw_of(cells, None), "header": "时间/报修"})
    write_out(tmp_path / "out.xlsx", frame, NAMES, {("tickets", "ticket")})
    name, rows = sheets(tmp_path / "out.xlsx")[1]
    assert rows[0][:4] == ("", "时间", "时间", "是")
    assert rows[1][:4] == ("工单号", "报修", "解决", "否")
    (row,) = read_rows([(name, rows)])
    assert (row.row_no, row.mark, row.cells) == (3, mark_of(frame), cells)


def test_a_full_sheet_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.rejections.workbook._ROWS_OF_A_SHEET", 2)
    write_out(tmp_path / "out.xlsx", rejections({}, {}, {}), NAMES)
    found = [(name, [row[0] for row in rows[1:]]) for name, rows in sheets(tmp_path / "out.xlsx")[1:]]
    assert found == [("甲公司工单 工单", ["T1", "T2"]), ("甲公司工单 工单 2", ["T3"])]


def test_a_sheet_name_is_one_that_every_office_program_takes(tmp_path: Path) -> None:
    frame = rejections({}, {"source": "b"})
    names = {"tickets": "甲公司[2023]/工单:一线*二线?的全部故障处理记录与回访记录", "b": "说明"}
    write_out(tmp_path / "out.xlsx", frame, names)
    found = [name for name, _ in sheets(tmp_path / "out.xlsx")]
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in found)
    assert len({name.lower() for name in found}) == 3


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PassingError, match="无法写入"):
        write_out(tmp_path / "file" / "out.xlsx", rejections({}), NAMES)


def corrected(mark: str, number: str = "T1", time: str = "2023-03-01", sheet: str = "工单") -> CorrectedRow:
    return CorrectedRow(sheet, 2, mark, {"工单号": number, "报修时间": time})


def mark_of(frame: pd.DataFrame, position: int = 0) -> str:
    return str(with_marks(frame)["mark"].iloc[position])


def test_a_workbook_reads_back_as_it_was_written(tmp_path: Path) -> None:
    frame = rejections({}, {})
    write_out(tmp_path / "out.xlsx", frame, NAMES)
    rows = read_rows(sheets(tmp_path / "out.xlsx"))
    assert [(row.row_no, row.cells) for row in rows] == [
        (2, {"工单号": "T1", "报修时间": "昨天"}),
        (3, {"工单号": "T2", "报修时间": "昨天"}),
    ]
    assert [row.mark for row in rows] == [mark_of(frame, 0), mark_of(frame, 1)]


def test_columns_may_be_moved_added_and_deleted() -> None:
    header = ("处理人", MARK_HEADER, "报修时间", "", "工单号")
    (row,) = read_rows([("工单", [("标题",), header, ("张三", "R1", "昨天", "?", "T1"), ("",)])])
    assert (row.mark, row.row_no) == ("R1", 3)
    assert row.cells == {"处理人": "张三", "报修时间": "昨天", "工单号": "T1"}


def test_a_vendors_column_called_like_ours_stays_the_vendors() -> None:
    header = ("工单号", REASON_HEADER, PLACE_HEADER, MARK_HEADER, REASON_HEADER)
    (row,) = read_rows([("工单", [header, ("T1", "停电", "三月", "R1", "不是时间")])])
    assert row.cells == {"工单号": "T1", REASON_HEADER: "停电"}


def test_another_workbook_is_refused_with_one_sentence() -> None:
    with pytest.raises(InputError, match=r"^这不是 yunwei rejections export 写出的工作簿"):
        read_rows([("工单", [("工单号", "报修时间"), ("T1", "昨天")])])


def test_marks_hold_through_other_ids_and_mappings() -> None:
    again = rejections({"rejection_id": 77, "sequence": 9, "reason": "另一个原因", "resolved_by": 3})
    assert mark_of(rejections({})) == mark_of(again)
    assert mark_of(rejections({})) != mark_of(rejections({"row_no": 3}))


def test_a_corrected_row_settles_what_is_open_of_its_origin() -> None:
    frame = rejections({})
    wrong_again = {
        "name": "改.xlsx",
        "content_hash": "w1",
        "raw": raw_of({"工单号": "T1", "报修时间": "前天"}, mark_of(frame)),
    }
    both = rejections({"resolved_by": 2}, wrong_again)
    found = by_source([corrected(mark_of(frame))], origins_of(with_marks(both)))["tickets"]
    assert found.settles == [2]
    row = found.again.iloc[0]
    assert (row["origin_name"], row["origin_sheet"], row["sheet"], row["row_no"]) == ("三月.xlsx", "工单", "工单", 2)
    assert cells_of(row["raw"]) == {"工单号": "T1", "报修时间": "2023-03-01"}
    assert json.loads(row["raw"])[MARK_HEADER] == mark_of(frame)


@pytest.mark.parametrize("resolved_by", [None, 5])
def test_a_row_left_as_it_was_is_set_aside(resolved_by: int | None) -> None:
    frame = with_marks(rejections({"resolved_by": resolved_by}))
    found = by_source([corrected(mark_of(frame), time="昨天")], origins_of(frame))["tickets"]
    assert (len(found.again), found.set_aside, found.settles) == (0, {"ticket": {"not_applicable": 1}}, [])


def test_a_workbook_read_again_is_not_compared_with_what_was_refused_of_it() -> None:
    mark = mark_of(rejections({}))
    refused = {"content_hash": "w1", "raw": raw_of({"工单号": "T1", "报修时间": "前天"}, mark)}
    frame = with_marks(rejections({}, refused))
    found = by_source([corrected(mark, time="前天")], origins_of(frame, "w1"))["tickets"]
    assert (len(found.again), found.settles) == (1, [1, 2])


def test_a_row_corrected_once_more_is_read_although_it_was_settled() -> None:
    settled = with_marks(rejections({"resolved_by": 5}))
    found = by_source([corrected(mark_of(settled))], origins_of(settled))["tickets"]
    assert (len(found.again), found.settles) == (1, [])


def test_an_emptied_row_is_set_aside_and_stays_open() -> None:
    frame = rejections({})
    found = by_source([corrected(mark_of(frame), "", "")], origins_of(with_marks(frame)))["tickets"]
    assert (len(found.again), found.set_aside, found.settles) == (0, {"ticket": {"blank": 1}}, [])


@pytest.mark.parametrize(("mark", "fact"), [("", "这一行没有行标记"), ("R0", "行标记“R0”不属于本单位的不合格行")])
def test_a_row_without_a_known_mark_is_kept_with_the_reason(mark: str, fact: str) -> None:
    frame = rejections({})
    rows = [corrected(mark_of(frame)), corrected(mark, "T7")]
    found = by_source(rows, origins_of(with_marks(frame)))["tickets"]
    (line,) = found.unmarked.to_dict("records")
    assert line["reason"].startswith(fact)
    assert (line["record"], cells_of(line["raw"])["工单号"]) == ("ticket", "T7")


def test_a_workbook_of_another_court_is_refused() -> None:
    with pytest.raises(InputError, match="没有一行的行标记属于本单位的不合格行"):
        by_source([corrected("R0")], {})


def test_what_the_adapter_noted_beside_a_row_comes_back_unseen(tmp_path: Path) -> None:
    frame = rejections({"raw": raw_of({"工单号": "T1", "报修时间": "3月", BESIDE[0]: "2023"}, None)})
    write_out(tmp_path / "out.xlsx", frame, NAMES)
    (row,) = read_rows(sheets(tmp_path / "out.xlsx"))
    assert row.cells == {"工单号": "T1", "报修时间": "3月"}
    row.cells["报修时间"] = "3月1日"
    found = by_source([row], origins_of(with_marks(frame)))["tickets"]
    assert cells_of(found.again.iloc[0]["raw"])[BESIDE[0]] == "2023"


def test_text_too_long_for_a_cell_survives_the_way_out_and_back(tmp_path: Path) -> None:
    long = "很" * 40_000
    frame = rejections({"raw": raw_of({"工单号": "T1", "报修时间": "昨天", "详情": long}, None)})
    write_out(tmp_path / "out.xlsx", frame, NAMES)
    rows = read_rows(sheets(tmp_path / "out.xlsx"))
    assert len(rows[0].cells["详情"]) < 40_000
    rows[0].cells["报修时间"] = "2023-03-01"
    found = by_source(rows, origins_of(with_marks(frame)))["tickets"]
    assert cells_of(found.again.iloc[0]["raw"])["详情"] == long
