"""Service calendars out of settings: national list, then files, then the organisation's own days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from collector.configuration.models import DayHours, HolidayFile, hours_of, weekday_of
from metrics.service_calendar import DayRules, Hours, ServiceCalendar, ServiceWindow
from metrics.workdays import national_days

if TYPE_CHECKING:
    from collector.settings import Settings

_MARGIN = timedelta(days=730)
_MONDAY = 0


def build_calendars(settings: Settings) -> dict[str, ServiceCalendar]:
    """A calendar for each service window, wide enough for every contract and two years around."""
    contracts = [settings.contract(project.id) for project in settings.projects]
    first_on = min(contract.starts_on for contract in contracts) - _MARGIN
    last_on = max(contract.ends_on for contract in contracts) + _MARGIN
    rules = _with_files(national_days(range(first_on.year, last_on.year + 1)), settings.holidays)
    calendars = {}
    for name, configured in settings.service_windows.items():
        window = configured.window()
        own = rules.with_overrides(_overrides(settings.calendar.overrides, name, window))
        calendars[name] = ServiceCalendar(window, own, settings.zone, first_on, last_on)
    return calendars


def _with_files(rules: DayRules, files: tuple[HolidayFile, ...]) -> DayRules:
    for file in files:
        replaced = {day: weekday_of(text) if text else None for day, text in file.makeup_workdays.items()}
        rules = rules.with_list(file.year, file.holidays, replaced, file.official)
    return rules


def _overrides(
    configured: Mapping[date, DayHours | dict[str, DayHours]], name: str, window: ServiceWindow
) -> dict[date, Hours]:
    """The overrides that bind this window; ``open`` is its own hours of that weekday, else Monday's."""
    found: dict[date, Hours] = {}
    for day, chosen in configured.items():
        hours = chosen.get(name) if isinstance(chosen, dict) else chosen
        if hours is None:
            continue
        if isinstance(hours, tuple):
            found[day] = hours_of(hours)
        else:
            found[day] = () if hours == "closed" else window.weekly[day.weekday()] or window.weekly[_MONDAY]
    return found
