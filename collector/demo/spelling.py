"""The ways in which people and systems write a time, a duration, a number, a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from collector.demo.world import MINUTE, local

_FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789:/.,()"} | {ord(" "): 0x3000}
_SERIAL_ZERO = datetime(1899, 12, 30)

Cell = str | int | float | datetime | date | None
Spelling = Callable[[int | None], Cell]


def full_width(text: str) -> str:
    """Digits and punctuation as Chinese input methods leave them: ２０２５／３／５　１４：０５."""
    return text.translate(_FULL_WIDTH)


def excel_date(instant: int | None) -> Cell:
    """A real date cell."""
    return None if instant is None else local(instant)


def serial(instant: int | None) -> Cell:
    """The number behind a date cell that lost its format."""
    if instant is None:
        return None
    since = local(instant) - _SERIAL_ZERO
    return round(since.days + since.seconds / 86_400, 9)


def chinese(instant: int | None) -> Cell:
    """2025年3月5日 14:05"""
    if instant is None:
        return None
    t = local(instant)
    return f"{t.year}年{t.month}月{t.day}日 {t:%H:%M}"


def slashed(instant: int | None) -> Cell:
    """2025/3/5 14:5"""
    if instant is None:
        return None
    t = local(instant)
    return f"{t.year}/{t.month}/{t.day} {t.hour}:{t.minute}"


def slashed_wide(instant: int | None) -> Cell:
    """The same in full width."""
    plain = slashed(instant)
    return full_width(plain) if isinstance(plain, str) else None


def without_year(instant: int | None) -> Cell:
    """3月5日 9:05"""
    if instant is None:
        return None
    t = local(instant)
    return f"{t.month}月{t.day}日 {t.hour}:{t:%M}"


def iso(instant: int | None) -> Cell:
    """2025-03-05 14:05:00"""
    return None if instant is None else f"{local(instant):%Y-%m-%d %H:%M:%S}"


def iso_offset(instant: int | None) -> Cell:
    """2025-03-05T14:05:00+08:00"""
    return None if instant is None else f"{local(instant):%Y-%m-%dT%H:%M:%S}+08:00"


def epoch(instant: int | None) -> Cell:
    """Seconds since 1970."""
    return instant


def mixed(*spellings: Spelling) -> Spelling:
    """One column in which the spelling changes from minute to minute."""
    return lambda instant: None if instant is None else spellings[instant // MINUTE % len(spellings)](instant)


def duration(seconds: int | None) -> Cell:
    """90分钟, 1.5h or 1小时20分, as it falls."""
    if seconds is None:
        return None
    minutes = seconds // MINUTE
    if minutes % 30 == 0 and minutes > 0:
        return f"{minutes / 60:g}h"
    if minutes < 60 or minutes % 3 == 0:
        return f"{minutes}分钟"
    return f"{minutes // 60}小时{minutes % 60}分"


def duration_messes(texts: Iterable[Cell]) -> str:
    """Which of the spellings of a duration occur, as keys of MESSES."""
    known = [str(text) for text in texts if text is not None]
    found = {
        "duration_chinese": any("小时" in text and "分" in text for text in known),
        "duration_minutes": any("分钟" in text for text in known),
        "duration_hours": any("h" in text for text in known),
    }
    return " ".join(name for name, occurs in found.items() if occurs)


def cn_day(day: date) -> str:
    """2025年3月5日"""
    return f"{day.year}年{day.month}月{day.day}日"
