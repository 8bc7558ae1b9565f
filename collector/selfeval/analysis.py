"""The block of analysis: sentences made from the figures, and beside them what people wrote, never invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from collector.configuration.self_evaluation import Analysis
from collector.selfeval.model import Execution, FundLine, Paragraphs, Row, wan
from metrics.numbers import print_number
from metrics.papers.figures import show
from metrics.scoring.pack import plain_level

_LEVELS = (
    ("output", "产出指标完成情况", "产出"),
    ("benefit", "效益指标完成情况", "效益"),
    ("satisfaction", "满意度指标完成情况", "满意度"),
)
_JUDGEMENT = (("experience", "主要经验及做法"), ("problems", "存在的问题及原因"), ("improvement", "下一步改进措施"))


def analysis_of(
    written: Analysis, execution: Execution, funds: Sequence[FundLine], rows: Sequence[Row]
) -> list[Paragraphs]:
    """In the order of the form; headings without figures have the people's words alone."""
    made = [Paragraphs("预算执行情况", "".join(_money(execution, funds)), written.execution)]
    for key, title, level in _LEVELS:
        of_level = [row for row in rows if _is_of(row, level)]
        made.append(Paragraphs(title, "".join(_rows(level, of_level)), getattr(written, key)))
    return [*made, *(Paragraphs(title, "", getattr(written, key)) for key, title in _JUDGEMENT)]


def _is_of(row: Row, level: str) -> bool:
    return plain_level(row.level(0)).removeprefix("服务对象") == level


def _money(execution: Execution, funds: Sequence[FundLine]) -> Iterator[str]:
    if not funds:
        return
    whole = funds[0]
    yield f"全年预算 {wan(whole.budget)} 万元，"
    if whole.received:
        in_place = print_number(whole.in_place, "percent")
        yield f"到位 {wan(whole.received)} 万元，资金到位率 {in_place}，"
    yield f"支出 {wan(whole.paid)} 万元"
    if whole.rate is not None:
        yield f"，预算执行率 {whole.rate_printed}"
    if whole.received:
        yield f"；资金结余 {wan(whole.balance)} 万元"
    if execution.mark is not None:
        yield f"。预算执行率分值 {show(execution.weight)} 分，得 {execution.mark} 分"
    yield "。"


def _rows(level: str, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    counted = {
        "达到指标值": sum(row.outcome == "met" for row in rows),
        "未达到": sum(row.outcome == "missed" for row in rows),
        "由人评定": sum(row.outcome == "person" for row in rows),
        "待定": sum(row.outcome == "open" for row in rows),
    }
    said = "，".join(f"{word} {number} 项" for word, number in counted.items() if number)
    yield f"{level}指标共 {len(rows)} 项：{said}。"
    marks = [row.mark for row in rows]
    if all(mark is not None for mark in marks):
        total = sum((mark for mark in marks if mark is not None), Decimal(0))
        yield f"{level}指标得 {total} 分。"
    missed = [row for row in rows if row.outcome == "missed"]
    if missed:
        yield "未达到的有：" + "；".join(_missed(row) for row in missed) + "。"


def _missed(row: Row) -> str:
    return f"{row.name}（指标值 {row.adjusted or row.target}，完成 {row.actual}）"
