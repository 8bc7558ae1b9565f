"""A plain workbook: numbers are numbers with a format, headers frozen, A4 landscape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from collector.publish.columns import CODE_LABELS
from collector.publish.files import whole
from collector.publish.publication import Publication, Result, as_number

_LARGEST_EXACT = 2**53  # a cell is a double
_A4 = 9


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of a results sheet: header, width, and what a cell holds (a printed number or a value)."""

    label: str
    width: int
    value: Callable[[Result], Any]
    printed: bool = False  # the text is a printed number with its unit: written as a number with a format


def _decimal(name: str) -> Callable[[Result], Decimal | None]:
    return lambda result: None if result[name] is None else Decimal(result[name])


_FIGURES = (
    _Field("统计周期", 24, lambda result: result["period"]),
    _Field("目标", 12, lambda result: result["printed_target"]),
    _Field("完成值", 13, lambda result: result["printed"] if result["actual"] is not None else None, printed=True),
    _Field("分子", 14, _decimal("numerator")),
    _Field("分母", 14, _decimal("denominator")),
    _Field("未取整值", 16, _decimal("actual")),
    _Field("覆盖率", 10, lambda result: result.coverage, printed=True),
    _Field("下限", 11, lambda result: result.bound("lower"), printed=True),
    _Field("上限", 11, lambda result: result.bound("upper"), printed=True),
    _Field("结论", 9, lambda result: result.outcome),
    _Field("依据条数", 9, lambda result: result["evidence_count"]),
    _Field("有检测佐证", 11, lambda result: result.percent("observed"), printed=True),
    _Field("推定正常", 10, lambda result: result.percent("presumed"), printed=True),
    _Field("说明", 50, lambda result: "；".join(result.notes)),
)
_LEVELS = _Field("指标级别", 20, lambda result: " / ".join(result.level_codes))
_NAME = _Field("指标", 24, lambda result: result["name"])
_DIMENSIONS = (
    _Field("维度", 10, lambda result: result.dimension),
    _Field("维度值", 18, lambda result: result["dimension_value"]),
)
_RULES = (
    _NAME,
    _Field("指标代码", 22, lambda result: result["indicator"]),
    _LEVELS,
    _Field("目标（原文）", 14, lambda result: result["target"]),
    _Field("目标周期", 10, lambda result: CODE_LABELS["target_period"][result["target_period"]]),
    _Field("分值", 8, _decimal("weight")),
    _Field("口径", 90, lambda result: result["rule"]),
    _Field("口径版本", 9, lambda result: result["definition_version"]),
)


def write(publication: Publication, path: Path) -> None:
    """Sheets 指标结果 (totals), 分项 (breakdowns), 口径说明, 数据质量."""
    with whole(path) as beside:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(beside), options)
        try:
            _write_sheets(_Sheets(book, publication), publication)
        finally:
            book.close()


def _write_sheets(sheets: _Sheets, publication: Publication) -> None:
    totals = [result for result in publication.results if result.is_total]
    parts = [result for result in publication.results if not result.is_total]
    sheets.results("指标结果", (_LEVELS, _NAME, *_FIGURES), totals)
    sheets.results("分项", (_NAME, *_DIMENSIONS, *_FIGURES), parts)
    sheets.results("口径说明", _RULES, list(publication.rules().values()))
    sheets.quality()


class _Sheets:
    """Writes sheets of one workbook; formats are made once each."""

    def __init__(self, book: Any, publication: Publication) -> None:
        self.book = book
        self.publication = publication
        self.head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7", "text_wrap": True})
        self.text = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
        self.formats: dict[str, Any] = {}

    def results(self, title: str, fields: Sequence[_Field], results: Sequence[Result]) -> None:
        """One line a result, the project's name first."""
        project = _Field("运维项目", 22, lambda result: self.publication.projects.get(result["project"], ""))
        fields = (project, *fields)
        sheet = self._sheet(title, [field.width for field in fields])
        self._header(sheet, 0, [field.label for field in fields])
        for row, result in enumerate(results, 1):
            for column, field in enumerate(fields):
                self._cell(sheet, row, column, field.value(result), field.printed)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(results)), len(fields) - 1)
        sheet.repeat_rows(0)

    def quality(self) -> None:
        """What was read and what was refused, then how the figures were computed."""
        sheet = self._sheet("数据质量", [24, 40, 10, 10, 10, 10, 10, 10, 40])
        labels = ["数据来源", "交付文件", "读取", "接收", "未变", "更正", "拒绝", "另计", "未能读取的原因"]
        row = self._table(sheet, 0, labels, [_accounting_row(one) for one in self.publication.deliveries])
        rejections = list(self.publication.open_rejections.items())
        row = self._table(sheet, row + 1, ["数据来源", "待处理的不合格行"], rejections)
        self._table(sheet, row + 1, ["计算依据", "内容"], list(_basis(self.publication).items()))
        sheet.freeze_panes(1, 0)

    def _table(self, sheet: Any, row: int, labels: Sequence[str], lines: Sequence[Sequence[Any]]) -> int:
        """Write a header and lines from ``row`` on; returns the row after them."""
        self._header(sheet, row, labels)
        for offset, line in enumerate(lines, 1):
            for column, value in enumerate(line):
                self._cell(sheet, row + offset, column, value)
        return row + len(lines) + 1

    def _sheet(self, title: str, widths: Sequence[int]) -> Any:
        sheet = self.book.add_worksheet(title)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def _header(self, sheet: Any, row: int, labels: Sequence[str]) -> None:
        for column, label in enumerate(labels):
            sheet.write_string(row, column, label, self.head)

    def _cell(self, sheet: Any, row: int, column: int, value: Any, printed: bool = False) -> None:
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.text)
        elif printed:
            sheet.write_number(row, column, as_number(value), self._number(_pattern_of(value)))
        elif isinstance(value, int | Decimal) and -_LARGEST_EXACT <= value <= _LARGEST_EXACT:
            sheet.write_number(row, column, value, self._number(_plain_pattern(value)))
        else:
            sheet.write_string(row, column, str(value), self.text)

    def _number(self, pattern: str) -> Any:
        if pattern not in self.formats:
            self.formats[pattern] = self.book.add_format({"border": 1, "valign": "top", "num_format": pattern})
        return self.formats[pattern]


def _pattern_of(printed: str) -> str:
    """The cell format under which a printed figure reads as printed: ``25.34分钟`` → ``0.00"分钟"``."""
    number = printed.rstrip("".join(char for char in set(printed) if char not in "0123456789.-"))
    decimals = len(number.partition(".")[2])
    unit = printed[len(number) :]
    return ("0." + "0" * decimals if decimals else "0") + ("%" if unit == "%" else f'"{unit}"' if unit else "")


def _plain_pattern(value: int | Decimal) -> str:
    whole_number = isinstance(value, int) or value == value.to_integral_value()
    return "#,##0" if whole_number else "0.##########"


def _accounting_row(one: Any) -> list[Any]:
    counts = (one.read, one.accepted, one.unchanged, one.superseding, one.rejected, one.set_aside)
    return [one.source, one.name, *counts, one.refused]


def _basis(publication: Publication) -> Mapping[str, str]:
    """What all the figures rest on; several values where results of several runs are shown together."""
    labels = {
        "as_of": "截止时间（UTC）",
        "known_at": "知悉时间（UTC）",
        "known_sequence": "知悉序号",
        "configuration_hash": "配置哈希",
        "computed_at": "计算时间（UTC）",
        "run_id": "运行编号",
    }
    basis = {"单位": publication.organization, "程序版本": publication.version}
    for name, label in labels.items():
        basis[label] = "、".join(dict.fromkeys(str(result[name]) for result in publication.results))
    return basis
