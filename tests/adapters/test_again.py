"""Rejected rows mapped once more, and the preview."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from adapters.base import Batch
from tests.adapters.conftest import Tickets
from tests.adapters.reading import Reader
from tests.adapters.writing import csv_file, xlsx_file

HEADER = ("序号", "工单号", "标题", "报修时间")
GOOD, BAD = "2023-03-05 09:00", "2023-03-35 09:00"


def edited(rejections: pd.DataFrame, **cells: str) -> pd.DataFrame:
    """Kept rows with some cells changed."""
    raws = [json.dumps({**json.loads(raw), **cells}, ensure_ascii=False) for raw in rejections["raw"]]
    return rejections.assign(raw=raws)


def test_a_row_left_as_it_was_is_refused_for_the_same_reason(tickets: Tickets) -> None:
    reader = tickets()
    read = reader.read("a.csv", csv_file([HEADER, (1, "T1", "", BAD), (2, "", "x", "昨天")]))
    again = reader.again(read.rejected(), "a.csv")
    pd.testing.assert_frame_equal(again.rejected(), read.rejected())


def test_a_corrected_row_becomes_the_record_it_should_have_been(tickets: Tickets) -> None:
    reader = tickets()
    read = reader.read("a.xlsx", xlsx_file({"三月": [HEADER, (1, "T1", "无声", BAD)]}))
    again = reader.again(edited(read.rejected(), 报修时间=GOOD), "a.xlsx")
    assert again.rows("ticket", "ticket_no", "title", "reported_at", "sheet", "row_no") == [
        ("T1", "无声", GOOD, "三月", 2)
    ]


def test_a_year_that_only_the_title_said_is_kept_with_the_row(tickets: Tickets) -> None:
    reader = tickets()
    read = reader.read("工单.csv", csv_file([("2023年工单",), HEADER, (1, "T1", "", "3月35日")]))
    assert json.loads(read.rejections()[0]["raw"])["（年份）"] == "2023"
    again = reader.again(edited(read.rejected(), 报修时间="3月5日 9:00"), "工单.csv")
    assert again.rows("ticket", "reported_at") == [(GOOD,)]


def test_the_year_of_the_files_name_still_holds(tickets: Tickets) -> None:
    reader = tickets()
    read = reader.read("2023/工单.csv", csv_file([HEADER, (1, "T1", "", "3月35日")]))
    again = reader.again(edited(read.rejected(), 报修时间="3月5日 9:00"), "2023/工单.csv")
    assert again.rows("ticket", "reported_at") == [(GOOD,)]


def test_day_numbers_of_1904_still_count_from_there(tickets: Tickets) -> None:
    reader = tickets()
    content = xlsx_file({"工单": [HEADER, (1, "T1", "", "x")]}, date_1904=True)
    read = reader.read("a.xlsx", content)
    again = reader.again(edited(read.rejected(), 报修时间="43528.375"), "a.xlsx")
    assert again.rows("ticket", "reported_at") == [(GOOD,)]


def test_a_site_taken_from_the_sheets_name_still_holds(tmp_path: Path) -> None:
    mapping = """
tables:
  - record: inspection
    columns: {inspection_no: [单号], kind: [项目], inspected_at: [时间]}
    place: {site: sheet}
"""
    reader = Reader(tmp_path, mapping)
    content = xlsx_file({"一庭": [("单号", "项目", "时间"), ("X1", "机房", BAD)]})
    again = reader.again(edited(reader.read("a.xlsx", content).rejected(), 时间=GOOD), "a.xlsx")
    assert again.rows("inspection", "site") == [("一庭",)]


def test_an_emptied_row_is_set_aside(tickets: Tickets) -> None:
    reader = tickets()
    read = reader.read("a.csv", csv_file([HEADER, (1, "T1", "", BAD)]))
    again = reader.again(edited(read.rejected(), 工单号="", 报修时间=""), "a.csv")
    assert (again.read, dict(again.set_aside)) == (1, {"blank": 1})


def test_rows_of_different_layouts_are_read_each_by_its_own(tickets: Tickets) -> None:
    reader = tickets()
    one = reader.read("a.csv", csv_file([HEADER, (1, "T1", "", BAD)])).rejected()
    two = reader.read("b.csv", csv_file([("编号", "报修时间", "标题"), ("T2", BAD, "")])).rejected()
    both = edited(pd.concat([one, two], ignore_index=True), 报修时间=GOOD)
    again = reader.again(both, "a.csv")
    assert again.rows("ticket", "ticket_no") == [("T1",), ("T2",)]


def test_rows_that_no_table_takes_any_more_stay_refused(tickets: Tickets, tmp_path: Path) -> None:
    rejected = tickets().read("a.csv", csv_file([HEADER, (1, "T1", "", BAD)])).rejected()
    other = Reader(tmp_path, "tables: [{record: asset, columns: {asset_no: 设备}}]")
    again = other.again(rejected, "a.csv")
    assert again.reasons() == ["现有配置中没有读取这些列的工单表"]
    assert again.rejections()[0]["raw"] == rejected["raw"][0]


def test_accepted_rows_can_be_kept_whole_too(tickets: Tickets) -> None:
    content = csv_file([HEADER, (1, "T1", "", BAD), (2, "T2", "无声", GOOD)])
    (batch,) = [batch for batch in tickets().batches("a.csv", content) if len(batch.frame)]
    assert _original(batch, "title") == (
        "标题",
        '{"序号": "2", "工单号": "T2", "标题": "无声", "报修时间": "2023-03-05 09:00"}',
    )


def _original(batch: Batch, field: str) -> tuple[str, str]:
    import numpy as np

    assert batch.originals is not None
    row = batch.originals(field, np.array([0])).iloc[0]
    return row["header"], row["raw"]


def test_the_preview_shows_columns_and_first_records(tickets: Tickets) -> None:
    content = csv_file([HEADER, *((n, f"T{n}", "", GOOD) for n in range(9))])
    (preview,) = tickets().preview("a.csv", content)
    assert dict(preview.recognised) == {"工单号": "ticket_no", "标题": "title", "报修时间": "reported_at"}
    assert (preview.record, preview.sheet, preview.unmatched, preview.missing) == ("ticket", "a", (), ())
    assert [row["ticket_no"] for row in preview.rows] == ["T0", "T1", "T2", "T3", "T4"]
    assert preview.rows[0]["title"] is None


def test_the_preview_names_what_is_missing_and_what_is_left(tickets: Tickets) -> None:
    content = csv_file([("工单号", "标题", "到场时间", "解决时间", "满意度"), ("T1", "", "", "", "")])
    (preview,) = tickets().preview("a.csv", content)
    assert (preview.missing, preview.unmatched, preview.rows) == (("reported_at",), ("满意度",), [])
