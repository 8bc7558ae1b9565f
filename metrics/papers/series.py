"""Tables of counts and amounts: months and quarters against their total, total rows, rates beside their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations

from metrics.papers.facts import Facts, Said
from metrics.papers.figures import Figure, as_percent, read_figure, standing
from metrics.papers.headings import Block, Row, role_of
from metrics.papers.rates import Way, check_rate
from metrics.papers.sums import check_sum
from metrics.quantities import normalise

_TOTAL_ROW = re.compile(r"(?:合计|总计|全年合计|全年|全年总计|累计)")
_WHOLE_YEAR = re.compile(r".*(?:全年|年度).*")
_PERIODS = {"month": 12, "quarter": 4}
_NUMERALS = {word: number for number, word in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}


def check_series(facts: Facts, block: Block) -> None:
    """Rows of months (or quarters) with a total, and the row of totals below them."""
    for role, whole in _PERIODS.items():
        columns = [column for column, known in block.roles.items() if known == role]
        total = block.column("total")
        if len(columns) < 2:
            continue
        for row in block.rows:
            _check_row(facts, block, row, columns, total, whole, role)
        _check_total_row(facts, block, [*columns, *([total] if total is not None else [])])
    if _period_rows(block):
        _check_total_row(facts, block, list(block.headings))


def _check_row(
    facts: Facts, block: Block, row: Row, columns: Sequence[int], total: int | None, whole: int, role: str
) -> None:
    values = {column: value for column in columns if (value := read_figure(row.cells.get(column, "")))}
    name = next((text for column, text in row.cells.items() if column not in block.roles or column < columns[0]), "")
    if role == "month" and name and not _TOTAL_ROW.fullmatch(normalise(name)):
        for column, value in values.items():
            month = _month(block.headings[column])
            facts.said.append(Said(f"{row.place}“{block.headings[column]}”栏", normalise(name), value, month))
    printed = read_figure(row.cells.get(total, "")) if total is not None else None
    if printed is None or total is None or any(value.unit == "%" for value in values.values()):
        return
    place = f"{row.place}“{normalise(block.headings[total])}”栏"
    if len(values) < 2 or (len(columns) < whole and _WHOLE_YEAR.fullmatch(normalise(block.headings[total]))):
        facts.report.skip(place, f"{printed} 旁边只有 {len(values)} 个数，不够核对合计")
        return
    check_sum(facts, "months", place, f"“{normalise(name)}”合计", printed, list(values.values()))
    facts.said.append(Said(place, normalise(name), printed))


def _month(heading: str) -> str:
    """``-03`` of ``3月`` or ``三月份``."""
    word = re.sub(r"^\d{4}年|月份?$", "", normalise(heading))
    return f"-{int(word) if word.isdigit() else _NUMERALS[word]:02d}"


def _period_rows(block: Block) -> bool:
    """Whether the rows, and not the columns, are months."""
    first = [normalise(next(iter(row.texts), "")) for row in block.rows]
    return sum(role_of(text) == "month" for text in first) >= 2


def _check_total_row(facts: Facts, block: Block, columns: Sequence[int]) -> None:
    """The row of totals of a table of counts; columns with anything but plain numbers are left out."""
    last = next(
        (
            index
            for index, row in enumerate(block.rows)
            if any(_TOTAL_ROW.fullmatch(normalise(t)) for t in row.texts[:2])
        ),
        None,
    )
    if last is None or last < 2:
        return
    for column in columns:
        cells = [row.cells.get(column, "") for row in block.rows[:last]]
        values = [value for cell in cells if (value := read_figure(cell)) and value.unit != "%"]
        printed = read_figure(block.rows[last].cells.get(column, ""))
        if printed is None or printed.unit == "%" or len(values) < 2 or len(values) < sum(map(bool, cells)):
            continue
        heading = normalise(block.headings[column])
        check_sum(facts, "months", f"{block.rows[last].place}“{heading}”栏", f"“{heading}”栏合计", printed, values)


def check_rate_columns(facts: Facts, block: Block) -> None:
    """A column of rates whose two columns are told by the rows themselves: one pair fits nearly all of them."""
    numbers = [column for column in block.headings if block.roles.get(column) not in ("rate", "execution", "receiving")]
    for column in block.columns("rate"):
        rows = [(row, as_percent(rate)) for row in block.rows if (rate := read_figure(row.cells.get(column, "")))]
        place = f"“{normalise(block.headings[column])}”栏"
        pair = _pair(rows, numbers) if len(rows) > 1 else None
        if pair is None:
            if rows:
                facts.report.skip(f"{block.place}{place}", "没有认出这一栏比率由哪两栏算出，未核对")
            continue
        words = " ÷ ".join(normalise(block.headings[one]) for one in pair)
        for row, rate in rows:
            part, whole = (read_figure(row.cells.get(one, "")) for one in pair)
            if part is not None and whole is not None:
                name = normalise(block.headings[column])
                check_rate(facts, f"{row.place}{place}", name, rate, [Way(part, whole, words)])


def _pair(rows: Sequence[tuple[Row, Figure]], numbers: Sequence[int]) -> tuple[int, int] | None:
    """The columns (part, whole) that give at least two and more than half of the rates."""
    best: tuple[int, tuple[int, int]] | None = None
    for part, whole in permutations(numbers, 2):
        fits = sum(_fits(row, rate, part, whole) for row, rate in rows)
        if fits >= 2 and 2 * fits > len(rows) and (best is None or fits > best[0]):
            best = (fits, (part, whole))
    return best[1] if best else None


def _fits(row: Row, rate: Figure, part: int, whole: int) -> bool:
    above, below = read_figure(row.cells.get(part, "")), read_figure(row.cells.get(whole, ""))
    if above is None or below is None or not below.value or above.value == below.value:
        return False
    return standing(rate, 100 * above.value / below.value) in ("half_up", "truncate")
