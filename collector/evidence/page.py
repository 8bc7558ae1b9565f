"""The page of a figure (说明.docx): how it stands, figure, rule, arithmetic, what is behind it, objections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from collector.evidence.calculation import Cited, original_target
from collector.evidence.recount import terms_words
from collector.publish.arithmetic import arithmetic, beside, number_text, shares
from collector.publish.objections import decision_words, objection_words
from collector.publish.word import Column, Paper
from metrics.formulas import FORMULAS
from metrics.indicators import OUTCOME_LABELS

if TYPE_CHECKING:
    from collector.evidence.figures import FigureEvidence
    from collector.publish.publication import Publication, Result

_FILES_SHOWN = 40
_MONTH_COLUMNS = (
    Column("周期", 18),
    Column("完成值", 22, "right"),
    Column("分子", 22, "right"),
    Column("分母", 20, "right"),
    Column("结论", 18, "center"),
)


def write(
    figure: FigureEvidence, whole: Publication, cited: Cited, files: Sequence[tuple[str, str]], path: Path
) -> None:
    """Write the page; ``files``: name and path in the pack of every source file that is cited."""
    stored = figure.stored
    standing = whole.standing(stored["project"], stored["period"])
    paper = Paper.open(None, {"标题": figure.result.name}, cover=False)
    paper.title(f"{figure.number:02d}　{figure.result.name}")
    paper.note(f"{whole.organization}　{whole.projects[stored['project']]}　{stored['period']}", "center")
    paper.note(standing.sentence, "center")
    paper.heading("一、数字")
    paper.table([Column("项目", 26), Column("内容", 74)], list(_facts(figure)))
    paper.heading("二、口径")
    paper.text(figure.result.words)
    paper.heading("三、算式")
    paper.text(arithmetic(figure.result, figure.above, figure.below))
    for side, terms in (("分子", figure.rule.numerator), ("分母", figure.rule.denominator)):
        if terms:
            paper.text(f"{side}由同一文件夹“计算表.xlsx”得出：{terms_words(terms)}。")
    if figure.months:
        paper.caption("各月")
        paper.table(_MONTH_COLUMNS, [_month_cells(month) for month in figure.months])
        paper.note(f"本周期的数字由周期内全部记录算出，不由各月数字相加或平均。各月：{standing.summed_sentence()}。")
    paper.heading("四、依据")
    for text in _behind(figure, cited, files):
        paper.text(text)
    if files:
        rows = list(files[:_FILES_SHOWN])
        paper.table([Column("来源文件", 50), Column("包内位置", 50)], rows)
    if len(files) > _FILES_SHOWN:
        paper.note(f"其余 {len(files) - _FILES_SHOWN} 个见“计算表.xlsx”。")
    _objections(paper, figure, whole)
    if standing.is_draft:
        paper.mark_draft(f"{standing.mark}（{stored['period']} 未封账）")
    paper.save(path)


def _facts(figure: FigureEvidence) -> Iterator[tuple[str, str]]:
    result, stored = figure.result, figure.stored
    yield "完成值", result.printed
    original = original_target(figure)
    yield "指标值", result.printed_target + (f"（{original}）" if original else "")
    yield "结论", OUTCOME_LABELS[result.outcome]
    if result.weight:
        yield "分值", result.weight
    yield "指标级别", " / ".join(result.level_codes) or "—"
    labels = dict(FORMULAS[figure.definition.formula].part_labels)
    for text in (*shares(result.figure), *beside(result, labels)):
        label, _, value = text.rpartition(" ")
        yield label, value
    for note in result.notes:
        yield "说明", note
    moment = datetime.fromtimestamp(figure.basis.as_of, figure.basis.settings.zone)
    yield "截止时间", moment.strftime("%Y-%m-%d %H:%M:%S")
    yield "知悉序号", str(stored["known_sequence"])
    yield "配置", stored["configuration_hash"]


def _behind(figure: FigureEvidence, cited: Cited, files: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield (
        f"共 {cited.rows:,} 条记录，逐条列在“计算表.xlsx”的“依据”表：每条写明来源文件、工作表、行号、行哈希，"
        "以及它在包内的来源文件；来源文件是服务商交来的原件，未作任何改动。"
    )
    if figure.evidence.spans is not None:
        yield f"另有 {cited.spans:,} 段时间（应运行、故障、未知、豁免）列在“时段”表，每段写明起因和终因。"
    if figure.log is not None:
        yield (
            f"拨测共 {cited.checks:,} 次，不逐次列出；每台设备每天的次数和所在日志文件的哈希列在“拨测”表，"
            "日志文件由法院保存，可按哈希核对。"
        )
    if not files and not cited.checks:
        yield "没有可列的来源文件。"


def _objections(paper: Paper, figure: FigureEvidence, whole: Publication) -> None:
    found = whole.objections_to(figure.stored["project"], figure.stored["indicator"])
    inside = {figure.stored["period"], *(month["period"] for month in figure.months)}
    found = [one for one in found if one.period in inside]
    if not found:
        return
    paper.heading("五、服务商的异议")
    for one in found:
        paper.text(f"第 {one.objection_no} 号（{one.period}）：{objection_words(one)}。")
        for decision in one.decisions:
            paper.text(f"处理：{decision_words(decision)}。")
        if not one.decisions:
            paper.text("处理：未处理。")


def _month_cells(month: Result) -> tuple[str, ...]:
    sides = [month.fraction(name) for name in ("numerator", "denominator")]
    numbers = ("" if value is None else number_text(value, 2) for value in sides)
    return (month["period"], month["printed"], *numbers, month.outcome)
