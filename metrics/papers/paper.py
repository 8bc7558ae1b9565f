"""A paper as lines and tables of plain text, and what a check says about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["error", "note", "agrees"]
Check = Literal[
    "sum",
    "weights",
    "months",
    "rate",
    "balance",
    "execution_mark",
    "mark",
    "impossible",
    "band",
    "over",
    "reason",
    "ours",
]

KIND_LABELS: Mapping[Kind, str] = {"error": "不符", "note": "提示", "agrees": "相符"}
CHECK_LABELS: Mapping[Check, str] = {
    "sum": "得分相加",
    "weights": "分值相加",
    "months": "合计",
    "rate": "比率",
    "balance": "结余",
    "execution_mark": "执行率得分",
    "mark": "得分与分值",
    "impossible": "得分与完成情况",
    "band": "等级",
    "over": "超额完成",
    "reason": "扣分原因",
    "ours": "与系统结果比较",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of running text, e.g. at ``第 3 段`` or ``第 2 页第 5 行``."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length; a merged cell has its text in its first field and blanks in the others."""

    place: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says outside its tables and in them, each in the order of the paper."""

    lines: tuple[Line, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of the paper beside its recomputation.

    Attributes:
        place: page, table, row, column or line.
        stated: the figure as the paper prints it.
        computed: what the recomputation gives, with its arithmetic.
        text: both in one Chinese sentence.
    """

    kind: Kind
    check: Check
    place: str
    stated: str
    computed: str
    text: str


@dataclass(slots=True)
class Report:
    """Findings in the order in which they were made, and what was not recognised as (place, sentence)."""

    findings: list[Finding] = field(default_factory=list)
    unrecognised: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: Kind, check: Check, place: str, stated: str, computed: str, text: str) -> None:
        """Note one finding; the same one is not noted twice."""
        found = Finding(kind, check, place, stated, computed, text)
        if found not in self.findings:
            self.findings.append(found)

    def skip(self, place: str, text: str) -> None:
        """Say that something was not checked, and why."""
        if (place, text) not in self.unrecognised:
            self.unrecognised.append((place, text))

    def count(self, kind: Kind) -> int:
        """How many findings are of ``kind``."""
        return sum(finding.kind == kind for finding in self.findings)
