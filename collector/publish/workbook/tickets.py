"""The sheet 工单分析: how long response, arrival and resolution took, over all and by vendor; the rates by vendor."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from collector.publish.dossier import Spread
from collector.publish.workbook.book import Book, Outcome, Printed, Sheet, decimal
from metrics.indicators import MeasureUnit
from metrics.numbers import print_number

_SPREAD = (
    ("用时", 26),
    ("运维服务商", 20),
    ("工单数", 10),
    ("平均", 13),
    ("中位数", 13),
    ("90%分位", 13),
    ("最长", 14),
)
_RATES = ("指标", "运维服务商", "工单数", "达到要求", "完成值", "目标", "结论")
ALL = "全部"
_ONE_PAGE = 40  # lines of times that still leave room for the rest


def tickets(book: Book, sheet: Sheet) -> None:
    """A table of times, a chart of the vendors' means, a table of rates."""
    spreads = book.dossier.spreads
    sheet.page([width for _, width in _SPREAD], tall=1 if len(spreads) <= _ONE_PAGE else 0)
    sheet.title(f"{book.heading} 工单分析")
    first = sheet.table([label for label, _ in _SPREAD], [_line(one) for one in spreads], freeze=1)
    if any(not spread.own for spread in spreads):
        sheet.note("合同没有相应指标的用时，按自然时间、报障时间归属周期、扣除院方和第三方挂起的通用口径计算。")
    sheet.gap()
    rated = [
        result
        for result in book.publication.results
        if book.dossier.formulas.get(result["indicator"]) in ("resolution_rate", "timely_rate")
        and result["dimension"] in ("total", "vendor")
    ]
    if rated:
        sheet.title("解决率与及时率")
        sheet.table(
            _RATES,
            [
                [
                    result["name"],
                    result["dimension_value"] or ALL,
                    decimal(result["denominator"]),
                    decimal(result["numerator"]),
                    Printed(result["printed"]),
                    result["printed_target"],
                    Outcome(result.outcome),
                ]
                for result in rated
            ],
        )
        sheet.gap()
    _charts(book, sheet, first)


def _line(spread: Spread) -> list[Any]:
    times = (spread.mean, spread.median, spread.p90, spread.longest)
    return [spread.measure, spread.vendor or ALL, spread.number, *(_time(time, spread.unit) for time in times)]


def _time(seconds: Fraction | None, unit: MeasureUnit) -> Any:
    return None if seconds is None else Printed(print_number(seconds, unit))


def _charts(book: Book, sheet: Sheet, first: int) -> None:
    """The mean and the 90% quantile of every vendor, a chart for each measure that has two vendors or more."""
    title, across = sheet.made.get_name(), 0
    measures = list(dict.fromkeys(spread.measure for spread in book.dossier.spreads))
    for measure in measures:
        rows = [first + n for n, one in enumerate(book.dossier.spreads) if one.measure == measure and one.vendor]
        if len(rows) < 2:
            continue
        chart = book.made.add_chart({"type": "bar"})
        for column, label, colour in ((3, "平均", "#2F5597"), (5, "90%分位", "#9DC3E6")):
            places = {
                "categories": [title, rows[0], 1, rows[-1], 1],
                "values": [title, rows[0], column, rows[-1], column],
            }
            chart.add_series({"name": label, "fill": {"color": colour}, **places})
        chart.set_title({"name": measure, "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"num_font": {"size": 8}, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        chart.set_size({"width": 300, "height": 260})
        sheet.made.insert_chart(sheet.row, 0, chart, {"x_offset": across, "object_position": 1})
        across += 310
