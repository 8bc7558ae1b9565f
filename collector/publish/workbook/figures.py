"""The sheets of figures: 指标总览, 分项, 口径说明."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from collector.publish.changes import change_of
from collector.publish.columns import CODE_LABELS
from collector.publish.publication import Result
from collector.publish.workbook.book import Book, Change, Link, Outcome, Printed, Sheet, decimal
from collector.publish.workbook.proof import EVIDENCE
from metrics.indicators import IndicatorResult

_BEFORE = {"month": "上月", "quarter": "上季", "half": "上半年", "year": "上年", "range": "上期"}
#: Rows above the body of the overview; the evidence leads back to its lines.
_OVERVIEW = (
    *(("指标级别", 26), ("指标", 31), ("目标", 10), ("完成值", 11), ("分子", 13), ("分母", 13), ("覆盖率", 9)),
    *(("下限", 9), ("上限", 9), ("结论", 9)),
)
_OVERVIEW_END = (("依据条数", 9), ("说明", 34))
_BREAKDOWNS = (
    *(("指标", 24), ("维度", 11), ("维度值", 22), ("目标", 10), ("完成值", 12), ("分子", 13), ("分母", 13)),
    *(("覆盖率", 9), ("下限", 9), ("上限", 9), ("结论", 9), ("依据条数", 9), ("说明", 30)),
)
_RULES = (
    ("指标", 24),
    ("指标代码", 20),
    ("目标（原文）", 14),
    ("目标周期", 10),
    ("分值", 8),
    ("口径", 84),
    ("版本", 7),
)


def overview(book: Book, sheet: Sheet, begins: Mapping[str, int]) -> None:
    """Every indicator of the period: target, figure, its parts, coverage and bounds, outcome, change."""
    month = book.dossier.period.kind == "month"
    before = _BEFORE[book.dossier.period.kind]
    changes = [(before, 11), (f"较{before}", 13), *([("本年累计", 11)] if month else [])]
    columns = [*_OVERVIEW, *changes, *_OVERVIEW_END]
    sheet.page([width for _, width in columns])
    sheet.title(f"{book.heading} 指标总览", *book.standing_words)
    earlier = book.dossier.of_period(book.dossier.period.before().label)
    lines = [
        [
            " / ".join(result.level_codes),
            Link(result["name"], EVIDENCE, begins[result["indicator"]]),
            result["printed_target"],
            Printed(result["printed"]),
            *_parts(result),
            Outcome(result.outcome),
            *_changes(result, earlier.get(result["indicator"])),
            *([_so_far(book.dossier.so_far.get(result["indicator"]))] if month else []),
            result["evidence_count"],
            "；".join(result.notes),
        ]
        for result in book.totals
    ]
    sheet.table([label for label, _ in columns], lines, freeze=2)
    sheet.gap()
    sheet.note("点“指标”可跳到它背后的行；比率的分子、分母见“口径说明”，时长以秒计，金额以元计。")


def _parts(result: Result) -> list[Any]:
    """Numerator, denominator, coverage and bounds."""
    shares = [Printed(result.coverage), Printed(result.bound("lower")), Printed(result.bound("upper"))]
    numbers = [decimal(result[name]) for name in ("numerator", "denominator")]
    return [*numbers, *(share if share.text else None for share in shares)]


def _changes(result: Result, earlier: Result | None) -> list[Any]:
    """The figure before, and the difference of the two as they are printed."""
    if earlier is None:
        return [None, None]
    found = change_of(result, earlier)
    return [Printed(earlier["printed"]), None if found is None else Change(*found)]


def _so_far(result: IndicatorResult | None) -> Any:
    return None if result is None else Printed(result.printed)


def breakdowns(book: Book, sheet: Sheet) -> None:
    """Every figure of a vendor, a class, a site …"""
    sheet.page([width for _, width in _BREAKDOWNS])
    sheet.title(f"{book.heading} 分项")
    lines = [
        [
            result["name"],
            result.dimension,
            result["dimension_value"],
            result["printed_target"],
            Printed(result["printed"]),
            *_parts(result),
            Outcome(result.outcome),
            result["evidence_count"],
            "；".join(result.notes),
        ]
        for result in book.publication.results
        if not result.is_total
    ]
    sheet.table([label for label, _ in _BREAKDOWNS], lines, freeze=1)


def rules(book: Book, sheet: Sheet) -> None:
    """The rule of each figure in words."""
    sheet.page([width for _, width in _RULES])
    sheet.title(f"{book.heading} 口径说明")
    lines: Sequence[Sequence[Any]] = [
        [
            result["name"],
            result["indicator"],
            result["target"],
            CODE_LABELS["target_period"][result["target_period"]],
            None if result["weight"] is None else Decimal(result["weight"]),
            result["rule"],
            result["definition_version"],
        ]
        for result in book.publication.rules().values()
    ]
    sheet.table([label for label, _ in _RULES], lines, freeze=1)
