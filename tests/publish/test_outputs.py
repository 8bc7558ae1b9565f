"""Files that are written: read back by independent readers, they hold what the store holds."""

from __future__ import annotations

import csv
import errno
import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from collector.publish import PUBLISHERS
from collector.publish.columns import RESULT_COLUMNS
from collector.publish.csv_file import safe
from collector.publish.files import whole
from collector.publish.json_file import document, schema
from metrics.errors import PassingError
from tests.publish.results import publication, result


def _workbook(path: Path, title: str) -> Worksheet:
    sheet = load_workbook(path)[title]
    assert isinstance(sheet, Worksheet)
    return sheet


def _rows(path: Path, title: str) -> list[dict[str, object]]:
    head, *rows = _workbook(path, title).iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_json_keeps_its_published_schema(tmp_path: Path) -> None:
    path = PUBLISHERS["json"].publish(publication(), tmp_path / "r.json")
    read = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(read, schema())
    assert read["results"][0]["actual"] == "0.94996"
    assert read["results"][0]["rule"] == "正常时间 ÷ 应计时间。"


def test_the_schema_refuses_what_no_result_can_be() -> None:
    broken = document(publication(result(outcome="great")))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema())


def test_the_schema_describes_every_column_and_no_other() -> None:
    described = schema()["$defs"]["result"]
    assert list(described["properties"]) == described["required"] == [column.name for column in RESULT_COLUMNS]


def test_the_csv_begins_with_a_byte_order_mark_and_reads_back(tmp_path: Path) -> None:
    path = PUBLISHERS["csv"].publish(publication(), tmp_path / "r.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["完成值"] for row in rows] == ["94.996%", "94.996%", "7549次", "—"]
    assert rows[0]["结论"] == "未达标"
    assert rows[1]["维度值"] == "'=甲公司"  # a spreadsheet would run it


@pytest.mark.parametrize("text", ["=1+1", "+1", "-甲", "@cmd", "\tx", "\rx", "-1+1"])
def test_a_cell_that_could_run_is_escaped(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["-12.5", "-3%", "甲-乙", "", 5, None])
def test_a_harmless_cell_stays_as_it_is(cell: object) -> None:
    assert safe(cell) == cell


def test_numbers_in_the_workbook_are_numbers_that_read_as_printed(tmp_path: Path) -> None:
    path = PUBLISHERS["workbook"].publish(publication(), tmp_path / "r.xlsx")
    sheet = _workbook(path, "指标结果")
    head = [cell.value for cell in sheet[1]]
    actual = sheet.cell(2, head.index("完成值") + 1)
    assert (actual.value, actual.number_format) == (0.94996, "0.000%")
    count = sheet.cell(3, head.index("完成值") + 1)
    assert (count.value, count.number_format) == (7549, '0"次"')
    assert _rows(path, "指标结果")[0]["分子"] == 949960


def test_truncated_figures_read_truncated_in_the_workbook(tmp_path: Path) -> None:
    cut = result(actual="0.90115384615384615384615384615", printed="90.11%")
    row = _rows(PUBLISHERS["workbook"].publish(publication(cut), tmp_path / "r.xlsx"), "指标结果")[0]
    assert Decimal(str(row["完成值"])) == Decimal("0.9011")
    assert str(row["未取整值"]).startswith("0.90115384615")


def test_totals_and_breakdowns_have_a_sheet_each(tmp_path: Path) -> None:
    path = PUBLISHERS["workbook"].publish(publication(), tmp_path / "r.xlsx")
    assert load_workbook(path).sheetnames == ["指标结果", "分项", "口径说明", "数据质量"]
    assert len(_rows(path, "指标结果")) == 3
    assert [row["维度值"] for row in _rows(path, "分项")] == ["=甲公司"]


def test_the_sheets_print_on_a4_landscape_under_a_frozen_header(tmp_path: Path) -> None:
    sheet = _workbook(PUBLISHERS["workbook"].publish(publication(), tmp_path / "r.xlsx"), "指标结果")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"


def test_the_quality_sheet_has_the_accounting_and_what_was_refused(tmp_path: Path) -> None:
    sheet = _workbook(PUBLISHERS["workbook"].publish(publication(), tmp_path / "r.xlsx"), "数据质量")
    lines = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert ["a_tickets", "三月.xlsx", 12, 10, 0, 0, 1, 1] in lines
    assert ["b", "坏.xlsx", 0, 0, 0, 0, 0, 0, "不是工作簿"] in lines
    assert ["a_tickets", 1] in lines
    assert ["知悉序号", "7"] in lines


@pytest.mark.parametrize("name", PUBLISHERS)
def test_an_output_replaces_the_old_one_whole_and_leaves_nothing_beside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "sub" / PUBLISHERS[name].file_name
    path.parent.mkdir()
    path.write_text("old")
    PUBLISHERS[name].publish(publication(), path)
    assert path.stat().st_size > 100
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["csv", "workbook"])
def test_an_output_that_fails_leaves_the_old_one(tmp_path: Path, name: str) -> None:
    path = tmp_path / PUBLISHERS[name].file_name
    path.write_text("old")
    with pytest.raises(KeyError):
        PUBLISHERS[name].publish(publication(result(), result(outcome="great")), path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, no folder")
    with pytest.raises(PassingError, match=r"无法写入“.*r\.csv”：上级不是文件夹"):
        PUBLISHERS["csv"].publish(publication(), tmp_path / "out" / "r.csv")


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有写权限"), (errno.EIO, "暂时不可用")]
)
def test_what_the_disk_says_is_said_in_chinese(tmp_path: Path, number: int, said: str) -> None:
    with pytest.raises(PassingError, match=said), whole(tmp_path / "x"):
        raise OSError(number, "says so")
    assert list(tmp_path.iterdir()) == []
