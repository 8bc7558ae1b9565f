"""What of all records some figures can depend on: from which moment on, and which columns.

A record matters to a period while it lasts: one whose every moment lies before the period, and that has an end,
changes nothing in it. What reaches further back is declared by the formula that does (``looks_back``,
``compares``), or follows from the settings: failures in a row, systems whose tickets are matched. The conditions
err towards reading more; `tests/compute/test_windows.py` holds them against all records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.formulas import FORMULAS
from metrics.formulas import params as p
from metrics.indicators import Contract, IndicatorDefinition
from metrics.period import Period
from metrics.records import RECORDS
from metrics.service_calendar import ServiceCalendar

_DAY = 86_400
#: Checks before a period decide on its first ones: how many failed in a row, how long the last one holds.
BEFORE_CHECKS = 7 * _DAY
#: Tickets and what belongs to them; where systems are matched, which ticket stands behind which hangs on all of them.
_OF_TICKETS = frozenset(("ticket", "hold", "ticket_cycle"))
#: Words about a record that no formula reads, unless an indicator counts their different values.
_WORDS: Mapping[str, frozenset[str]] = {
    "asset": frozenset(("name", "aliases")),
    "ticket": frozenset(("title", "status", "engineer", "reporter")),
    "hold": frozenset(("reason",)),
    "inspection": frozenset(("engineer", "note")),
    "support_event": frozenset(("engineer", "case_no")),
    "outage": frozenset(("reason",)),
    "survey": frozenset(("department",)),
}


@dataclass(frozen=True)
class Demand:
    """One indicator and the periods for which its figures are wanted."""

    definition: IndicatorDefinition
    contract: Contract
    periods: Sequence[Period]


@dataclass(frozen=True)
class Wanted:
    """Which records to read.

    Attributes:
        since: UTC seconds; records that ended before may be left out. None: all are read.
        whole: types of which every record is read, however old.
        until_cleared: abnormal inspections count until something ends them, however long ago they were made.
        tickets: numbers of tickets that are read whatever their age, with what belongs to them.
        columns: by record type, where not all are needed.
    """

    since: int | None = None
    whole: frozenset[str] = frozenset()
    until_cleared: bool = False
    tickets: frozenset[str] = frozenset()
    columns: Mapping[str, tuple[str, ...]] | None = None

    def covers(self, other: Wanted) -> bool:
        """Whether what is read so is enough for the other too."""
        if self.since is None:
            return True
        earlier = other.since is not None and self.since <= other.since
        return earlier and self.whole >= other.whole and self.until_cleared >= other.until_cleared

    def also(self, since: int, tickets: frozenset[str]) -> Wanted:
        """This, and whatever says something at or after ``since``, and those tickets."""
        if self.since is None:
            return self
        return replace(self, since=min(self.since, since), tickets=self.tickets | tickets)


def wanted_by(
    demands: Sequence[Demand], calendars: Mapping[str, ServiceCalendar], staleness: int, begun: int, as_of: int
) -> Wanted:
    """What the figures as of ``as_of`` can depend on.

    Args:
        staleness: the longest time that a check holds, in seconds.
        begun: when the first of all contracts began, UTC seconds; hardly a record is older.
    """
    columns = _columns(one.definition for one in demands)
    listed = [one for one in demands if one.periods]
    starts = [_since(one, calendars, staleness) for one in listed]
    since = min((start for start in starts if start is not None), default=as_of)
    if None in starts or since <= begun:
        return Wanted(columns=columns)
    whole = {name for one in listed for name in FORMULAS[one.definition.formula].looks_back}
    if any(one.contract.matching is not None for one in listed):
        whole |= _OF_TICKETS
    cleared = any("inspections" in _down_from(one.definition) for one in listed)
    return Wanted(min(since, as_of), frozenset(whole), cleared, columns=columns)


def _since(one: Demand, calendars: Mapping[str, ServiceCalendar], staleness: int) -> int | None:
    """The moment before which nothing that has ended matters to the figures; None where there is none."""
    params, down_from, periods = one.definition.params, _down_from(one.definition), set(one.periods)
    if FORMULAS[one.definition.formula].compares:
        earlier = {each for period in one.periods for each in (period.before(), period.year_before())}
        periods |= {each for each in earlier if params.before_contract or each.last_on >= one.contract.starts_on}
    start = min(period.bounds(one.contract.zone)[0] for period in periods)
    if "checks" in down_from:
        start -= max(BEFORE_CHECKS, staleness * (params.fail_after + 1))
    return _before_service(calendars[params.window], start) if down_from else start


def _before_service(calendar: ServiceCalendar, start: int) -> int | None:
    """A moment with service time between it and ``start``.

    A stretch of down time counts as evidence where it has service time, be it before the period: one that is cut
    off here keeps some.
    """
    for days in (7, 31, 366):
        if int(calendar.service_seconds(np.array([start - days * _DAY]), np.array([start]))[0]) > 0:
            return start - days * _DAY
    return None


def _down_from(definition: IndicatorDefinition) -> tuple[str, ...]:
    named: tuple[str, ...] = getattr(definition.params, "down_from", ())
    return named


def _columns(definitions: Iterable[IndicatorDefinition]) -> dict[str, tuple[str, ...]]:
    """The columns that formulas read: all but words, and those where their different values are counted."""
    counted = {
        (term.record, term.column)
        for definition in definitions
        if isinstance(definition.params, p.RatioParams)
        for term in (definition.params.numerator, definition.params.denominator)
    }
    return {
        name: (
            *(c for c in record.names if c not in _WORDS.get(name, ()) or (name, c) in counted),
            *("row_id", "source"),
        )
        for name, record in RECORDS.items()
    }
