"""China's public holidays and make-up workdays, from the library that is kept up with the yearly notices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from metrics.service_calendar import DayRules

_SUBSTITUTED = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")


def national_days(years: Iterable[int]) -> DayRules:
    """Holidays and make-up workdays of ``years``, and which of the years have an official list.

    A year's notice may make days of the December before it workdays, so the year after is read too. In a year
    without a notice the holidays are those of the law, without any make-up workday: provisional (semantics 2).
    """
    import holidays  # the list of all countries takes a moment; only calendars need it

    asked = set(years)
    china = holidays.country_holidays("CN", years=asked | {year + 1 for year in asked}, language="zh_CN")
    replaced = {
        date.fromisoformat(worked): day.weekday()
        for day, label in china.items()
        for worked in _SUBSTITUTED.findall(label)
    }
    worked = set(china.weekend_workdays) | set(replaced)
    return DayRules(
        makeup_workdays={day: replaced.get(day) for day in sorted(worked) if day.year in asked},
        holidays=frozenset(day for day in china if day.year in asked),
        official_years=frozenset(asked & set(china.special_public_holidays)),
    )
