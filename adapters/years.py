"""The year that ``3月5日`` belongs to, and months as headers: from names and titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_YEAR = re.compile(
    r"(?<!\d)(199\d|20\d\d)(?=年|[-_./](?:0?[1-9]|1[0-2])(?!\d)|(?:0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)|(?!\d))"
)
_MONTH = re.compile(r"(?:(?P<year>\d{4})(?:年/?|[-/.]))?(?P<month>\d{1,2})月?(?:份)?|(?P<y2>\d{4})(?P<m2>\d{2})")
_DATED = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.]0?1(?: 0?0:00(?::00)?)?")
_CHINESE = {word: number for number, word in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), start=1)}  # noqa: SIM905


def year_in(texts: Iterable[str]) -> int | None:
    """The one year that these texts name; None if there is none or more than one."""
    years = {int(found) for text in texts for found in _YEAR.findall(unicodedata.normalize("NFKC", text))}
    return years.pop() if len(years) == 1 else None


def month_of(header: str) -> tuple[int | None, int] | None:
    """Year (None where not written) and month of a header like ``3月``, ``2023年3月``, ``2023-03``, ``三月``."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", header))
    word = plain.removesuffix("份").removesuffix("月")
    if word != plain and word in _CHINESE:
        return None, _CHINESE[word]
    found = _MONTH.fullmatch(plain) or _DATED.fullmatch(unicodedata.normalize("NFKC", header).strip())
    if not found:
        return None
    parts = found.groupdict()
    year, month = parts.get("year") or parts.get("y2"), int(parts.get("month") or parts.get("m2") or 0)
    if not 1 <= month <= 12 or (year is None and "月" not in plain):
        return None
    return (int(year) if year else None), month
