"""The workbook of a period, read back by an independent reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from collector.publish import PUBLISHERS
from collector.publish.dossier import Contradiction, Entry, Outage, Presence, Spread
from collector.publish.publication import Publication
from collector.publish.workbook.book import DANGEROUS
from tests.publish.results import dossier, publication, result

SHEETS = ["指标总览", "分项", "月度趋势", "巡检与保障按月统计", "工单分析", "故障区间", "人员与链路"]


def _written(folder: Path, published: Publication) -> Path:
    return PUBLISHERS["workbook"].publish(published, folder / "r.xlsx")


def _sheet(path: Path, title: str) -> Worksheet:
    sheet = load_workbook(path)[title]
    assert isinstance(sheet, Worksheet)
    return sheet


def _table(sheet: Worksheet, first: str) -> list[dict[str, Any]]:
    """The lines below the header that begins with ``first``, up to an empty line."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    at = next(number for number, row in enumerate(rows) if row[0] == first)
    body = rows[at + 1 :]
    end = next((number for number, row in enumerate(body) if not any(cell is not None for cell in row)), len(body))
    return [dict(zip(map(str, rows[at]), row, strict=True)) for row in body[:end]]


def _cell(sheet: Worksheet, first: str, column: str, line: int = 0) -> Any:
    rows = [list(row) for row in sheet.iter_rows()]
    at = next(number for number, row in enumerate(rows) if row[0].value == first)
    index = [cell.value for cell in rows[at]].index(column)
    return rows[at + 1 + line][index]


def test_the_sheets_are_all_there_in_their_order(tmp_path: Path) -> None:
    names = load_workbook(_written(tmp_path, publication())).sheetnames
    assert names == [*SHEETS, "数据质量", "口径说明", "依据"]


def test_numbers_are_numbers_that_read_as_printed(tmp_path: Path) -> None:
    sheet = _sheet(_written(tmp_path, publication()), "指标总览")
    actual = _cell(sheet, "指标级别", "完成值")
    assert (actual.value, actual.number_format) == (0.94996, "0.000%")
    count = _cell(sheet, "指标级别", "完成值", 1)
    assert (count.value, count.number_format) == (7549, '0"次"')
    lines = _table(sheet, "指标级别")
    assert [line["分子"] for line in lines] == [949960, 7549, None]
    assert [line["结论"] for line in lines] == ["未达标", "无数据", "无数据"]


def test_truncated_figures_read_truncated(tmp_path: Path) -> None:
    cut = result(actual="0.90115384615384615384615384615", printed="90.11%")
    sheet = _sheet(_written(tmp_path, publication(cut)), "指标总览")
    assert Decimal(str(_table(sheet, "指标级别")[0]["完成值"])) == Decimal("0.9011")


def test_the_change_is_that_of_the_printed_figures(tmp_path: Path) -> None:
    february = result(period="2023-02", actual="0.9", printed="90.00%")
    changed = replace(publication(result()), dossier=dossier(history=[result(), february]))
    sheet = _sheet(_written(tmp_path, changed), "指标总览")
    found = _cell(sheet, "指标级别", "较上月")
    assert (_table(sheet, "指标级别")[0]["上月"], found.value) == (0.9, 4.996)  # 94.996% − 90.00%
    assert found.number_format == '+0.000"个百分点";-0.000"个百分点";0"个百分点"'


def test_a_figure_leads_to_its_rows_and_back(tmp_path: Path) -> None:
    path = _written(tmp_path, publication())
    link = _cell(_sheet(path, "指标总览"), "指标级别", "指标").hyperlink.location
    evidence = _sheet(path, "依据")
    block = evidence.cell(int(link.rpartition("A")[2]), 1)
    assert link.startswith("'依据'!A")
    assert block.value == "硬件设备正常运作率　94.996%　共 3 条，列出 1 条"
    assert block.hyperlink is not None
    assert block.hyperlink.location == "'指标总览'!A1"
    row = [cell.value for cell in evidence[block.row + 1]]
    assert row == [
        *("分子、分母", "工单", "T-1", "@计入", 1234, "=三月.xlsx", "工单", 7),
        *("ab" * 8, "cd" * 8, "+工单号=T-1"),
    ]


def test_what_reaches_beyond_the_evidences_last_column_is_not_printed(tmp_path: Path) -> None:
    sheet = _sheet(_written(tmp_path, publication()), "依据")
    assert sheet.print_area == f"'依据'!$A$1:$K${sheet.max_row + 2}"


def test_totals_and_breakdowns_have_a_sheet_each(tmp_path: Path) -> None:
    path = _written(tmp_path, publication())
    assert len(_table(_sheet(path, "指标总览"), "指标级别")) == 3
    assert [row["维度值"] for row in _table(_sheet(path, "分项"), "指标")] == ["=甲公司"]


@pytest.mark.parametrize("title", [*SHEETS, "数据质量", "口径说明", "依据"])
def test_every_sheet_prints_on_a4_with_its_standing_and_page_numbers(tmp_path: Path, title: str) -> None:
    sheet = _sheet(_written(tmp_path, publication()), title)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    properties, header, footer = sheet.sheet_properties.pageSetUpPr, sheet.oddHeader, sheet.oddFooter
    assert properties is not None
    assert header is not None
    assert footer is not None
    assert (properties.fitToPage, sheet.page_setup.fitToWidth) == (True, None)  # 1 is not written
    assert "草稿" in str(header.right.text)
    assert "&P" in str(footer.right.text)


@pytest.mark.parametrize(("title", "frozen"), [("指标总览", "C5"), ("依据", "A5"), ("口径说明", "B4")])
def test_long_sheets_keep_their_header_in_sight_and_on_every_page(tmp_path: Path, title: str, frozen: str) -> None:
    sheet = _sheet(_written(tmp_path, publication()), title)
    row = int(frozen[1:]) - 1
    assert (sheet.freeze_panes, sheet.print_title_rows) == (frozen, f"${row}:${row}")


def test_no_cell_can_run(tmp_path: Path) -> None:
    """Whatever a vendor wrote, a cell is text marked as such; the only formulas are our sums."""
    hostile = [f"{sign}cmd|' /C calc'!A0" for sign in DANGEROUS]
    rows = [result(name=text, notes=f"口径：{text}\n{text}", target=text, printed_target=text) for text in hostile]
    breakdown = [result(dimension="vendor", dimension_value=text) for text in hostile]
    more = dossier(
        outages=[Outage(text, text, text, 0, 60, 60, text, text) for text in hostile],
        presences=[Presence(text, text, Fraction(1), Fraction(2), "1", "1", text) for text in hostile],
        entries=[Entry(text, text, text, text, 1, "2023-01-01", "") for text in hostile],
        contradictions=[Contradiction(text, 0, text, text) for text in hostile],
        rejected=[(text, text, text) for text in hostile],
        spreads=[Spread(text, True, text, "hours", 1, Fraction(1), None, None, None) for text in hostile],
    )
    book = load_workbook(_written(tmp_path, replace(publication(*rows, *breakdown), dossier=more)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    suspicious = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(DANGEROUS)]
    assert len(suspicious) > 50
    assert {cell.data_type for cell in suspicious} == {"s"}
    assert all(cell.quotePrefix or cell.hyperlink for cell in suspicious)
    with ZipFile(tmp_path / "r.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in text for text in sheets)


def test_the_counts_stand_by_month_with_their_total(tmp_path: Path) -> None:
    months = {"2023-01": "100", "2023-02": "250", "2023-03": "7549"}
    more = {"indicator": "inspections", "name": "设备巡检", "measure_unit": "count", "target": None}
    history = [result(**more, period=label, actual=value, printed=f"{value}次") for label, value in months.items()]
    counted = replace(publication(*history[2:]), dossier=dossier(history=history, by_month=["inspections"]))
    path = _written(tmp_path, counted)
    lines = _table(_sheet(path, "巡检与保障按月统计"), "月份")
    assert [(line["月份"], line["设备巡检"]) for line in lines[:3]] == [
        ("2023-01", 100),
        ("2023-02", 250),
        ("2023-03", 7549),
    ]
    assert lines[3]["设备巡检"] == "=SUM(B4:B6)"
    values = load_workbook(path, data_only=True)["巡检与保障按月统计"]
    assert values["B7"].value == 7899


def test_trends_have_a_chart_for_each_indicator_with_two_months(tmp_path: Path) -> None:
    history = [result(), result(period="2023-01"), result(indicator="other", name="另一项")]
    drawn = replace(publication(result(), history[2]), dossier=dossier(history=history))
    path = _written(tmp_path, drawn)
    assert "趋势图1" in load_workbook(path).sheetnames
    with ZipFile(path) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 1
    assert "'月度趋势'!$B$4:$D$4" in charts[0] or "月度趋势!$B$4:$D$4" in charts[0]
    assert "目标 ≥95%" in charts[0]


def test_outages_carry_local_times_and_service_time(tmp_path: Path) -> None:
    outage = Outage("正常运作率", "A1", "服务器", 1_677_628_800, 1_677_632_400, 1800, "工单 T1 报障", "工单 T1 恢复")
    path = _written(tmp_path, replace(publication(), dossier=dossier(outages=[outage])))
    line = _table(_sheet(path, "故障区间"), "指标")[0]
    assert (line["开始"], line["结束"]) == (datetime(2023, 3, 1, 8), datetime(2023, 3, 1, 9))
    assert (line["服务时间（秒）"], line["服务时间（小时）"]) == (1800, 0.5)


def test_the_quality_sheet_has_the_accounting_and_what_was_refused(tmp_path: Path) -> None:
    refused = [("甲：工单", "三月.xlsx 第 9 行", "“#N/A”是错误值")]
    sheet = _sheet(_written(tmp_path, replace(publication(), dossier=dossier(rejected=refused))), "数据质量")
    lines = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert ["a_tickets", "三月.xlsx", 12, 10, 0, 0, 1, 1] in lines
    assert ["b", "坏.xlsx", 0, 0, 0, 0, 0, 0, "不是工作簿"] in lines
    assert list(refused[0]) in lines
    assert ["知悉序号", "7"] in lines


def test_long_texts_get_a_row_that_is_high_enough(tmp_path: Path) -> None:
    long = result(notes="口径：" + "甲" * 400)
    sheet = _sheet(_written(tmp_path, publication(long)), "口径说明")
    assert sheet.row_dimensions[4].height >= 10 * 13.5  # 800 cells in a column of 84
