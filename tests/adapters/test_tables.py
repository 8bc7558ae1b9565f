"""What a table's keys mean: headers in any order, derived fields, constants, requirements, units, totals and notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.conftest import Tickets
from tests.adapters.reading import Reader
from tests.adapters.writing import csv_file

NINE, TEN = "2023-03-05 09:00", "2023-03-05 10:00"
HEADER = ("工单号", "标题", "报修时间", "到场时间", "解决时间")


def ticket_file(
    *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER, above: tuple[tuple[str, ...], ...] = ()
) -> bytes:
    return csv_file([*above, header, *rows])


def test_columns_come_in_any_order_under_any_alias(tickets: Tickets) -> None:
    content = ticket_file((NINE, "无声", "T1"), header=("报修 时间：", "*标题", "编号（必填）"))
    read = tickets().read("a.csv", content)
    assert read.rows("ticket", "ticket_no", "title", "reported_at") == [("T1", "无声", NINE)]


def test_an_earlier_alias_wins(tickets: Tickets) -> None:
    content = ticket_file(("旧1", "T1", NINE), header=("编号", "工单号", "报修时间"))
    assert tickets().read("a.csv", content).rows("ticket", "ticket_no") == [("T1",)]


def test_the_header_is_found_by_its_words_below_titles(tickets: Tickets) -> None:
    above = (("甲公司工单",), ("报表时间：2023-03-31", "标题党"), ())
    read = tickets().read("a.csv", ticket_file(("T1", "", NINE), above=above))
    assert read.rows("ticket", "ticket_no", "row_no") == [("T1", 5)]
    assert dict(read.set_aside) == {"note": 2, "blank": 1, "header": 1}


def test_a_missing_column_is_named(tickets: Tickets) -> None:
    content = ticket_file(("T1", "", "x", "y"), header=("工单号", "标题", "到场时间", "解决时间"))
    assert tickets().refused("a.csv", content) == "第 1 行像是表头，但没有工单必需的列 “报修时间”"


def test_two_rows_of_header_are_joined(tickets: Tickets) -> None:
    reader = tickets(table="header: {rows: 2}")
    rows = [
        ("工单号", "报修", "", "到场", ""),
        ("", "标题", "报修时间", "到场时间", "工程师"),
        ("T1", "无声", NINE, TEN, "张"),
    ]
    read = reader.read("a.csv", csv_file(rows))
    assert read.rows("ticket", "title", "reported_at", "arrived_at") == [("无声", NINE, TEN)]
    assert reader.preview("a.csv", csv_file(rows))[0].unmatched == ("到场/工程师",)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (("合计", "12"), "total"),
        (("合　计：", "", "12"), "total"),
        (("本月小计", "", "12单"), "total"),
        (("", "总计：12"), "total"),
        (("累计（次）", "12", "30"), "total"),
        (HEADER, "header"),
        (("注：以上不含周末",), "note"),
        (("说明:见合同",), "note"),
        (("制表人：张三", "审核人：李四"), "note"),
        (("本表一式两份，由双方各执一份保存备查。",), "note"),
        (("", " ", "　"), "blank"),
    ],
)
def test_rows_that_are_no_data_are_counted_apart(tickets: Tickets, row: tuple[str, ...], kind: str) -> None:
    read = tickets().read("a.csv", ticket_file(("T1", "", NINE), row, ("T2", "", NINE)))
    assert read.rows("ticket", "ticket_no") == [("T1",), ("T2",)]
    assert read.set_aside[kind] == (2 if kind == "header" else 1)


@pytest.mark.parametrize(
    "row",
    [
        ("T3", "合计报表打不开", NINE),
        ("注册系统-1", "注：急", NINE),
        ("合计", "真的叫合计", NINE),
    ],
)
def test_a_row_with_all_it_needs_is_data_unless_its_key_is_a_total(tickets: Tickets, row: tuple[str, ...]) -> None:
    read = tickets().read("a.csv", ticket_file(row))
    assert len(read.rows("ticket", "ticket_no")) == (row[0] != "合计")


@pytest.mark.parametrize("row", [("T3",), ("T3", "", "", TEN), ("", "无声", NINE), ("注", "无声", "", TEN)])
def test_a_broken_row_is_rejected_and_not_set_aside(tickets: Tickets, row: tuple[str, ...]) -> None:
    read = tickets().read("a.csv", ticket_file(("T1", "", NINE), row))
    assert [rejection["row_no"] for rejection in read.rejections()] == [3]


def test_numbered_but_empty_lines_of_a_form_are_blank(tickets: Tickets) -> None:
    content = ticket_file(("1", "T1", NINE), ("2", "", ""), ("3", "", ""), header=("序号", "工单号", "报修时间"))
    assert dict(tickets().read("a.csv", content).set_aside) == {"header": 1, "blank": 2}


def test_a_numbered_list_goes_on_below_a_note_only(tickets: Tickets) -> None:
    read = tickets().read(
        "a.csv", ticket_file(("说明：",), ("1、含周末",), ("",), ("2、不含节假日",), ("T1", "", NINE), ("3、",))
    )
    assert read.set_aside["note"] == 3
    assert read.reasons() == ["“报修时间”列为空，应填写报障时间"]


def test_the_mapping_adds_words_for_totals_and_notes(tickets: Tickets) -> None:
    reader = tickets(table="skip: {total: 全院共, note: [口径]}")
    read = reader.read("a.csv", ticket_file(("T1", "", NINE), ("全院共", "12"), ("口径：按自然月",)))
    assert (read.set_aside["total"], read.set_aside["note"]) == (1, 1)


def test_all_faults_of_a_row_are_told_the_first_with_its_cell(tickets: Tickets) -> None:
    read = tickets().read("a.csv", ticket_file(("", "x", "昨天", "2023-13-05")))
    (row,) = read.rejections()
    assert (row["code"], row["field"], row["header"], row["value"], row["key"]) == (
        *("missing", "ticket_no", "工单号", None, None),
    )
    assert row["reason"] == (
        "“工单号”列为空，应填写工单号；“报修时间”列的“昨天”不是可识别的时间，应为如 2023-03-05 14:05；"
        "“到场时间”列的“2023-13-05”中的月份 13 不存在，应为如 2023-03-05 14:05"
    )


def test_a_later_stage_a_little_early_is_lifted_and_flagged(tickets: Tickets) -> None:
    content = ticket_file(("T1", "", NINE, "2023-03-05 08:55", TEN), ("T2", "", NINE, "2023-03-05 08:54"))
    read = tickets(source="skew_tolerance: 5分钟").read("a.csv", content)
    assert read.rows("ticket", "ticket_no", "arrived_at", "flags") == [("T1", NINE, "lifted:arrived_at")]
    assert read.reasons() == ["“到场时间”（2023-03-05 08:54:00）早于“报障时间”（2023-03-05 09:00:00），应核对两者"]


def test_a_lift_may_push_the_next_stage(tickets: Tickets) -> None:
    row = ("T1", "", NINE, "2023-03-05 08:58", "2023-03-05 08:57")
    read = tickets(source="skew_tolerance: 5分钟").read("a.csv", ticket_file(row))
    assert read.rows("ticket", "arrived_at", "resolved_at", "flags") == [
        (NINE, NINE, "lifted:arrived_at,lifted:resolved_at")
    ]


def test_two_small_lifts_do_not_make_a_large_one_right(tickets: Tickets) -> None:
    row = ("T1", "", NINE, "2023-03-05 08:56", "2023-03-05 08:52")  # resolved 8 minutes before reported
    read = tickets(source="skew_tolerance: 5分钟").read("a.csv", ticket_file(row))
    assert read.reasons() == ["“解决时间”（2023-03-05 08:52:00）早于“报障时间”（2023-03-05 09:00:00），应核对两者"]


def test_without_tolerance_a_second_too_early_is_rejected(tickets: Tickets) -> None:
    read = tickets().read("a.csv", ticket_file(("T1", "", NINE, "2023-03-05 08:59:59")))
    assert [row["code"] for row in read.rejections()] == ["order"]


def test_restored_after_resolved_is_only_flagged(tickets: Tickets) -> None:
    content = csv_file([("工单号", "报修时间", "解决时间", "恢复"), ("T1", NINE, TEN, "2023-03-05 11:00")])
    reader = tickets(table="derived: {restored_at: {after: reported_at, duration: [恢复用时], unit: 小时}}")
    content = csv_file([("工单号", "报修时间", "解决时间", "恢复用时"), ("T1", NINE, TEN, "2")])
    read = reader.read("a.csv", content)
    assert read.rows("ticket", "restored_at", "flags") == [("2023-03-05 11:00", "order:restored_at>resolved_at")]


def test_a_duration_without_its_start_tells_only_the_cause(tickets: Tickets) -> None:
    reader = tickets(table="derived: {closed_at: {after: reported_at, duration: [用时]}}")
    content = csv_file([("工单号", "报修时间", "标题", "用时"), ("T1", "", "x", "1小时"), ("T2", "昨天", "x", "1小时")])
    assert reader.read("a.csv", content).reasons() == [
        "“报修时间”列为空，应填写报障时间",
        "“报修时间”列的“昨天”不是可识别的时间，应为如 2023-03-05 14:05",
    ]


def test_header_and_mapping_may_not_name_different_units(tickets: Tickets) -> None:
    reader = tickets(table="derived: {closed_at: {after: reported_at, duration: [用时], unit: 小时}}")
    content = csv_file([("工单号", "报修时间", "标题", "用时（分钟）"), ("T1", NINE, "x", "90")])
    assert reader.refused("a.csv", content) == "列“用时（分钟）”注明的单位是“分钟”，而配置中写的是“小时”，应改成一致"


def test_date_and_time_in_two_columns_belong_together(tickets: Tickets) -> None:
    table = "derived: {closed_at: {date: [关单日期], time: [关单时刻]}}"
    header = ("工单号", "标题", "报修时间", "关单日期", "关单时刻")
    rows = [
        ("T1", "", NINE, "2023-03-06 00:00:00", "0.5"),
        ("T2", "", NINE, "2023年3月6日", "下午3点"),
        ("T3", "", NINE, "", ""),
        ("T4", "", NINE, "2023-03-06", ""),
    ]
    read = tickets(table=table).read("a.csv", csv_file([header, *rows]))
    assert read.rows("ticket", "closed_at") == [("2023-03-06 12:00",), ("2023-03-06 15:00",), (None,)]
    assert read.reasons() == ["“关单日期”列的“2023-03-06”只有日期，时刻一列为空"]


def test_a_key_is_made_of_what_was_read_and_stays_the_same(tickets: Tickets) -> None:
    table = """
  - record: inspection
    columns: {inspected_at: [时间], kind: [项目], note: [备注]}
    derived_key: [inspected_at, kind]"""
    first = csv_file([("时间", "项目", "备注"), ("2023-3-5 9:00", "机房", ""), ("2023-3-5 9:00", "法庭", "")])
    again = csv_file([("项目", "时间", "备注"), ("机房", "2023年3月5日 9:00", "补记"), ("法庭", NINE, "")])
    keys = [
        tickets(table=table).read("a.csv", content).rows("inspection", "inspection_no") for content in (first, again)
    ]
    assert keys[0] == keys[1]
    assert len({key for (key,) in keys[0]}) == 2


def test_constants_fill_what_is_empty_and_nothing_else(tickets: Tickets) -> None:
    reader = tickets(table="constants: {title: 未写, channel: remote, asset_unusable: true}")
    read = reader.read("a.csv", ticket_file(("T1", "无声", NINE), ("T2", "", NINE)))
    assert read.rows("ticket", "title", "channel", "asset_unusable") == [
        ("无声", "remote", True),
        ("未写", "remote", True),
    ]


def test_the_sources_vendor_holds_where_the_row_names_none(tmp_path: Path) -> None:
    mapping = "tables: [{record: asset, columns: {asset_no: 设备, vendor: 服务商}}]"
    reader = Reader(tmp_path, mapping, vendor="甲公司", project="ops")
    read = reader.read("a.csv", csv_file([("设备", "服务商"), ("S1", ""), ("S2", "乙公司")]))
    assert read.rows("asset", "vendor", "project") == [("甲公司", "ops"), ("乙公司", "ops")]


def test_rows_without_a_requirement_are_not_applicable(tickets: Tickets) -> None:
    table = """
  - record: hold
    columns: {ticket_no: [工单号], hold_from: [挂起], hold_to: [恢复], side: [责任]}
    require: [hold_from]"""
    header = ("工单号", "标题", "报修时间", "挂起", "恢复", "责任")
    rows = [("T1", "", NINE, NINE, TEN, "用户"), ("T2", "", NINE, "/", "", ""), ("T3", "", NINE, NINE, "", "")]
    read = tickets(table=table).read("a.csv", csv_file([header, *rows]))
    assert read.rows("hold", "ticket_no", "side") == [("T1", "court")]
    assert (read.set_aside["not_applicable"], read.reasons()) == (1, ["“责任”列为空，应填写挂起责任方"])


@pytest.mark.parametrize(
    ("end_date", "in_service_until", "until_on"),
    [
        ("inclusive", "2023-07-01", "2023-06-30"),
        ("exclusive", "2023-06-30", "2023-06-29"),
        ("null", "2023-06-30", "2023-06-30"),
    ],
)
def test_last_days_are_turned_into_the_records_own(
    tickets: Tickets, end_date: str, in_service_until: str, until_on: str
) -> None:
    table = """
  - record: asset
    columns: {asset_no: [设备], in_service_until: [停用]}
  - record: roster_entry
    columns: {entry_no: [编号], kind: [岗位], from_on: [进场], until_on: [离场]}"""
    reader = tickets(table=table, source=f"end_date: {end_date}")
    assets = csv_file([("设备", "停用"), ("S1", "2023-06-30")])
    people = csv_file([("编号", "岗位", "进场", "离场"), ("P1", "驻场", "2023-01-01", "2023-06-30")])
    assert reader.read("a.csv", assets).rows("asset", "in_service_until") == [(in_service_until,)]
    assert reader.read("b.csv", people).rows("roster_entry", "until_on") == [(until_on,)]


def test_an_empty_count_is_not_taken_for_one(tickets: Tickets) -> None:
    table = """
  - record: inspection
    columns: {inspection_no: [巡检单], kind: [项目], inspected_at: [时间], quantity: [次数]}"""
    rows = [("巡检单", "项目", "时间", "次数"), ("X1", "机房", NINE, ""), ("X2", "机房", NINE, "0")]
    read = tickets(table=table).read("a.csv", csv_file(rows))
    assert read.rows("inspection", "inspection_no", "quantity") == [("X2", 0)]
    assert read.reasons() == ["“次数”列为空，应填写巡检次数"]


def test_what_is_missing_is_for_the_source_to_say(tickets: Tickets) -> None:
    reader = tickets(source="missing: ['?', '1970-01-01 00:00:00']")
    read = reader.read("a.csv", ticket_file(("T1", "?", NINE, "1970-01-01 00:00:00", "无"), ("T2", "无", NINE)))
    assert read.rows("ticket", "title", "arrived_at", "resolved_at") == [(None, None, None), ("无", None, None)]


def test_a_configured_word_comes_before_the_words_for_nothing(tickets: Tickets) -> None:
    table = """
  - record: uptime_check
    columns: {asset_no: [系统], checked_at: [时间], state: [状态]}
    words: {state: {N/A: unknown}}"""
    read = tickets(table=table).read(
        "a.csv", csv_file([("系统", "时间", "状态"), ("oa", NINE, "N/A"), ("oa", TEN, "-")])
    )
    assert read.rows("uptime_check", "state") == [("unknown",)]
    assert read.reasons() == ["“状态”列为空，应填写检测结果"]


@pytest.mark.parametrize(
    ("name", "above", "table"),
    [
        ("甲2023年工单.csv", (), ""),
        ("工单.csv", (("2023年3月工单",),), ""),
        ("2022.csv", (("2021年工单",),), "year: 2023"),
    ],
)
def test_the_year_comes_from_mapping_name_or_title(
    tickets: Tickets, name: str, above: tuple[tuple[str, ...], ...], table: str
) -> None:
    read = tickets(table=table).read(name, ticket_file(("T1", "", "3月5日 9:00"), above=above))
    assert read.rows("ticket", "reported_at") == [(NINE,)]


def test_without_any_year_the_day_is_rejected(tickets: Tickets) -> None:
    assert "没有年份" in tickets().read("工单.csv", ticket_file(("T1", "", "3月5日"))).reasons()[0]
