"""Fund blocks and fund tables: rates, balances, marks for execution, sources that add up to the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from metrics.papers.facts import Execution, Facts, Mark, stated_execution
from metrics.papers.figures import Figure, as_percent, is_blank, read_figure, show
from metrics.papers.headings import Block, Role, Row
from metrics.papers.paper import Kind
from metrics.papers.rates import Way, check_execution_mark, check_rate
from metrics.papers.sums import check_sum
from metrics.quantities import normalise

_MONEY: tuple[Role, ...] = ("initial", "budget", "received", "paid", "balance")
_WORDS = {"initial": "年初预算", "budget": "预算", "received": "到位", "paid": "支出", "balance": "结余"}
_WHOLE = re.compile(r".*(?:总额|合计|总计|总金额).*")
_PARTS = re.compile(r"其中.*")


def is_fund_block(block: Block) -> bool:
    """Whether its columns hold money paid beside money planned or received."""
    return block.column("paid") is not None and any(block.has(role) for role in ("budget", "initial", "received"))


def check_funds(facts: Facts, block: Block) -> list[Mark]:
    """Check every row with amounts; returns the marks given for execution."""
    rows = [(row, _amounts(facts, block, row)) for row in block.rows]
    funded = [(row, amounts) for row, amounts in rows if amounts]
    marks = []
    for row, amounts in rows:
        execution = _check_row(facts, block, row, amounts)
        marks.extend(_check_mark(facts, block, row, execution))
    _check_sources(facts, block, funded)
    return marks


def _amounts(facts: Facts, block: Block, row: Row) -> dict[Role, Figure]:
    found: dict[Role, Figure] = {}
    if not any(read_figure(block.cell(row, role)) for role in _MONEY):
        return found
    for role in _MONEY:
        text = block.cell(row, role)
        value = read_figure(text)
        if value is not None:
            found[role] = value
        elif not is_blank(text):
            facts.report.skip(place_of(block, row, role), f"“{text}”没有认出金额，未核对")
    return found


def place_of(block: Block, row: Row, role: Role) -> str:
    """The row with the words of the column."""
    column = block.column(role)
    return row.place if column is None else f"{row.place}“{normalise(block.headings[column])}”栏"


def _check_row(facts: Facts, block: Block, row: Row, amounts: dict[Role, Figure]) -> Execution | None:
    paid = amounts.get("paid")
    ways = execution_ways(amounts)
    printed = rate_cell(facts, block, row, "execution")
    way = None
    if printed is not None and ways:
        way = check_rate(facts, place_of(block, row, "execution"), "执行率", printed, ways)
    receiving, received = rate_cell(facts, block, row, "receiving"), amounts.get("received")
    planned = amounts.get("budget", amounts.get("initial"))
    if receiving and received and planned:
        check_rate(
            facts, place_of(block, row, "receiving"), "到位率", receiving, [Way(received, planned, "到位 ÷ 预算")]
        )
    balance = amounts.get("balance")
    if balance is not None and paid is not None:
        check_balance(facts, place_of(block, row, "balance"), balance, paid, [received, planned])
    way = way or next((one for one in ways if one.whole.value), None)
    weight = read_figure(block.cell(row, "weight"))
    if way is None:
        return stated_execution(row.place, printed, weight) if printed and weight else None
    return Execution(row.place, way.exact, way.arithmetic, weight)


def rate_cell(facts: Facts, block: Block, row: Row, role: Role) -> Figure | None:
    """A cell of a column of rates, in percent."""
    text = block.cell(row, role)
    found = read_figure(text)
    if found is None and not is_blank(text):
        facts.report.skip(place_of(block, row, role), f"“{text}”没有认出比率，未核对")
    return as_percent(found) if found else None


def execution_ways(amounts: dict[Role, Figure]) -> list[Way]:
    """Paid by what was received, by the budget as adjusted, by the budget as first set."""
    paid = amounts.get("paid")
    if paid is None:
        return []
    wholes: tuple[Role, ...] = ("received", "budget", "initial")
    return [Way(paid, amounts[role], f"支出 ÷ {_WORDS[role]}") for role in wholes if role in amounts]


def check_balance(facts: Facts, place: str, printed: Figure, paid: Figure, wholes: Sequence[Figure | None]) -> None:
    """结余 = received − paid (semantics 5), or budget − paid where nothing else fits."""
    facts.figures += 1
    known = [whole for whole in wholes if whole is not None]
    fitting = next((whole for whole in known if whole.value - paid.value == printed.value), None)
    whole = fitting or next(iter(known), None)
    if whole is None:
        return
    arithmetic = f"{whole.number} − {paid.number} = {show(whole.value - paid.value)}"
    kind: Kind = "agrees" if fitting else "error"
    text = f"结余写 {printed}，{arithmetic}，{'相符' if fitting else '不符'}"
    facts.report.add(kind, "balance", place, str(printed), arithmetic, text)


def _check_mark(facts: Facts, block: Block, row: Row, execution: Execution | None) -> list[Mark]:
    mark, weight = (read_figure(block.cell(row, role)) for role in ("mark", "weight"))
    if execution is None:
        return []
    if mark is None:
        if _is_whole(row) or weight:
            facts.executions.append(execution)
        return []
    place = place_of(block, row, "mark")
    facts.executions.append(execution)
    if weight is not None:
        check_execution_mark(facts, place, mark, weight, execution, "")
    return [Mark(place, "预算执行", "预算执行", mark, weight)]


def _is_whole(row: Row) -> bool:
    return any(_WHOLE.fullmatch(normalise(text)) for text in row.texts)


def _check_sources(facts: Facts, block: Block, funded: Sequence[tuple[Row, dict[Role, Figure]]]) -> None:
    """The row of the whole against the rows of its sources; sources within sources are not added up."""
    whole = next((index for index, (row, _) in enumerate(funded) if _is_whole(row)), None)
    if whole is None:
        return
    last = whole == len(funded) - 1
    others = funded[:whole] if last else funded[whole + 1 :]
    starts = [any(_PARTS.fullmatch(normalise(text)) for text in row.texts) for row, _ in others]
    if len(others) < 2 or any(starts[1:]):
        return
    for role in _MONEY:
        total = funded[whole][1].get(role)
        parts = [amounts[role] for _, amounts in others if role in amounts]
        if total is None or len(parts) < 2:
            continue
        place = place_of(block, funded[whole][0], role)
        check_sum(facts, "months", place, f"{_WORDS[role]}合计", total, parts)
