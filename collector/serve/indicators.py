"""Stored figures of the current periods beside their targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collector.publish.metrics_families import Samples
from collector.publish.publication import Result, results_of
from collector.result_rows import from_iso
from collector.serve.uptime import current_periods
from collector.settings import Settings
from metrics.indicators import MeasureUnit
from metrics.targets import Target, parse_target

if TYPE_CHECKING:
    from collector.store import Store

#: The base unit of what people measure in.
BASE_UNITS: Mapping[MeasureUnit, str] = {
    "percent": "ratio",
    "seconds": "seconds",
    "minutes": "seconds",
    "hours": "seconds",
    "days": "seconds",
    "count": "count",
    "persons": "count",
    "points": "points",
    "yuan": "yuan",
    "number": "number",
}


@dataclass(frozen=True, slots=True)
class Current:
    """A stored figure of a period that holds the as-of moment; ``kind`` as ``target_period`` has it."""

    kind: str
    result: Result


def current_results(settings: Settings, store: Store, as_of: int) -> list[Current]:
    """The newest stored totals of every current period, in the order of the indicators, then of the periods."""
    wanted: dict[str, dict[str, str]] = {}  # period's label → project → kind
    for project in settings.projects:
        for kind, period in current_periods(settings.contract(project.id), as_of).items():
            wanted.setdefault(period.label, {})[project.id] = kind
    found = [
        Current(wanted[label][result["project"]], result)
        for label in wanted
        for result in results_of(store.results(period=label, dimension="total").to_dict("records"))
        if result["project"] in wanted[label]
    ]
    order = {(known.project, known.id): number for number, known in enumerate(settings.indicators)}
    return sorted(
        (current for current in found if current.result.key in order),
        key=lambda current: order[current.result.key],
    )


def add_indicators(settings: Settings, current: list[Current], as_of: int, samples: Samples) -> None:
    """What each indicator is, when its current periods end, and its figures."""
    for definition in settings.indicators:
        target = definition.target or ""
        labels = (definition.project, definition.id, definition.name, definition.formula, target)
        samples.add("yunwei_indicator_info", 1, *labels)
        for kind, period in current_periods(settings.contract(definition.project), as_of).items():
            name, end = "yunwei_indicator_period_end_timestamp_seconds", period.bounds(settings.zone)[1]
            samples.add(name, end, definition.project, definition.id, kind)
    for each in current:
        _add_figure(each, samples)


def _add_figure(current: Current, samples: Samples) -> None:
    result = current.result
    labels = (*result.key, current.kind)
    unit = BASE_UNITS[result["measure_unit"]]
    actual, coverage = result.fraction("actual"), result.fraction("coverage")
    if actual is not None:
        samples.add("yunwei_indicator_value", float(actual), *labels, unit)
    if coverage is not None:
        samples.add("yunwei_indicator_coverage_ratio", float(coverage), *labels)
    for target in binding_target(current):
        assert target.value is not None
        samples.add("yunwei_indicator_target", float(target.value), *labels, unit)
        if actual is not None:
            samples.add("yunwei_indicator_target_distance", float(target.distance(actual)), *labels, unit)
    if result["outcome"]:
        samples.add("yunwei_indicator_outcome", 1, *labels, result["outcome"])
    samples.add("yunwei_indicator_as_of_timestamp_seconds", from_iso(result["as_of"]), *labels)


def binding_target(current: Current) -> Iterator[Target]:
    """The target, where one that can be compared binds the period; else nothing."""
    result = current.result
    if result["target"] and result["target_period"] in ("every", current.kind):
        target = parse_target(result["target"]).for_unit(result["measure_unit"])
        if target.value is not None:
            yield target
