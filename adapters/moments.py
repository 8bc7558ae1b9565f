"""One written time: ``2023年3月5日 下午2:05``, ``3月5日``, ``45000.5``, ``1678000000``, ``2023-03-05T06:05:00Z`` …"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction

FIRST_YEAR, LAST_YEAR = 1990, 2199  # outside it a date is a slip of the pen, or an empty one shown as 1899 or 1970
DAY = 86_400
_EXPECTED = "应为如 2023-03-05 14:05"
_EXCEL_EPOCH, _EXCEL_EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)

_SIGNS = str.maketrans(dict.fromkeys("–—−‐―", "-"))
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?,?")
_AROUND_UNITS = re.compile(r"\s*([年月日号时点:])\s*")
_DATES = (
    re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?:(?P<y>\d{4}|\d{2})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?"),
    re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<y>\d{4})(?!\d)"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=[ t])", re.IGNORECASE),
)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?")
_TIME = re.compile(
    r"[t,\s]*(?P<half>上午|下午|中午|晚上|傍晚|凌晨|早上|清晨|[ap]\.?m\.?)?\s*"
    r"(?P<H>\d{1,2})(?::(?P<M>\d{1,2})(?::(?P<S>\d{1,2})(?:[.,]\d{1,9})?)?"
    r"|[时点](?:(?P<M2>\d{1,2})分?(?:(?P<S2>\d{1,2})秒)?|整|(?P<half_past>半))?)"
    r"\s*(?P<after>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(\.\d+)?")
_HOUR_STAMP = re.compile(r"(?:199\d|20\d\d|21\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])")

Parts = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a text alone does not say.

    ``year`` completes ``3月5日``; ``day_first`` decides ``03/04/2023``; ``serials_1904``: day numbers count from 1904.
    """

    year: int | None = None
    day_first: bool | None = None
    serials_1904: bool = False


def read_moment(text: str, rules: Rules) -> tuple[int, bool]:
    """Seconds since 1970 and whether they are UTC already (else local).

    Raises:
        ValueError: a Chinese clause that follows the quoted text: what is wrong and what was expected.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    plain = _AROUND_UNITS.sub(r"\1", " ".join(_WEEKDAY.sub(" ", plain).split()))
    if re.fullmatch(r"\d{8}[Tt](\d{4}|\d{6})", plain):
        plain = plain[:8] + plain[9:]
    if _NUMBER.fullmatch(plain):
        return _from_number(plain, rules)
    for pattern in _DATES:
        found = pattern.match(plain)
        rest = plain[found.end() :] if found else ""
        time = _TIME.fullmatch(rest)
        if found and (time or not rest):
            return _assembled({**found.groupdict(), **(time.groupdict() if time else {})}, rules)
    if re.fullmatch(r"\d{1,2}月", plain):
        raise ValueError("没有年份，文件名、工作表名和标题中也没有，应为如 2023年3月，或在配置中写明 year")
    if _TIME.fullmatch(plain):
        raise ValueError(f"只有时刻，没有日期，{_EXPECTED}")
    if re.fullmatch(r"\d{4}[-/.年]\d{1,2}月?", plain):
        raise ValueError(f"只到月份，没有日，{_EXPECTED}")
    raise ValueError(f"不是可识别的时间，{_EXPECTED}")


def _assembled(parts: Parts, rules: Rules) -> tuple[int, bool]:
    seconds = _days(_day_of(parts, rules)) * DAY
    if parts.get("H") is None:
        return seconds, False
    seconds += _time_of(parts)
    offset = _zone_offset(parts.get("zone"))
    return (seconds, False) if offset is None else (seconds - offset, True)


def _day_of(parts: Parts, rules: Rules) -> date:
    year_text = parts.get("y")
    if parts.get("a") is not None:
        return _either_first(int(parts["a"] or 0), int(parts["b"] or 0), int(year_text or 0), rules)
    year = int(year_text) if year_text else rules.year
    if year is None:
        raise ValueError("没有年份，文件名、工作表名和标题中也没有，应为如 2023年3月5日，或在配置中写明 year")
    return _checked(year + 2000 if year < 100 else year, int(parts["m"] or 0), int(parts["d"] or 0))


def _either_first(first: int, second: int, year: int, rules: Rules) -> date:
    if rules.day_first is not None:
        day, month = (first, second) if rules.day_first else (second, first)
        return _checked(year, month, day)
    possible = {(month, day) for month, day in ((first, second), (second, first)) if month <= 12 and day <= 31}
    if len(possible) == 2:
        (a, b), (c, d) = sorted(possible)
        either = f"可以是 {a} 月 {b} 日，也可以是 {c} 月 {d} 日"
        raise ValueError(f"{either}，应写作 {year}-{a:02d}-{b:02d} 的形式，或在配置中写明 day_first")
    month, day = possible.pop() if possible else (first, second)
    return _checked(year, month, day)


def _checked(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"的年份 {year} 不在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，应核对日期")
    if not 1 <= month <= 12:
        raise ValueError(f"中的月份 {month} 不存在，{_EXPECTED}")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"不存在：{year} 年 {month} 月没有 {day} 日，应核对日期") from None


def _days(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _time_of(parts: Parts) -> int:
    hour = int(parts["H"] or 0)
    minute = 30 if parts.get("half_past") else int(parts.get("M") or parts.get("M2") or 0)
    second = int(parts.get("S") or parts.get("S2") or 0)
    hour = _by_half(hour, (parts.get("half") or parts.get("after") or "").replace(".", "").lower())
    if hour == 24 and minute == second == 0:
        return DAY
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"中的时刻 {hour}:{minute:02d}:{second:02d} 不存在，应在 00:00 到 24:00 之间")
    return hour * 3600 + minute * 60 + second


def _by_half(hour: int, half: str) -> int:
    """The hour of the day; ValueError where the word and the hour contradict each other."""
    if half in ("下午", "晚上", "傍晚", "pm"):
        if hour == 12 and half not in ("下午", "pm"):
            raise ValueError("的“晚上12点”可以是零点也可以是中午，应为如 00:00 或 24:00")
        return hour + 12 if hour < 12 else hour
    if half in ("上午", "早上", "清晨", "凌晨", "am"):
        if hour > 12:
            raise ValueError(f"中的“{half}”与 {hour} 点矛盾，{_EXPECTED}")
        return 0 if hour == 12 else hour
    if half == "中午":
        return hour + 12 if hour in (1, 2) else hour
    return hour


def _zone_offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone.lower() in ("z", "utc", "gmt"):
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(f"中的时区 {zone} 不存在，应在 -12:00 到 +14:00 之间")
    return (-1 if zone[0] == "-" else 1) * (hours * 3600 + minutes * 60)


def _from_number(plain: str, rules: Rules) -> tuple[int, bool]:
    """A bare number: a day number of Excel, a date without separators, or seconds or milliseconds since 1970."""
    whole = plain.partition(".")[0]
    if len(whole) == 5 or (len(whole) == 6 and "." in plain):
        return _from_serial(plain, rules), False
    if len(whole) in (8, 12, 14) and whole == plain:
        found = _COMPACT.fullmatch(plain)
        return _assembled(found.groupdict() if found else {}, rules)
    if len(whole) in (10, 13):
        return _from_epoch(plain, len(whole)), True
    raise ValueError(f"是数字，但不是 Excel 日期序号，也不是时间戳，{_EXPECTED}")


def _from_serial(plain: str, rules: Rules) -> int:
    seconds = round(Fraction(plain) * DAY)
    epoch = _EXCEL_EPOCH_1904 if rules.serials_1904 else _EXCEL_EPOCH
    days, rest = divmod(seconds, DAY)
    day = date.fromordinal(epoch.toordinal() + days)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(
            f"作为 Excel 日期序号是 {day.isoformat()}，不在 {FIRST_YEAR} 到 {LAST_YEAR} 年之间，应核对日期"
        )
    return _days(day) * DAY + rest


def _from_epoch(plain: str, digits: int) -> int:
    if digits == 10 and _HOUR_STAMP.match(plain):
        raise ValueError(f"可以是时间戳，也可以是年月日时，{_EXPECTED}")
    seconds = int(Fraction(plain) / (1000 if digits == 13 else 1))
    year = datetime.fromtimestamp(seconds, UTC).year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"作为时间戳在 {year} 年，不在 {FIRST_YEAR} 到 {LAST_YEAR} 年之间，应核对日期")
    return seconds
