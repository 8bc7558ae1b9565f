"""Live availability: every asset and group in rolling windows and periods to date, and what may still be lost.

The arithmetic is the indicators' own: the same formula over the same facts, only with other periods.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from collector.needs import missing_needs
from collector.publish.metrics_families import Samples
from metrics.error_budget import ErrorBudget, error_budgets
from metrics.formulas import FORMULAS
from metrics.indicators import Contract, Dimension, Figure, IndicatorDefinition
from metrics.period import Period, last_hours, period_of
from metrics.targets import parse_target

if TYPE_CHECKING:
    from collector.compute import Judge

_FORMULA = "availability"
#: Rolling windows and their hours, up to the as-of moment.
ROLLING: Mapping[str, int] = {"7d": 168, "30d": 720}
_DIMENSIONS: tuple[Dimension, ...] = ("total", "asset_class", "site", "vendor", "asset")


def windows(as_of: int, zone: ZoneInfo) -> dict[str, Period]:
    """The windows of a ratio; those that begin at a local midnight run to date."""
    day = datetime.fromtimestamp(as_of, zone).date()
    rolling = {name: last_hours(hours, as_of, zone) for name, hours in ROLLING.items()}
    return {"today": Period(day, day, "range"), **rolling} | {
        kind: period_of(kind, day) for kind in ("month", "quarter", "year")
    }


def current_periods(contract: Contract, as_of: int) -> dict[str, Period]:
    """The calendar periods and the contract's term that hold the as-of moment; the words of ``target_period``."""
    day = datetime.fromtimestamp(as_of, contract.zone).date()
    periods = {kind: period_of(kind, day) for kind in ("month", "quarter", "half", "year")}
    if contract.starts_on <= day <= contract.ends_on:
        periods["contract"] = Period(contract.starts_on, contract.ends_on, "range")
    return periods


def add_uptime(judge: Judge, samples: Samples) -> None:
    """The ratios of every availability indicator; absent where nothing is required, or nothing known."""
    for definition in _availabilities(judge):
        named = windows(judge.as_of, judge.settings.zone)
        request = judge.request(definition, list(named.values()), _DIMENSIONS)
        window = {period: name for name, period in named.items()}
        for figure in FORMULAS[_FORMULA].measure(request):
            _add_ratio(samples, definition, figure, window[figure.period], judge)


def _add_ratio(samples: Samples, definition: IndicatorDefinition, figure: Figure, window: str, judge: Judge) -> None:
    group, name = figure.dimension, figure.dimension_value
    if group == "asset":
        kind, which = "asset", [name]
    elif group == "total":
        kind, which = "group", ["project", judge.settings.project(definition.project).name]
    else:
        kind, which = "group", [group, name]
    labels = (definition.project, definition.id, *which, window)
    if figure.actual is not None:
        samples.add(f"yunwei_{kind}_uptime_ratio", float(figure.actual), *labels)
    if figure.coverage is not None:
        samples.add(f"yunwei_{kind}_uptime_coverage_ratio", float(figure.coverage), *labels)


@dataclass(frozen=True, slots=True)
class Budget:
    """What an availability indicator may lose in a current period; ``kind`` as ``target_period`` has it."""

    definition: IndicatorDefinition
    kind: str
    period: Period
    budget: ErrorBudget


def current_budgets(judge: Judge) -> list[Budget]:
    """The error budgets of every availability indicator in the current periods that its target binds."""
    found = []
    for definition in _availabilities(judge):
        if definition.target is None:
            continue
        periods = _bound(definition, current_periods(judge.settings.contract(definition.project), judge.as_of))
        request = judge.request(definition, list(periods.values()), ("total",))
        kinds = {period: kind for kind, period in periods.items()}
        for figure, budget in error_budgets(request, parse_target(definition.target).for_unit("percent")):
            found.append(Budget(definition, kinds[figure.period], figure.period, budget))
    return found


def add_budgets(budgets: Iterable[Budget], samples: Samples) -> None:
    """What each may lose, and may still lose."""
    for each in budgets:
        labels = (each.definition.project, each.definition.id, each.kind, each.budget.unit)
        samples.add("yunwei_error_budget", float(each.budget.allowed), *labels)
        samples.add("yunwei_error_budget_left", float(each.budget.left), *labels)


def _bound(definition: IndicatorDefinition, periods: Mapping[str, Period]) -> dict[str, Period]:
    wanted = definition.target_period or FORMULAS[definition.formula].default_target_period
    return {kind: period for kind, period in periods.items() if wanted in ("every", kind)}


def _availabilities(judge: Judge) -> list[IndicatorDefinition]:
    return [
        definition
        for definition in judge.settings.indicators
        if definition.formula == _FORMULA and missing_needs(definition, judge.facts) is None
    ]
