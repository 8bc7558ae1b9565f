"""Papers: what is given is what stands there, on A4, with repeated headers, whole and always the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from collector.publish.word import Cell, Column, Paper
from tests.publish.word.reading import headers, tables, texts

WORDS = {"单位": "示范法院", "标题": "月度报告", "周期": "2025年3月", "状态": "草稿", "日期": "2025年4月1日"}


def _paper() -> Paper:
    return Paper.open(None, WORDS)


def _saved(paper: Paper, folder: Path) -> Path:
    paper.save(folder / "报告.docx")
    return folder / "报告.docx"


def test_the_cover_and_the_body_stand_in_their_order(tmp_path: Path) -> None:
    paper = _paper()
    paper.heading("一、总体情况")
    paper.text("完成。")
    assert texts(_saved(paper, tmp_path)) == [
        *("示范法院", "月度报告", "2025年3月", "草稿", "截至 2025年4月1日"),
        *("一、总体情况", "完成。"),
    ]


def test_a_table_is_as_wide_as_the_text_and_repeats_its_header(tmp_path: Path) -> None:
    paper = _paper()
    paper.table([Column("指标", 2), Column("完成值", 1, "right")], [["运作率", "95.12%"]] * 3)
    path = _saved(paper, tmp_path)
    assert tables(path) == [[["指标", "完成值"], *[["运作率", "95.12%"]] * 3]]
    table: Any = Document(str(path)).tables[0]._tbl
    widths = [int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))]
    assert sum(widths) == 11906 - 1588 - 1474  # A4 without its margins, in twentieths of a point
    rows = table.findall(qn("w:tr"))
    assert [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows] == [True, False, False, False]
    assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)


def test_cells_may_cover_rows_and_columns(tmp_path: Path) -> None:
    paper = _paper()
    paper.layout(
        [1, 1, 1],
        [
            [Cell("资金", down=2), Cell("金额", across=2)],
            [Cell("预算"), Cell("支出")],
            [Cell("a"), Cell("b"), Cell("c")],
        ],
    )
    assert tables(_saved(paper, tmp_path)) == [[["资金", "金额", "金额"], ["资金", "预算", "支出"], ["a", "b", "c"]]]


@pytest.mark.parametrize("row", [[Cell("a")], [Cell("a"), Cell("b"), Cell("c")], [Cell("a", across=3)]])
def test_cells_that_do_not_fill_their_row_are_a_mistake(row: list[Cell]) -> None:
    with pytest.raises(ValueError, match="row"):
        _paper().layout([1, 1], [row])


def test_pages_lie_across_between_upright_ones(tmp_path: Path) -> None:
    paper = _paper()
    paper.text("竖")
    upright = paper.width
    paper.across()
    across = paper.width
    paper.text("横")
    paper.upright()
    assert (upright, across, paper.width) == (8844, 14570, 8844)
    paper.text("竖")
    sections = Document(str(_saved(paper, tmp_path))).sections
    assert [section.orientation == 1 for section in sections] == [False, False, True, False]
    numbered = [section._sectPr.find(qn("w:pgNumType")) is not None for section in sections]
    assert numbered == [False, True, False, False]  # 1 after the cover, and on from there


def test_a_paper_without_cover_may_lie_across_from_the_first_page_on(tmp_path: Path) -> None:
    paper = Paper.open(None, WORDS, cover=False)
    paper.across()
    paper.text("自评表")
    sections = Document(str(_saved(paper, tmp_path))).sections
    assert [section.orientation == 1 for section in sections] == [True]


def test_a_draft_says_so_on_every_page(tmp_path: Path) -> None:
    paper = _paper()
    paper.across()
    paper.text("横")
    paper.mark_draft("草稿（未封账）")
    path = _saved(paper, tmp_path)
    assert headers(path) == ["草稿（未封账）"]
    linked = [section.header.is_linked_to_previous for section in Document(str(path)).sections]
    assert linked == [False, True, True]  # one header, for all sections


def test_what_xml_cannot_hold_is_left_out(tmp_path: Path) -> None:
    paper = _paper()
    paper.text("甲\x00公司\x0b的\ud800工单")
    assert texts(_saved(paper, tmp_path))[-1] == "甲公司的工单"


def test_the_same_paper_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder in (first, second):
        paper = _paper()
        paper.table([Column("指标", 1)], [["a"]])
        _saved(paper, folder)
    assert (first / "报告.docx").read_bytes() == (second / "报告.docx").read_bytes()
