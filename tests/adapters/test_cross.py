"""Counts per month in a cross table, kinds down or kinds across."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.reading import Reader
from tests.adapters.writing import csv_file, xlsx_file

KINDS_DOWN = """
tables:
  - record: support_event
    columns: {kind: [项目], site: [地点]}
    cross: {rows: kind, columns: month, value: quantity, at: started_at}
"""
KINDS_ACROSS = """
tables:
  - record: support_event
    columns: {site: [地点]}
    cross: {rows: month, columns: kind, value: quantity, at: started_at}
"""
FIELDS = ("kind", "started_at", "quantity", "row_no")


def test_every_filled_cell_is_a_record_of_the_first_day_of_its_month(tmp_path: Path) -> None:
    rows = [("项目", "1月", "2月"), ("庭审", 5, ""), ("远程", "-", 7)]
    read = Reader(tmp_path, KINDS_DOWN).read("2023.csv", csv_file(rows))
    assert read.rows("support_event", *FIELDS) == [
        ("庭审", "2023-01-01 00:00", 5, 2),
        ("远程", "2023-02-01 00:00", 7, 3),
    ]
    assert read.rows("support_event", "event_no") == [("庭审@2023-01",), ("远程@2023-02",)]


def test_kinds_may_stand_across(tmp_path: Path) -> None:
    rows = [
        ("序号", "月份", "庭审", "远程", "合计", "备注"),
        (1, "1月", 5, 6, 11, ""),
        (2, "二月", "", 7, 7, "无"),
        ("", "合计", 5, 13),
    ]
    read = Reader(tmp_path, KINDS_ACROSS).read("2023.csv", csv_file(rows))
    assert read.rows("support_event", *FIELDS) == [
        ("庭审", "2023-01-01 00:00", 5, 2),
        ("远程", "2023-01-01 00:00", 6, 2),
        ("远程", "2023-02-01 00:00", 7, 3),
    ]
    assert dict(read.set_aside) == {"header": 1, "total": 1}


@pytest.mark.parametrize("months", [("2022年12月", "2023年1月"), ("2022-12", "2023-01"), ("202212", "202301")])
def test_months_may_carry_their_year(tmp_path: Path, months: tuple[str, str]) -> None:
    read = Reader(tmp_path, KINDS_DOWN).read("保障.csv", csv_file([("项目", *months), ("庭审", 1, 2)]))
    assert read.rows("support_event", "started_at") == [("2022-12-01 00:00",), ("2023-01-01 00:00",)]


def test_the_year_may_stand_over_its_months(tmp_path: Path) -> None:
    mapping = KINDS_DOWN.replace("columns: {kind", "header: {rows: 2}\n    columns: {kind")
    rows = [("项目", "2022年", "2023年", ""), ("", "12月", "1月", "2月"), ("庭审", 1, 2, 3)]
    read = Reader(tmp_path, mapping).read(
        "保障.xlsx", xlsx_file({"保障": rows}, {"保障": [(0, 2, 0, 3), (0, 0, 1, 0)]})
    )
    assert read.rows("support_event", "started_at", "quantity") == [
        ("2022-12-01 00:00", 1),
        ("2023-01-01 00:00", 2),
        ("2023-02-01 00:00", 3),
    ]


def test_without_a_year_every_cell_is_rejected(tmp_path: Path) -> None:
    read = Reader(tmp_path, KINDS_DOWN).read("保障.csv", csv_file([("项目", "1月"), ("庭审", 5)]))
    assert read.rows("support_event", "kind") == []
    assert "没有年份" in read.reasons()[0]


def test_a_cell_that_is_no_number_is_rejected_alone(tmp_path: Path) -> None:
    reader = Reader(tmp_path, KINDS_DOWN)
    rows = [("地点", "项目", "1月", "2月"), ("A座", "庭审", "五", 6)]
    read = reader.read("2023.csv", csv_file(rows))
    (row,) = read.rejections()
    assert read.rows("support_event", "quantity") == [(6,)]
    assert (row["header"], row["value"], row["reason"]) == ("1月", "五", "“1月”列的“五”不是数字，应为如 1200 或 140.58")
    assert (row["raw"], row["key"]) == ('{"地点": "A座", "项目": "庭审", "1月": "五"}', "庭审@2023-01@A座")


def test_a_corrected_cell_becomes_one_record(tmp_path: Path) -> None:
    reader = Reader(tmp_path, KINDS_DOWN)
    read = reader.read("2023.csv", csv_file([("项目", "1月", "2月"), ("庭审", "五", 6)]))
    corrected = read.rejected().assign(raw='{"项目": "庭审", "1月": "5"}')
    again = reader.again(corrected, "2023.csv")
    assert again.rows("support_event", "event_no", "quantity", "row_no") == [("庭审@2023-01", 5, 2)]


def test_a_month_that_stands_twice_is_refused(tmp_path: Path) -> None:
    rows = [("项目", "1月", "2023年1月"), ("庭审", 5, 6)]
    sentence = Reader(tmp_path, KINDS_DOWN).refused("2023.csv", csv_file(rows))
    assert sentence == "交叉表中有两列都是“2023-01”，无法确定用哪一列"


def test_a_merged_heading_holds_for_its_rows_and_a_merged_count_for_none(tmp_path: Path) -> None:
    rows = [("地点", "项目", "1月"), ("A座", "庭审", 5), ("", "远程", ""), ("B座", "庭审", 7)]
    content = xlsx_file({"保障": rows}, {"保障": [(1, 0, 2, 0), (1, 2, 2, 2)]})
    read = Reader(tmp_path, KINDS_DOWN).read("2023.xlsx", content)
    assert read.rows("support_event", "site", "quantity") == [("B座", 7)]
    assert [row["key"] for row in read.rejections()] == ["庭审@2023-01@A座", "远程@2023-01@A座"]
