"""The settings of every formula: what an indicator's ``params`` may say, with its defaults.

Kept apart from the formulas so that a configuration is checked without loading what computes. A field called
``window`` names a service window; ``limits``, ``day_tolerance`` hold durations as people write them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar, cast

from pydantic import AfterValidator, Field, model_validator

from metrics.errors import ConfigError
from metrics.indicators import IndicatorDefinition, Strict, Where
from metrics.quantities import parse_duration
from metrics.records import RECORDS

AnyParams = TypeVar("AnyParams", bound=Strict)
DownSource = Literal["checks", "tickets", "inspections", "outages"]
Reopen = Literal["first", "last", "sum"]
CountedRecord = Literal[
    "ticket",
    "inspection",
    "inspection_plan",
    "support_event",
    "outage",
    "exclusion",
    "survey",
    "measurement",
    "budget_line",
]
#: The moment that decides a record's period unless ``at`` names another.
DEFAULT_MOMENTS: Mapping[str, str] = {
    "ticket": "reported_at",
    "inspection": "inspected_at",
    "inspection_plan": "due_until",
    "support_event": "started_at",
    "outage": "started_at",
    "exclusion": "started_at",
    "survey": "answered_on",
    "measurement": "measured_on",
    "budget_line": "booked_on",
}


def _duration(text: str) -> str:
    try:
        parse_duration(text)
    except ConfigError as error:
        raise ValueError(str(error)) from None
    return text


DurationText = Annotated[str, AfterValidator(_duration)]


class AvailabilityParams(Strict):
    """Availability (semantics 3). ``down_from``: which sources count as evidence of being down."""

    window: str
    basis: Literal["time", "day"] = "time"
    down_from: tuple[DownSource, ...] = Field(min_length=1)
    exclusion: Literal["leaves_denominator", "counts_as_up"] = "leaves_denominator"
    unknown: Literal["leaves_denominator", "counts_as_down", "counts_as_up"] = "leaves_denominator"
    fail_after: int = Field(default=1, ge=1)
    day_tolerance: DurationText = "0"


class OutageParams(Strict):
    """Outages, their mean length, rate and distance (semantics 3), from the same merged outages.

    ``before_contract``: figures of the period before and the year before may come from before the contract.
    """

    window: str
    down_from: tuple[DownSource, ...] = Field(min_length=1)
    exclusion: Literal["leaves_denominator", "counts_as_up"] = "leaves_denominator"
    fail_after: int = Field(default=1, ge=1)
    before_contract: bool = False


class TicketTimeParams(Strict):
    """Ticket times (semantics 4). ``window`` is needed for, and only for, the service clock."""

    clock: Literal["elapsed", "service"] = "elapsed"
    window: str | None = None
    attribute_by: Literal["reported_at", "resolved_at"] = "reported_at"
    reopen: Reopen = "last"

    @model_validator(mode="after")
    def _clock_has_its_window(self) -> TicketTimeParams:
        if (self.clock == "service") != (self.window is not None):
            raise ValueError("clock: service 必须写明 window（服务时间），clock: elapsed 不能写 window")
        return self


class ResolutionRateParams(Strict):
    """解决率 = resolved / reported (semantics 4)."""

    reopen: Reopen = "last"


class TimelyRateParams(TicketTimeParams):
    """及时率 (semantics 4). ``limits``: priority → duration; ``*`` for every other and for none."""

    timed: Literal["response", "arrival", "resolution"] = "resolution"
    limits: Mapping[str, DurationText] = Field(min_length=1)


class CountParams(Strict):
    """Σ quantity of distinct records (semantics 5). ``at``: the instant or date that decides the period."""

    record: CountedRecord
    at: str | None = None

    @model_validator(mode="after")
    def _moment_exists(self) -> CountParams:
        _check_moment(self.record, self.at)
        return self


class InspectionPlanParams(Strict):
    """Inspections done against the plan. ``late``: what one made after its due date counts as."""

    late: Literal["missed", "done"] = "missed"


class RosterParams(Strict):
    """Staff or lines present. ``contract``: promised number by kind; ``*`` for all kinds together."""

    contract: Mapping[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way_of_counting(self) -> RosterParams:
        if "*" in self.contract and len(self.contract) > 1:
            raise ValueError("contract 要么按类别分别写数量，要么只写“*”表示总数，不能同时写")
        return self


class SatisfactionParams(Strict):
    """Satisfied answers / valid answers. ``valid``: the options that count; none named: every one not blank."""

    satisfied: tuple[str, ...] = Field(min_length=1)
    valid: tuple[str, ...] = ()
    denominator: Literal["valid", "all"] = "valid"
    questions: tuple[str, ...] = ()


class MoneyParams(Strict):
    """``since``: a month's or quarter's figure adds up from the year's first day, or over the period alone."""

    since: Literal["year", "period"] = "year"
    source_of_funds: tuple[str, ...] = ()


class BudgetExecutionParams(MoneyParams):
    """Paid / adjusted budget, or paid / received."""

    denominator: Literal["budget", "received"] = "budget"


class FundsInPlaceParams(MoneyParams):
    """Received / budget, as first set or as adjusted."""

    budget: Literal["initial", "adjusted"] = "initial"


class MeasurementParams(Strict):
    """Values entered by hand. ``kind``: which; ``aggregate``: what a period with several shows."""

    kind: str
    aggregate: Literal["latest", "mean", "sum", "min", "max"] = "latest"


class Term(Strict):
    """One side of a ratio.

    ``sum`` adds up quantity or amount, or counts records that have neither; of assets and roster entries it is
    the mean number present per day. ``distinct`` counts the different values of ``column``.
    """

    record: CountedRecord | Literal["asset", "roster_entry"]
    measure: Literal["sum", "distinct"] = "sum"
    column: str | None = None
    at: str | None = None
    where: Where = Where()

    @model_validator(mode="after")
    def _columns_exist(self) -> Term:
        if (self.measure == "distinct") != (self.column is not None):
            raise ValueError("measure: distinct 必须写明 column（数哪一列的不同值），measure: sum 不能写 column")
        if self.record in DEFAULT_MOMENTS:
            _check_moment(self.record, self.at)
        elif self.at is not None or self.measure == "distinct":
            raise ValueError("设备台账与驻场名单按每日在册数取平均，不能写 at，也不能用 measure: distinct")
        if self.column is not None and self.column not in RECORDS[self.record].names:
            raise ValueError(f"{RECORDS[self.record].label}没有“{self.column}”这一列")
        return self


class RatioParams(Strict):
    """One filtered count or sum over another."""

    numerator: Term
    denominator: Term


def params_of(definition: IndicatorDefinition, model: type[AnyParams]) -> AnyParams:
    """The indicator's settings as its formula knows them; the formula's defaults where it says nothing."""
    return model() if definition.params is None else cast("AnyParams", definition.params)


def _check_moment(record: str, at: str | None) -> None:
    moments = [column.name for column in RECORDS[record].columns if column.kind in ("instant", "date")]
    if at is not None and at not in moments:
        raise ValueError(f"{RECORDS[record].label}没有“{at}”这一时间，可用：{'、'.join(moments)}")
