"""Which numbers the report's charts show: months of a figure with its target, vendors' times side by side."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from collector.publish.dossier import Spread
from collector.publish.publication import Result, as_number
from collector.publish.word import Chart, Series
from metrics.numbers import UNIT_WORDS
from metrics.quantities import UNIT_SCALE
from metrics.targets import parse_target

_ADDITIVE = ("count", "persons", "yuan")
_PATTERNS = {"percent": "0.0%", "count": "#,##0", "persons": "#,##0", "yuan": "#,##0"}


def monthly_chart(result: Result, months: Sequence[str], series: Sequence[Result | None]) -> Chart:
    """The figure month by month, its target as a dashed line where it binds a month."""
    unit = result["measure_unit"]
    values = [None if one is None or one.number is None else float(as_number(one["printed"])) for one in series]
    word = UNIT_WORDS[unit] if unit != "percent" else ""
    drawn = [Series(f"{result['name']}{f'（{word}）' if word else ''}", values)]
    level = _level(result)
    if level is not None:
        drawn.append(Series(f"目标 {result['printed_target']}", [level] * len(months), target=True))
    kind = "column" if unit in _ADDITIVE else "line"
    return Chart("column" if kind == "column" else "line", months, drawn, _PATTERNS.get(unit, "0.0"))


def _level(result: Result) -> float | None:
    if result["target_period"] not in ("every", "month"):
        return None
    target = parse_target(result["target"]).for_unit(result["measure_unit"])
    if target.value is None:
        return None
    scale = Fraction(1) if result["measure_unit"] == "percent" else UNIT_SCALE[result["measure_unit"]]
    return float(target.value / scale)


def spread_chart(spreads: Sequence[Spread]) -> Chart | None:
    """Mean and 90% quantile of each vendor; None for fewer than two."""
    known = [one for one in spreads if one.mean is not None]
    if len(known) < 2:
        return None
    unit = known[0].unit
    word = UNIT_WORDS[unit]

    def scaled(seconds: Fraction | None) -> float | None:
        return None if seconds is None else float(round(seconds / UNIT_SCALE[unit], 2))

    series = [
        Series(f"平均（{word}）", [scaled(one.mean) for one in known]),
        Series(f"90%分位（{word}）", [scaled(one.p90) for one in known]),
    ]
    return Chart("bar", [one.vendor for one in known], series, "0.0", height=60 + 36 * len(known))
