"""Values entered by hand (填报值): latest, mean, sum, least or greatest of a period, with who, when and the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import ClassVar, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from metrics.errors import ConfigError
from metrics.evidence import evidence, listed
from metrics.formulas.params import MeasurementParams, params_of
from metrics.frames import FAR_FUTURE, Ints
from metrics.indicators import Evidence, Figure, IndicatorDefinition, MeasureUnit, Request, Side
from metrics.quantities import UNIT_SCALE, normalise, parse_quantity
from metrics.scope import Events, before, scope
from metrics.slicing import one_cell, sliced
from metrics.targets import same_family
from metrics.wording import sentence, where_words

_WORDS = {
    "latest": "取周期内最近一次填报值",
    "mean": "取周期内各次填报值的平均",
    "sum": "取周期内各次填报值之和",
    "min": "取周期内最小的填报值",
    "max": "取周期内最大的填报值",
}


class _Values(NamedTuple):
    """In the order of measuring, then of entering."""

    events: Events
    at: Ints
    values: list[Fraction]  # base unit


class Measurement:
    """One value for a period out of those entered for it."""

    part_labels: ClassVar[Mapping[str, str]] = {
        "value_count": "填报次数",
        "measured_on": "所取值日期",
        "entered_by": "填报人",
        "entered_at": "填报时间",
        "document": "佐证文件",
    }

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, MeasurementParams)
        return sentence(
            f"填报项目“{params.kind}”，{_WORDS[params.aggregate]}", "按日期归属周期", where_words(definition.where)
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        unit = definition.measure_unit or "number"
        if params_of(definition, MeasurementParams).aggregate == "mean":
            return Side("填报值之和", unit), Side("填报次数", "count", "次")
        return Side("填报值", unit), None

    def measure(self, request: Request) -> list[Figure]:
        """The value, with the person, the moment and the file where one entry decides it."""
        params = params_of(request.definition, MeasurementParams)
        found = _read(request, params)
        figures = []
        for cells in sliced(request, found.events, found.at):
            for cell in cells.cells():
                rows = cells.rows(*cell)
                top, bottom, actual = _aggregate([found.values[row] for row in rows.tolist()], params.aggregate)
                parts: dict[str, Fraction | int | str] = {"value_count": len(rows)}
                chosen = _chosen(found, rows, params.aggregate)
                if len(chosen) == 1:
                    parts |= _origin(found.events, int(chosen[0]), request.contract.zone)
                figures.append(
                    Figure(
                        request.periods[cell[0]],
                        cells.dimension,
                        cells.values[cell[1]],
                        numerator=top,
                        denominator=bottom,
                        actual=actual,
                        evidence_count=len(rows),
                        parts=parts,
                    )
                )
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every value entered for the period; those that did not decide stand beside."""
        params = params_of(request.definition, MeasurementParams)
        found = _read(request, params)
        rows = one_cell(request, found.events, found.at, dimension_value)
        chosen = set(_chosen(found, rows, params.aggregate).tolist())
        entered = found.events.column("value").iloc[rows]
        person, document = (found.events.column(name).iloc[rows] for name in ("entered_by", "document"))
        notes = [f"填报人{who}，佐证文件{what}" for who, what in zip(person, document, strict=True)]
        role = "both" if params.aggregate == "mean" else "numerator"
        roles = [role if row in chosen else "beside" for row in rows.tolist()]
        return evidence(listed("measurement", found.events.row_id[rows], roles, notes, [str(v) for v in entered]))


def _read(request: Request, params: MeasurementParams) -> _Values:
    events = scope(request.facts, request.contract, request.definition.where, "measurement")
    at = before(events.moments("measured_on", request.contract.zone), request.as_of)
    entered = events.integers("entered_at", FAR_FUTURE)
    kept = events.attributes["kind"].among([params.kind]) & (at < request.as_of)
    order = np.lexsort((events.row_id, entered, at))
    order = order[kept[order]]
    events = events.take(order)
    unit = request.definition.measure_unit or "number"
    frame = events.frame
    scale = {word: _scale(word, unit, params.kind) for word in frame["measure_unit"].dropna().unique()}
    units = [
        None if isna else word for word, isna in zip(frame["measure_unit"], frame["measure_unit"].isna(), strict=True)
    ]
    factors = [scale[word] if word is not None else UNIT_SCALE[unit] for word in units]
    values = [Fraction(text) * factor for text, factor in zip(frame["value"], factors, strict=True)]
    return _Values(events, at[order], values)


def _scale(word: str, unit: MeasureUnit, kind: str) -> Fraction:
    """What one of the entered unit is worth in base units; a word that is no unit is taken as the indicator's own."""
    quantity = parse_quantity(f"1{normalise(word)}")
    if quantity is None or quantity.unit is None:
        return UNIT_SCALE[unit]
    if quantity.unit == "points" and same_family("minutes", unit):
        return Fraction(60)
    if not same_family(quantity.unit, unit):
        raise ConfigError(f"填报项目“{kind}”的计量单位是“{word}”，与指标的计量单位不同（measure_unit: {unit}）")
    return quantity.value


def _aggregate(values: list[Fraction], how: str) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    """Numerator, denominator, actual."""
    if not values:
        return None, None, None
    if how == "mean":
        return sum(values, Fraction(0)), Fraction(len(values)), sum(values, Fraction(0)) / len(values)
    picked = {"latest": values[-1], "sum": sum(values, Fraction(0)), "min": min(values), "max": max(values)}[how]
    return picked, None, picked


def _chosen(found: _Values, rows: Ints, how: str) -> Ints:
    """The rows that decide the figure: all for a mean or a sum, else one (the last of equals)."""
    if how in ("mean", "sum") or not len(rows):
        return rows
    if how == "latest":
        return rows[-1:]
    values = [found.values[row] for row in rows.tolist()]
    extreme = min(values) if how == "min" else max(values)
    return np.array([row for row, value in zip(rows.tolist(), values, strict=True) if value == extreme][-1:], np.int64)


def _origin(events: Events, row: int, zone: ZoneInfo) -> dict[str, str]:
    """Who entered the value, when, and the file that shows it."""
    entry = events.frame.iloc[row]
    entered = datetime.fromtimestamp(int(entry["entered_at"]), zone)
    return {
        "measured_on": str(entry["measured_on"]),
        "entered_by": str(entry["entered_by"]),
        "entered_at": f"{entered:%Y-%m-%d %H:%M}",
        "document": str(entry["document"]),
    }
