"""The calculation sheet (计算表.xlsx): the arithmetic with live formulas, then every row, span and day of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector.evidence.recount import WORDS, Tally, Terms, terms_words
from collector.publish.arithmetic import number_text, part_text, shares
from collector.publish.plain_book import PlainBook
from collector.trace import place
from metrics.formulas import FORMULAS
from metrics.indicators import OUTCOME_LABELS, Side
from metrics.numbers import UNIT_WORDS
from metrics.records import RECORDS

if TYPE_CHECKING:
    from collector.evidence.figures import FigureEvidence

#: Sheets and the labels by which a check finds its numbers again.
CALCULATION, ROWS, SPANS, LOG = "计算", "依据", "时段", "拨测"
NUMERATOR, DENOMINATOR, PRINTED = "分子", "分母", "完成值（印出）"
_LINE, _LINE_CHARS = 16, 28  # height in points, and Chinese characters in a line of the wide columns

_ROW_HEADER = (
    *("角色", "数值", "记录", "编号", "说明", "数据来源", "文件", "工作表", "行号"),
    *("行哈希", "包内文件", "内容"),
)
_ROW_WIDTHS = (11, 12, 12, 20, 24, 16, 40, 14, 8, 34, 44, 80)
_SPAN_HEADER = (
    *("类型", "服务秒数", "设备", "开始", "结束", "起因", "终因", "数据来源", "来源"),
    *("行哈希", "包内文件"),
)
_SPAN_WIDTHS = (9, 12, 18, 20, 20, 30, 30, 16, 44, 34, 44)
_LOG_HEADER = ("设备", "日期（UTC）", "检测次数", "数据来源", "交付", "交付哈希", "日志文件", "日志文件哈希")
_LOG_WIDTHS = (18, 12, 10, 16, 40, 66, 60, 66)


@dataclass
class Cited:
    """What the sheets of one figure cite: contents of files by hash, and how much of everything was written."""

    contents: dict[str, None] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    rows: int = 0
    spans: int = 0
    checks: int = 0


def write(figure: FigureEvidence, path: Path, place_of: Callable[[str], str]) -> Cited:
    """Write the workbook; ``place_of`` gives a content hash its path in the pack."""
    cited = Cited()
    with PlainBook.made(path) as book:
        sheet = book.sheet(CALCULATION, (26, 60, 60))
        lines = _row_lines(figure, place_of, cited)
        cited.rows = book.table(ROWS, _ROW_HEADER, _ROW_WIDTHS, lines, plain=True)
        if figure.evidence.spans is not None:
            cited.spans = book.table(
                SPANS, _SPAN_HEADER, _SPAN_WIDTHS, _span_lines(figure, place_of, cited), plain=True
            )
        if figure.log is not None:
            book.table(LOG, _LOG_HEADER, _LOG_WIDTHS, _log_lines(figure, cited), plain=True)
        _write_calculation(book, sheet, figure, cited)
    return cited


def number_of(text: str | None) -> Decimal | None:
    """The number in an evidence row's value, None where it has none."""
    try:
        return None if text in (None, "") else Decimal(str(text))
    except InvalidOperation:
        return None


def _row_lines(figure: FigureEvidence, place_of: Callable[[str], str], cited: Cited) -> Iterator[tuple[Any, ...]]:
    for row in figure.rows():
        value = number_of(row["value"])
        cited.tally.add("rows", row["role"], None if value is None else Fraction(value))
        yield (
            WORDS[row["role"]],
            value if value is not None else row["value"],
            RECORDS[row["record"]].label,
            row["natural_key"],
            row["note"],
            row["source"],
            row["name"],
            row["sheet"],
            row["row_no"],
            row["row_hash"],
            _inside(row["content_hash"], place_of, cited),
            row["content"],
        )


def _span_lines(figure: FigureEvidence, place_of: Callable[[str], str], cited: Cited) -> Iterator[tuple[Any, ...]]:
    zone = figure.basis.settings.zone
    for row in figure.spans():
        cited.tally.add("spans", row["kind"], Fraction(row["service_seconds"]))
        yield (
            WORDS[row["kind"]],
            row["service_seconds"],
            row["asset_no"],
            *(datetime.fromtimestamp(row[name], zone).strftime("%Y-%m-%d %H:%M:%S") for name in ("start_at", "end_at")),
            row["opened_by"],
            row["ended_by"],
            row["source"],
            place(row),
            row["row_hash"],
            _inside(row["content_hash"], place_of, cited),
        )


def _inside(content_hash: str | None, place_of: Callable[[str], str], cited: Cited) -> str:
    if not content_hash:
        return ""
    cited.contents[content_hash] = None
    return place_of(content_hash)


def _log_lines(figure: FigureEvidence, cited: Cited) -> Iterator[tuple[Any, ...]]:
    """Single checks are not listed; the files of the log are cited by their hashes and stay with the court."""
    assert figure.log is not None  # or there is no such sheet
    names = ("asset_no", "day", "check_count", "source", "name", "content_hash", "path", "sha256")
    columns = [figure.log[name].tolist() for name in names]
    for line in zip(*columns, strict=True):
        cited.checks += int(line[2])
        yield line


_Line = tuple[str, Any, str]


def _write_calculation(book: PlainBook, sheet: Any, figure: FigureEvidence, cited: Cited) -> None:
    lines = [*_head(figure), *_sides(figure), *_beside(figure)]
    for row, (label, value, remark) in enumerate(lines):
        sheet.set_row(row, _LINE * max(1, *(-(-len(str(text)) // _LINE_CHARS) for text in (value, remark))))
        sheet.write_string(row, 0, label, book.head)
        book.cell(sheet, row, 1, value)
        book.cell(sheet, row, 2, remark)
    row = len(lines)
    at = {label: number for number, (label, _, _) in enumerate(lines)}
    for side, terms, value in (
        (NUMERATOR, figure.rule.numerator, figure.result.figure.numerator),
        (DENOMINATOR, figure.rule.denominator, figure.result.figure.denominator),
    ):
        recounted = cited.tally.value(terms)
        if recounted is None or value is None:
            continue
        sheet.write_string(row, 0, f"由各行合计的{side}", book.head)
        sheet.write_formula(row, 1, _formula(terms, cited), book.number("#,##0.######"), float(recounted))
        book.cell(sheet, row, 2, terms_words(terms))
        sheet.write_string(row + 1, 0, f"与{side}相差", book.head)
        difference = f"=B{row + 1}-B{at[side] + 1}"
        sheet.write_formula(row + 1, 1, difference, book.number("#,##0.######"), float(recounted - value))
        book.cell(sheet, row + 1, 2, "")
        row += 2
    if at.get("商（未取整）") is not None:
        quotient = f"=B{at[NUMERATOR] + 1}/B{at[DENOMINATOR] + 1}"
        value = figure.result.figure.actual
        sheet.write_string(row, 0, "分子 ÷ 分母", book.head)
        sheet.write_formula(row, 1, quotient, book.number("0.##########"), float(value or 0))
        book.cell(sheet, row, 2, "与上面的商相同")
        row += 1
    _write_results(book, sheet, row + 1, figure)


def _formula(terms: Terms, cited: Cited) -> str:
    """``=SUMIFS(依据!B:B,依据!A:A,"分子")-…`` over the lines written."""
    parts: list[str] = []
    for term in terms:
        name, count = (ROWS, cited.rows) if term.sheet == "rows" else (SPANS, cited.spans)
        kinds, values = f"{name}!$A$2:$A${count + 1}", f"{name}!$B$2:$B${count + 1}"
        for kind in term.kinds:
            one = (
                f'COUNTIFS({kinds},"{WORDS[kind]}")'
                if term.how == "count"
                else f'SUMIFS({values},{kinds},"{WORDS[kind]}")'
            )
            parts.append(("-" if term.sign < 0 else "+" if parts else "") + one)
    return "=" + "".join(parts)


def _head(figure: FigureEvidence) -> Iterator[_Line]:
    result, stored = figure.result, figure.stored
    yield "指标", result.name, "／".join(result.level_codes)
    yield "周期", stored["period"], ""
    yield "口径", result.words, f"口径版本 {result.definition_version}"
    yield "指标值", result.printed_target, original_target(figure)
    yield PRINTED, result.printed, ""
    yield "结论", OUTCOME_LABELS[result.outcome], "；".join(result.notes)


def original_target(figure: FigureEvidence) -> str:
    """``原文：＜2 小时`` where it is not what is printed."""
    result = figure.result
    return f"原文：{result.target}" if result.target and result.target != result.printed_target else ""


def _sides(figure: FigureEvidence) -> Iterator[_Line]:
    numbers = figure.result.figure
    if numbers.numerator is not None:
        yield NUMERATOR, _cell(numbers.numerator), _side_words(figure.above)
    if figure.below is not None and numbers.denominator is not None:
        yield DENOMINATOR, _cell(numbers.denominator), _side_words(figure.below)
    if is_quotient(figure):
        yield "商（未取整）", _cell(numbers.actual), "完成值由它修约印出，只修约一次"


def is_quotient(figure: FigureEvidence) -> bool:
    """Whether the figure is its numerator divided by its denominator."""
    numbers = figure.result.figure
    if numbers.numerator is None or not numbers.denominator:
        return False
    return numbers.actual == numbers.numerator / numbers.denominator


def _side_words(side: Side) -> str:
    return side.label + (f"（{side.word or UNIT_WORDS[side.unit]}）" if side.word or UNIT_WORDS[side.unit] else "")


def _beside(figure: FigureEvidence) -> Iterator[_Line]:
    result, stored = figure.result, figure.stored
    labels = FORMULAS[figure.definition.formula].part_labels
    for name, part in result.figure.parts.items():
        yield labels.get(name, name), part_text(name, part, result.measure_unit), "旁列"
    for text in shares(result.figure):
        label, _, value = text.rpartition(" ")
        yield label, value, ""
    yield "截止时间（UTC）", stored["as_of"], "此后的事不计"
    yield "知悉序号", stored["known_sequence"], "只用到这个入库序号为止的数据"
    yield "配置哈希", stored["configuration_hash"], "见“规则”文件夹中的同名文件"


def _cell(value: Fraction | None) -> Any:
    """A decimal where the number ends, else its nearest floating point number as text would cut it."""
    if value is None:
        return None
    if value.denominator == 1:
        return int(value)
    return Decimal(repr(float(value)))


def _write_results(book: PlainBook, sheet: Any, row: int, figure: FigureEvidence) -> None:
    """The months inside the period and the breakdowns, which rest on the same rows."""
    for title, results in (("各月", figure.months), ("分项", figure.parts)):
        if not results:
            continue
        for column, label in enumerate((title, "完成值", "分子 / 分母；结论")):
            sheet.write_string(row, column, label, book.head)
        for result in results:
            row += 1
            sides = [
                number_text(value)
                for name in ("numerator", "denominator")
                if (value := result.fraction(name)) is not None
            ]
            name = result["period"] if title == "各月" else f"{result.dimension}：{result['dimension_value']}"
            cells: Sequence[Any] = (name, result["printed"], f"{' / '.join(sides)}；{result.outcome}")
            for column, value in enumerate(cells):
                book.cell(sheet, row, column, value)
        row += 2


def counted(figure: FigureEvidence, cited: Cited) -> Mapping[str, Fraction | None]:
    """What the rule gives over the lines written, by side."""
    return {
        "numerator": cited.tally.value(figure.rule.numerator),
        "denominator": cited.tally.value(figure.rule.denominator),
    }
