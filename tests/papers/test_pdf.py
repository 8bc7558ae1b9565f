"""Papers as LibreOffice prints them: tables by their lines, text broken where the line was full."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from adapters.papers import read_paper
from collector.cli import run
from tests.office import printed
from tests.papers.writing import E1, E2, E2_TEXT, E5, agreeing, errors, notes, write_xlsx

pytestmark = [pytest.mark.live, pytest.mark.slow]


def test_the_form_of_e5_reads_from_a_pdf_as_from_its_workbook(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "e5.xlsx", E5, numbers=False)
    paper = read_paper(printed(path))
    (table,) = paper.tables
    assert table.place == "第 1 页表 1"
    assert table.rows == read_paper(path).tables[0].rows
    assert errors(paper) == []
    assert [("6→17" in note, "得 27" in note) for note in notes(paper)] == [(True, False), (False, True)]


def test_the_form_of_e2_adds_up_no_better_in_a_pdf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = printed(write_xlsx(tmp_path / "e2.xlsx", E2, numbers=False))
    assert run(["verify", str(path)]) == 3
    assert "得分合计写 92.42，各项相加 29.42 + 10 + 37 + 15 = 91.42，不符" in capsys.readouterr().out


def test_the_form_of_e1_gives_too_many_marks_in_a_pdf_too(tmp_path: Path) -> None:
    paper = read_paper(printed(write_xlsx(tmp_path / "e1.xlsx", E1, numbers=False)))
    assert any("至多 99.01 分" in error for error in errors(paper))


def test_running_text_of_a_pdf_is_put_together_again(tmp_path: Path) -> None:
    """One cell of 30 characters' width: its lines break inside 预算, 29.42 or wherever they are full."""
    with xlsxwriter.Workbook(str(tmp_path / "e2.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.set_column(0, 0, 47)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for row, text in enumerate(_paragraphs(E2_TEXT)):
            sheet.set_row(row, 120)
            sheet.write_string(row, 0, text, wrapped)
    paper = read_paper(printed(tmp_path / "e2.xlsx"))
    assert len(paper.lines) > len(_paragraphs(E2_TEXT))
    assert errors(paper) == ["得分合计写 92.42，各项相加 29.42 + 10 + 37 + 15 = 91.42，不符"]
    assert any("38.64 ÷ 41 = 94.2439…%，相符" in text for text in agreeing(paper))


def test_a_table_goes_on_over_the_page(tmp_path: Path) -> None:
    head = ["一级指标", "三级指标", "分值", "得分"]
    items = [["产出指标", f"指标{number}", "1", "1"] for number in range(100)]
    path = write_xlsx(tmp_path / "long.xlsx", [["自评表", "", "", ""], head, *items, ["合计", "", "100", "99"]])
    (table,) = read_paper(printed(path)).tables
    assert len(table.rows) == 103
    (error,) = errors(read_paper(tmp_path / "long.pdf"))
    assert error.endswith("1 + 1 + 1 = 100，不符")


def _paragraphs(text: str) -> list[str]:
    """Lines that were broken inside words as one again, title and headings apart."""
    lines = text.splitlines()
    return [lines[0], lines[1], "".join(lines[2:4]), lines[4], "".join(lines[5:])]
