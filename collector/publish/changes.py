"""The change of a figure on an earlier one, taken of the figures as they are printed."""

from __future__ import annotations

from decimal import Decimal

from collector.publish.publication import Result, as_number
from metrics.numbers import UNIT_WORDS


def change_of(result: Result, earlier: Result) -> tuple[Decimal, str] | None:
    """Difference and its unit, e.g. ``(Decimal("0.12"), "个百分点")``; None where one of them has no data."""
    if result["actual"] is None or earlier["actual"] is None or result["measure_unit"] != earlier["measure_unit"]:
        return None
    now, then = as_number(result["printed"]), as_number(earlier["printed"])
    if result["measure_unit"] == "percent":
        return (now - then).scaleb(2), "个百分点"
    return now - then, UNIT_WORDS[result["measure_unit"]]


def change_words(result: Result, earlier: Result | None, before: str) -> str:
    """``较上月上升 0.12 个百分点``; nothing where there is no earlier figure."""
    found = None if earlier is None else change_of(result, earlier)
    if found is None:
        return ""
    number, unit = found
    if number == 0:
        return f"与{before}持平"
    return f"较{before}{'上升' if number > 0 else '下降'} {abs(number):,f} {unit}".rstrip()
