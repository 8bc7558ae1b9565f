"""What was found in a paper, before anything is made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Confidence = Literal["高", "中", "低"]
_BETWEEN = re.compile(r"(?<=[行段])至(?=第 |表 |工作表)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator as the paper has it.

    Attributes:
        levels: its levels as written, e.g. ``("1-产出指标", "12-质量指标")``.
        year: the promised value of the year (年度指标值), "" where there is none.
        term: the promised value of the whole term (实施周期指标值), "" where there is none.
        number: its number within its project, None where there is none.
        weight: marks (分值) as written.
        doubts: Chinese sentences on what a reviewer should look at.
    """

    levels: tuple[str, ...]
    name: str
    year: str
    term: str
    place: str
    number: int | None = None
    weight: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stray:
    """Text that found no place, with where it stands and, where known, why."""

    place: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What may belong to a project, how sure that is and why. Never a fact."""

    text: str
    place: str
    confidence: Confidence
    reason: str


@dataclass
class Group:
    """The indicators that stand together and so belong to one project, with what is proposed for it."""

    entries: list[Entry] = field(default_factory=list)
    names: list[Claim] = field(default_factory=list)
    amounts: list[Claim] = field(default_factory=list)
    goals: list[Claim] = field(default_factory=list)

    @property
    def place(self) -> str:
        """From where to where its indicators stand."""
        return span(self.entries[0].place, self.entries[-1].place) if self.entries else ""


def span(first: str, last: str) -> str:
    """Two places as one."""
    if first == last:
        return first
    return f"{_BETWEEN.split(first)[0]}至{_BETWEEN.split(last)[-1]}"
