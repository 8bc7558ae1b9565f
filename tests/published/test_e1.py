"""E1 · 广州市增城区人民法院 2023: deliveries that say what the paper says give the figures it prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from collector.cli import run
from tests.published.papers import monthly, workdays, write_cross, write_sheet

INSPECTIONS = {"数字法庭设备巡检": 7549, "服务器巡检": 1799, "法庭主机维护": 1799}
SUPPORT = {"庭审现场保障": 7239, "远程庭审保障": 32, "互联网保障": 2054}
LINES = {"万兆专网": 6, "50M宽带": 1, "语音中继": 2, "直播线路": 16, "100M数字电路": 5, "裸光纤": 1}
COUNTS = {
    "courtroom_inspections": 7549,
    "server_inspections": 1799,
    "courtroom_host_maintenance": 1799,
    "hearing_support": 7239,
    "remote_hearing_support": 32,
    "internet_support": 2054,
}
WORKDAYS_2023 = 249  # by the national list, make-up workdays included
HOURS_A_DAY = 7  # 08:30–12:00 and 14:00–17:30
HARDWARE, SYSTEMS, OFFICE = 20, 4, 10
SPRING_FESTIVAL = ("01-23", "01-24", "01-25", "01-26", "01-27")


def _assets() -> Iterator[list[Any]]:
    yield ["设备编号", "设备名称", "设备类别", "位置", "启用日期"]
    classes = {"数字法庭设备": 12, "服务器": 4, "网络设备": 4, "应用系统": SYSTEMS, "办公设备": OFFICE}
    for name, count in classes.items():
        for number in range(1, count + 1):
            yield [f"{name}{number:02d}", f"{name}{number}号", name, "审判楼", "2021-01-01"]


def _courtroom_tickets() -> Iterator[list[Any]]:
    """48 tickets, each reported at 09:00 of a workday; 46 solved within 3 h, 2 after more than the limit of 8 h."""
    yield ["", "", "", "", "处理", "", "", "", "挂起", "", ""]
    yield [
        "工单号",
        "设备编号",
        "故障描述",
        "紧急程度",
        "报障时间",
        "到场时间",
        "解决时间",
        "是否停用",
        "开始",
        "结束",
        "责任方",
    ]
    days = workdays(datetime(2023, 1, 4, 9), SPRING_FESTIVAL)
    for number in range(1, 49):
        reported = next(days)
        late = number in (10, 30)
        solved = reported + (timedelta(days=7) if late else timedelta(hours=3))
        unusable = "是" if number in (1, 30) else "否"
        arrived = reported + timedelta(minutes=20)
        yield [
            f"S{number:03d}",
            "数字法庭设备01",
            "无声",
            "一般",
            reported,
            arrived,
            solved,
            unusable,
            None,
            None,
            None,
        ]


def _desktop_tickets() -> Iterator[list[Any]]:
    """One office printer out of use for two hours of service time."""
    yield [
        "单号",
        "设备编号",
        "故障现象",
        "级别",
        "服务方式",
        "报修时间",
        "到场时间",
        "处理时长",
        "恢复时间",
        "是否停用",
    ]
    reported = datetime(2023, 3, 6, 9)
    arrived, restored = reported + timedelta(minutes=30), reported + timedelta(hours=2)
    yield ["D001", "办公设备01", "卡纸", "一般", "现场", reported, arrived, "90分钟", restored, "是"]


def _system_tickets() -> Iterator[list[Any]]:
    """One system interrupted for ten hours of a night; its window is 7×24."""
    yield ["工单编号", "问题描述", "系统编号", "优先级", "处理方式", "提出时间", "解决时间", "系统是否中断"]
    reported = datetime(2023, 5, 10, 20)
    yield ["Z001", "无法登录", "应用系统01", "一般", "远程支持", reported, reported + timedelta(hours=10), "是"]


def deliver(inbox: Path) -> None:
    """Everything the three vendors and the court hand in for 2023."""
    write_cross(inbox / "数字法庭" / "2023年巡检维护汇总表.xlsx", "2023年巡检维护汇总表", "巡检类别", INSPECTIONS)
    write_cross(inbox / "数字法庭" / "2023年庭审保障汇总表.xlsx", "2023年庭审保障汇总表", "保障类别", SUPPORT)
    write_sheet(inbox / "数字法庭" / "2023年工单.xlsx", "工单", list(_courtroom_tickets()))
    write_sheet(inbox / "信息化系统" / "2023年工单.xlsx", "信息化系统工单", list(_desktop_tickets()))
    write_sheet(inbox / "综合业务系统" / "2023年工单.xlsx", "综合业务系统工单", list(_system_tickets()))
    own = inbox / "本单位"
    write_sheet(own / "设备台账.xlsx", "设备台账", list(_assets()))
    staff = [[f"R{n}", f"工程师{n}", "驻场工程师", "2022-11-01", None] for n in range(1, 6)]
    write_sheet(own / "驻场人员名单.xlsx", "驻场人员名单", [["工号", "姓名", "岗位", "到岗日期", "离岗日期"], *staff])
    lines = [[f"L{n}", kind, count, "2022-11-01"] for n, (kind, count) in enumerate(LINES.items(), 1)]
    write_sheet(own / "链路台账.xlsx", "链路租赁台账", [["链路编号", "链路类型", "数量", "开通日期"], *lines])
    money = [
        ["Y1", "2023-01-10", "预算", 156],
        ["Z1", "2023-06-20", "支出", 70.29],
        ["Z2", "2023-12-20", "支出", 70.29],
    ]
    write_sheet(own / "预算与支出.xlsx", "预算与支出", [["凭证号", "日期", "类别", "金额（万元）"], *money])


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("e1") / "增城"
    assert run(["init", str(folder), "--profile", "e1"]) == 0
    deliver(folder / "inbox")
    assert run(["ingest", "-C", str(folder)]) == 0
    assert run(["compute", "-C", str(folder), "--as-of", "2024-01-31"]) == 0
    return folder


Shown = dict[tuple[str, str], dict[str, Any]]


def _shown(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> Shown:
    """Indicator and dimension value (or period) → result, as ``yunwei results --json`` prints them."""
    capsys.readouterr()
    assert run(["results", "-C", str(folder), "--json", *more]) == 0
    printed = json.loads(capsys.readouterr().out)["results"]
    return {(one["indicator"], one["dimension_value"] or one["period"]): one for one in printed}


def test_the_yearly_counts_are_those_of_the_paper(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = _shown(workspace, capsys, "2023")
    assert {name: shown[name, "2023"]["numerator"] for name in COUNTS} == {
        name: str(count) for name, count in COUNTS.items()
    }
    assert shown["courtroom_inspections", "2023"]["printed"].startswith("7549")


@pytest.mark.parametrize("name", COUNTS)
def test_the_monthly_tables_add_up_to_the_year(workspace: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    shown = _shown(workspace, capsys, "--indicator", name)
    months = [int(shown[name, f"2023-{month:02d}"]["numerator"]) for month in range(1, 13)]
    assert months == monthly(COUNTS[name])
    assert sum(months) == COUNTS[name]
    quarters = [int(shown[name, f"2023Q{quarter}"]["numerator"]) for quarter in range(1, 5)]
    assert quarters == [sum(months[first : first + 3]) for first in (0, 3, 6, 9)]


def test_the_workbook_has_the_papers_tables_by_month(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """巡检与保障按月统计: twelve months and the totals that the paper prints, in workbook and report."""
    names = {name: one["name"] for (name, _), one in _shown(workspace, capsys, "2023").items()}
    assert run(["report", "2023", "-C", str(workspace)]) == 0
    sheet = load_workbook(workspace / "output" / "2023工作簿.xlsx", data_only=True)["巡检与保障按月统计"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    at = next(number for number, row in enumerate(rows) if row[0] == "月份")
    months = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 : at + 14]]
    assert months[12]["月份"] == "合计"
    for name, total in COUNTS.items():
        assert [month[names[name]] for month in months] == [*monthly(total), total]
    tables = Document(str(workspace / "output" / "2023报告.docx")).tables
    [table] = [table for table in tables if table.rows[0].cells[0].text == "月份"]
    last = dict(zip(*([cell.text for cell in table.rows[row].cells] for row in (0, 13)), strict=True))
    assert last == {"月份": "合计", **{names[name]: f"{total:,}" for name, total in COUNTS.items()}}


def test_five_persons_were_present(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _shown(workspace, capsys, "2023")["staff", "2023"]["printed"] == "5人"


def test_the_six_kinds_of_lines_are_as_in_the_contract(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = _shown(workspace, capsys, "2023", "--indicator", "lines", "--dimension", "kind")
    assert {kind: int(one["numerator"]) for (_, kind), one in shown.items()} == LINES
    assert _shown(workspace, capsys, "2023")["lines", "2023"]["numerator"] == "31"


def test_hardware_ran_at_least_95_percent(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Down: 3 h of the first ticket and, of the 30th, from a Tuesday 09:00 for 7 days = 5 workdays of 7 h."""
    result = _shown(workspace, capsys, "2023")["hardware_availability", "2023"]
    required = HARDWARE * WORKDAYS_2023 * HOURS_A_DAY
    down = 3 + 5 * HOURS_A_DAY
    assert int(result["denominator"]) == required * 3600
    assert int(result["numerator"]) == (required - down) * 3600
    assert (result["outcome"], result["printed"]) == ("met", "99.89%")


def test_systems_and_office_devices_ran_as_promised(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A system down 10 h of 7×24; by the 5×8 window from 20:00 to 06:00 nothing of that is service time."""
    shown = _shown(workspace, capsys, "2023")
    system = shown["system_availability", "2023"]
    assert int(system["denominator"]) == SYSTEMS * 365 * 86_400
    assert int(system["denominator"]) - int(system["numerator"]) == 10 * 3600
    office = shown["office_availability", "2023"]
    assert int(office["denominator"]) == (SYSTEMS + OFFICE) * WORKDAYS_2023 * HOURS_A_DAY * 3600
    assert int(office["denominator"]) - int(office["numerator"]) == 2 * 3600
    assert (system["outcome"], office["outcome"]) == ("met", "met")
    assert (system["printed_target"], office["printed_target"]) == ("≥95%", "≥90%")


def test_48_of_50_tickets_were_solved_in_time(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = _shown(workspace, capsys, "2023")["timely_rate", "2023"]
    assert Fraction(result["actual"]) == Fraction(48, 50)
    assert (result["printed"], result["printed_target"], result["outcome"]) == ("96.00%", "≥90%", "met")


def test_the_budget_is_printed_truncated_as_the_paper_did(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = _shown(workspace, capsys, "2023")["budget_execution", "2023"]
    assert (result["numerator"], result["denominator"]) == ("1405800", "1560000")
    assert result["printed"] == "90.11%"


def test_the_budget_rounded_half_up_is_one_more(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = workspace / "indicators" / "cost.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("rounding: truncate", "rounding: half_up"), encoding="utf-8")
    try:
        assert run(["compute", "2023", "-C", str(workspace), "--as-of", "2024-01-31"]) == 0
        assert _shown(workspace, capsys, "2023")["budget_execution", "2023"]["printed"] == "90.12%"
    finally:
        path.write_text(before, encoding="utf-8")
        assert run(["compute", "-C", str(workspace), "--as-of", "2024-01-31"]) == 0


def test_what_was_never_delivered_is_named_and_not_zero(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = _shown(workspace, capsys, "2023")["satisfaction", "2023"]
    assert (result["outcome"], result["printed"], result["numerator"]) == ("no_data", "—", None)
    assert result["notes"] == ["从未收到“满意度问卷”数据，无法计算"]
