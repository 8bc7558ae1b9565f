"""The lists of a dossier that are read with the indicators' own rules: ticket times, outages, staff and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from collector.compute import Judge
from collector.publish.dossier import Entry, Outage, Presence, Spread
from collector.publish.publication import plain
from metrics.formulas import FORMULAS
from metrics.indicators import Dimension, Figure, IndicatorDefinition
from metrics.period import Period

if TYPE_CHECKING:
    from collector.proofs import Proofs

_TIMES = ("mean_response", "mean_arrival", "mean_resolution")
_OUTAGE_FORMULAS = ("outage_count", "mean_outage_duration", "failure_rate", "mean_time_between_failures")


def spreads(judge: Judge, project: str, definitions: Sequence[IndicatorDefinition], period: Period) -> list[Spread]:
    """Response, arrival and resolution by the contract's indicators; the usual rule where it has none.

    Over all, then for each vendor that has such a ticket; without any only an indicator of the contract is listed.
    """
    if not len(judge.facts.frames["ticket"]):
        return []
    found = []
    for name in _TIMES:
        own = [definition for definition in definitions if definition.formula == name]
        usual = IndicatorDefinition(
            id=name, name=FORMULAS[name].label, project=project, formula=name, params=FORMULAS[name].params()
        )
        for definition in own or [usual]:
            measured = _measure(judge, definition, period, ("total", "vendor"))
            told = [figure for figure in measured if figure.denominator or (own and figure.dimension == "total")]
            found += [_spread(definition, bool(own), figure) for figure in told]
    return found


def _measure(
    judge: Judge, definition: IndicatorDefinition, period: Period, dimensions: Sequence[Dimension]
) -> list[Figure]:
    return FORMULAS[definition.formula].measure(judge.request(definition, [period], dimensions))


def _spread(definition: IndicatorDefinition, own: bool, figure: Figure) -> Spread:
    unit = definition.measure_unit or FORMULAS[definition.formula].unit
    parts = {name: None if value is None else Fraction(value) for name, value in _three(figure)}
    return Spread(
        definition.name, own, figure.dimension_value, unit, int(figure.denominator or 0), figure.actual, **parts
    )


def _three(figure: Figure) -> Iterator[tuple[str, Any]]:
    for name, part in (("median", "median"), ("p90", "p90"), ("longest", "max")):
        yield name, figure.parts.get(part)


def outages(judge: Judge, definitions: Sequence[IndicatorDefinition], period: Period, proofs: Proofs) -> list[Outage]:
    """Every stretch of down time that an availability of the project counts in the period, by its beginning.

    An indicator of outages is listed where no availability looks at the same assets in the same way.
    """
    seen, found = set(), []
    names = _asset_names(judge)
    for definition in sorted(definitions, key=lambda one: one.formula != "availability"):
        if definition.formula not in ("availability", *_OUTAGE_FORMULAS):
            continue
        key = (definition.where, definition.params.window, definition.params.down_from, definition.params.fail_after)
        if key in seen:
            continue
        seen.add(key)
        spans = proofs.behind(judge, definition, period, "total", "").spans
        assert spans is not None
        down = spans[spans["kind"] == "down"].to_dict("records")
        found += [_outage(definition, row, names) for row in down]
    return sorted(found, key=lambda outage: (outage.start_at, outage.asset_no, outage.indicator))


def _outage(definition: IndicatorDefinition, row: Any, names: dict[str, str]) -> Outage:
    number = str(row["asset_no"])
    start, end, seconds = (int(row[name]) for name in ("start_at", "end_at", "service_seconds"))
    opened, ended = (str(plain(row[name]) or "") for name in ("opened_by", "ended_by"))
    return Outage(definition.name, number, names.get(number, ""), start, end, seconds, opened, ended)


def _asset_names(judge: Judge) -> dict[str, str]:
    frame = judge.facts.frames["asset"]
    pairs = zip(frame["asset_no"].tolist(), frame["name"].tolist(), strict=True)
    return {str(number): str(name) for number, name in pairs if plain(name) is not None}


def presences(judge: Judge, definitions: Sequence[IndicatorDefinition], period: Period) -> list[Presence]:
    """Each roster indicator: all kinds together, then each kind."""
    found = []
    for definition in definitions:
        if definition.formula == "roster":
            measured = _measure(judge, definition, period, ("total", "kind"))
            found += [_presence(definition, figure) for figure in measured]
    return found


def _presence(definition: IndicatorDefinition, figure: Figure) -> Presence:
    most, days, detail = (figure.parts.get(name) for name in ("most", "shortfall_days", "shortfall"))
    texts = [None if value is None else str(value) for value in (most, days, detail)]
    return Presence(definition.name, figure.dimension_value, figure.numerator, figure.denominator, *texts)


def entries(judge: Judge, definitions: Sequence[IndicatorDefinition], period: Period) -> list[Entry]:
    """The people and lines behind the roster indicators' figures."""
    found = []
    frame = judge.facts.frames["roster_entry"]
    for definition in definitions:
        if definition.formula != "roster":
            continue
        formula = FORMULAS[definition.formula]
        rows = formula.evidence(judge.request(definition, [period], ("total",)), "").rows
        chosen = frame[frame["row_id"].isin(rows["row_id"])].to_dict("records")
        found += [_entry(definition.name, {str(name): plain(value) for name, value in row.items()}) for row in chosen]
    return found


def _entry(indicator: str, row: dict[str, Any]) -> Entry:
    name = " ".join(filter(None, (row["name"], row["bandwidth"])))
    return Entry(
        indicator,
        row["kind"],
        name,
        row["vendor"] or "",
        1 if row["quantity"] is None else int(row["quantity"]),
        row["from_on"],
        row["until_on"] or "",
    )
