"""Tickets that are open, and those whose limit has run out, counted as the rates count them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from collector.publish.metrics_families import Samples
from metrics.formulas import FORMULAS
from metrics.indicators import Dimension, IndicatorDefinition
from metrics.period import Stretch

if TYPE_CHECKING:
    from collector.compute import Judge


def add_tickets(judge: Judge, samples: Samples) -> None:
    """Open tickets by project and vendor; overdue ones by timeliness indicator. Nothing while none were delivered."""
    if not len(judge.facts.frames["ticket"]):
        return
    for project in judge.settings.projects:
        anything = IndicatorDefinition(id="open", name="", project=project.id, formula="resolution_rate")
        for vendor, count in _parts(judge, anything, "open_count", "vendor"):
            samples.add("yunwei_tickets_open", count, project.id, vendor)
    for definition in judge.settings.indicators:
        if definition.formula == "timely_rate":
            # an unresolved ticket has no moment of resolution to be attributed by
            params = definition.params.model_copy(update={"attribute_by": "reported_at"})
            reported = definition.model_copy(update={"params": params})
            for _, count in _parts(judge, reported, "overdue_count", "total"):
                samples.add("yunwei_tickets_overdue", count, definition.project, definition.id)


def _parts(judge: Judge, definition: IndicatorDefinition, part: str, dimension: Dimension) -> list[tuple[str, int]]:
    """Dimension value and the number of tickets in that part, whenever they were reported."""
    first, last = (datetime.fromtimestamp(moment, judge.settings.zone).date() for moment in (0, judge.as_of))
    request = judge.request(definition, [Stretch(first, last, "range", 0, judge.as_of)], (dimension,))
    figures = FORMULAS[definition.formula].measure(request)
    return [(f.dimension_value, int(f.parts[part])) for f in figures if f.dimension == dimension]
