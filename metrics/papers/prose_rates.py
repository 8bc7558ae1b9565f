"""Rates, balances and totals of running text beside the amounts and counts in the same passage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

from metrics.papers.facts import Execution, Facts, stated_execution
from metrics.papers.figures import Figure, figure, in_yuan, standing
from metrics.papers.funds import check_balance, execution_ways
from metrics.papers.headings import Role
from metrics.papers.mentions import Amount, Rate, amounts, counts, quotients, rates, sums
from metrics.papers.prose import Passage
from metrics.papers.rates import Way, check_rate
from metrics.papers.sums import check_sum
from metrics.quantities import NUMBER

_BESIDE = re.compile(rf"\(({NUMBER})[^\d,;。=]{{0,4}}[/÷]({NUMBER})[^\d,;。=]{{0,4}}\)")
_MONTH = re.compile(rf"(?<!\d)(1[0-2]|[1-9])月份?[^\d,、;。]{{0,8}}({NUMBER})")
_YEAR_TOTAL = re.compile(rf"(?:全年|合计|共计|总计|累计)[^\d,;。]{{0,14}}?({NUMBER})(?!月|年|%|日)")
_NEAR = Fraction(1)  # a printed percentage this near to the quotient was meant to be it


def check_passage(facts: Facts, passage: Passage) -> None:
    """Everything of one passage that its own numbers can show."""
    text = passage.text
    for part, whole, printed, position in quotients(text):
        check_rate(facts, passage.place(position), "算式", printed, [Way(part, whole, "")])
    known = list(amounts(text))
    for rate in rates(text):
        _check_rate(facts, passage, rate, known)
    _check_balances(facts, passage, known)
    for start, sentence in passage.sentences():
        _check_months(facts, passage, start, sentence)
        for parts, total, position in sums(sentence):
            if not re.search(r"分", sentence):
                check_sum(facts, "months", passage.place(start + position), "合计", total, parts)


def _check_rate(facts: Facts, passage: Passage, rate: Rate, known: Sequence[Amount]) -> None:
    place = passage.place(rate.position)
    money = _before(known, rate.position)
    if re.search(r"执行率|支出率|支付率|资金使用率", rate.name):
        ways = [way for way in execution_ways(money) if way.whole.value]
        if ways:
            way = check_rate(facts, place, "执行率", rate.value, ways) or ways[-1]
            facts.executions.append(Execution(place, way.exact, way.arithmetic))
        elif "执行率" in rate.name:
            facts.executions.append(stated_execution(place, rate.value))
        return
    if "到位率" in rate.name:
        received, planned = money.get("received"), money.get("budget", money.get("initial"))
        if received and planned:
            check_rate(facts, place, "到位率", rate.value, [Way(received, planned, "到位 ÷ 预算")])
        return
    _check_counts(facts, passage, rate, place)


def _before(known: Sequence[Amount], position: int) -> dict[Role, Figure]:
    """Each role's nearest amount before the position, else the first behind it, in one unit."""
    chosen: dict[Role, Figure] = {}
    for amount in [*reversed([one for one in known if one.position > position]), *known]:
        if amount.role is not None and (amount.position < position or amount.role not in chosen):
            chosen[amount.role] = amount.value
    if len({value.unit for value in chosen.values()}) <= 1:
        return chosen
    return {role: Figure(yuan, 0, "元") for role, value in chosen.items() if (yuan := in_yuan(value)) is not None}


def _check_counts(facts: Facts, passage: Passage, rate: Rate, place: str) -> None:
    """A rate of counts: written beside it in brackets, else of two numbers of one unit before it in its sentence."""
    beside = _BESIDE.match(passage.text, passage.text.find("%", rate.position) + 1)
    if beside:
        check_rate(facts, place, rate.name, rate.value, [Way(figure(beside[1]), figure(beside[2]), "")])
        return
    start = passage.text.rfind("。", 0, rate.position) + 1
    before = [value for value, _ in counts(passage.text[start : rate.position])][-4:]
    ways = [
        Way(part, whole, "")
        for part, whole in permutations(before, 2)
        if part.unit == whole.unit and part.value <= whole.value and whole.value
    ]
    ways += [Way(_rest(way), way.whole, "其余 ÷ 合计") for way in ways]
    if not ways:
        return
    nearest = min(ways, key=lambda way: abs(way.exact - rate.value.value))
    if abs(nearest.exact - rate.value.value) <= _NEAR:
        check_rate(facts, place, rate.name, rate.value, [_best(ways, rate.value) or nearest])
    else:
        facts.report.skip(place, f"没有认出“{rate.name}”{rate.value} 由哪两个数算出，未核对")


def _rest(way: Way) -> Figure:
    return Figure(way.whole.value - way.part.value, way.whole.decimals, way.whole.unit)


def _best(ways: Sequence[Way], printed: Figure) -> Way | None:
    return next((way for way in ways if standing(printed, way.exact) == "half_up"), None)


def _check_balances(facts: Facts, passage: Passage, known: Sequence[Amount]) -> None:
    for amount in known:
        if amount.role != "balance":
            continue
        money = _before([one for one in known if one.role != "balance"], amount.position)
        paid = money.get("paid")
        if paid is not None and {value.unit for value in money.values()} == {amount.value.unit}:
            wholes = [money.get("received"), money.get("budget")]
            check_balance(facts, passage.place(amount.position), amount.value, paid, wholes)


def _check_months(facts: Facts, passage: Passage, start: int, sentence: str) -> None:
    """All twelve months named in one sentence with the year's total."""
    months = {int(found[1]): figure(found[2]) for found in _MONTH.finditer(sentence)}
    totals = list(_YEAR_TOTAL.finditer(sentence))
    if len(months) == 12 and len(totals) == 1:
        place = passage.place(start + totals[0].start(1))
        check_sum(facts, "months", place, "全年合计", figure(totals[0][1]), list(months.values()))
