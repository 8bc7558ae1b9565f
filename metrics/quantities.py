"""Numbers with units as people write them: ``1小时20分``, ``95％``, ``1,200``, ``156万元``, ``两小时``.

One table of duration words for the whole system: targets, tolerances and limits are read by it here, the cells of
vendors' sheets by its vectorised twin in ``adapters/values``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from metrics.errors import ConfigError
from metrics.indicators import MeasureUnit

#: Duration words (lower case) → seconds.
DURATION_UNITS: Mapping[str, int] = {
    **dict.fromkeys(("秒", "秒钟", "s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("分", "分钟", "m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("时", "小时", "钟头", "h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("天", "日", "d", "day", "days"), 86_400),
    **dict.fromkeys(("周", "星期", "week", "weeks"), 604_800),
}
#: What one printed unit is worth in the base unit of the figures (ratio, seconds, count, yuan).
UNIT_SCALE: Mapping[MeasureUnit, Fraction] = {
    "percent": Fraction(1, 100),
    "seconds": Fraction(1),
    "minutes": Fraction(60),
    "hours": Fraction(3600),
    "days": Fraction(86_400),
    "count": Fraction(1),
    "persons": Fraction(1),
    "points": Fraction(1),
    "yuan": Fraction(1),
    "number": Fraction(1),
}
_COUNT_WORDS = frozenset(
    (*"个项次台套条场件份张篇户家处间座辆批期门宗起笔路根线对组点块部本页字端只把号例", "人次", "台次", "场次", "次/场")
)
_MEASURE_WORDS = frozenset(
    (*"米兆度级年倍㎡m", "平方米", "平米", "m2", "立方米", "千米", "公里", "km", "mbps", "gb", "tb")
)
_PERSON_WORDS = frozenset(("人", "名", "位", "人员"))
_YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000, "人民币": 1}
_MULTIPLIERS = {"万": 10_000, "亿": 100_000_000}
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_TENS = {"十": 10, "百": 100, "千": 1000}

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_CHINESE_NUMBER = r"[零〇一二两三四五六七八九十百千]+"
_PIECE = re.compile(
    rf"({NUMBER}|{_CHINESE_NUMBER}|半)(个半|个)?([a-z一-鿿]+?)(?=[\d.零〇一二两三四五六七八九十百千半]|$)"
)
_MARK_OR_WIDTH = re.compile(rf"{NUMBER}[分m]")  # 70分 is a mark, 50M a bandwidth, unless a clock is asked for
_MEASURED = re.compile(rf"({NUMBER}|{_CHINESE_NUMBER})(.*)")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in base units (ratio, seconds, count, yuan) with the unit it was written in.

    ``unit`` is None where none was written; ``word`` is the unit as written.
    """

    value: Fraction
    unit: MeasureUnit | None
    word: str
    shown: str


def normalise(text: str) -> str:
    """Half-width, lower case, without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def parse_number(text: str) -> Fraction | None:
    """A plain number, digits or Chinese numerals below ten thousand; None if it is none."""
    if re.fullmatch(NUMBER, text):
        return Fraction(text.replace(",", ""))
    return _chinese_number(text) if re.fullmatch(_CHINESE_NUMBER, text) else None


def parse_duration(text: str) -> int:
    """Seconds of ``5分钟``, ``1小时20分``, ``1.5h``, ``半小时``, ``两小时``, ``7天`` or ``0``.

    Raises:
        ConfigError: it is no duration, or not of whole seconds.
    """
    clean = normalise(text)
    seconds = Fraction(0) if re.fullmatch(r"0+", clean) else _duration(clean)
    if seconds is None:
        raise ConfigError(f"“{text}”不是时长，应写作 30秒、5分钟、1小时20分、1.5小时 或 7天")
    if seconds.denominator != 1:
        raise ConfigError(f"时长“{text}”不是整秒")
    return int(seconds)


def parse_share(text: str) -> Fraction:
    """``50%`` or ``0.5`` as a Fraction within 0–1.

    Raises:
        ConfigError: it is neither.
    """
    clean = normalise(text)
    percent = clean.endswith("%")
    number = parse_number(clean.removesuffix("%"))
    share = number / 100 if number is not None and percent else number
    if share is None or share > 1:
        raise ConfigError(f"“{text}”不是比例，应写作 50% 或 0.5，在 0 与 100% 之间")
    return share


def parse_quantity(text: str) -> Quantity | None:
    """A number with its unit out of normalised text, nothing before or after; None if it is none."""
    duration = _duration(text)
    if duration is not None and not _MARK_OR_WIDTH.fullmatch(text):
        return Quantity(duration, _duration_unit(text), "", text)
    if text.startswith("百分之") and (number := parse_number(text[3:])) is not None:
        return Quantity(number / 100, "percent", "%", f"{float(number):g}%")
    found = _MEASURED.fullmatch(text)
    number = parse_number(found[1]) if found else None
    if found is None or number is None:
        return None
    return _with_unit(number, found[2], text)


def _with_unit(number: Fraction, word: str, shown: str) -> Quantity | None:
    if not word:
        return Quantity(number, None, "", shown)
    if word in ("%", "‰"):
        return Quantity(number / (100 if word == "%" else 1000), "percent", word, shown)
    if word in _YUAN:
        return Quantity(number * _YUAN[word], "yuan", word, shown)
    if word in _MULTIPLIERS:
        return Quantity(number * _MULTIPLIERS[word], None, "", shown)
    if word in _PERSON_WORDS:
        return Quantity(number, "persons", word, shown)
    if word == "分":
        return Quantity(number, "points", word, shown)
    if word in _COUNT_WORDS:
        return Quantity(number, "count", word, shown)
    if word in _MEASURE_WORDS:
        return Quantity(number, "number", word, shown)
    if word[0] in _MULTIPLIERS:
        return _with_unit(number * _MULTIPLIERS[word[0]], word[1:], shown)
    return None


def _duration(text: str) -> Fraction | None:
    """Seconds of one or more numbers with duration words, the larger first; None if it is something else."""
    position, total, last = 0, Fraction(0), None
    while position < len(text):
        found = _PIECE.match(text, position)
        unit = DURATION_UNITS.get(found[3]) if found else None
        if found is None or unit is None or (last is not None and unit >= last):
            return None
        number = Fraction(1, 2) if found[1] == "半" else parse_number(found[1])
        if number is None:
            return None
        total += (number + (Fraction(1, 2) if found[2] == "个半" else 0)) * unit
        position, last = found.end(), unit
    return total if last is not None else None


def _duration_unit(text: str) -> MeasureUnit:
    seconds = min(DURATION_UNITS[found[3]] for found in _PIECE.finditer(text))
    names: tuple[tuple[int, MeasureUnit], ...] = ((86_400, "days"), (3600, "hours"), (60, "minutes"))
    return next((name for size, name in names if seconds >= size), "seconds")


def _chinese_number(text: str) -> Fraction | None:
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * _TENS[char]
            digit = 0
    return Fraction(total + digit)
