"""Check a paper: what it says recomputed from itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from metrics.papers.against import Own, compare, period_of
from metrics.papers.facts import BANDS, Bands, Facts, Mark, Said
from metrics.papers.figures import read_figure
from metrics.papers.funds import check_funds, is_fund_block
from metrics.papers.headings import Block, blocks
from metrics.papers.marks import check_marks, is_mark_block
from metrics.papers.paper import Line, Paper, Report, Table
from metrics.papers.prose import Passage, passages
from metrics.papers.prose_marks import check_marks_of
from metrics.papers.prose_rates import check_passage
from metrics.papers.series import check_rate_columns, check_series
from metrics.papers.whole import check_whole
from metrics.quantities import normalise

_TOTAL_LABEL = re.compile(r"(?:绩效)?(?:自评|评价|综合|最终)?(?:总分|总得分|得分|总评分)")
_BAND_LABEL = re.compile(r"(?:绩效)?(?:自评|评价|评定)?(?:等级|等次|结果|结论|档次)")
_BAND = re.compile(r"(优|良|中|差)(?:秀|好|等|级)?")
_LIMITS = re.compile(r"≥(\d+(?:\.\d+)?)优,≥(\d+(?:\.\d+)?)良,≥(\d+(?:\.\d+)?)中")
_SENTENCE = 12  # a cell of so many characters that is no figure is running text


def verify(paper: Paper, own: Sequence[Own] = (), period: str | None = None) -> Facts:
    """Recompute everything that was recognised; the findings are in ``Facts.report``.

    With ``own`` the figures of the paper are compared with ours, for ``period`` (None: the year the paper is about).
    """
    facts = Facts(Report(), _limits(paper))
    waiting: list[Mark] = []
    for table in paper.tables:
        waiting = _check_table(facts, table, waiting)
    facts.marks.extend(mark for mark in waiting if mark not in facts.marks)
    running = list(text_of(paper))
    for passage in running:
        check_passage(facts, passage)
        check_marks_of(facts, passage)
    check_whole(facts)
    about = period or period_of(paper)
    if own and about is None:
        facts.report.skip("全文", "没有认出是哪一年的，没有与系统结果比较；可用 --period 指定")
    elif own and about is not None:
        compare(facts, running, own, about)
    return facts


def _limits(paper: Paper) -> Bands:
    """The limits of the bands where the paper names all of them, e.g. ≥90优, ≥80良, ≥60中; else the usual ones."""
    texts = [line.text for line in paper.lines] + [cell for table in paper.tables for row in table.rows for cell in row]
    found = next((match for text in texts if (match := _LIMITS.search(normalise(text)))), None)
    return BANDS if found is None else (*zip(map(Fraction, found.groups()), "优良中", strict=True), BANDS[-1])


def text_of(paper: Paper) -> Iterator[Passage]:
    """The running text of the paper and of the longer cells of its tables."""
    yield from passages(paper.lines)
    for table in paper.tables:
        for number, row in enumerate(table.rows, 1):
            for cell in row:
                if len(normalise(cell)) >= _SENTENCE and re.search(r"\d", cell):
                    yield from passages([Line(f"{table.place}第 {number} 行", " ".join(cell.split()))])


def _check_table(facts: Facts, table: Table, waiting: list[Mark]) -> list[Mark]:
    """Check a table by the headings in it; marks that no total has taken up wait for the next table."""
    before = facts.figures, len(facts.report.unrecognised)
    taken: set[str] = set()
    for block in blocks(table):
        if is_fund_block(block):
            waiting = [*waiting, *check_funds(facts, block)]
        elif is_mark_block(block):
            waiting = check_marks(facts, block, waiting)
            taken.update(row.place for row in block.rows)
        else:
            check_series(facts, block)
        check_rate_columns(facts, block)
        _read_rates(facts, block)
    _read_labels(facts, table, taken)
    silent = before == (facts.figures, len(facts.report.unrecognised))
    if silent and any(read_figure(cell) for row in table.rows for cell in row):
        facts.report.skip(table.place, "没有认出表中的数字可以怎样核对，未核对")
    return waiting


def _read_rates(facts: Facts, block: Block) -> None:
    """Rates of execution, to be compared with our results by their name."""
    column = block.column("execution")
    for row in block.rows if column is not None and is_fund_block(block) else ():
        value = read_figure(row.cells.get(column or 0, ""))
        if value is not None and value.unit == "%" and read_figure(block.cell(row, "weight")):
            facts.said.append(Said(row.place, "预算执行率", value))


def _read_labels(facts: Facts, table: Table, taken: set[str]) -> None:
    """Labels with their value in the next filled cell: total and band outside the table of marks."""
    for number, row in enumerate(table.rows, 1):
        place = f"{table.place}第 {number} 行"
        filled = [normalise(cell) for cell in row if cell]
        for label, value in pairwise(filled):
            figure = read_figure(value)
            band = _BAND.fullmatch(value.strip("“”\"'"))
            if _BAND_LABEL.fullmatch(label) and band:
                facts.bands.append((place, band[1]))
            elif _TOTAL_LABEL.fullmatch(label) and figure is not None and place not in taken:
                facts.totals.append(Mark(place, "total", "", figure))
