"""Whole numbers and decimals as vendors write them: ``1,200``, ``￥140.58``, ``140.58万元``, ``（5）``, ``12 次``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

#: Words for what one written unit of an amount is worth (money in yuan).
MONEY_UNITS: Mapping[str, int] = {
    "元": 1,
    "百元": 100,
    "千元": 1_000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "亿元": 10**8,
}
_PLAIN = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?")
_EXPONENT = re.compile(r"[-+]?\d(\.\d+)?[eE][-+]?\d+")
_COUNTED = r"次|场次|场|次/场|个|人次|人|名|台|套|条|份|件|项|分|路|座|处|间|天|笔"
_TAIL = re.compile(rf"(?P<number>[^\d]*[\d,.]+)\s*(?P<unit>亿元|百万元|万元|千元|百元|元|{_COUNTED})")
_MOST_DIGITS = 20  # times the largest unit it still fits the 28 digits of exact arithmetic


def read_decimal(text: str, scale: int = 1) -> str:
    """Canonical decimal text.

    Args:
        scale: what a bare number is multiplied with (a unit of money); a unit in the cell itself comes before it.

    Raises:
        ValueError: a Chinese clause that follows the quoted text.
    """
    value, unit = _split(text)
    return canonical(value * (MONEY_UNITS.get(unit, 1) if unit else scale))


def read_integer(text: str, scale: int = 1, rounded: bool = False) -> int:
    """A whole number; ``rounded``: a measured one may have decimals and is rounded half up.

    Raises:
        ValueError: a Chinese clause that follows the quoted text.
    """
    value, unit = _split(text)
    if unit in MONEY_UNITS:
        raise ValueError(f"是金额，应为整数，不带“{unit}”")
    value *= scale
    if rounded:
        value = value.to_integral_value(ROUND_HALF_UP)
    if value != value.to_integral_value():
        raise ValueError("不是整数")
    if value < 0:
        raise ValueError("是负数，应为不小于 0 的整数")
    if value > 10**15:
        raise ValueError("太大，应核对数字")
    return int(value)


def canonical(value: Decimal) -> str:
    """No exponent, no ``+``, no trailing zeros, no ``-0``."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def _split(text: str) -> tuple[Decimal, str]:
    """The number and the unit written behind it ("" if none)."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if _EXPONENT.fullmatch(plain):
        raise ValueError("是科学计数法，可能已丢失位数，应把列设为“数值”格式后重新导出")
    if plain.endswith(("%", "‰")):
        raise ValueError("带百分号，应为不带百分号的数")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()") if negative else plain
    plain = re.sub(r"^([-+]?)[¥$￥](?=[-+\d.])", r"\1", plain)
    tail = _TAIL.fullmatch(plain)
    number, unit = (tail["number"], tail["unit"]) if tail else (plain, "")
    return _number(f"-{number}" if negative else number), unit


def _number(plain: str) -> Decimal:
    found = _PLAIN.fullmatch(plain)
    if not found or not (found[2] or found[3]):
        raise ValueError("不是数字，应为如 1200 或 140.58")
    if sum(map(str.isdigit, plain)) > _MOST_DIGITS:
        raise ValueError(f"超过 {_MOST_DIGITS} 位，应核对数字")
    return Decimal(plain.replace(",", ""))
