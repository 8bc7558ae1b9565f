"""The workbook of a period: what an officer reads, prints on A4 and follows down to the rows behind a figure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from collector.publish.files import whole
from collector.publish.publication import Publication
from collector.publish.workbook.book import Book
from collector.publish.workbook.figures import breakdowns, overview, rules
from collector.publish.workbook.lists import outages, presences
from collector.publish.workbook.monthly import chart_pages, counts, trends
from collector.publish.workbook.proof import EVIDENCE, OVERVIEW, evidence
from collector.publish.workbook.quality import quality
from collector.publish.workbook.tickets import tickets

_TRENDS = "月度趋势"
_TITLES = (OVERVIEW, "分项", _TRENDS, "巡检与保障按月统计", "工单分析", "故障区间", "人员与链路")
_LAST_TITLES = ("数据质量", "口径说明", EVIDENCE)


def write(publication: Publication, path: Path) -> None:
    """All sheets, whole or not at all; memory does not grow with the rows of evidence."""
    assert publication.dossier is not None, "the workbook belongs to a period"
    with whole(path) as beside:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        made = xlsxwriter.Workbook(str(beside), options)
        made.set_properties({"title": publication.dossier.period.label, "created": _moment(publication)})
        try:
            _write_sheets(Book(made, publication, publication.dossier))
        finally:
            made.close()


def _moment(publication: Publication) -> datetime:
    """The figures' ``as_of`` in UTC: the same state gives the same bytes, whenever it is written."""
    moments = [datetime.fromisoformat(result["as_of"]) for result in publication.results]
    return max(moments).astimezone(UTC).replace(tzinfo=None)


def _write_sheets(book: Book) -> None:
    """Sheets stand in their order, but the evidence is written first: figures link to where its rows begin."""
    charts = [f"趋势图{number}" for number in range(1, chart_pages(book) + 1)]
    at = _TITLES.index(_TRENDS) + 1
    sheets = {title: book.sheet(title) for title in (*_TITLES[:at], *charts, *_TITLES[at:], *_LAST_TITLES)}
    begins = evidence(book, sheets[EVIDENCE])
    overview(book, sheets[OVERVIEW], begins)
    breakdowns(book, sheets["分项"])
    trends(book, sheets[_TRENDS], [sheets[title] for title in charts])
    counts(book, sheets["巡检与保障按月统计"])
    tickets(book, sheets["工单分析"])
    outages(book, sheets["故障区间"])
    presences(book, sheets["人员与链路"])
    quality(book, sheets["数据质量"])
    rules(book, sheets["口径说明"])
