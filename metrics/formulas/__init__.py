"""Every formula by its name.

``FORMULAS[name]`` knows its label, settings, unit and default target period at once; what computes (NumPy,
pandas) is loaded when it is first asked to. To add a formula: one file here, one line in ``_ENTRIES``, its
settings in ``params``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Literal, Protocol, cast

from pydantic import BaseModel

from metrics.formulas import params as p
from metrics.indicators import Evidence, Figure, Formula, IndicatorDefinition, MeasureUnit, Request, Side

TargetPeriod = Literal["every", "year", "contract"]


class Computation(Protocol):
    """What a formula's own file holds: the arithmetic and its words."""

    @property
    def part_labels(self) -> Mapping[str, str]:
        """Chinese labels of the parts it adds to a figure."""
        ...

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        ...

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and, if anything does, below the line."""
        ...

    def measure(self, request: Request) -> list[Figure]:
        """The figures."""
        ...

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """The rows behind one figure."""
        ...


@dataclass(frozen=True)
class LazyFormula:
    """A formula whose file is imported when it has to compute."""

    name: str
    label: str
    place: str  # "file:class" in this package
    params: type[BaseModel]
    unit: MeasureUnit
    default_target_period: TargetPeriod
    needs: tuple[str, ...] = ()
    looks_back: tuple[str, ...] = ()
    compares: bool = False

    @cached_property
    def computation(self) -> Computation:
        """The formula itself."""
        module, _, attribute = self.place.partition(":")
        return cast("Computation", getattr(import_module(f"metrics.formulas.{module}"), attribute)())

    @property
    def part_labels(self) -> Mapping[str, str]:
        """Chinese labels of the parts it adds to a figure."""
        return self.computation.part_labels

    @property
    def beside(self) -> tuple[str, ...]:
        """Names of the parts that were left out of the figure and are counted beside it."""
        return tuple(getattr(self.computation, "beside", ()))

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        return self.computation.words(definition)

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and, if anything does, below the line."""
        return self.computation.sides(definition)

    def measure(self, request: Request) -> list[Figure]:
        """The figures."""
        return self.computation.measure(request)

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """The rows behind one figure."""
        return self.computation.evidence(request, dimension_value)


_REGISTER, _TICKET = ("asset",), ("ticket",)
_ENTRIES: tuple[LazyFormula, ...] = (
    LazyFormula(
        "availability", "正常运行率", "availability:Availability", p.AvailabilityParams, "percent", "every", _REGISTER
    ),
    LazyFormula(
        "outage_count",
        "故障中断次数",
        "outages:OutageCount",
        p.OutageParams,
        "count",
        "every",
        _REGISTER,
        compares=True,
    ),
    LazyFormula(
        "mean_outage_duration",
        "平均故障时间",
        "outages:MeanOutageDuration",
        p.OutageParams,
        "hours",
        "every",
        _REGISTER,
        compares=True,
    ),
    LazyFormula(
        "failure_rate", "故障率", "outages:FailureRate", p.OutageParams, "number", "every", _REGISTER, compares=True
    ),
    LazyFormula(
        "mean_time_between_failures",
        "平均故障间隔时间",
        "outages:MeanTimeBetweenFailures",
        p.OutageParams,
        "hours",
        "every",
        _REGISTER,
        compares=True,
    ),
    LazyFormula(
        "mean_response", "平均响应时间", "ticket_times:MeanResponse", p.TicketTimeParams, "hours", "every", _TICKET
    ),
    LazyFormula(
        "mean_arrival", "平均到场时间", "ticket_times:MeanArrival", p.TicketTimeParams, "hours", "every", _TICKET
    ),
    LazyFormula(
        "mean_resolution", "平均解决时间", "ticket_times:MeanResolution", p.TicketTimeParams, "hours", "every", _TICKET
    ),
    LazyFormula(
        "resolution_rate", "解决率", "ticket_rates:ResolutionRate", p.ResolutionRateParams, "percent", "every", _TICKET
    ),
    LazyFormula("timely_rate", "及时率", "ticket_rates:TimelyRate", p.TimelyRateParams, "percent", "every", _TICKET),
    LazyFormula("count", "次数", "counts:Count", p.CountParams, "count", "year"),
    LazyFormula(
        "inspection_completion",
        "巡检完成率",
        "inspection_plan:InspectionCompletion",
        p.InspectionPlanParams,
        "percent",
        "every",
        ("inspection_plan", "inspection"),
        looks_back=("inspection_plan", "inspection"),  # what is left over of an inspection serves an older plan
    ),
    LazyFormula("roster", "在册数", "roster:Roster", p.RosterParams, "count", "contract", ("roster_entry",)),
    LazyFormula("satisfaction", "满意度", "survey:Satisfaction", p.SatisfactionParams, "percent", "year", ("survey",)),
    LazyFormula(
        "budget_execution",
        "预算执行率",
        "budget:BudgetExecution",
        p.BudgetExecutionParams,
        "percent",
        "year",
        ("budget_line",),
    ),
    LazyFormula(
        "funds_in_place", "资金到位率", "budget:FundsInPlace", p.FundsInPlaceParams, "percent", "year", ("budget_line",)
    ),
    LazyFormula("balance", "资金结余", "budget:Balance", p.MoneyParams, "yuan", "year", ("budget_line",)),
    LazyFormula(
        "measurement", "填报值", "measurement:Measurement", p.MeasurementParams, "number", "year", ("measurement",)
    ),
    LazyFormula("ratio", "比值", "ratio:Ratio", p.RatioParams, "number", "every"),
)


class _Formulas(Mapping[str, Formula]):
    """Read-only map; iterating it loads nothing."""

    def __init__(self, entries: tuple[LazyFormula, ...]) -> None:
        self._entries = {entry.name: entry for entry in entries}

    def __getitem__(self, name: str) -> Formula:
        return cast("Formula", self._entries[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


FORMULAS: Mapping[str, Formula] = _Formulas(_ENTRIES)
