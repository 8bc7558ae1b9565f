"""What is in a pack: for every indicator its page, sheet, rows and source files; built again, the same bytes."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from collector.evidence.check import check
from metrics.errors import InputError, UsageError
from tests.compute.court import ticket
from tests.evidence.world import Packed, contents

ARRIVAL, UPTIME = "01_平均到场时间", "02_正常运行率"


def _sheet(files: dict[str, bytes], folder: str, title: str) -> list[dict[str, object]]:
    header, *rows = load_workbook(BytesIO(files[f"{folder}/计算表.xlsx"]))[title].iter_rows(values_only=True)
    return [dict(zip((str(cell) for cell in header), row, strict=True)) for row in rows]


def _page(files: dict[str, bytes], folder: str) -> str:
    document = Document(BytesIO(files[f"{folder}/说明.docx"]))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


def test_a_pack_is_the_same_bytes_when_it_is_built_again(court: Packed, tmp_path: Path) -> None:
    court.close("2023-03", "2023-04", "2023H1")
    first = court.pack(tmp_path / "一.zip").read_bytes()
    court.clock.forward(86_400)
    assert court.pack(tmp_path / "二.zip").read_bytes() == first
    assert check(tmp_path / "一.zip").findings == []


def test_later_corrections_do_not_change_the_pack_of_what_is_closed(court: Packed, tmp_path: Path) -> None:
    court.close("2023-03", "2023-04", "2023H1")
    first = court.pack(tmp_path / "一.zip").read_bytes()
    court.deliver("更正.xlsx", ticket=[ticket("T1", "03-01 09:00", "03-01 09:40")])
    court.compute("2023-03", "2023H1")
    assert court.pack(tmp_path / "二.zip").read_bytes() == first


def test_every_indicator_has_its_folder_and_every_source_lies_there_once(pack: Path) -> None:
    files = contents(pack)
    sources = {name: body.decode() for name, body in files.items() if name.startswith("来源文件/")}
    assert sorted(sources.values()) == ["三月.xlsx", "拨测.csv"]
    assert all(name.endswith(f"_{body}") for name, body in sources.items())
    folders = [name for name in files if name.endswith("说明.docx")]
    assert folders == [f"{one}/说明.docx" for one in (ARRIVAL, UPTIME, "03_巡检次数")]
    assert {"目录.xlsx", "如何核对.txt", "manifest.json", "SHA256SUMS"} < set(files)


def test_the_rows_name_their_place_and_add_up(pack: Path) -> None:
    files = contents(pack)
    rows = [row for row in _sheet(files, ARRIVAL, "依据") if row["角色"] == "分子、分母"]
    told = [(row["编号"], row["数值"], row["文件"], row["工作表"], row["行号"]) for row in rows]
    assert told == [
        ("T1", 1200, "三月.xlsx", "一", 2),
        ("T2", 1860, "三月.xlsx", "一", 3),
        ("T4", 7200, "三月.xlsx", "一", 5),
    ]
    assert {str(row["包内文件"]) for row in rows} <= set(files)
    calculation = load_workbook(BytesIO(files[f"{ARRIVAL}/计算表.xlsx"]))["计算"]
    cells = {row[0]: row[1] for row in calculation.iter_rows(values_only=True)}
    assert (cells["分子"], cells["分母"], cells["完成值（印出）"]) == (10260, 3, "57.00分钟")
    assert cells["由各行合计的分子"] == '=SUMIFS(依据!$B$2:$B$5,依据!$A$2:$A$5,"分子、分母")'
    assert cells["由各行合计的分母"] == '=COUNTIFS(依据!$A$2:$A$5,"分子、分母")'


def test_formulas_carry_their_values_for_those_who_do_not_recalculate(pack: Path) -> None:
    book = load_workbook(BytesIO(contents(pack)[f"{ARRIVAL}/计算表.xlsx"]), data_only=True)
    cells = {row[0]: row[1] for row in book["计算"].iter_rows(values_only=True)}
    assert (cells["由各行合计的分子"], cells["与分子相差"], cells["分子 ÷ 分母"]) == (10260, 0, 3420)


def test_availability_cites_spans_and_the_log_and_not_single_checks(pack: Path) -> None:
    files = contents(pack)
    kinds = [row["类型"] for row in _sheet(files, UPTIME, "时段")]
    assert list(dict.fromkeys(kinds)) == ["故障", "未知", "应运行"]  # what was lost comes first
    log = _sheet(files, UPTIME, "拨测")
    assert [(row["日期（UTC）"], row["检测次数"]) for row in log] == [("2023-03-04", 48), ("2023-03-05", 96)]
    assert all(len(str(row["日志文件哈希"])) == 64 for row in log)
    assert "拨测共 144 次，不逐次列出" in _page(files, UPTIME)


def test_the_page_has_figure_rule_arithmetic_and_standing(pack: Path) -> None:
    page = _page(contents(pack), ARRIVAL)
    assert "2023H1 已封账，第 1 版" in page
    assert "到场用时之和 10,260 秒 ÷ 有到场时间的现场工单 3 张 = 3,420 秒 = 57.00分钟" in page
    assert "各月：2023-03 第 1 版、2023-04 第 1 版；2023-01、2023-02、2023-05、2023-06 未封账" in page
    assert "草稿" not in page


def test_a_pack_of_what_is_open_is_a_draft_on_every_page(court: Packed, tmp_path: Path) -> None:
    files = contents(court.pack(tmp_path / "草稿.zip"))
    for folder in (ARRIVAL, UPTIME):
        document = Document(BytesIO(files[f"{folder}/说明.docx"]))
        headers = [paragraph.text for section in document.sections for paragraph in section.header.paragraphs]
        assert "草稿（2023H1 未封账）" in headers
    assert json.loads(files["manifest.json"])["standing"]["mark"] == "草稿"


def test_an_objection_stands_on_the_page_with_what_was_decided(court: Packed, tmp_path: Path) -> None:
    about = {"project": "ops", "indicator": "arrival", "vendor": "甲公司", "raised_on": "2023-07-01"}
    court.store.add_objection(**about, period="2023-03", statement="T1 实为 10 分钟到场", document_no="甲函7号")
    court.store.add_objection(**about, period="2022", statement="与本周期无关")
    court.store.decide_objection(
        1, decision="declined", reason="签到记录为 9:20", decided_by="王主任", decided_on="2023-07-10"
    )
    page = _page(contents(court.pack(tmp_path / "包.zip")), ARRIVAL)
    assert "第 1 号（2023-03）：甲公司 2023-07-01 提出（甲函7号）：T1 实为 10 分钟到场。" in page
    assert "处理：2023-07-10 王主任：不采纳，签到记录为 9:20。" in page
    assert "无关" not in page


def test_the_rules_lie_in_the_pack_under_the_hash_that_the_figures_cite(pack: Path, plain_court: Packed) -> None:
    digest = plain_court.settings.hash
    assert contents(pack)[f"规则/{digest}.json"].decode() == plain_court.settings.snapshot()


def test_a_name_that_a_vendor_chose_cannot_leave_its_folder(court: Packed, tmp_path: Path) -> None:
    court.deliver("甲/..\\坏:名?=1+1.xlsx", ticket=[ticket("=T9", "03-09 09:00", "03-09 09:20")])
    court.compute("2023-03", "2023H1")
    files = contents(court.pack(tmp_path / "包.zip"))
    (name,) = (name for name in files if "坏" in name)
    assert name.split("/")[0] == "来源文件"
    assert name.endswith("_坏_名_=1+1.xlsx")
    assert ".." not in name.split("/")
    cell = next(row for row in _sheet(files, ARRIVAL, "依据") if "T9" in str(row["编号"]))
    assert cell["编号"] == "=T9"
    book = load_workbook(BytesIO(files[f"{ARRIVAL}/计算表.xlsx"]))
    formulas = [c for row in book["依据"].iter_rows() for c in row if c.data_type == "f"]
    assert formulas == []


def test_some_indicators_can_be_asked_for(court: Packed, tmp_path: Path) -> None:
    report = court.build(tmp_path / "包.zip", indicators=["uptime"])
    assert report.figures == 1
    with pytest.raises(UsageError, match="没有指标“up”的结果；有：arrival、inspections、uptime"):
        court.build(tmp_path / "包.zip", indicators=["up"])


def test_a_source_file_that_is_gone_or_damaged_stops_the_pack(court: Packed, tmp_path: Path) -> None:
    kept = next(path for path in (court.folder / "data" / "archive").rglob("*") if path.is_file())
    kept.write_bytes(b"other")
    with pytest.raises(InputError, match="已损坏"):
        court.build(tmp_path / "包.zip")
    assert not (tmp_path / "包.zip").exists()
