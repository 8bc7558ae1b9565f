"""Native charts of Word: drawn by the reader's program with its own fonts, with the numbers in an embedded workbook.

A chart is a part of DrawingML beside the document, and a workbook that Word opens at “编辑数据”.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Literal

import xlsxwriter
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from lxml import etree

from collector.publish.word.elements import clean, w

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN_COLOUR, _SECOND_COLOUR, _TARGET_COLOUR, _GREY = "2F5597", "9DC3E6", "C00000", "D9D9D9"
_EMU = 12_700  # in a point
_FONT = "仿宋_GB2312"
_SHEET = "数据"


@dataclass(frozen=True, slots=True)
class Series:
    """One line or group of bars; None leaves a gap. A target is a dashed line without marks."""

    name: str
    values: Sequence[float | None]
    target: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; ``pattern`` is the number format of its axis, e.g. ``0.0%``; ``height`` in points."""

    kind: Literal["line", "column", "bar"]
    categories: Sequence[str]
    series: Sequence[Series]
    pattern: str = "General"
    height: float = 172


def chart_paragraph(document: Any, chart: Chart, number: int, width: int, style: str) -> Any:
    """The paragraph that shows the chart, ``width`` twentieths of a point wide; its parts are added to the package."""
    package = document.part.package
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK_TYPE, _workbook(chart), package)
    uri = PackURI(f"/word/charts/chart{number}.xml")
    part = Part(uri, _CHART_TYPE, b"", package)
    part._blob = _chart_xml(chart, part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE))
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    drawing = parse_xml(_inline(relation, number, width * _EMU // 20, round(chart.height * _EMU)))
    return w("p", w("pPr", w("pStyle", val=style), w("keepNext"), w("jc", val="center")), w("r", w("drawing", drawing)))


def _inline(relation: str, number: int, width: int, height: int) -> str:
    return (
        f'<wp:inline xmlns:wp="{_WP}" xmlns:a="{_A}" xmlns:r="{_R}" xmlns:c="{_C}" distT="0" distB="0" distL="0" '
        f'distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{1000 + number}" name="图表 {number}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_C}"><c:chart r:id="{relation}"/></a:graphicData>'
        "</a:graphic></wp:inline>"
    )


def _workbook(chart: Chart) -> bytes:
    """Categories down, series across: what Word shows to be edited."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    sheet, pattern = book.add_worksheet(_SHEET), book.add_format({"num_format": chart.pattern})
    for row, category in enumerate(chart.categories, 1):
        sheet.write_string(row, 0, clean(category))
    for column, series in enumerate(chart.series, 1):
        sheet.write_string(0, column, clean(series.name))
        for row, value in enumerate(series.values, 1):
            if value is not None:
                sheet.write_number(row, column, value, pattern)
    book.close()
    return made.getvalue()


def _chart_xml(chart: Chart, book: str) -> bytes:
    space = _c("chartSpace", nsmap=True)
    _add(space, "roundedCorners", val="0")
    drawn = _add(space, "chart")
    _add(drawn, "autoTitleDeleted", val="1")
    area = _add(drawn, "plotArea")
    _add(area, "layout")
    plain = [(n, one) for n, one in enumerate(chart.series) if not one.target or chart.kind == "line"]
    targets = [(n, one) for n, one in enumerate(chart.series) if one.target and chart.kind != "line"]
    _group(area, chart, chart.kind, plain)
    if targets:
        _group(area, chart, "line", targets)
    _axes(area, chart)
    if len(chart.series) > 1:
        legend = _add(drawn, "legend")
        _add(legend, "legendPos", val="b")
        _add(legend, "overlay", val="0")
    _add(drawn, "plotVisOnly", val="1")
    _add(drawn, "dispBlanksAs", val="gap")
    space.append(_text_properties())
    external = _add(space, "externalData")
    external.set(f"{{{_R}}}id", book)
    _add(external, "autoUpdate", val="0")
    return bytes(etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True))


def _group(area: Any, chart: Chart, kind: str, series: Sequence[tuple[int, Series]]) -> None:
    """The series of one kind, with the axes that all share."""
    group = _add(area, "lineChart" if kind == "line" else "barChart")
    if kind != "line":
        _add(group, "barDir", val="bar" if kind == "bar" else "col")
    _add(group, "grouping", val="standard" if kind == "line" else "clustered")
    _add(group, "varyColors", val="0")
    for number, one in series:
        group.append(_series(chart, kind, number, one))
    if kind == "line":
        _add(group, "marker", val="1")
    else:
        _add(group, "gapWidth", val="60")
    for axis in ("1", "2"):
        _add(group, "axId", val=axis)


def _series(chart: Chart, kind: str, number: int, series: Series) -> Any:
    made, column = _c("ser"), chr(ord("B") + number)
    _add(made, "idx", val=str(number))
    _add(made, "order", val=str(number))
    name = _add(_add(made, "tx"), "strRef")
    _add(name, "f").text = f"{_SHEET}!${column}$1"
    _points(_add(name, "strCache"), [clean(series.name)])
    colour = _TARGET_COLOUR if series.target else (_MAIN_COLOUR, _SECOND_COLOUR)[number % 2]
    look = _add(made, "spPr")
    if kind == "line":
        line = _sub(look, "ln", w="19050" if series.target else "28575")
        _fill(line, colour)
        if series.target:
            _sub(line, "prstDash", val="dash")
        mark = _add(made, "marker")
        _add(mark, "symbol", val="none" if series.target else "circle")
        if not series.target:
            _add(mark, "size", val="6")
            _fill(_add(mark, "spPr"), colour)
    else:
        _fill(look, colour)
        _add(made, "invertIfNegative", val="0")
    last = len(chart.categories) + 1
    names = _add(_add(made, "cat"), "strRef")
    _add(names, "f").text = f"{_SHEET}!$A$2:$A${last}"
    _points(_add(names, "strCache"), [clean(one) for one in chart.categories])
    numbers = _add(_add(made, "val"), "numRef")
    _add(numbers, "f").text = f"{_SHEET}!${column}$2:${column}${last}"
    cache = _add(numbers, "numCache")
    _add(cache, "formatCode").text = chart.pattern
    _points(cache, [None if value is None else repr(value) for value in series.values])
    if kind == "line":
        _add(made, "smooth", val="0")
    return made


def _points(cache: Any, values: Sequence[str | None]) -> None:
    _add(cache, "ptCount", val=str(len(values)))
    for number, value in enumerate(values):
        if value is not None:
            _add(_add(cache, "pt", idx=str(number)), "v").text = value


def _axes(area: Any, chart: Chart) -> None:
    """The names below (beside, for bars that lie) and the numbers with faint lines."""
    lying = chart.kind == "bar"
    names = _axis(area, "catAx", "1", "2", "l" if lying else "b", "maxMin" if lying else "minMax")
    _add(names, "numFmt", formatCode="General", sourceLinked="0")
    _end_of_axis(names, "2")
    for tag, value in (("auto", "1"), ("lblAlgn", "ctr"), ("lblOffset", "100"), ("noMultiLvlLbl", "0")):
        _add(names, tag, val=value)
    numbers = _axis(area, "valAx", "2", "1", "t" if lying else "l", "minMax")
    _fill(_sub(_add(_add(numbers, "majorGridlines"), "spPr"), "ln", w="6350"), _GREY)
    _add(numbers, "numFmt", formatCode=chart.pattern, sourceLinked="0")
    _end_of_axis(numbers, "1")
    _add(numbers, "crossBetween", val="between")


def _axis(area: Any, tag: str, number: str, other: str, side: str, order: str) -> Any:
    axis = _add(area, tag)
    _add(axis, "axId", val=number)
    _add(_add(axis, "scaling"), "orientation", val=order)
    _add(axis, "delete", val="0")
    _add(axis, "axPos", val=side)
    return axis


def _end_of_axis(axis: Any, other: str) -> None:
    for tag, value in (("majorTickMark", "out"), ("minorTickMark", "none"), ("tickLblPos", "low")):
        _add(axis, tag, val=value)
    _add(axis, "crossAx", val=other)
    _add(axis, "crosses", val="autoZero")


def _text_properties() -> Any:
    """五号 in the body's font, for all text of the chart."""
    made = _c("txPr")
    _sub(made, "bodyPr")
    _sub(made, "lstStyle")
    properties = _sub(_sub(_sub(made, "p"), "pPr"), "defRPr", sz="1000")
    _sub(properties, "latin", typeface="Times New Roman")
    _sub(properties, "ea", typeface=_FONT)
    _sub(made[-1], "endParaRPr", lang="zh-CN")
    return made


def _fill(parent: Any, colour: str) -> None:
    _sub(_sub(parent, "solidFill"), "srgbClr", val=colour)


def _c(tag: str, *, nsmap: bool = False) -> Any:
    return etree.Element(f"{{{_C}}}{tag}", nsmap={"c": _C, "a": _A, "r": _R} if nsmap else {"c": _C, "a": _A})


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{_C}}}{tag}", **attributes)


def _sub(parent: Any, tag: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{_A}}}{tag}", **attributes)
