"""A form read back as anybody's paper would be: its figures by row and heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from adapters.papers import read_paper
from metrics.papers.paper import Table
from metrics.quantities import NUMBER, normalise

Rows = dict[str, dict[str, str]]


@dataclass
class Form:
    """``funds`` and ``rows``: by 资金来源 or 三级指标, then by heading; ``texts``: everything else it says."""

    funds: Rows = field(default_factory=dict)
    received: Rows = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)
    levels: dict[str, tuple[str, str]] = field(default_factory=dict)
    total: str = ""
    weight: str = ""
    band: str = ""
    rule: str = ""
    texts: list[str] = field(default_factory=list)

    def mark(self, name: str) -> Fraction:
        """A row's 得分."""
        return value(self.rows[name]["得分"])


def value(text: str) -> Fraction:
    """The number of a cell: 0.9734 of ``97.34%`` and of a workbook's 0.9734."""
    found = re.match(rf"-?{NUMBER}", text)
    assert found, text
    return Fraction(found[0].replace(",", "")) / (100 if text.endswith("%") else 1)


def read_form(path: Path) -> Form:
    """The form in a docx or xlsx."""
    paper = read_paper(path)
    form = Form(texts=[line.text for line in paper.lines])
    for table in paper.tables:
        _read(form, table)
    return form


def _read(form: Form, table: Table) -> None:
    headings: list[str] = []
    kind, level1, level2 = "", "", ""
    for cells in table.rows:
        words = [normalise(cell) for cell in cells]
        form.texts += [cell for cell in cells if cell]
        if "三级指标" in words or "全年执行数" in words or "资金结余" in words:
            kind = "rows" if "三级指标" in words else "funds" if "全年执行数" in words else "received"
            headings = words
            continue
        if words[0] == "总分":
            form.weight, form.total = (cells[headings.index(word)] for word in ("分值", "得分"))
            kind = ""
        if words[0] == "自评等级":
            at = list(cells).index("评分规则")
            form.band, form.rule = ("".join(part) for part in (cells[1:at], cells[at + 1 :]))
        if words[0] == "年度总体目标":
            kind = ""
        row = dict(zip(headings, cells, strict=False))
        if kind == "rows":
            level1, level2 = row["一级指标"] or level1, row["二级指标"] or level2
            form.rows[row["三级指标"]] = row
            form.levels[row["三级指标"]] = (level1, level2)
        elif kind:
            name = next(cell for cell in cells if cell)
            getattr(form, kind)[name.removeprefix("其中：")] = row


def texts_of(path: Path) -> Iterator[str]:
    """Every text of a paper, in its order."""
    paper = read_paper(path)
    yield from (line.text for line in paper.lines)
    yield from (cell for table in paper.tables for row in table.rows for cell in row if cell)
