"""Availability 正常运行率 / 正常运作率 (semantics 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from metrics.accounts import Account, DayRule, Groups, accounts, group
from metrics.assets import contract_bounds
from metrics.formulas.params import AvailabilityParams, DownSource
from metrics.indicators import Evidence, Figure, IndicatorDefinition, Request, Side
from metrics.ledger import Ledger, open_ledger
from metrics.period import Period
from metrics.quantities import parse_duration
from metrics.spans import availability_evidence
from metrics.wording import sentence, where_words

_SOURCES = {
    "checks": "拨测失败",
    "tickets": "注明设备不可用的工单（报障至恢复，无恢复时间则至解决；重新打开的各轮分别计）",
    "inspections": "巡检异常（至设备当时未结束的工单结束，无则至其后首张工单结束，或至下次巡检正常，以先到者为准）",
    "outages": "故障中断记录",
}
_UNKNOWN = {
    "leaves_denominator": "未知时间不计入分母",
    "counts_as_down": "未知时间按故障计",
    "counts_as_up": "未知时间按正常计",
}


class Availability:
    """Up time / required time, or normal / required device-days, pooled over assets."""

    part_labels: Mapping[str, str] = {
        "required_seconds": "应运行时间（秒）",
        "excluded_seconds": "豁免时间（秒）",
        "down_seconds": "故障时间（秒）",
        "unknown_seconds": "未知时间（秒）",
        "required_days": "应运作设备天数",
        "normal_days": "正常运作设备天数",
        "unknown_days": "未知设备天数",
    }

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words, with every setting that changes the figure."""
        params: AvailabilityParams = definition.params
        by_day = params.basis == "day"
        ratio = "正常运作设备天数÷应运作设备天数" if by_day else "正常运行时间÷应运行时间"
        unknown = f"应拨测的设备在检测时效之外为未知，{_UNKNOWN[params.unknown]}，同时给出上下限和覆盖率"
        return sentence(
            f"{ratio}，各设备汇总后相除",
            f"应运行时间为服务时间“{params.window}”内、设备在用且在合同期内的时间",
            excluded_words(params.exclusion),
            _day_words(params) if by_day else "",
            down_words(params.down_from, params.fail_after),
            unknown if "checks" in params.down_from else "",
            where_words(definition.where, "设备"),
            "正常时间分为有检测佐证（拨测正常或当日巡检正常）与推定正常（无记录表明故障）",
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        if definition.params.basis == "day":
            return Side("正常运作设备天数", "count", "天"), Side("应运作设备天数", "count", "天")
        return Side("正常运行时间", "seconds"), Side("应运行时间", "seconds")

    def measure(self, request: Request) -> list[Figure]:
        """A figure for every period and every value of every dimension that has an asset in service in it."""
        params: AvailabilityParams = request.definition.params
        ledger = open_ledger(request)
        days = None
        if params.basis == "day":
            tolerance = parse_duration(params.day_tolerance)
            days = DayRule(request.contract.zone, tolerance, params.exclusion == "counts_as_up")
        if not request.periods:
            return []
        groups = asked_groups(ledger, request)
        bounds = [period.bounds(request.contract.zone) for period in request.periods]
        return [
            _figure(params, period, each, value, row, is_provisional(ledger, request, period))
            for each, account in zip(groups, accounts(ledger, bounds, groups, days), strict=True)
            for period, value, row in rows_of(request, each, account)
        ]

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every required, excluded, down and unknown stretch, and the records that claim them."""
        return availability_evidence(request, dimension_value)


class Row(NamedTuple):
    """One cell of an account as plain integers: the same fields, of one group and one period."""

    required: int
    excluded: int
    down: int
    unknown: int
    observed: int
    required_days: int
    unknown_days: int
    normal_days: int
    segments: int
    spans: int

    @property
    def up(self) -> int:
        """Seconds known to be up, without what is excluded."""
        return self.required - self.excluded - self.down - self.unknown


def asked_groups(ledger: Ledger, request: Request) -> list[Groups]:
    """The groups of every asked dimension that assets have."""
    found = (group(ledger.segments, ledger.register, dimension) for dimension in request.dimensions)
    return [each for each in found if each is not None]


def rows_of(request: Request, groups: Groups, account: Account) -> Iterator[tuple[Period, str, Row]]:
    """Every period and value; all of them for the total, else those with an asset in service."""
    for number, period in enumerate(request.periods):
        for code, value in enumerate(groups.values):
            row = Row(*(int(column[code, number]) for column in account))
            if groups.dimension == "total" or row.segments:
                yield period, value, row


def is_provisional(ledger: Ledger, request: Request, period: Period) -> bool:
    """Whether the period's required time lies in a year without an official list of holidays."""
    start, end = period.bounds(request.contract.zone)
    first, last = contract_bounds(request.contract)
    return ledger.calendar.provisional(max(start, first), min(end, last, request.as_of))


def excluded_words(exclusion: str) -> str:
    """The exclusion policy in words."""
    return (
        "已批准的豁免时间不计入分母，与故障重叠时以豁免为准"
        if exclusion == "leaves_denominator"
        else "已批准的豁免时间计入分母并按正常计，与故障重叠时以豁免为准"
    )


def down_words(sources: tuple[DownSource, ...], fail_after: int) -> str:
    """Which evidence counts as down, in words."""
    named = [
        f"连续 {fail_after} 次拨测失败（自第一次失败起）" if source == "checks" and fail_after > 1 else _SOURCES[source]
        for source in sources
    ]
    return f"故障依据：{'、'.join(named)}；同一设备的重叠时间只计一次"


def _day_words(params: AvailabilityParams) -> str:
    left = "扣除豁免后仍有服务时间" if params.exclusion == "leaves_denominator" else "有服务时间"
    return (
        f"设备当日{left}即为应运作，其中故障时间不超过 {params.day_tolerance} 即为正常；"
        "部分时间未知的按已知部分判断，全部未知的为未知设备天"
    )


def _figure(
    params: AvailabilityParams, period: Period, groups: Groups, value: str, row: Row, provisional: bool
) -> Figure:
    good, known, required = _days(row) if params.basis == "day" else kept_seconds(params.exclusion, row)
    unknown = required - known
    numerator = good + unknown if params.unknown == "counts_as_up" else good
    denominator = known if params.unknown == "leaves_denominator" else required
    return Figure(
        period=period,
        dimension=groups.dimension,
        dimension_value=value,
        numerator=Fraction(numerator),
        denominator=Fraction(denominator),
        actual=share(numerator, denominator),
        coverage=share(known, required),
        lower=share(good, required),
        upper=share(good + unknown, required),
        observed=share(row.observed, row.up),
        presumed=share(row.up - row.observed, row.up),
        provisional=provisional and row.required > 0,
        evidence_count=row.segments + row.spans,
        parts=_parts(params, row),
    )


def kept_seconds(exclusion: str, row: Row) -> tuple[int, int, int]:
    """Good, known and required seconds; excluded ones are good and known where they stay in the denominator."""
    kept = row.excluded if exclusion == "counts_as_up" else 0
    left = row.required - row.excluded
    return row.up + kept, left - row.unknown + kept, left + kept


def _days(row: Row) -> tuple[int, int, int]:
    """Normal, known and required device-days."""
    return row.normal_days, row.required_days - row.unknown_days, row.required_days


def _parts(params: AvailabilityParams, row: Row) -> dict[str, Fraction | int | str]:
    parts: dict[str, Fraction | int | str] = {
        "required_seconds": row.required,
        "excluded_seconds": row.excluded,
        "down_seconds": row.down,
        "unknown_seconds": row.unknown,
    }
    if params.basis == "day":
        parts |= {
            "required_days": row.required_days,
            "normal_days": row.normal_days,
            "unknown_days": row.unknown_days,
        }
    return parts


def share(part: int, whole: int) -> Fraction | None:
    """``part / whole``; None where there is nothing to divide by."""
    return Fraction(part, whole) if whole else None
