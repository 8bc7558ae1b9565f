"""What an indicator is, what a formula is given, and what it answers.

A formula is pure: :class:`Request` in, one :class:`Figure` per period and dimension value out, or, for one of
them, its :class:`Evidence`. ``metrics.evaluate`` turns figures into :class:`IndicatorResult` by comparing them
with the target (semantics 6).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from metrics.period import Period

if TYPE_CHECKING:
    import pandas as pd

    from metrics.matching import Matching
    from metrics.service_calendar import ServiceCalendar

T = TypeVar("T")
MeasureUnit = Literal["percent", "seconds", "minutes", "hours", "days", "count", "persons", "points", "yuan", "number"]
Outcome = Literal["no_data", "low_coverage", "not_due", "met", "missed", ""]
PeriodKind = Literal["month", "quarter", "half", "year", "range"]
Dimension = Literal["total", "asset_class", "site", "vendor", "kind", "asset", "channel", "priority"]

DIMENSION_LABELS: Mapping[str, str] = {
    "total": "合计",
    "asset_class": "设备类别",
    "site": "位置",
    "vendor": "运维服务商",
    "kind": "类别",
    "asset": "设备",
    "channel": "处理方式",
    "priority": "优先级",
}
OUTCOME_LABELS: Mapping[str, str] = {
    "no_data": "无数据",
    "low_coverage": "覆盖不足",
    "not_due": "未到期",
    "met": "达标",
    "missed": "未达标",
    "": "—",
}


class Strict(BaseModel):
    """A frozen piece of configuration: unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Where(Strict):
    """A filter on records or assets: every named column must hold one of the values listed.

    Asset columns (``asset_class``, ``site``, ``vendor``, ``project``) take the asset's dated assignment.
    A value may end in ``*`` (any text that begins so).
    """

    asset_no: tuple[str, ...] = ()
    asset_class: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


class IndicatorDefinition(Strict):
    """One indicator of a project, as the contract has it. ``params`` is the formula's own model."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    project: str
    formula: str
    params: Any = None
    where: Where = Where()
    target: str | None = None  # as people write it: "≥95%", "<2 小时", "达标"
    target_period: Literal["every", "month", "quarter", "half", "year", "contract"] | None = None
    measure_unit: MeasureUnit | None = None  # default: the formula's
    weight: str | None = None  # marks, a decimal
    level_codes: tuple[str, ...] = ()  # e.g. ("产出指标", "质量指标")
    rule: str | None = None  # 口径 in words, before the formula's own words
    rounding: Literal["half_up", "truncate"] = "half_up"
    decimals: int = Field(default=2, ge=0, le=8)
    empty: Literal["no_data", "met"] = "no_data"
    empty_reason: str | None = None
    min_coverage: str = "50%"
    breakdowns: tuple[Dimension, ...] = ()
    version: str = "1"


@dataclass(frozen=True)
class Facts:
    """All records an organisation had at ``known_at``, before any cut by ``as_of``.

    ``frames[record]`` has the record type's columns, then the lineage columns ``row_id`` (int64, unique per
    record type), ``source`` (text), ``natural_key`` (text) and ``flags`` (text, comma separated, may be null).
    ``states`` is the index over uptime checks: ``row_id``, ``source``, ``asset_no``, ``state`` (up, down,
    unknown), ``first_at``, ``last_at`` (int64 seconds), ``interval_seconds``, ``staleness_seconds``,
    ``check_count`` (int64), sorted by ``asset_no, source, first_at``.
    A record type without any row has an empty frame, never no frame. ``has_register``: there is an asset
    register (at least one asset).

    Facts that were read for some figures alone (:mod:`metrics.wanted`) lack rows and columns on which those cannot
    depend; ``delivered`` names the record types of which there is any row then, None where the frames tell.
    """

    frames: Mapping[str, pd.DataFrame]
    states: pd.DataFrame
    delivered: frozenset[str] | None = None
    _remembered: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once for these facts; ``key`` names it with all that it depends on beside them.

        Many indicators read the same register, tickets and runs; nobody may change what is handed out.
        """
        if key not in self._remembered:
            self._remembered[key] = make()
        made: T = self._remembered[key]
        return made

    def has(self, record: str) -> bool:
        """Whether there is any record of the type, checks included."""
        if self.delivered is not None:
            return record in self.delivered
        return len(self.states if record == "uptime_check" else self.frames[record]) > 0

    @property
    def has_register(self) -> bool:
        """Whether any asset is known."""
        return self.has("asset")


@dataclass(frozen=True)
class Contract:
    """The project's term (last day included) and the organisation's zone.

    ``matching``: which systems hold the same tickets; None where each ticket has one place only.
    """

    project: str
    starts_on: date
    ends_on: date
    zone: ZoneInfo
    matching: Matching | None = None


@dataclass(frozen=True)
class Request:
    """What a formula is asked: one indicator, many periods, the total and some breakdowns.

    ``calendars`` maps a service window's name to its calendar. ``as_of`` is UTC seconds, exclusive: nothing at
    or after it has happened. Of tickets that two systems hold only the leading one is left in ``facts``.
    """

    definition: IndicatorDefinition
    facts: Facts
    contract: Contract
    calendars: Mapping[str, ServiceCalendar]
    periods: Sequence[Period]
    dimensions: Sequence[Dimension]
    as_of: int

    def __post_init__(self) -> None:
        from metrics.matching import counted_once

        object.__setattr__(self, "facts", counted_once(self.facts, self.contract.matching, self.as_of))


@dataclass(frozen=True, slots=True)
class Figure:
    """What a formula answers for one period and one dimension value.

    Ratios are made last: ``actual`` is exact (a Fraction in the formula's base unit: ratio 0–1, seconds, count,
    yuan) and None when there is nothing to divide by. ``parts`` are further exact numbers or short texts by the
    names in ``Formula.part_labels``, e.g. ``median``, ``p90``, ``max``, ``remote_count``.
    """

    period: Period
    dimension: Dimension
    dimension_value: str  # "" for the total
    numerator: Fraction | None
    denominator: Fraction | None
    actual: Fraction | None
    coverage: Fraction | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    observed: Fraction | None = None  # share of up time seen by checks or normal inspections
    presumed: Fraction | None = None  # share of up time only because nothing said otherwise
    provisional: bool = False  # a year without an official holiday list was used
    evidence_count: int = 0
    parts: Mapping[str, Fraction | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Side:
    """What stands above or below a figure's line: its words, its unit, and the word of what is counted.

    E.g. ``Side("到场用时之和", "seconds")``, ``Side("有到场时间的现场工单", "count", "张")``.
    """

    label: str
    unit: MeasureUnit
    word: str = ""


@dataclass(frozen=True)
class Evidence:
    """The rows behind one figure.

    ``rows``: one line per record used: ``role`` (numerator, denominator, both, beside), ``record`` (type name),
    ``row_id``, ``note`` (Chinese, why it counts or not) and, where it has one, ``value`` (seconds or quantity,
    as text). ``spans``: for availability, every required, down, unknown and excluded interval: ``asset_no``,
    ``kind`` (required, down, unknown, excluded), ``start_at``, ``end_at`` (seconds), ``service_seconds``,
    ``opened_by``, ``ended_by`` (Chinese), ``record``, ``row_id``; empty for other formulas.
    """

    rows: pd.DataFrame
    spans: pd.DataFrame | None = None


class Formula(Protocol):
    """One way of computing; one file in ``metrics/formulas``, one line in FORMULAS."""

    name: ClassVar[str]
    label: ClassVar[str]
    params: ClassVar[type[BaseModel]]
    needs: ClassVar[tuple[str, ...]]  # record types without which nothing can be said ("asset" = the register)
    looks_back: ClassVar[tuple[str, ...]]  # record types of which one may count long after it has ended
    compares: ClassVar[bool]  # figures of the period before and of the year before are read too
    unit: ClassVar[MeasureUnit]
    part_labels: ClassVar[Mapping[str, str]]
    default_target_period: ClassVar[Literal["every", "year", "contract"]]

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words (口径) with every setting that changes the figure."""
        ...

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What a figure's numerator and denominator are; no second one where nothing is divided."""
        ...

    def measure(self, request: Request) -> list[Figure]:
        """A figure for every period, for the total and for each value of each asked dimension that occurs."""
        ...

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """The rows behind one figure: ``request`` has exactly one period and one dimension."""
        ...


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """A figure judged: what the results table holds. Numbers as exact decimals in text-safe form."""

    project: str
    indicator: str
    name: str
    formula: str
    level_codes: tuple[str, ...]
    measure_unit: MeasureUnit
    figure: Figure
    target: str | None
    target_period: str
    outcome: Outcome
    printed: str  # the actual as printed everywhere, with its unit; "—" without data
    printed_target: str
    weight: str | None
    words: str
    definition_version: str
    notes: tuple[str, ...] = ()  # Chinese sentences that belong beside the figure
