"""Roster (staff, lines): actual by kind at each day against contract, a period's figure its minimum (semantics 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from metrics.assets import UNFILLED
from metrics.evidence import evidence, listed
from metrics.formulas.params import RosterParams, params_of
from metrics.frames import FAR_FUTURE, FAR_PAST, Ints, midnights
from metrics.indicators import Dimension, Evidence, Figure, IndicatorDefinition, Request, Side
from metrics.period import Period, midnight
from metrics.scope import Coded, Events, Mask, scope
from metrics.slicing import asked
from metrics.wording import sentence, where_words

_DAY = 86_400


class _Roster(NamedTuple):
    """Entries of the kinds that count; ``start`` and ``end`` are local midnights, the end exclusive."""

    events: Events
    kind: Coded
    start: Ints
    end: Ints
    quantity: Ints


class _Daily(NamedTuple):
    """Actual number of one dimension value at each day of a period, by kind where the contract is by kind."""

    days: list[date]
    actual: Ints  # kinds × days
    kinds: tuple[str, ...]
    wanted: tuple[int | None, ...]  # contract number of each kind

    @property
    def counted(self) -> Ints:
        """Per day; more of one kind does not make up for too few of another."""
        several = len(self.kinds) > 1
        limits = np.array([want if several and want is not None else FAR_FUTURE for want in self.wanted], np.int64)
        counted: Ints = np.minimum(self.actual, limits[:, np.newaxis]).sum(axis=0)
        return counted

    @property
    def contract(self) -> int | None:
        """The contract's number; None where it has none."""
        known = [want for want in self.wanted if want is not None]
        return sum(known) if known else None

    def short(self) -> list[tuple[str, int, list[date], int]]:
        """Kind, actual, days and contract number of every stretch of days with too few."""
        found = []
        for kind, (row, want) in zip(self.kinds, self._rows(), strict=True):
            if want is not None:
                for actual, stretch in groupby(zip(row.tolist(), self.days, strict=True), key=lambda pair: pair[0]):
                    if actual < want:
                        found.append((kind, actual, [day for _, day in stretch], want))
        return found

    def _rows(self) -> list[tuple[Ints, int | None]]:
        return list(zip(self.actual, self.wanted, strict=True))


class Roster:
    """The least number of a period's days; the days that fall short are listed."""

    part_labels: ClassVar[Mapping[str, str]] = {
        "shortfall_days": "不足天数",
        "shortfall": "不足明细",
        "lowest_on": "最少之日",
        "most": "最多",
    }

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        contract = params_of(definition, RosterParams).contract
        named = "、".join(f"{'合计' if kind == '*' else kind} {number}" for kind, number in contract.items())
        return sentence(
            "逐日统计实有数，周期的完成值取其中最少的一天",
            f"合同数：{named}" if named else "",
            "各类别分别不超过合同数计入，一类多出不抵另一类不足" if named and "*" not in contract else "",
            "只计合同期内、截止时间前的日期，首末日均含",
            where_words(definition.where),
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        unit = definition.measure_unit or "count"
        below = Side("合同数", unit) if params_of(definition, RosterParams).contract else None
        return Side("最少一天的实有数", unit), below

    def measure(self, request: Request) -> list[Figure]:
        """The minimum over days, the contract's number, and the shortfall."""
        params, roster = params_of(request.definition, RosterParams), _read(request)
        zone, known = request.contract.zone, request.facts.has("roster_entry")
        figures = []
        for period in request.periods:
            days = _days(request, period)
            present = _present(roster, days, request)
            for dimension in asked(request):
                for value, mask in _values(roster, params, dimension, present):
                    daily = _daily(roster, params, days, dimension, value, mask, zone)
                    rows = int((mask & present).sum())
                    figures.append(_figure(period, dimension, value, daily if known else None, rows))
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every entry in force on one of the period's days, with its number."""
        params, roster = params_of(request.definition, RosterParams), _read(request)
        days = _days(request, request.periods[0])
        present = _present(roster, days, request)
        dimension = request.dimensions[0] if request.dimensions else "total"
        masks = dict(_values(roster, params, dimension, present))
        rows = np.flatnonzero(masks.get(dimension_value, np.zeros(len(present), np.bool_)) & present)
        by_kind = _by_kind(params)
        roles = [
            "beside" if by_kind and not named else "numerator" for named in roster.kind.among(by_kind)[rows].tolist()
        ]
        frame = roster.events.frame.iloc[rows]
        until = frame["until_on"].fillna("今")
        notes = [f"{first} 至 {last}" for first, last in zip(frame["from_on"], until, strict=True)]
        quantity = [str(number) for number in roster.quantity[rows].tolist()]
        return evidence(listed("roster_entry", roster.events.row_id[rows], roles, notes, quantity))


def _read(request: Request) -> _Roster:
    zone = request.contract.zone
    events = scope(request.facts, request.contract, request.definition.where, "roster_entry", "from_on")
    last = midnights(events.column("until_on"), zone, FAR_FUTURE)
    return _Roster(
        events,
        events.attributes["kind"],
        midnights(events.column("from_on"), zone, FAR_PAST),
        np.where(last < FAR_FUTURE, last + _DAY, FAR_FUTURE),
        events.integers("quantity", 1),
    )


def _days(request: Request, period: Period) -> list[date]:
    """The period's days within the contract that have begun at ``as_of``."""
    contract = request.contract
    first, last = max(period.first_on, contract.starts_on), min(period.last_on, contract.ends_on)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if midnight(day, contract.zone) < request.as_of]


def _present(roster: _Roster, days: list[date], request: Request) -> Mask:
    if not days:
        return np.zeros(len(roster.start), np.bool_)
    first, last = (midnight(day, request.contract.zone) for day in (days[0], days[-1]))
    return (roster.start <= last) & (roster.end > first)


def _by_kind(params: RosterParams) -> tuple[str, ...]:
    return tuple(kind for kind in params.contract if kind != "*")


def _values(roster: _Roster, params: RosterParams, dimension: Dimension, present: Mask) -> list[tuple[str, Mask]]:
    """The dimension's values that occur, or that the contract names, with the entries of each."""
    if dimension == "total":
        return [("", np.ones(len(present), np.bool_))]
    if dimension not in roster.events.attributes:
        return []
    column = roster.events.attributes[dimension]
    named = _by_kind(params) if dimension == "kind" else ()
    found = [(value, column.among([value])) for value in dict.fromkeys((*named, *column.values))]
    found.append((UNFILLED, column.codes < 0))
    return [(value, mask) for value, mask in found if value in named or bool((mask & present).any())]


def _daily(
    roster: _Roster,
    params: RosterParams,
    days: list[date],
    dimension: Dimension,
    value: str,
    mask: Mask,
    zone: ZoneInfo,
) -> _Daily:
    """The total and each kind are held against the contract; other breakdowns are only counted."""
    named = _by_kind(params)
    kinds: tuple[str, ...]
    wanted: tuple[int | None, ...]
    if dimension == "kind":
        kinds, wanted = (value,), (params.contract.get(value),)
    elif named:
        kinds = named
        wanted = tuple(params.contract[name] if dimension == "total" else None for name in named)
    else:
        kinds, wanted = ("",), (params.contract.get("*") if dimension == "total" else None,)
    masks = [mask & roster.kind.among([name]) for name in named] if dimension != "kind" and named else [mask]
    starts = np.array([midnight(day, zone) for day in days], np.int64)
    actual = np.array([_per_day(roster, chosen, starts) for chosen in masks], np.int64).reshape(len(masks), len(days))
    return _Daily(days, actual, kinds, wanted)


def _per_day(roster: _Roster, mask: Mask, starts: Ints) -> Ints:
    """Σ quantity of the chosen entries in force at each day."""
    begun = _until(roster.start[mask], roster.quantity[mask], starts)
    return begun - _until(roster.end[mask], roster.quantity[mask], starts)


def _until(moments: Ints, quantity: Ints, starts: Ints) -> Ints:
    order = np.argsort(moments)
    total = np.concatenate([[0], np.cumsum(quantity[order])]).astype(np.int64)
    found: Ints = total[np.searchsorted(moments[order], starts, "right")]
    return found


def _figure(period: Period, dimension: Dimension, value: str, daily: _Daily | None, rows: int) -> Figure:
    if daily is None or not daily.days:
        return Figure(period, dimension, value, None, None, None, evidence_count=rows)
    counted = daily.counted
    least = int(counted.min())
    parts: dict[str, Fraction | int | str] = {
        "lowest_on": daily.days[int(counted.argmin())].isoformat(),
        "most": int(counted.max()),
    }
    if daily.contract is not None:
        short = daily.short()
        parts["shortfall_days"] = len({day for _, _, days, _ in short for day in days})
        if short:
            parts["shortfall"] = "；".join(_shortfall_words(*stretch) for stretch in short)
    contract = None if daily.contract is None else Fraction(daily.contract)
    return Figure(
        period, dimension, value, Fraction(least), contract, Fraction(least), evidence_count=rows, parts=parts
    )


def _shortfall_words(kind: str, actual: int, days: list[date], wanted: int) -> str:
    first, last = days[0].isoformat(), days[-1].isoformat()
    stretch = first if first == last else f"{first}至{last}"
    return f"{stretch} {kind}实有 {actual}，合同 {wanted}"
