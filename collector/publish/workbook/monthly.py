"""The sheets by month: 月度趋势 with a chart per indicator on the sheets after it, 巡检与保障按月统计 with totals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from collector.publish.publication import Result
from collector.publish.workbook.book import Book, Printed, Sheet, Sum, decimal
from metrics.numbers import print_number
from metrics.targets import parse_target

_ROWS_OF_A_CHART = 13
_CHARTS_A_LINE, CHARTS_A_PAGE = 3, 9
_CHART_WIDTH, _CHART_HEIGHT = 390, 250
_MONTH_WIDTH, _FEWEST = 10.5, 12  # a year's columns also in January, so that pages look alike
_LINE, _TARGET = "#2F5597", "#C00000"


def trends(book: Book, sheet: Sheet, pages: Sequence[Sheet]) -> None:
    """Indicators × months, the targets that bind a month below; on the ``pages`` the charts drawn of both."""
    months = book.dossier.months
    sheet.page([26, *([_MONTH_WIDTH] * max(len(months), _FEWEST)), 12])
    sheet.title(f"{book.heading} 月度趋势")
    labels = ["指标", *(month.label for month in months), _year(book)]
    lines = [[result["name"], *_monthly(book, result), *_total(book, result)] for result in book.totals]
    header = sheet.row
    first = sheet.table(labels, lines, freeze=1)
    sheet.gap()
    bound = [result for result in book.totals if _level(result) is not None]
    sheet.title("各月的目标（图中虚线）")
    level_first = sheet.table(labels[: len(months) + 1], [[r["name"], *[_level(r)] * len(months)] for r in bound])
    if not pages:
        sheet.gap()
        sheet.note("本年只有一个月的数字，两个月以上才画趋势图。")
    rows = {result["indicator"]: level_first + number for number, result in enumerate(bound)}
    _charts(book, sheet, pages, header, first, rows)


def _year(book: Book) -> str:
    """The header of the last column: the year so far, or the period itself."""
    return "本年累计" if book.dossier.period.kind == "month" else "全期"


def _monthly(book: Book, result: Result) -> list[Any]:
    return [None if one is None else Printed(one["printed"]) for one in book.dossier.series(result["indicator"])]


def _total(book: Book, result: Result) -> list[Any]:
    if book.dossier.period.kind != "month":
        return [Printed(result["printed"])]
    so_far = book.dossier.so_far.get(result["indicator"])
    return [None if so_far is None else Printed(so_far.printed)]


def _level(result: Result) -> Any:
    """The target as a number in the figure's printed unit, where it binds a month."""
    if result["target"] is None or result["target_period"] not in ("every", "month"):
        return None
    target = parse_target(result["target"]).for_unit(result["measure_unit"])
    return None if target.value is None else Printed(print_number(target.value, result["measure_unit"]))


def _charts(book: Book, sheet: Sheet, pages: Sequence[Sheet], header: int, first: int, levels: dict[str, int]) -> None:
    """Nine charts on each of the sheets that wait for them: a page each, so that none is cut in two."""
    months = [sheet.made.get_name(), header, 1, header, len(book.dossier.months)]
    drawn = 0
    for number, result in enumerate(book.totals):
        if not is_drawn(book, result):
            continue
        page, place = pages[drawn // CHARTS_A_PAGE], drawn % CHARTS_A_PAGE
        if not place:
            page.page([_MONTH_WIDTH] * 12, tall=1)
            page.title(f"{book.heading} 趋势图")
        chart = _chart(book, months, first + number, levels.get(result["indicator"]), result)
        across = place % _CHARTS_A_LINE * (_CHART_WIDTH + 10)
        at = page.row + place // _CHARTS_A_LINE * _ROWS_OF_A_CHART
        page.made.insert_chart(at, 0, chart, {"x_offset": across, "object_position": 1})
        drawn += 1


def chart_pages(book: Book) -> int:
    """How many sheets the charts take."""
    return -(-sum(is_drawn(book, result) for result in book.totals) // CHARTS_A_PAGE)


def is_drawn(book: Book, result: Result) -> bool:
    """A line needs two months with figures."""
    found = book.dossier.series(result["indicator"])
    return sum(one is not None and one.number is not None for one in found) > 1


def _chart(book: Book, months: list[Any], row: int, level: int | None, result: Result) -> Any:
    title, last = months[0], months[-1]
    additive = result["measure_unit"] in ("count", "persons", "yuan")
    chart = book.made.add_chart({"type": "column" if additive else "line"})
    look: dict[str, Any] = {"fill": {"color": _LINE}} if additive else {"line": {"color": _LINE, "width": 2}}
    if not additive:
        look["marker"] = {"type": "circle", "size": 5, "fill": {"color": _LINE}, "border": {"color": _LINE}}
    chart.add_series({"name": result["name"], "categories": months, "values": [title, row, 1, row, last], **look})
    if level is not None:
        dashes = {"color": _TARGET, "dash_type": "dash", "width": 1.5}
        values = [title, level, 1, level, last]
        target = {"name": f"目标 {result['printed_target']}", "categories": months, "values": values, "line": dashes}
        if additive:
            line = book.made.add_chart({"type": "line"})
            line.add_series(target)
            chart.combine(line)
        else:
            chart.add_series(target)
    chart.set_title({"name": result["name"], "name_font": {"size": 11, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"size": 9}} if level is not None else {"none": True})
    chart.set_x_axis({"num_font": {"size": 8, "rotation": -45}})
    percent = {"num_format": "0.0%"} if result["measure_unit"] == "percent" else {}
    chart.set_y_axis(
        {"num_font": {"size": 8}, **percent, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
    )
    chart.show_blanks_as("gap")
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})
    return chart


def counts(book: Book, sheet: Sheet) -> None:
    """Months × what was counted, with totals: the tables that the evaluation asks for."""
    counted = [result for result in book.totals if result["indicator"] in book.dossier.by_month]
    months = book.dossier.months
    sheet.page([14, *([19] * max(1, len(counted)))], tall=1)
    sheet.title(f"{book.heading} 巡检与保障按月统计")
    if not counted:
        sheet.note("没有按次数统计巡检或保障的指标。")
        return
    columns = [list(book.dossier.series(result["indicator"])) for result in counted]
    lines = [
        [month.label, *(None if column[row] is None else decimal(column[row]["actual"]) for column in columns)]  # type: ignore[index]
        for row, month in enumerate(months)
    ]
    first = sheet.table(["月份", *(result["name"] for result in counted)], lines, freeze=1)
    last = sheet.row - 1
    sheet.line(["合计", *(Sum(_sum(column), first, last) for column in columns)])
    sheet.line(["目标", *(result["printed_target"] for result in counted)])
    sheet.gap()
    if len(months) > 1:
        _counts_chart(book, sheet, counted, first, last)


def _sum(column: list[Result | None]) -> Decimal:
    return sum((Decimal(one["actual"]) for one in column if one is not None and one["actual"] is not None), Decimal(0))


def _counts_chart(book: Book, sheet: Sheet, counted: list[Result], first: int, last: int) -> None:
    title = sheet.made.get_name()
    chart = book.made.add_chart({"type": "column"})
    for column, result in enumerate(counted, 1):
        places = {"categories": [title, first, 0, last, 0], "values": [title, first, column, last, column]}
        chart.add_series({"name": result["name"], **places})
    chart.set_title({"name": "各月次数", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    chart.set_size({"width": 720, "height": 360})
    sheet.made.insert_chart(sheet.row, 0, chart, {"object_position": 1})
