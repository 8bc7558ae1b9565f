"""Results as rows of the results table: exact numbers as decimal text, codes, ISO instants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from collector.publish.publication import RULE_MARK
from metrics.indicators import Figure, IndicatorResult

if TYPE_CHECKING:
    import pandas as pd

#: Significant digits of a quotient that has no end; numerator and denominator stay exact.
_QUOTIENT_DIGITS = 30
_EXACT_DIGITS = 60
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all results of one run share; moments in UTC seconds. ``revision_no``: of the revision they make."""

    organization_id: str
    as_of: int
    known_at: int
    known_sequence: int
    revision_no: int | None = None


def rows_of(results: Sequence[IndicatorResult], stamp: Stamp) -> pd.DataFrame:
    """One row a result, in order, with the columns that the result itself decides (the store adds the run's)."""
    import pandas as pd

    shared = {
        "organization_id": stamp.organization_id,
        "as_of": iso(stamp.as_of),
        "known_at": iso(stamp.known_at),
        "known_sequence": stamp.known_sequence,
        "data_state": "open" if stamp.revision_no is None else "closed",
    }
    frame = pd.DataFrame({**_columns(results), **shared}, index=range(len(results)), dtype=object)
    frame["revision_no"] = pd.Series([stamp.revision_no] * len(frame), dtype="Int64")
    return frame


def _columns(results: Sequence[IndicatorResult]) -> dict[str, list[Any]]:
    """What the results themselves decide, column by column."""
    figures = [result.figure for result in results]
    numbers = {name: [decimal_text(getattr(figure, name)) for figure in figures] for name in _NUMBERS}
    return {
        "project": [result.project for result in results],
        "indicator": [result.indicator for result in results],
        "name": [result.name for result in results],
        "level_codes": ["/".join(result.level_codes) for result in results],
        "period": [figure.period.label for figure in figures],
        "dimension": [figure.dimension for figure in figures],
        "dimension_value": [figure.dimension_value for figure in figures],
        **numbers,
        "printed": [result.printed for result in results],
        "measure_unit": [result.measure_unit for result in results],
        "target": [result.target for result in results],
        "printed_target": [result.printed_target for result in results],
        "target_period": [result.target_period for result in results],
        "outcome": [result.outcome for result in results],
        "evidence_count": [figure.evidence_count for figure in figures],
        "definition_version": [result.definition_version for result in results],
        "calendar_state": ["provisional" if figure.provisional else "official" for figure in figures],
        "parts": [_JSON.encode(_parts(figure)) for figure in figures],
        "notes": ["\n".join((RULE_MARK + result.words, *result.notes)) for result in results],
        "weight": [result.weight for result in results],
    }


_NUMBERS = ("numerator", "denominator", "actual", "coverage", "lower", "upper", "observed", "presumed")


def _parts(figure: Figure) -> dict[str, str | None]:
    return {
        name: part if isinstance(part, str) else str(part) if isinstance(part, int) else decimal_text(part)
        for name, part in figure.parts.items()
    }


def decimal_text(value: Fraction | None) -> str | None:
    """Canonical decimal text: exact where the number ends, else cut after 30 significant digits."""
    if value is None:
        return None
    if value.denominator == 1:
        return str(value.numerator)
    exact = _exact(value)
    if exact is None:
        context = Context(prec=_QUOTIENT_DIGITS)
        exact = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exact(value: Fraction) -> Decimal | None:
    """The decimal equal to ``value``, or None: a denominator other than 2ⁿ·5ᵐ has no end."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return None
    context = Context(prec=max(_EXACT_DIGITS, len(str(value.numerator)) + value.denominator.bit_length()))
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def iso(seconds: int) -> str:
    """``2023-12-31T16:00:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=1024)  # many results share few moments
def from_iso(text: str) -> int:
    """UTC seconds of what :func:`iso` wrote."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp())
