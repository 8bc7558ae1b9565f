"""The official layout of the 项目支出绩效自评表 as rows of cells, the same for Word and for the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal

from collector.publish.publication import as_number
from collector.selfeval.model import FundLine, Row, SelfEvaluation, mark_text, wan
from metrics.numbers import NO_DATA, print_number
from metrics.papers.figures import show
from metrics.scoring.marks import total_of

Align = Literal["left", "center", "right", "both"]

TITLE = "项目支出绩效自评表"
#: Shares of the page: 一级, 二级, 三级指标, 年度指标值, 调整后指标值, 实际完成值, 分值, 得分, 偏差原因.
WIDTHS = (17.5, 17.5, 27.5, 18.5, 17.5, 19.5, 10.5, 17, 28.5)
HEAD = (
    "一级指标",
    "二级指标",
    "三级指标",
    "年度\n指标值",
    "调整后\n指标值",
    "实际\n完成值",
    "分值",
    "得分",
    "偏差原因分析\n及改进措施",
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(%|[^\d%（(；，]{0,6})")
_EVERY = len(WIDTHS)


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell with what it takes; ``number`` is what a workbook holds, shown by ``pattern`` as ``text`` reads."""

    text: str = ""
    across: int = 1
    down: int = 1
    align: Align = "center"
    head: bool = False
    bold: bool = False
    number: Decimal | None = None
    pattern: str = ""


FormRow = Sequence[FormCell]


def number_cell(text: str) -> FormCell:
    """A printed figure; a workbook holds the number, what is no plain figure stays text."""
    if not _NUMBER.fullmatch(text):
        return FormCell(text)
    return FormCell(text, number=as_number(text), pattern=_pattern(text))


def _pattern(printed: str) -> str:
    """The cell format under which the number reads as printed: ``25.34分钟`` → ``0.00"分钟"``."""
    digits = re.match(r"-?[\d.]+", printed)
    assert digits is not None
    decimals = len(digits[0].partition(".")[2])
    unit = printed[digits.end() :]
    return ("0." + "0" * decimals if decimals else "0") + ("%" if unit == "%" else f'"{unit}"' if unit else "")


def heading(evaluation: SelfEvaluation) -> list[str]:
    """What stands above the table: title, year, and that it is a draft."""
    state = f"　{evaluation.state}" if evaluation.state else ""
    return [TITLE, f"（{evaluation.year}年度）{state}"]


def upper(evaluation: SelfEvaluation) -> list[FormRow]:
    """Project, money and goals."""
    return [*_project(evaluation), *_money(evaluation), *_goals(evaluation)]


def _project(evaluation: SelfEvaluation) -> Iterator[FormRow]:
    yield [_head("项目名称"), FormCell(evaluation.project, across=_EVERY - 1)]
    yield [
        _head("主管部门"),
        FormCell(evaluation.department, across=3),
        _head("实施单位"),
        FormCell(evaluation.unit, across=_EVERY - 5),
    ]


def _money(evaluation: SelfEvaluation) -> Iterator[FormRow]:
    """With a column of what was received where the rate is paid / received."""
    received = evaluation.execution.by_received
    name = 1 if received else 2
    words = ["年初\n预算数", "全年\n预算数", *(["全年\n到位数"] if received else []), "全年\n执行数"]
    words += ["分值", "执行率", "得分"]
    lines: list[FundLine | None] = [*evaluation.funds] or [None]
    label = _head("项目资金（万元）", down=len(lines) + 1)
    yield [label, _head("", across=name), *(_head(word) for word in words)]
    for number, line in enumerate(lines):
        yield [FormCell(_source(line, number), across=name, align="left"), *_amounts(evaluation, line, number)]


def _source(line: FundLine | None, number: int) -> str:
    if line is None:
        return "年度资金总额"
    return f"其中：{line.name}" if number == 1 else line.name


def _amounts(evaluation: SelfEvaluation, line: FundLine | None, number: int) -> Iterator[FormCell]:
    execution = evaluation.execution
    amounts = [] if line is None else [line.initial, line.budget, line.received, line.paid]
    if amounts and not execution.by_received:
        del amounts[2]
    for amount in amounts:
        yield number_cell(wan(amount))
    if line is None:
        yield from [FormCell()] * 3
    whole = number == 0
    yield number_cell(show(execution.weight)) if whole else FormCell("—")
    yield number_cell(line.rate_printed if line and line.rate is not None else NO_DATA)
    yield number_cell(mark_text(execution.mark)) if whole else FormCell("—")


def _goals(evaluation: SelfEvaluation) -> Iterator[FormRow]:
    goals = list(evaluation.goals) or [("", "")]
    yield [
        _head("年度总体目标", down=len(goals) + 1),
        _head("预期目标", across=3),
        _head("实际完成情况", across=_EVERY - 4),
    ]
    for expected, achieved in goals:
        yield [FormCell(expected, across=3, align="left"), FormCell(achieved, across=_EVERY - 4, align="left")]


def indicators(evaluation: SelfEvaluation) -> list[FormRow]:
    """The heading of the indicators, their rows, total and band."""
    head = [_head(word) for word in HEAD]
    rows = [row for _, group in groupby(evaluation.rows, lambda row: row.level(0)) for row in _level(list(group))]
    return [head, *rows, *_total(evaluation)]


def _level(rows: Sequence[Row]) -> Iterator[FormRow]:
    """Rows of one first level, its cells merged from above."""
    first: list[FormCell] = [FormCell(rows[0].level(0), down=len(rows))]
    for name, group in groupby(rows, lambda row: row.level(1)):
        same = list(group)
        second = [FormCell(name, down=len(same))]
        for row in same:
            yield [*first, *second, *_row(row)]
            first, second = [], []


def _row(row: Row) -> Iterator[FormCell]:
    yield FormCell(row.name, align="left")
    yield FormCell(row.target)
    yield FormCell(row.adjusted)
    yield number_cell(row.actual)
    yield number_cell(show(row.weight))
    yield number_cell(mark_text(row.mark))
    yield FormCell(row.reason, align="left")


def _total(evaluation: SelfEvaluation) -> Iterator[FormRow]:
    total = mark_text(evaluation.total)
    yield [
        FormCell("总分", across=6, bold=True),
        number_cell(show(evaluation.total_weight)),
        number_cell(total),
        FormCell(""),
    ]
    yield [
        _head("自评等级"),
        FormCell(evaluation.band, bold=True),
        _head("评分规则"),
        FormCell(evaluation.rule, across=_EVERY - 3, align="left"),
    ]


def _head(text: str, across: int = 1, down: int = 1) -> FormCell:
    return FormCell(text, across=across, down=down, head=True)


FUND_HEAD = ("资金来源", "全年预算数", "实际到位资金", "实际支出资金", "资金结余", "资金到位率", "预算执行率")
FUND_WIDTHS = (30, 24, 24, 24, 24, 20, 20)


def fund_rows(evaluation: SelfEvaluation) -> list[FormRow]:
    """The fund table by source; empty where nothing received was recorded."""
    if not evaluation.funds_received:
        return []
    rows: list[FormRow] = [[_head(word) for word in FUND_HEAD]]
    for number, line in enumerate(evaluation.funds):
        in_place = NO_DATA if line.in_place is None else print_number(line.in_place, "percent")
        name = "合计" if number == 0 else line.name
        figures = [*(wan(money) for money in (line.budget, line.received, line.paid, line.balance)), in_place]
        rows.append([FormCell(name, align="left"), *(number_cell(text) for text in (*figures, line.rate_printed))])
    return rows


NOTE_HEAD = ("指标", "怎么得出的")
NOTE_WIDTHS = (40, 120)


def note_rows(evaluation: SelfEvaluation) -> list[FormRow]:
    """How every mark came about, with its arithmetic."""
    execution = evaluation.execution
    lines = [(execution.name, execution.judged, execution.arithmetic)]
    lines += [(row.name, row.judged, row.arithmetic) for row in evaluation.rows]
    rows: list[FormRow] = [[_head(word) for word in NOTE_HEAD]]
    for name, judged, arithmetic in lines:
        said = f"{judged}：{arithmetic}" if arithmetic else judged
        rows.append([FormCell(name, align="left"), FormCell(said, align="left")])
    return rows


def _sections(evaluation: SelfEvaluation) -> Iterator[str]:
    """What each part of the rule pack earned, once every mark is there."""
    pack, execution = evaluation.pack, evaluation.execution.mark
    if evaluation.total is None or execution is None:
        return
    said = [] if any(section.with_execution for section in pack.sections) else [f"预算执行率得 {execution} 分"]
    for section in pack.sections:
        marks = [row.mark for row in evaluation.rows if row.mark is not None and pack.section(row.levels) == section]
        total = total_of([*marks, execution] if section.with_execution else marks)
        within = f"（其中预算执行 {execution} 分）" if section.with_execution else ""
        said.append(f"{section.levels[0]}得 {total} 分{within}")
    yield f"各部分：{'；'.join(said)}。"


def foot(evaluation: SelfEvaluation) -> list[str]:
    """On what the figures rest, and how total and band are made."""
    return [
        *_sections(evaluation),
        f"总分是印出的各项得分之和；等级：{evaluation.pack.bands.words}。",
        *(f"{line}。" for line in evaluation.basis),
    ]
