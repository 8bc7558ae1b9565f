"""The money of a project's year by source: the formulas of the indicators, asked for every source."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from collector.configuration.self_evaluation import FundSource
from collector.selfeval.model import FundLine
from metrics.assets import UNFILLED
from metrics.formulas import FORMULAS
from metrics.formulas.params import BudgetExecutionParams, FundsInPlaceParams, MoneyParams
from metrics.indicators import IndicatorDefinition
from metrics.numbers import print_number
from metrics.period import Period

if TYPE_CHECKING:
    from collector.compute import Judge

TOTAL = "年度资金总额"
UNNAMED = "未注明资金来源"
Amounts = tuple[Fraction, Fraction, Fraction, Fraction]  # initial, budget, received, paid
_NOTHING: Amounts = (Fraction(0), Fraction(0), Fraction(0), Fraction(0))
_PAIR = (Fraction(0), Fraction(0))


def fund_lines(
    judge: Judge, execution: IndicatorDefinition, period: Period, configured: Sequence[FundSource]
) -> list[FundLine]:
    """The total, then the configured rows, then the recorded sources that no row takes."""
    whole, by_source = _amounts(judge, execution, period)
    rows: dict[str, Amounts] = {fund.name: _NOTHING for fund in configured}
    owner = {source: fund.name for fund in configured for source in fund.recorded}
    for source, money in by_source.items():
        name = owner.get(source, UNNAMED if source == UNFILLED else source)
        rows[name] = _added(rows.get(name, _NOTHING), money)
    if set(rows) == {UNNAMED}:  # nobody named a source: the row would only say the total again
        rows = {}
    return [_line(TOTAL, whole, execution), *(_line(*row, execution) for row in rows.items())]


def _amounts(judge: Judge, execution: IndicatorDefinition, period: Period) -> tuple[Amounts, dict[str, Amounts]]:
    """Of the whole, and of every source that the records name."""
    only = getattr(execution.params, "source_of_funds", ())
    first = FundsInPlaceParams(budget="initial", source_of_funds=only)
    initial = _asked(judge, execution, "funds_in_place", first, period)
    received = _asked(judge, execution, "funds_in_place", first.model_copy(update={"budget": "adjusted"}), period)
    params = BudgetExecutionParams(denominator="budget", source_of_funds=only)
    paid = _asked(judge, execution, "budget_execution", params, period)
    amounts = {
        source: (initial.get(source, _PAIR)[1], budget, received.get(source, _PAIR)[0], spent)
        for source, (spent, budget) in paid.items()
    }
    return amounts.pop("", _NOTHING), amounts


def _asked(
    judge: Judge, execution: IndicatorDefinition, formula: str, params: MoneyParams, period: Period
) -> dict[str, tuple[Fraction, Fraction]]:
    """Source ("": the whole) → what stands above and below the line; filtered as the execution's indicator is."""
    definition = execution.model_copy(update={"formula": formula, "params": params})
    figures = FORMULAS[formula].measure(judge.request(definition, [period], ("total", "kind")))
    return {
        figure.dimension_value: (figure.numerator or Fraction(0), figure.denominator or Fraction(0))
        for figure in figures
    }


def _added(one: Amounts, other: Amounts) -> Amounts:
    initial, budget, received, paid = (a + b for a, b in zip(one, other, strict=True))
    return initial, budget, received, paid


def _line(name: str, amounts: Amounts, execution: IndicatorDefinition) -> FundLine:
    initial, budget, received, paid = amounts
    below = received if by_received(execution) else budget
    rate = paid / below if below else None
    printed = print_number(rate, "percent", execution.decimals, execution.rounding)
    return FundLine(name, initial, budget, received, paid, rate, printed)


def by_received(execution: IndicatorDefinition) -> bool:
    """Whether the rate is paid / received, as some papers have it."""
    return getattr(execution.params, "denominator", "budget") == "received"
