"""The indicator table in the terminal, with the notes and rules that a figure needs beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.publish.publication import Result
from collector.text import wrap

#: From this width on every column has its own place; below it, pairs share one.
_WIDE = 110
#: What is not a terminal has no width: one result stays one line, so that it can be searched.
PIPED_WIDTH = 1000
_ACTUAL_WIDTH = 14  # numbers are shorter; an agreed reading of “no case occurred” breaks into lines
_LONGEST_LINE = 120  # of notes and rules, however wide the terminal
_STYLES = {"met": "green", "missed": "bold red", "low_coverage": "yellow", "no_data": "yellow", "not_due": "cyan"}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: header, what a cell says, whether it may break, whether it is a number."""

    header: str
    cell: Callable[[Result], str]
    breaks: bool = False
    right: bool = False


def print_results(console: Console, results: Sequence[Result], rules: bool = True, brief: bool = False) -> None:
    """Print the table and below it, each once, the notes and (unless ``rules`` is off) the rules.

    ``brief`` leaves out period, bounds and notes: 指标, 目标, 完成值, 分子/分母, 覆盖率, 结论.
    """
    width = console.width
    marks = {} if brief else _numbered(results)
    columns = _brief() if brief else _wide(marks) if width >= _WIDE else _narrow(marks)
    console.print(_table(columns, results))
    text_width = min(width, _LONGEST_LINE)
    if marks:
        lines = [f"  {number}. " + wrap(note, text_width - 5, "     ") for note, number in marks.items()]
        console.print("\n".join(["说明：", *lines]))
    if rules:
        console.print("\n".join(["口径：", *_rules(results, text_width)]))


def _numbered(results: Sequence[Result]) -> dict[str, int]:
    notes = dict.fromkeys(note for result in results for note in result.notes)
    return {note: number for number, note in enumerate(notes, 1)}


def _rules(results: Sequence[Result], width: int) -> list[str]:
    rules = {result.key: (result["name"], result.rule) for result in results if result.rule}
    return ["  " + wrap(f"{name}：{rule}", width - 2, "    ") for name, rule in dict.fromkeys(rules.values())]


def _marks(marks: dict[str, int]) -> _Column:
    return _Column("说明", lambda result: " ".join(str(marks[note]) for note in result.notes), breaks=True)


_NAME = _Column("指标", lambda result: result.name, breaks=True)
_PERIOD = _Column("周期", lambda result: result["period"])
_TARGET = _Column("目标", lambda result: result["printed_target"] or "—", breaks=True)
_ACTUAL = _Column("完成值", lambda result: wrap(result["printed"], _ACTUAL_WIDTH), right=True)
_PARTS = _Column("分子/分母", lambda result: fraction_text(result, " / "), right=True)
_COVERAGE = _Column("覆盖率", lambda result: result.coverage or "—", right=True)
_OUTCOME = _Column("结论", lambda result: result.outcome)


def _brief() -> list[_Column]:
    return [_NAME, _TARGET, _ACTUAL, _PARTS, _COVERAGE, _OUTCOME]


def _wide(marks: dict[str, int]) -> list[_Column]:
    bounds = _Column("下限–上限", lambda result: result.bounds or "—", right=True)
    return [_NAME, _PERIOD, _TARGET, _ACTUAL, _PARTS, _COVERAGE, bounds, _OUTCOME, _marks(marks)]


def _narrow(marks: dict[str, int]) -> list[_Column]:
    """Numerator over denominator, and coverage over its bounds, so that 80 columns are enough."""
    period = _Column("周期", lambda result: result["period"].replace("..", "..\n"))
    parts = _Column("分子\n/分母", lambda result: fraction_text(result, "\n/"), right=True)
    known = _Column("覆盖率\n下限\n–上限", _coverage_and_bounds, right=True)
    return [_NAME, period, _TARGET, _ACTUAL, parts, known, _OUTCOME, _marks(marks)]


def _coverage_and_bounds(result: Result) -> str:
    bounds = f"\n{result.bound('lower')}\n–{result.bound('upper')}" if result.bounds else ""
    return (result.coverage or "—") + bounds


def _table(columns: Sequence[_Column], results: Sequence[Result]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column.header,
            justify="right" if column.right else "left",
            no_wrap=not column.breaks,
            overflow="fold",
            min_width=8 if column is _NAME else None,
        )
    for result in results:
        cells = [Text(column.cell(result)) for column in columns]
        outcome = next(number for number, column in enumerate(columns) if column is _OUTCOME)
        cells[outcome].stylize(_STYLES.get(result["outcome"], ""))
        table.add_row(*cells)
    return table


def fraction_text(result: Result, between: str) -> str:
    """``812 / 900``; the numerator alone where there is nothing to divide by; a dash without data."""
    above, below = (result[name] for name in ("numerator", "denominator"))
    if above is None:
        return "—"
    return grouped(above) if below is None else f"{grouped(above)}{between}{grouped(below)}"


def grouped(number: str) -> str:
    """Decimal text with thousands separated; at most four decimals, ``…`` where more were cut."""
    value = Decimal(number)
    if value == value.to_integral_value():
        return f"{int(value):,}"
    whole, _, decimals = f"{value:,f}".partition(".")
    return f"{whole}.{decimals[:4]}{'…' if len(decimals) > 4 else ''}"
