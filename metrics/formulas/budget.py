"""Money: execution = paid / adjusted budget or / received, 到位率 = received / budget, 结余 = received − paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import ClassVar, NamedTuple

import numpy as np

from metrics.errors import ConfigError
from metrics.evidence import evidence, listed
from metrics.formulas.params import BudgetExecutionParams, FundsInPlaceParams, MoneyParams, params_of
from metrics.frames import Ints
from metrics.indicators import Evidence, Figure, IndicatorDefinition, Request, Side
from metrics.numbers import print_number
from metrics.period import Period
from metrics.scope import Coded, Events, before, scope
from metrics.slicing import begun, one_cell, sliced
from metrics.wording import sentence, where_words

_KINDS = ("budget", "adjustment", "received", "paid")
_LABELS: Mapping[str, str] = {"budget": "年初预算", "adjustment": "预算调整", "received": "到位资金", "paid": "支出"}
_BOTTOMS = {
    "initial": ("budget",),
    "adjusted": ("budget", "adjustment"),
    "budget": ("budget", "adjustment"),
    "received": ("received",),
}
_BOTTOM_WORDS = {
    "initial": "年初预算数",
    "adjusted": "调整后预算数",
    "budget": "调整后预算数",
    "received": "到位资金",
}


class _Lines(NamedTuple):
    events: Events
    at: Ints
    kind: Coded
    amount: Ints  # in 1 / scale yuan
    scale: int


class _Money:
    """What the three figures share: which kinds of lines stand above and below."""

    part_labels: ClassVar[Mapping[str, str]] = _LABELS
    _model: ClassVar[type[MoneyParams]]

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, self._model)
        return sentence(
            self._arithmetic(params),
            "月、季、半年自当年1月1日起累计" if params.since == "year" else "只计本周期发生额",
            f"仅统计资金来源为{'或'.join(params.source_of_funds)}的记录" if params.source_of_funds else "",
            where_words(definition.where),
            "按入账日期归属周期",
        )

    def measure(self, request: Request) -> list[Figure]:
        """Yuan above, yuan below; parts name the four kinds of money."""
        params = params_of(request.definition, self._model)
        lines = _read(request, params)
        known = begun(request) & request.facts.has("budget_line")
        figures: list[Figure] = []
        for cells in sliced(_accumulated(request, params), lines.events, lines.at):
            sums = {kind: cells.sum(np.where(lines.kind.among([kind]), lines.amount, 0)) for kind in _KINDS}
            rows = cells.sum(self._used(lines, params))
            for cell in cells.cells():
                money = {kind: Fraction(int(sums[kind][cell]), lines.scale) for kind in _KINDS}
                top, bottom, actual = self._divide(money, params) if known[cell[0]] else (None, None, None)
                parts = {kind: print_number(value, "yuan") for kind, value in money.items() if value}
                figures.append(
                    Figure(
                        request.periods[cell[0]],
                        cells.dimension,
                        cells.values[cell[1]],
                        numerator=top,
                        denominator=bottom,
                        actual=actual,
                        evidence_count=int(rows[cell]),
                        parts={**parts},
                    )
                )
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every line that stands above or below, with its amount in yuan."""
        params = params_of(request.definition, self._model)
        lines = _read(request, params)
        rows = one_cell(_accumulated(request, params), lines.events, lines.at, dimension_value)
        above, below = (lines.kind.among(kinds)[rows] for kinds in self._sides(params))
        parts = []
        for role, mask in (("numerator", above), ("denominator", below)):
            chosen = rows[mask]
            amounts = [str(amount) for amount in lines.events.column("amount").iloc[chosen]]
            notes = [_LABELS[lines.kind.values[code]] + "（元）" for code in lines.kind.codes[chosen].tolist()]
            parts.append(listed("budget_line", lines.events.row_id[chosen], [role] * len(chosen), notes, amounts))
        return evidence(*parts)

    def _used(self, lines: _Lines, params: MoneyParams) -> Ints:
        above, below = self._sides(params)
        return lines.kind.among(above).astype(np.int64) + lines.kind.among(below)

    def _divide(
        self, money: Mapping[str, Fraction], params: MoneyParams
    ) -> tuple[Fraction, Fraction | None, Fraction | None]:
        above, below = self._sides(params)
        top, bottom = (sum((money[kind] for kind in kinds), Fraction(0)) for kinds in (above, below))
        return top, bottom, top / bottom if bottom else None

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        above, below = self._sides(params_of(definition, self._model))
        top, bottom = (Side("加".join(_LABELS[kind] for kind in kinds), "yuan") for kinds in (above, below))
        return top, bottom

    def _sides(self, params: MoneyParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
        raise NotImplementedError

    def _arithmetic(self, params: MoneyParams) -> str:
        raise NotImplementedError


class BudgetExecution(_Money):
    """Paid / adjusted budget, or paid / received."""

    _model = BudgetExecutionParams

    def _sides(self, params: MoneyParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
        assert isinstance(params, BudgetExecutionParams)
        return ("paid",), _BOTTOMS[params.denominator]

    def _arithmetic(self, params: MoneyParams) -> str:
        assert isinstance(params, BudgetExecutionParams)
        return f"预算执行率 = 支出 ÷ {_BOTTOM_WORDS[params.denominator]}"


class FundsInPlace(_Money):
    """Received / budget."""

    _model = FundsInPlaceParams

    def _sides(self, params: MoneyParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
        assert isinstance(params, FundsInPlaceParams)
        return ("received",), _BOTTOMS[params.budget]

    def _arithmetic(self, params: MoneyParams) -> str:
        assert isinstance(params, FundsInPlaceParams)
        return f"资金到位率 = 到位资金 ÷ {_BOTTOM_WORDS[params.budget]}"


class Balance(_Money):
    """Received − paid, in yuan; both stand above the line."""

    _model = MoneyParams

    def _sides(self, params: MoneyParams) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return ("received", "paid"), ()

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        return Side("到位资金减支出", "yuan"), None

    def _divide(
        self, money: Mapping[str, Fraction], params: MoneyParams
    ) -> tuple[Fraction, Fraction | None, Fraction | None]:
        left = money["received"] - money["paid"]
        return left, None, left

    def _arithmetic(self, params: MoneyParams) -> str:
        return "资金结余 = 到位资金 − 支出"


def _read(request: Request, params: MoneyParams) -> _Lines:
    """Lines booked before ``as_of``; the breakdown ``kind`` is the source of funds."""
    if request.definition.where.kind:
        raise ConfigError(
            f"指标“{request.definition.name}”按资金来源筛选应写在 params 的 source_of_funds，where 不能写 kind"
        )
    events = scope(request.facts, request.contract, request.definition.where, "budget_line", kind="source_of_funds")
    events = events.take(events.attributes["kind"].passing(params.source_of_funds))
    at = before(events.moments("booked_on", request.contract.zone), request.as_of)
    events, at = events.take(at < request.as_of), at[at < request.as_of]
    amount, scale = scaled([Fraction(text) for text in events.column("amount")])
    return _Lines(events, at, Coded.of(events.column("kind")), amount, scale)


def scaled(values: list[Fraction]) -> tuple[Ints, int]:
    """Exact decimals as whole numbers of 1 / scale."""
    scale = 1
    while any(scale % value.denominator for value in values):
        scale *= 10
    return np.array([int(value * scale) for value in values], np.int64), scale


def _accumulated(request: Request, params: MoneyParams) -> Request:
    """The request with months, quarters and halves beginning on the first day of their year."""
    if params.since == "period":
        return request
    periods = [
        period if period.kind == "range" else Period(date(period.first_on.year, 1, 1), period.last_on, "range")
        for period in request.periods
    ]
    return replace(request, periods=periods)
