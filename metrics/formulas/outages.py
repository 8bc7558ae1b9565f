"""Outages: number, mean duration 平均故障时间, rate 故障率, mean time between failures (semantics 3).

All four read the same merged outages and print their change on the period before and on the year before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import ClassVar, NamedTuple

from metrics.accounts import accounts
from metrics.evidence import Role
from metrics.formulas.availability import (
    asked_groups,
    down_words,
    excluded_words,
    is_provisional,
    kept_seconds,
    rows_of,
    share,
)
from metrics.formulas.params import OutageParams
from metrics.indicators import Contract, Dimension, Evidence, Figure, IndicatorDefinition, Request, Side
from metrics.ledger import open_ledger
from metrics.outages import read_outages, tally
from metrics.period import Period
from metrics.spans import outage_evidence
from metrics.wording import sentence, where_words

_THOUSAND_HOURS = 3_600_000


class _Cell(NamedTuple):
    """What one period and one group hold; ``up`` and ``known`` are service seconds."""

    number: int
    open_number: int
    down: int
    up: int
    known: int
    required: int
    evidence_count: int
    provisional: bool


class _Value(NamedTuple):
    numerator: Fraction
    denominator: Fraction | None
    actual: Fraction | None


_Key = tuple[Dimension, str, Period]


class _OutageFigure:
    """What the four share; each says what it divides by what."""

    arithmetic: ClassVar[str]
    value_part: ClassVar[str]  # what the figure before is called among the parts, with its unit in the name
    upper_side: ClassVar[Side]
    lower_side: ClassVar[Side | None]
    assets_role: ClassVar[Role]  # what the required time is to the figure

    @property
    def part_labels(self) -> Mapping[str, str]:
        """Chinese labels of the parts."""
        return {
            "open_count": "截止时尚未恢复",
            f"before_{self.value_part}": "上期",
            "change_ratio": "较上期变化",
            f"year_before_{self.value_part}": "上年同期",
            "year_change_ratio": "较上年同期变化",
        }

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        return self.upper_side, self.lower_side

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words, with every setting that changes the figure."""
        params: OutageParams = definition.params
        return sentence(
            self.arithmetic,
            f"同一设备重叠或相接的故障时间合为一次，计入其开始所在的周期，用时按服务时间“{params.window}”计",
            "服务时间内没有故障时间的不计",
            excluded_words(params.exclusion),
            down_words(params.down_from, params.fail_after),
            where_words(definition.where, "设备"),
            "上期和上年同期可取合同开始之前的记录" if params.before_contract else "",
        )

    def measure(self, request: Request) -> list[Figure]:
        """A figure for every period and every value of every dimension that has an asset in service in it."""
        now, earlier = _now_and_earlier(request)
        figures = []
        for (dimension, value, period), cell in now.items():
            known = self._value(cell)
            parts = {
                "open_count": cell.open_number,
                **self._change("", known, earlier.get((dimension, value, period.before()))),
                **self._change("year_", known, earlier.get((dimension, value, period.year_before()))),
            }
            figures.append(_figure((dimension, value, period), cell, known, parts))
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every outage that began in the period, the required time, and the records that claim them."""
        return outage_evidence(request, dimension_value, self.assets_role)

    def _change(self, prefix: str, now: _Value, then: _Cell | None) -> dict[str, Fraction | int | str]:
        """The earlier figure and the relative change on it, where there are such."""
        before = None if then is None else self._value(then).actual
        if before is None:
            return {}
        parts: dict[str, Fraction | int | str] = {f"{prefix}before_{self.value_part}": before}
        if now.actual is not None and before:
            parts[f"{prefix}change_ratio"] = (now.actual - before) / before
        return parts

    def _value(self, cell: _Cell) -> _Value:
        raise NotImplementedError


class OutageCount(_OutageFigure):
    """Number of outages that began in the period; no data where nothing was required or known."""

    arithmetic = "故障中断次数 = 周期内开始的故障次数"
    value_part = "count"
    upper_side = Side("周期内开始的故障", "count", "次")
    lower_side = None
    assets_role = "beside"

    def _value(self, cell: _Cell) -> _Value:
        return _Value(Fraction(cell.number), None, Fraction(cell.number) if cell.known else None)


class MeanOutageDuration(_OutageFigure):
    """平均故障时间: Σ service seconds down / number of outages."""

    arithmetic = "平均故障时间 = Σ 故障时间 ÷ 故障次数"
    value_part = "seconds"
    upper_side = Side("故障时间之和", "seconds")
    lower_side = Side("周期内开始的故障", "count", "次")
    assets_role = "beside"

    def _value(self, cell: _Cell) -> _Value:
        return _Value(Fraction(cell.down), Fraction(cell.number), share(cell.down, cell.number))


class FailureRate(_OutageFigure):
    """故障率: outages per asset and 1,000 service hours."""

    arithmetic = "故障率 = 故障次数 ÷ 各设备已知服务时间之和（千设备小时）"
    value_part = "number"
    upper_side = Side("周期内开始的故障", "count", "次")
    lower_side = Side("已知服务时间之和", "number", "千设备小时")
    assets_role = "denominator"

    def _value(self, cell: _Cell) -> _Value:
        hours = Fraction(cell.known, _THOUSAND_HOURS)
        return _Value(Fraction(cell.number), hours, cell.number / hours if hours else None)


class MeanTimeBetweenFailures(_OutageFigure):
    """Up service seconds / number of outages."""

    arithmetic = "平均故障间隔时间 = 各设备正常运行时间之和 ÷ 故障次数"
    value_part = "seconds"
    upper_side = Side("正常运行时间之和", "seconds")
    lower_side = Side("周期内开始的故障", "count", "次")
    assets_role = "numerator"

    def _value(self, cell: _Cell) -> _Value:
        return _Value(Fraction(cell.up), Fraction(cell.number), share(cell.up, cell.number))


def _now_and_earlier(request: Request) -> tuple[dict[_Key, _Cell], dict[_Key, _Cell]]:
    """The cells of the asked periods, and of the periods before and a year before.

    Those from before the contract only where that is allowed.
    """
    contract, asked = request.contract, dict.fromkeys(request.periods)
    periods = sorted({earlier for period in asked for earlier in (period.before(), period.year_before())})
    within = {period for period in periods if period.last_on >= contract.starts_on}
    cells = _cells(request, contract, [*asked, *sorted(within - asked.keys())])
    now = {key: cell for key, cell in cells.items() if key[2] in asked}
    earlier = {key: cell for key, cell in cells.items() if key[2] in within}
    outside = [period for period in periods if period not in within]
    if request.definition.params.before_contract and outside:
        ends_on = contract.starts_on - timedelta(days=1)
        earlier |= _cells(request, replace(contract, starts_on=outside[0].first_on, ends_on=ends_on), outside)
    return now, earlier


def _cells(request: Request, contract: Contract, periods: Sequence[Period]) -> dict[_Key, _Cell]:
    """What every period and every value of every asked dimension holds."""
    if not periods:
        return {}
    within = replace(request, contract=contract, periods=periods)
    return dict(_each_cell(within))


def _each_cell(request: Request) -> Iterator[tuple[_Key, _Cell]]:
    ledger = open_ledger(request)
    outages = read_outages(ledger, request.as_of)
    groups = asked_groups(ledger, request)
    bounds = [period.bounds(request.contract.zone) for period in request.periods]
    provisional = {period: is_provisional(ledger, request, period) for period in request.periods}
    column = {period: number for number, period in enumerate(request.periods)}
    for each, account in zip(groups, accounts(ledger, bounds, groups, None), strict=True):
        counted = tally(outages, each, bounds)
        for period, value, row in rows_of(request, each, account):
            at = each.values.index(value), column[period]
            number, open_number, down = (int(values[at]) for values in counted)
            up, known, required = kept_seconds(request.definition.params.exclusion, row)
            yield (
                (each.dimension, value, period),
                _Cell(number, open_number, down, up, known, required, row.segments + number, provisional[period]),
            )


def _figure(key: _Key, cell: _Cell, value: _Value, parts: Mapping[str, Fraction | int | str]) -> Figure:
    dimension, dimension_value, period = key
    return Figure(
        period=period,
        dimension=dimension,
        dimension_value=dimension_value,
        numerator=value.numerator,
        denominator=value.denominator,
        actual=value.actual,
        coverage=share(cell.known, cell.required),
        provisional=cell.provisional and cell.required > 0,
        evidence_count=cell.evidence_count,
        parts=parts,
    )
