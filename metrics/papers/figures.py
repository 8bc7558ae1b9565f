"""Figures as a paper prints them, and how a printed figure stands to an exact one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from metrics.numbers import rounded
from metrics.quantities import NUMBER, normalise

#: How a printed figure came from the exact one: as people round, cut off, within the rounding of its parts, not at all.
Standing = Literal["half_up", "truncate", "close", "wrong"]

_CELL = re.compile(rf"(-?{NUMBER})([%‰]|[a-z一-鿿/㎡]{{0,6}})")
_BLANK = re.compile(r"[-—–/\\.。]*|无|不适用")
_UNROUNDED = 8  # as many decimals come out of a cell with a formula, not from a person
_YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as printed: ``value`` in its printed unit (90.11 for 90.11%), with its decimals."""

    value: Fraction
    decimals: int
    unit: str

    def __str__(self) -> str:
        return f"{rounded(self.value, self.decimals)}{self.unit}"

    @property
    def number(self) -> str:
        """Without the unit."""
        return str(rounded(self.value, self.decimals))

    @property
    def slack(self) -> Fraction:
        """Half of the last printed decimal; a whole number is taken as exact."""
        return Fraction(1, 2 * 10**self.decimals) if self.decimals else Fraction(0)


def figure(number: str, unit: str = "") -> Figure:
    """A number that was matched by :data:`metrics.quantities.NUMBER`, with the unit behind it."""
    plain = Decimal(number.replace(",", ""))
    return Figure(Fraction(plain), max(0, -int(plain.as_tuple().exponent)), unit)


def read_figure(cell: str) -> Figure | None:
    """A cell that is a number with or without a unit; None for everything else."""
    found = _CELL.fullmatch(normalise(cell))
    return figure(found[1], found[2]) if found else None


def is_blank(cell: str) -> bool:
    """Whether a cell says nothing: empty, dashes, 无."""
    return _BLANK.fullmatch(normalise(cell)) is not None


def as_percent(found: Figure) -> Figure:
    """A rate in percent; a cell of a workbook holds 0.9734 where it shows 97.34%."""
    if found.unit == "%" or found.value > 2:
        return replace(found, unit="%")
    return Figure(found.value * 100, max(0, found.decimals - 2), "%")


def in_yuan(found: Figure, unit: str = "") -> Fraction | None:
    """An amount in yuan; ``unit`` is the table's where the cell has none; None if it is no amount."""
    scale = _YUAN.get(found.unit or unit or "元")
    return None if scale is None else found.value * scale


def standing(printed: Figure, exact: Fraction, slack: Fraction = Fraction(0)) -> Standing:
    """How ``printed`` follows from ``exact`` (same unit), whose own parts are known to within ``slack``."""
    if rounded(exact, printed.decimals) == Decimal(printed.number):
        return "half_up"
    if printed.decimals >= _UNROUNDED and abs(exact - printed.value) * 10 ** (printed.decimals - 2) < 1:
        return "half_up"
    if rounded(exact, printed.decimals, "truncate") == Decimal(printed.number):
        return "truncate"
    return "close" if abs(exact - printed.value) <= slack + Fraction(1, 2 * 10**printed.decimals) else "wrong"


def ratio_slack(part: Figure, whole: Figure) -> Fraction:
    """How far the percentage of two printed figures may be from that of the unrounded ones."""
    if not whole.value or not part.value:
        return Fraction(0)
    return 100 * part.value / whole.value * (part.slack / part.value + whole.slack / whole.value)


def show(value: Fraction, digits: int = 4) -> str:
    """An exact number for reading: as short as it is, or cut with an ellipsis."""
    if (value * 10**digits).denominator == 1:
        text = str(rounded(value, digits))
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{rounded(value, digits, 'truncate')}…"


def show_sum(parts: Sequence[Figure], total: Fraction) -> str:
    """``29.42 + 10 + 37 + 15 = 91.42``; the middle of a long sum is left out and counted."""
    numbers = [part.number for part in parts]
    if len(numbers) > 24:
        numbers = [*numbers[:6], f"…（共 {len(parts)} 个数）…", *numbers[-3:]]
    return f"{' + '.join(numbers)} = {show(total)}"
