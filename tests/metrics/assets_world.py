"""A small court for the tests: build facts and requests out of plain rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from metrics.formulas import FORMULAS
from metrics.indicators import Contract, Dimension, Facts, Figure, IndicatorDefinition, Request, Where
from metrics.period import parse_period
from metrics.records import RECORDS, frame_of
from metrics.service_calendar import DayRules, ServiceCalendar, parse_window
from metrics.workdays import national_days

ZONE = ZoneInfo("Asia/Shanghai")
STATE_TYPES = {
    "row_id": "int64",
    "source": "string[pyarrow]",
    "asset_no": "string[pyarrow]",
    "state": "string[pyarrow]",
    "first_at": "int64",
    "last_at": "int64",
    "interval_seconds": "int64",
    "staleness_seconds": "int64",
    "check_count": "int64",
}
Rows = Sequence[Mapping[str, Any]]


def at(text: str) -> int:
    """``2026-10-10 01:00`` or ``2026-10-10`` in Shanghai as UTC seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def state(asset_no: str, name: str, first: str, last: str, every: int = 60, **more: Any) -> dict[str, Any]:
    """One run of equal checks, one every ``every`` seconds."""
    first_at, last_at = at(first), at(last)
    return {
        "source": "probe",
        "asset_no": asset_no,
        "state": name,
        "first_at": first_at,
        "last_at": last_at,
        "interval_seconds": every,
        "staleness_seconds": 3 * every,
        "check_count": (last_at - first_at) // every + 1,
        **more,
    }


def facts_of(states: Rows = (), **records: Rows) -> Facts:
    """Facts from rows by record type; instants may be written as local time."""
    frames = {name: _frame(name, records[name]) if name in records else _EMPTY[name] for name in RECORDS}
    index = pd.DataFrame(list(states), columns=[name for name in STATE_TYPES if name != "row_id"])
    index.insert(0, "row_id", range(len(index)))
    index = index.astype(STATE_TYPES).sort_values(["asset_no", "source", "first_at"], ignore_index=True)
    return Facts(frames, index)


def _frame(name: str, rows: Rows) -> pd.DataFrame:
    record = RECORDS[name]
    plain = [{k: v for k, v in row.items() if k not in ("source", "row_id")} for row in rows]
    instants = {column.name for column in record.columns if column.kind == "instant"}
    defaults = {column.name: column.default for column in record.columns if column.default is not None}
    typed = [
        {k: at(v) if k in instants and isinstance(v, str) else v for k, v in {**defaults, **row}.items()}
        for row in plain
    ]
    frame = frame_of(record, typed)
    frame["row_id"] = pd.Series([row.get("row_id", number) for number, row in enumerate(rows)], dtype="int64")
    frame["source"] = pd.Series([row.get("source", "vendor_a") for row in rows], dtype="string[pyarrow]")
    frame["natural_key"] = pd.Series([str(number) for number in range(len(rows))], dtype="string[pyarrow]")
    frame["flags"] = pd.Series([None] * len(rows), dtype="string[pyarrow]")
    return frame


_EMPTY = {name: _frame(name, ()) for name in RECORDS}


def calendars_of(rules: DayRules | None = None) -> dict[str, ServiceCalendar]:
    """``5x8`` (08:30–12:00, 14:00–17:30, workdays) and ``7x24`` over 2024–2027."""
    rules = national_days(range(2023, 2029)) if rules is None else rules
    span = (ZONE, date(2024, 1, 1), date(2027, 12, 31))
    office = parse_window({"mon-fri": ["08:30-12:00", "14:00-17:30"]}, follows_workdays=True)
    always = parse_window({"mon-sun": ["00:00-24:00"]}, follows_workdays=False)
    return {"5x8": ServiceCalendar(office, rules, *span), "7x24": ServiceCalendar(always, rules, *span)}


CALENDARS = calendars_of()
CONTRACT = Contract("ops", date(2024, 1, 1), date(2027, 12, 31), ZONE)


def request(
    facts: Facts,
    *periods: str,
    formula: str = "availability",
    as_of: str | int = "2028-01-01",
    where: Where | None = None,
    dimensions: tuple[Dimension, ...] = ("total",),
    contract: Contract = CONTRACT,
    calendars: Mapping[str, ServiceCalendar] | None = None,
    **params: Any,
) -> Request:
    """A request for one indicator; by default 7×24 and tickets as the only evidence."""
    chosen = {"window": "7x24", "down_from": ("tickets",), **params}
    definition = IndicatorDefinition(
        id="indicator",
        name="指标",
        project="ops",
        formula=formula,
        params=FORMULAS[formula].params(**chosen),
        where=where or Where(),
    )
    asked = [parse_period(period) for period in periods]
    cut = as_of if isinstance(as_of, int) else at(as_of)
    return Request(definition, facts, contract, calendars or CALENDARS, asked, dimensions, cut)


def figures(facts: Facts, *periods: str, formula: str = "availability", **more: Any) -> list[Figure]:
    """All figures of a request."""
    return FORMULAS[formula].measure(request(facts, *periods, formula=formula, **more))


def figure(facts: Facts, period: str, formula: str = "availability", **more: Any) -> Figure:
    """The total of one period."""
    [only] = figures(facts, period, formula=formula, **more)
    return only


def outage(start: str, end: str | None, asset_no: str = "A", number: str = "1") -> dict[str, Any]:
    """A listed outage."""
    return {"outage_no": number, "asset_no": asset_no, "started_at": start, "ended_at": end}


def exclusion(start: str, end: str, number: str = "1", **more: Any) -> dict[str, Any]:
    """An approved planned maintenance, of everything unless narrowed."""
    times = {"started_at": start, "ended_at": end}
    return {"exclusion_no": number, "cause": "planned_maintenance", "approved": True, **times, **more}


def ticket(reported: str, restored: str | None = None, resolved: str | None = None, **more: Any) -> dict[str, Any]:
    """A ticket that says asset A was unusable."""
    times = {"reported_at": reported, "restored_at": restored, "resolved_at": resolved}
    return {"ticket_no": "T1", "asset_no": "A", "asset_unusable": True, **times, **more}


def cycle(opened: str, restored: str | None = None, resolved: str | None = None, **more: Any) -> dict[str, Any]:
    """A cycle of ticket T1."""
    times = {"opened_at": opened, "restored_at": restored, "resolved_at": resolved}
    return {"ticket_no": "T1", **times, **more}


def inspection(moment: str, result: str | None, number: str = "I1", asset_no: str = "A") -> dict[str, Any]:
    """An inspection of one asset."""
    row = {"inspection_no": number, "kind": "日常", "inspected_at": moment, "asset_no": asset_no}
    return {**row, "result": result}


def ratio(found: Figure) -> tuple[Any, Any]:
    """Numerator and denominator."""
    return found.numerator, found.denominator


def seen(found: Figure) -> tuple[Any, Any, Any]:
    """Coverage, and the shares of up time that were observed and presumed."""
    return found.coverage, found.observed, found.presumed


def bounds(found: Figure) -> tuple[Any, Any, Any]:
    """Coverage, lower and upper bound."""
    return found.coverage, found.lower, found.upper
