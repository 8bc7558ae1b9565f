"""Targets out of a published 项目支出绩效目标表: what it says is proposed as indicators, for people to review."""

from __future__ import annotations

import re

from adapters.papers import Line, Paper, Table
from collector.targets.entries import Stray
from collector.targets.joined import join, without_furniture
from collector.targets.loose import LooseReader
from collector.targets.projects import assign, pieces_of, runs
from collector.targets.proposals import Import, Known, propose
from collector.targets.running import read_running
from collector.targets.tables import TableReader
from metrics.errors import InputError

__all__ = ["Import", "Known", "import_targets"]

_ROWS = re.compile(r"第 (\d+)–(\d+) 行的表")
_ROW = re.compile(r"第 (\d+) 行")


def import_targets(paper: Paper, file: str, known: Known) -> Import:
    """What a paper promises, in both of its forms.

    Raises:
        InputError: no indicator was found in it.
    """
    tables = [_read_table(table) for table in paper.tables]
    reader = TableReader()
    for table, tabular in zip(paper.tables, tables, strict=True):
        if tabular or not _ROWS.fullmatch(table.place):
            reader.read(table)
    kept, furniture = without_furniture(_outside(paper, tables))
    joined = join(kept)
    running = read_running(joined)
    loose = LooseReader(joined)
    loose.read(running.rest)
    pieces = pieces_of(joined, loose.rest)
    groups = runs(sorted((*running.entries, *loose.entries), key=lambda found: found[0]), pieces)
    groups += [(-1, group) for group in reader.groups]
    strays: list[Stray] = [*running.strays, *loose.strays, *assign(groups, pieces), *reader.strays]
    projects, left = propose([group for _, group in groups], known)
    if not projects:
        raise InputError(
            "没有找到绩效指标：既没有“1、1-产出指标；12-质量指标；名称；年度指标值:…。”这样的文字，"
            "也没有带“三级指标”和“指标值”表头的表"
        ).within(f"文件“{file}”")
    return Import(file, projects, (*strays, *left), furniture, bool(loose.entries or loose.strays))


def _read_table(table: Table) -> bool:
    """Whether a table holds indicators by itself."""
    trial = TableReader()
    trial.read(table)
    return any(group.entries for group in trial.groups)


def _outside(paper: Paper, tabular: list[bool]) -> list[Line]:
    """The lines; those of plain text that were read as a table are not read twice."""
    spans = [_ROWS.fullmatch(table.place) for table, read in zip(paper.tables, tabular, strict=True) if read]
    taken = [range(int(found[1]), int(found[2]) + 1) for found in spans if found]
    return [line for line in paper.lines if not any(_row(line) in rows for rows in taken)]


def _row(line: Line) -> int:
    found = _ROW.fullmatch(line.place)
    return int(found[1]) if found else -1
