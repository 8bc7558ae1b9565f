"""The form as files: both say what the model says, fit for print, marked as drafts, safe to open."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from collector.publish.names import safe_name
from collector.selfeval.model import SelfEvaluation, mark_text, wan
from collector.selfeval.write import write
from tests.selfeval.reading import read_form, texts_of, value

KINDS = ("docx", "xlsx")


def files(form: SelfEvaluation, folder: Path) -> dict[str, Path]:
    """Both files by their ending."""
    ((_, paths),) = write([form], folder)
    return {path.suffix[1:]: path for path in paths}


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_read_back_is_the_models(final: SelfEvaluation, tmp_path: Path, kind: str) -> None:
    form = read_form(files(final, tmp_path)[kind])
    for row in final.rows:
        cells = form.rows[row.name]
        assert form.levels[row.name] == row.levels
        assert [cells["年度指标值"], cells["偏差原因分析及改进措施"]] == [row.target, row.reason]
        assert value(cells["分值"]) == row.weight
        assert value(cells["得分"]) == Fraction(mark_text(row.mark))
        if re.fullmatch(r"[\d.]+(%|次|场|小时)", row.actual):
            assert value(cells["实际完成值"]) == value(row.actual)
        else:
            assert cells["实际完成值"] == row.actual
    for line in final.funds[1:]:
        cells = form.funds[line.name]
        assert [value(cells[word]) for word in ("年初预算数", "全年预算数", "全年执行数")] == [
            Fraction(wan(money)) for money in (line.initial, line.budget, line.paid)
        ]
    assert (value(form.total), form.band) == (Fraction(80), "良")


@pytest.mark.parametrize("kind", KINDS)
def test_the_arithmetic_and_the_rule_pack_are_printed(final: SelfEvaluation, tmp_path: Path, kind: str) -> None:
    texts = list(texts_of(files(final, tmp_path)[kind]))
    assert any("(1 − (10 − 8) ÷ 10) × 10 = 8.00" in text for text in texts)
    assert any("不含 2小时，完成值恰好相等" in text for text in texts)
    assert any("通行办法" in text and "national" in text for text in texts)
    assert any("信息科 2024-01-05 评定为达成" in text for text in texts)
    assert not any("草稿" in text or "由人填写" in text for text in texts)


def test_a_draft_is_marked_on_every_page_of_word(draft: SelfEvaluation, tmp_path: Path) -> None:
    paths = files(draft, tmp_path)
    assert "（草稿）" in paths["docx"].name
    for section in Document(str(paths["docx"])).sections:
        assert "草稿，未定稿" in "".join(paragraph.text for paragraph in section.header.paragraphs)
    texts = list(texts_of(paths["docx"]))
    assert any(text.startswith("1. ") and "缺少" in text for text in texts)
    assert "（由人填写）" in texts


def test_a_draft_is_marked_on_every_page_of_the_workbook(draft: SelfEvaluation, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(files(draft, tmp_path)["xlsx"])
    assert book.sheetnames == ["自评表", "定稿前还缺", "资金情况", "绩效分析", "得分说明"]
    for sheet in book.worksheets:
        assert sheet.oddHeader is not None
        assert "草稿，未定稿" in (sheet.oddHeader.center.text or "")


def test_the_workbook_prints_on_a4_with_its_headings_repeated(final: SelfEvaluation, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(files(final, tmp_path)["xlsx"])
    for sheet in book.worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
        assert sheet.page_setup.fitToHeight == 0  # as many pages down as it takes, one across
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    form = book["自评表"]
    first = int(re.findall(r"\d+", form.print_title_rows or "")[0])
    assert form.cell(first, 1).value == "一级指标"


def test_word_prints_on_a4_and_repeats_the_heading_of_the_indicators(final: SelfEvaluation, tmp_path: Path) -> None:
    document = Document(str(files(final, tmp_path)["docx"]))
    for section in document.sections:
        assert section.page_width is not None
        assert section.page_height is not None
        assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    rows = document.tables[1].rows
    assert [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows][:2] == [True, False]
    assert all(row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)


DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")')


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(final: SelfEvaluation, tmp_path: Path, text: str) -> None:
    rows = [replace(row, reason=text, name=f"{row.name}{text}", target=text, actual=text) for row in final.rows]
    form = replace(final, rows=rows, project=text, department=text, unit=text, goals=[(text, text)])
    path = files(form, tmp_path)["xlsx"]
    with ZipFile(path) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_a_text_too_long_for_a_cell_does_not_overflow_its_row(final: SelfEvaluation, tmp_path: Path) -> None:
    long = "因服务商交接期间人员不足，" * 12
    rows = [replace(final.rows[0], reason=long), *final.rows[1:]]
    book = openpyxl.load_workbook(files(replace(final, rows=rows), tmp_path)["xlsx"])
    sheet = book["自评表"]
    at = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == long)
    width = sheet.column_dimensions["I"].width
    lines = len(long) * 2 / width  # a Chinese character is as wide as two digits
    assert at is not None
    assert (sheet.row_dimensions[at].height or 0) >= lines * 13


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("信息化/运维:项目*？", "信息化_运维_项目_？"),
        ("..", "_"),
        ("a\x00b\n", "a_b_"),
        ("CON", "_CON"),
        ("=1+1", "=1+1"),
        ("", "_"),
    ],
)
def test_a_file_name_is_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_file_name_is_never_too_long() -> None:
    assert len(safe_name("项" * 300).encode()) <= 180


def test_two_projects_of_one_name_do_not_write_over_each_other(final: SelfEvaluation, tmp_path: Path) -> None:
    other = replace(final, project_id="other")
    written = [path for _, paths in write([final, other], tmp_path) for path in paths]
    assert len({path.name for path in written}) == len(list(tmp_path.glob("*.*x"))) == 4


def test_the_same_form_gives_the_same_word_document(final: SelfEvaluation, tmp_path: Path) -> None:
    one, other = (files(final, tmp_path / name)["docx"].read_bytes() for name in "ab")
    assert one == other
