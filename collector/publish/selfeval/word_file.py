"""The form as a Word document: A4 upright, header rows repeated, a draft marked on every page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from collector.publish.selfeval.grid import (
    FUND_WIDTHS,
    NOTE_WIDTHS,
    TITLE,
    WIDTHS,
    FormRow,
    foot,
    fund_rows,
    heading,
    indicators,
    note_rows,
    upper,
)
from collector.publish.word import Cell, Paper
from collector.selfeval.model import SelfEvaluation

LEFT_TO_PEOPLE = "（由人填写）"


def write(evaluation: SelfEvaluation, path: Path, template: Path | None = None) -> None:
    """The form, what it still lacks, the funds, the analysis and how the marks came about.

    Raises:
        PassingError: the place cannot be written now.
        ConfigError: the template lacks something.
    """
    title, year = heading(evaluation)
    words = {
        "单位": evaluation.organization,
        "标题": TITLE,
        "项目": evaluation.project,
        "周期": f"{evaluation.year}年度",
        "状态": evaluation.state,
        "日期": evaluation.as_of,
    }
    paper = Paper.open(template, words, cover=False)
    paper.form()
    paper.title(title)
    paper.line(year, "center")
    paper.layout(WIDTHS, _cells(upper(evaluation)), joined=True)
    paper.layout(WIDTHS, _cells(indicators(evaluation)), header_rows=1)
    _lacking(paper, evaluation)
    for numeral, part in zip("一二", (_funds, _analysis) if evaluation.funds_received else (_analysis,), strict=False):
        part(paper, evaluation, numeral)
    paper.page_break()
    paper.heading("附：得分说明")
    paper.layout(NOTE_WIDTHS, _cells(note_rows(evaluation)), header_rows=1)
    for line in foot(evaluation):
        paper.note(line, "left")
    if evaluation.state:
        paper.mark_draft(evaluation.state)
    paper.save(path)


def _cells(rows: Sequence[FormRow]) -> list[list[Cell]]:
    return [
        [Cell(one.text, one.across, one.down, one.align, head=one.head, bold=one.bold) for one in row] for row in rows
    ]


def _lacking(paper: Paper, evaluation: SelfEvaluation) -> None:
    """Only in a draft: a final paper lacks nothing."""
    if evaluation.final or not evaluation.missing:
        return
    paper.heading("定稿前还缺")
    for number, text in enumerate(evaluation.missing, 1):
        paper.note(f"{number}. {text}", "left")


def _funds(paper: Paper, evaluation: SelfEvaluation, numeral: str) -> None:
    paper.heading(f"{numeral}、资金到位与使用情况")
    paper.note("单位：万元", "right", stays=True)
    paper.layout(FUND_WIDTHS, _cells(fund_rows(evaluation)), header_rows=1, together=True)


def _analysis(paper: Paper, evaluation: SelfEvaluation, numeral: str) -> None:
    """What nobody has written is left blank; in a final paper a heading with nothing below it is left out."""
    paper.heading(f"{numeral}、绩效分析")
    shown = [part for part in evaluation.analysis if part.figures or part.judgement or not evaluation.final]
    for number, part in zip("一二三四五六七", shown, strict=False):
        paper.heading(f"（{number}）{part.title}", 2)
        for text in [text for text in (part.figures, part.judgement) if text] or [LEFT_TO_PEOPLE]:
            paper.text(text)
