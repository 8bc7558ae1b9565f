"""What the columns of a paper's tables are, by the words in their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from metrics.papers.figures import read_figure
from metrics.papers.paper import Table
from metrics.quantities import normalise

Role = Literal[
    "level1", "level2", "name", "target", "adjusted", "actual", "weight", "mark", "reason",
    "initial", "budget", "received", "paid", "balance", "execution", "receiving",
    "month", "quarter", "total", "rate",
]  # fmt: skip

_YEAR = r"(?:\d{4}年度?|本年度?|当年|全年|年度)?"
_ROLES: tuple[tuple[Role, str], ...] = (
    ("level1", r"一级(?:指标)?"),
    ("level2", r"二级(?:指标)?"),
    ("adjusted", r"调整后的?(?:年度)?(?:绩效)?(?:指标|目标)值?"),
    ("target", rf"(?:{_YEAR}|年初|预期|计划|设定|绩效)(?:绩效)?(?:指标|目标|计划|预期)值"),
    ("actual", rf"{_YEAR}(?:实际)?完成(?:值|情况|结果|指标值)|{_YEAR}实际(?:指标)?值"),
    ("name", r"三级(?:指标)?|(?:绩效|评价|考核)?指标(?:名称|内容)?|评价内容|考核内容|指标及指标内容"),
    ("weight", r"(?:指标|标准|权重)?(?:分值|权重|满分|标准分)(?:值|分)?"),
    ("mark", r"(?:自评|评价|实际|考核|评定|自评价)?得分|自评分[值数]?|自评分|实得分|评分"),
    ("reason", r".*(?:偏差|扣分|未完成|未达标|原因|改进措施).*|备注|说明"),
    ("initial", r"年初预算(?:数|金额|额|安排)?"),
    ("execution", r"(?:预算|资金|预算资金)?(?:执行|支出|支付|使用)(?:进度|率)"),
    ("receiving", r"(?:预算|资金)?到位率"),
    ("balance", r"(?:资金|年末|预算)?(?:结余|结转结余)(?:资金|金额|数|额)?"),
    ("received", rf"{_YEAR}(?:实际)?(?:资金)?到位(?:资金|金额|数|额)?(?:总额)?"),
    (
        "paid",
        rf"{_YEAR}(?:实际|累计|预算)?(?:执行|支出|支付|使用)(?:资金|金额|数|额|总额|总金额)?",
    ),
    ("budget", rf"(?:{_YEAR}|调整后|调整|项目)(?:预算|预算资金)(?:总?金额|数|总额|额|安排)?"),
    ("month", r"(?:\d{4}年)?(?:1[0-2]|0?[1-9])月份?|(?:十[一二]?|[一二三四五六七八九])月份?"),
    ("quarter", r"第?[一二三四1-4]季度"),
    ("total", r"合计|总计|全年|全年(?:合计|总计|累计|总数)|年度合计|累计|小计"),
    ("rate", r".{1,14}(?:率|比例|占比)"),
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]|【[^】]*】")
_UNIT = re.compile(r"单位[:：]?(万元|元|千元|亿元)|[(（](?:单位[:：])?(万元|元|千元|亿元)[)）]")


def role_of(heading: str) -> Role | None:
    """The role of one heading; what stands in brackets does not count."""
    plain = _BRACKETS.sub("", normalise(heading)).strip(":：*")
    return next((role for role, words in _ROLES if re.fullmatch(words, plain)), None) if plain else None


def money_unit(text: str) -> str:
    """万元 or 元 where a heading or a row above a table names it, else nothing."""
    found = _UNIT.search(normalise(text))
    return (found[1] or found[2]) if found else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below a heading: the first filled cell of each heading, and all filled cells outside of them.

    ``cells``: column of the heading → text.
    """

    place: str
    cells: Mapping[int, str]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the rows below it, until the next heading of the table."""

    place: str
    headings: Mapping[int, str]
    roles: Mapping[int, Role]
    rows: tuple[Row, ...]
    unit: str

    def column(self, role: Role) -> int | None:
        """The first column of that role."""
        return next((column for column, known in self.roles.items() if known == role), None)

    def columns(self, role: Role) -> list[int]:
        """All columns of that role, from left to right."""
        return [column for column, known in self.roles.items() if known == role]

    def cell(self, row: Row, role: Role) -> str:
        """The text of that role in the row, or nothing."""
        column = self.column(role)
        return "" if column is None else row.cells.get(column, "")

    def has(self, *roles: Role) -> bool:
        """Whether all of these are among the columns."""
        return set(roles) <= set(self.roles.values())


def blocks(table: Table) -> Iterator[Block]:
    """Every heading of the table with its rows; rows above the first heading belong to none."""
    starts = [index for index, row in enumerate(table.rows) if _is_heading(row)] or _plain_heading(table)
    above = " ".join(cell for row in table.rows[: starts[0] if starts else 0] for cell in row)
    for start, end in pairwise([*starts, len(table.rows)]):
        headings = {column: text for column, text in enumerate(table.rows[start]) if text}
        roles = {column: role for column, text in headings.items() if (role := role_of(text))}
        rows = tuple(
            _row(f"{table.place}第 {index + 1} 行", table.rows[index], list(headings))
            for index in range(start + 1, end)
        )
        if any("三级" in headings[column] for column, role in roles.items() if role == "name"):
            # 绩效指标 over the three levels is their common title
            roles = {column: role for column, role in roles.items() if role != "name" or "三级" in headings[column]}
        unit = money_unit(above + " ".join(headings.values()))
        yield Block(f"{table.place}第 {start + 1} 行", headings, roles, rows, unit)


def _is_heading(cells: tuple[str, ...]) -> bool:
    """Two or more known words and no figures: ``预算 | 8500`` is a label beside its value."""
    roles = [role for cell in cells if cell and (role := role_of(cell))]
    figures = any(read_figure(cell) for cell in cells if cell and not role_of(cell))
    return not figures and len(roles) >= 2 and (len(set(roles)) >= 2 or roles[0] in ("month", "quarter"))


def _plain_heading(table: Table) -> list[int]:
    """The first row of words alone above a row with figures, in a table that has no known heading."""
    filled = [[cell for cell in row if cell] for row in table.rows]
    counted = [sum(read_figure(cell) is not None for cell in cells) for cells in filled]
    for index, cells in enumerate(filled[:-1]):
        if len(cells) >= 2 and not counted[index] and counted[index + 1]:
            return [index]
    return []


def _row(place: str, cells: tuple[str, ...], starts: list[int]) -> Row:
    """A heading reaches up to the next one, because merged cells leave blanks behind them."""
    found: dict[int, str] = {}
    for column, text in enumerate(cells):
        owner = max((start for start in starts if start <= column), default=None)
        if text and owner is not None and owner not in found:
            found[owner] = text
    return Row(place, found, tuple(text for text in cells if text))
