"""The one rounding, made when a number is printed (semantics 6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from metrics.indicators import MeasureUnit
from metrics.quantities import UNIT_SCALE
from metrics.targets import Target

Rounding = Literal["half_up", "truncate"]

NO_DATA = "—"
UNIT_WORDS: Mapping[MeasureUnit, str] = {
    "percent": "%",
    "seconds": "秒",
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "count": "",
    "persons": "人",
    "points": "分",
    "yuan": "元",
    "number": "",
}
_WHOLE_WHEN_EXACT = frozenset(("count", "persons"))
_MOST_EXTRA_DIGITS = 30
_ONE = Fraction(1)
_ALL = Target("ge", Fraction(1), "percent", "100%")


def print_number(
    value: Fraction | None,
    unit: MeasureUnit,
    decimals: int = 2,
    rounding: Rounding = "half_up",
    target: Target | None = None,
    word: str = "",
) -> str:
    """A figure in base units as people read it: ``95.00%``, ``1.50小时``, ``7549次``; ``—`` without data.

    ``word`` is the unit's word where the unit itself has none (次, 台, 条).
    """
    if value is None:
        return NO_DATA
    digits = digits_needed(value, unit, decimals, rounding, target)
    return f"{_decimal(_tenfold(value, UNIT_SCALE[unit], digits, rounding), digits)}{UNIT_WORDS[unit] or word}"


def print_share(share: Fraction | None) -> str:
    """A share in percent; what is not all never reads as 100%."""
    return print_number(share, "percent", target=_ALL)


def digits_needed(
    value: Fraction,
    unit: MeasureUnit,
    decimals: int = 2,
    rounding: Rounding = "half_up",
    target: Target | None = None,
) -> int:
    """Decimals to print: ``decimals``, none for a whole count, more while it reads on the wrong side of the target."""
    digits = 0 if unit in _WHOLE_WHEN_EXACT and value.denominator == 1 else decimals
    if target is None or target.value is None:
        return digits
    scale, reached = UNIT_SCALE[unit], target.met(value)
    for more in range(digits, digits + _MOST_EXTRA_DIGITS + 1):
        whole = _tenfold(value, scale, more, rounding)
        if target.met_by(whole * scale.numerator, 10**more * scale.denominator) == reached:
            return more
    return digits  # the target itself has no end in this unit (20 minutes in hours) and is met to the last digit


def rounded(value: Fraction, digits: int, rounding: Rounding = "half_up") -> Decimal:
    """``value`` with exactly ``digits`` decimals; half_up takes halves away from zero, truncate cuts."""
    return _decimal(_tenfold(value, _ONE, digits, rounding), digits)


def _decimal(whole: int, digits: int) -> Decimal:
    return Decimal(f"{whole}E-{digits}")


def _tenfold(value: Fraction, scale: Fraction, digits: int, rounding: Rounding) -> int:
    """``value / scale`` rounded, in units of its last digit; whole numbers throughout, as every figure needs it."""
    unit: int = 10**digits
    above, below = abs(value.numerator) * scale.denominator * unit, value.denominator * scale.numerator
    whole = (2 * above + below) // (2 * below) if rounding == "half_up" else above // below
    return -whole if value < 0 else whole
