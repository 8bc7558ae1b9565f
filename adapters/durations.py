"""How long something took, as vendors write it: ``1小时20分``, ``90分钟``, ``1.5h``, ``01:20:00``, ``PT1H20M``."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from metrics import quantities
from metrics.errors import ConfigError

_CLOCK = re.compile(r"(?:(\d{1,4})(?:days?|d|天))?,?(\d{1,5}):([0-5]?\d)(?::([0-5]?\d)(?:\.\d+)?)?")
_ISO = re.compile(r"p(?:(\d+)d)?(?:t(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LENGTHS = (86_400, 3_600, 60, 1)
_LONGEST = 100 * 366 * 86_400  # a century: longer is a slip of the pen


def parse_duration(text: str, unit: str | None = None) -> int:
    """Whole seconds, a part of a second dropped.

    Args:
        unit: the word of ``metrics.quantities.DURATION_UNITS`` a bare number is counted in; without it only a bare
            ``0`` is understood.

    Raises:
        ValueError: a Chinese clause that says what was expected.
    """
    plain = re.sub(r"[\s约]+|零(?=\d)", "", unicodedata.normalize("NFKC", text)).lower()
    seconds = _bare(plain, unit) if _NUMBER.fullmatch(plain) else _fields(_CLOCK, plain) or _fields(_ISO, plain)
    if seconds is None:
        seconds = _in_words(plain)
    if seconds > _LONGEST:
        raise ValueError("时长超过一百年")
    return int(seconds)


def _bare(number: str, unit: str | None) -> Fraction:
    value = Fraction(number)
    if value and unit is None:
        raise ValueError("时长没有单位，应写作 90分钟、1.5小时，或在配置中写明单位")
    return value * quantities.DURATION_UNITS[unit] if unit else Fraction(0)


def _fields(pattern: re.Pattern[str], plain: str) -> Fraction | None:
    """Days, hours, minutes, seconds of ``pattern``; None if ``plain`` is written in another way."""
    found = pattern.fullmatch(plain)
    if not found or not any(found.groups()):
        return None
    parts = zip(found.groups(), _LENGTHS, strict=True)
    return sum((Fraction(number) * length for number, length in parts if number), Fraction(0))


def _in_words(plain: str) -> Fraction:
    try:
        return Fraction(quantities.parse_duration(plain))
    except ConfigError:
        raise ValueError("应为时长，如 1小时20分、90分钟、1.5h、01:20:00") from None
