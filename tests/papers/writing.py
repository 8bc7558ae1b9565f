"""Papers written by the tests: the official 自评表 as rows, and the same rows as docx, xlsx or text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import docx
import xlsxwriter

from metrics.papers.facts import Facts
from metrics.papers.paper import Line, Paper, Table
from metrics.papers.verify import verify

Rows = Sequence[Sequence[str]]

FUND_HEAD = ["项目资金（万元）", "", "", "年初预算数", "全年预算数", "全年执行数", "", "分值", "执行率", "得分"]
HEAD = [
    "绩效指标",
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "调整后指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
]


def form(fund: Rows, items: Rows, total: Sequence[str] = ()) -> list[list[str]]:
    """The official layout; ``fund`` rows from the label on, ``items`` from 一级指标 on; ``total``: 分值, 得分."""
    rows = [["项目支出绩效自评表", *[""] * 9], ["（2020年度）", *[""] * 9]]
    rows += [FUND_HEAD, *(["", *row] for row in fund)] if fund else []
    rows += [["年度总体目标", "预期目标", "", "", "", "", "实际完成情况", "", "", ""]]
    rows += [["", "保障全省信息化系统稳定运行", "", "", "", "", "已按期完成", "", "", ""]]
    rows += [HEAD, *(["", *row] for row in items)]
    return [*rows, ["总分", *[""] * 6, *total, ""]] if total else rows


#: What the published paper of E5 says; the split by source and the reason for 8/10 are invented.
E5_FUND = [
    ["年度资金总额", "", "8500", "8500", "8273.92", "", "10", "97.34%", "9.73"],
    ["其中：中央资金", "", "3000", "3000", "2900", "", "—", "96.67%", "—"],
    ["省级资金", "", "5500", "5500", "5373.92", "", "—", "97.71%", "—"],
    ["其他资金", "", "0", "0", "0", "", "—", "", "—"],
]
E5_ITEMS = [
    ["产出指标", "数量指标", "完成项目数量", "6", "17", "17", "20", "20", ""],
    ["", "质量指标", "符合标准", "符合", "", "符合", "10", "10", ""],
    ["", "时效指标", "按时完成", "100%", "", "100%", "10", "10", ""],
    ["", "成本指标", "成本", "不超预算", "", "基本控制", "10", "8", "部分设备价格上涨"],
    ["效益指标", "社会效益", "效益", "提升", "", "提升", "30", "27", ""],
    ["满意度指标", "服务对象满意度", "干警满意度", "90%", "", "90%", "10", "10", ""],
]
E5 = form(E5_FUND, E5_ITEMS, ["100", "94.73"])
E5_TEXT = """\
山西省高级人民法院2020年度全省信息化建设经费自评报告
当年预算总金额8500万元，实际到位资金8500万元，资金到位率100%。实际支出资金82
73.92万元，预算执
行率97.34%，资金结余226.08万元，得9.73分（满分10分）。
完成项目数量年度指标值6个，调整后指标值17个，实际完成17个，得20分。效益指标分
值30分，得27分。总得分94.73分，自评等级为优。"""

E2_TEXT = """\
海珠区人民检察院2022年度信息化运维服务项目自评报告
一、预算执行
本项目年初预算41万元，实际支出38.64万元，预算执行率94.2
4%。
二、自评结论
经自评，本项目自评得分为92.42分，其中：数量指标得29.4
2分，经济性指标得10分，可持续影响指标得37分，满意度
指标得15分。"""
E2_FUND = [["年度资金总额", "", "41", "41", "38.64", "", "", "94.24%", ""]]
E2_ITEMS = [
    ["产出指标", "数量指标", "运维服务数量及预算执行", "", "", "已完成", "30", "29.42", "执行率 94.24%"],
    ["", "经济指标", "成本控制", "", "", "已控制", "10", "10", ""],
    ["效益指标", "可持续影响指标", "系统稳定运行", "", "", "基本达成", "40", "37", "个别设备老化"],
    ["满意度指标", "服务对象满意度指标", "服务对象满意度", "≥95%", "", "93%", "20", "15", "响应不够及时"],
]
E2 = form(E2_FUND, E2_ITEMS, ["100", "92.42"])

E1_TEXT = """\
增城区人民法院2023年信息化运维项目自评报告
本年预算安排156万元，实际支
付140.58万元，预算执
行率90.11%。自评得分100分，自评等级为优。"""
E1_FUND = [["年度资金总额", "", "156", "156", "140.58", "", "10", "90.11%", "10"]]
E1_ITEMS = [
    ["产出指标", "数量指标", "数字法庭设备巡检", "≥7000次", "", "7549次", "50", "50", ""],
    ["效益指标", "社会效益", "硬件设备正常运作率", "≥95%", "", "99%", "30", "30", ""],
    ["满意度指标", "服务对象满意度", "用户满意度", "≥90%", "", "96%", "10", "10", ""],
]
E1 = form(E1_FUND, E1_ITEMS, ["100", "100"])


def of_rows(*tables: Rows) -> Paper:
    """The rows as a paper that was read."""
    return Paper((), tuple(Table(f"表 {number}", tuple(map(tuple, rows))) for number, rows in enumerate(tables, 1)))


def of_text(text: str) -> Paper:
    """The text as a paper that was read."""
    return Paper(tuple(Line(f"第 {number} 行", line) for number, line in enumerate(text.splitlines(), 1)), ())


def found(facts: Facts, kind: str) -> list[str]:
    """The sentences of one kind."""
    return [finding.text for finding in facts.report.findings if finding.kind == kind]


def errors(paper: Paper) -> list[str]:
    return found(verify(paper), "error")


def notes(paper: Paper) -> list[str]:
    return found(verify(paper), "note")


def agreeing(paper: Paper) -> list[str]:
    return found(verify(paper), "agrees")


def write_docx(path: Path, rows: Rows, text: str = "") -> Path:
    """Blanks behind a cell of a title row are merged into it, blanks below a first level into that."""
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                table.cell(row, column).text = cell
        table.cell(0, 0).merge(table.cell(0, len(rows[0]) - 1))
        for row, cells in enumerate(rows):
            if row and cells[0] and not any(cells[1:7]):
                table.cell(row, 0).merge(table.cell(row, 6))
    document.save(str(path))
    return path


def write_xlsx(path: Path, rows: Rows, numbers: bool = True) -> Path:
    """Figures as typed numbers: 97.34% is 0.9734 in a percent format."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("自评表")
        cell_format = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
        percent = book.add_format({"border": 1, "num_format": "0.00%"})
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, len(rows[0]) - 1, 26)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                plain = cell.removesuffix("%").replace(".", "", 1)
                if numbers and plain.isdigit():
                    value = round(float(cell.removesuffix("%")) / (100 if cell.endswith("%") else 1), 6)
                    sheet.write_number(row, column, value, percent if cell.endswith("%") else cell_format)
                else:
                    sheet.write_string(row, column, cell, cell_format)
        sheet.merge_range(0, 0, 0, len(rows[0]) - 1, rows[0][0], cell_format)
    return path
