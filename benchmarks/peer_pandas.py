"""The demo's indicators as a good analyst would script them: pandas, clear steps, nothing of ours.

It reads the cleaned records from the workspace's database, builds one table of device-days for whatever is counted by
device, and groups. It stands in the benchmarks as the peer of a full recompute and must give the same figures.
"""
# mypy: ignore-errors  (an analyst's script carries no types)

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

EIGHT = 8 * 3600  # Asia/Shanghai has no summer time in these years
DAY = 86_400
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
HALVES = ((8 * 3600 + 1800, 12 * 3600), (14 * 3600, 17 * 3600 + 1800))
ALWAYS = ((0, DAY),)
LIMITS = {"紧急": 8 * 3600, "一般": 24 * 3600}
HARDWARE = ("数字法庭设备", "服务器", "网络设备")
SATISFIED = ("非常满意", "满意", "基本满意")

Key = tuple[str, str, str, str]  # indicator, period, dimension, value
Figures = dict[Key, tuple[float, float | None]]
Period = tuple[str, date, date]  # label, first and last day


def figures(database: Path, as_of: int, holidays: Any) -> Figures:
    """Numerator and denominator of every indicator, period and breakdown; ``as_of`` UTC seconds.

    ``holidays`` tells of a day whether it is a workday.
    """
    frames = _read(database)
    days = _days(as_of)
    found: Figures = {}
    found |= _counts(frames, as_of)
    found |= _tickets(frames, as_of, holidays)
    found |= _rosters(frames["roster_entry"], days)
    found |= _papers(frames, as_of)
    found |= _plan(frames, as_of)
    found |= _by_device(frames, as_of, days, holidays)
    return found


def _read(database: Path) -> dict[str, pd.DataFrame]:
    names = [
        *("asset", "asset_assignment", "ticket", "hold", "ticket_cycle", "inspection", "inspection_plan"),
        *("support_event", "exclusion", "roster_entry", "survey", "measurement", "budget_line", "state_intervals"),
    ]
    with sqlite3.connect(database) as connection:
        return {
            name: _plain(pd.read_sql(f"SELECT * FROM {name} WHERE known_until IS NULL ORDER BY row_id", connection))
            for name in names
        }


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as plain objects with None, so that a missing date does not compare."""
    for name in frame.columns:
        if name.endswith(("_at", "hold_from", "hold_to")):
            frame[name] = pd.to_numeric(frame[name])  # a column without any value has no type of its own
        elif not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


def _days(as_of: int) -> list[date]:
    until = min(LAST, _local(as_of - 1))
    return [FIRST + timedelta(days=number) for number in range((until - FIRST).days + 1)]


def _local(at: int) -> date:
    return date(1970, 1, 1) + timedelta(days=(int(at) + EIGHT) // DAY)


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY - EIGHT


def _periods(as_of: int) -> list[Period]:
    until = min(LAST, _local(as_of - 1))
    found: list[Period] = []
    for label, months in (("m", 1), ("q", 3), ("h", 6), ("y", 12)):
        year, month = FIRST.year, 1
        while date(year, month, 1) <= until:
            over = month + months
            last = (date(year + 1, 1, 1) if over > 12 else date(year, over, 1)) - timedelta(days=1)
            name = {
                "m": f"{year}-{month:02d}",
                "q": f"{year}Q{(month + 2) // 3}",
                "h": f"{year}H{(month + 5) // 6}",
                "y": f"{year}",
            }[label]
            found.append((name, date(year, month, 1), last))
            year, month = (year + 1, 1) if over > 12 else (year, over)
    return [*found, (f"{FIRST}..{LAST}", FIRST, LAST)]


def _cut(frame: pd.DataFrame, column: str, period: Period) -> pd.DataFrame:
    """The rows whose ``column`` (seconds) lies in the period."""
    start, end = _midnight(period[1]), _midnight(period[2] + timedelta(days=1))
    return frame[(frame[column] >= start) & (frame[column] < end)]


def _each(
    frame: pd.DataFrame, column: str, as_of: int, breakdowns: tuple[str, ...]
) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    """(period, dimension, value, rows) for the total and each value of each breakdown that occurs."""
    for period in _periods(as_of):
        rows = _cut(frame, column, period)
        yield period[0], "total", "", rows
        for dimension in breakdowns:
            for value, part in rows.groupby(dimension):
                yield period[0], dimension, str(value), part


def _with_assignments(frame: pd.DataFrame, frames: dict[str, pd.DataFrame], at: str) -> pd.DataFrame:
    """Class, site and vendor of the asset on the day of the record, the record's own where the register is silent."""
    assets = frames["asset"].set_index("asset_no")
    assigned: dict[str, list[Any]] = {}
    for row in frames["asset_assignment"].itertuples():
        assigned.setdefault(row.asset_no, []).append(row)
    frame = frame.copy()
    for number, row in enumerate(frame[["asset_no", at]].itertuples(index=False)):
        asset_no, moment = row
        if asset_no not in assets.index:
            continue
        day = _local(moment).isoformat()
        said = {name: assets.at[asset_no, name] for name in ("asset_class", "site", "vendor")}
        for one in assigned.get(asset_no, []):
            if one.from_on <= day and (one.until_on is None or day < one.until_on):
                said |= {name: getattr(one, name) for name in said if getattr(one, name) is not None}
        for name, value in said.items():
            if value is not None and name in frame.columns:
                frame.iat[number, frame.columns.get_loc(name)] = value
    return frame


def _counts(frames: dict[str, pd.DataFrame], as_of: int) -> Figures:
    found: Figures = {}
    inspections = _with_assignments(frames["inspection"], frames, "inspected_at")
    support = _with_assignments(frames["support_event"], frames, "started_at")
    inspections = inspections[inspections["inspected_at"] < as_of]
    support = support[support["started_at"] < as_of]
    wanted = (
        ("courtroom_inspections", inspections, "inspected_at", ("数字法庭设备巡检",), ("site",)),
        ("server_inspections", inspections, "inspected_at", ("服务器巡检",), ("vendor",)),
        ("court_support", support, "started_at", ("庭审现场保障",), ("site",)),
        ("remote_support", support, "started_at", ("远程庭审保障",), ()),
        ("netcast_support", support, "started_at", ("互联网庭审保障", "庭审直播保障", "视频会议保障"), ("kind",)),
        ("contract_support", support, "started_at", ("庭审现场保障",), ()),
    )
    for name, frame, moment, kinds, breakdowns in wanted:
        chosen = frame[frame["kind"].isin(kinds)]
        for period, dimension, value, rows in _each(chosen, moment, as_of, breakdowns):
            found[name, period, dimension, value] = (float(rows["quantity"].sum()), None)
    return found


def _tickets(frames: dict[str, pd.DataFrame], as_of: int, is_workday: Callable[[date], bool]) -> Figures:
    tickets = _with_assignments(frames["ticket"], frames, "reported_at")
    tickets = tickets[(tickets["reported_at"] < as_of) & (tickets["cancelled"] != 1)].copy()
    for name in ("responded_at", "arrived_at", "resolved_at"):
        tickets[name] = tickets[name].where(tickets[name] < as_of)
    tickets["resolved_at"] = _last_resolution(tickets, frames["ticket_cycle"], as_of)
    holds = _holds(frames["hold"], as_of)
    working = _working_seconds(is_workday, as_of)
    elapsed, service = [], []
    for row in tickets[["ticket_no", "source", "reported_at", "resolved_at"]].itertuples(index=False):
        end = as_of if np.isnan(row.resolved_at) else int(row.resolved_at)
        pauses = _merged(
            [(max(a, row.reported_at), min(b, end)) for a, b in holds.get((row.source, row.ticket_no), [])]
        )
        elapsed.append(end - row.reported_at - sum(b - a for a, b in pauses))
        service.append(working(row.reported_at, end) - sum(working(a, b) for a, b in pauses))
    tickets["elapsed"], tickets["service"] = elapsed, service
    found: Figures = {}
    for period, dimension, value, rows in _each(tickets, "reported_at", as_of, ("vendor", "site", "priority")):
        resolved = rows[rows["resolved_at"].notna()]
        on_site = rows[(rows["channel"] != "remote") & rows["arrived_at"].notna()]
        answered = rows[rows["responded_at"].notna()]
        key = (period, dimension, value)
        if dimension in ("total", "vendor"):
            response = (answered["responded_at"] - answered["reported_at"]).sum()
            found["mean_response", *key] = (float(response), len(answered))
            found["resolution_rate", *key] = (len(resolved), len(rows))
            found["mean_resolution", *key] = (float(resolved["service"].sum()), len(resolved))
            found["remote_share", *key] = (int((rows["channel"] == "remote").sum()), len(rows))
        if dimension in ("total", "vendor", "site"):
            arrival = (on_site["arrived_at"] - on_site["reported_at"]).sum()
            found["mean_arrival", *key] = (float(arrival), len(on_site))
        if dimension in ("total", "vendor", "priority"):
            incidents = rows[rows["kind"] == "incident"]
            if len(incidents) or dimension == "total":
                limit = incidents["priority"].map(LIMITS).fillna(72 * 3600)
                within = (incidents["elapsed"] <= limit) & incidents["resolved_at"].notna()
                late = incidents["elapsed"] > limit
                found["timely_resolution", *key] = (int(within.sum()), int((within | late).sum()))
    return found


def _last_resolution(tickets: pd.DataFrame, cycles: pd.DataFrame, as_of: int) -> list[float]:
    """A reopened ticket is resolved when its last cycle is."""
    cycles = cycles[cycles["opened_at"] < as_of].sort_values("opened_at")
    last = {(row.source, row.ticket_no): row for row in cycles.itertuples()}
    found = []
    for row in tickets[["source", "ticket_no", "resolved_at"]].itertuples(index=False):
        cycle = last.get((row.source, row.ticket_no))
        resolved = row.resolved_at
        if cycle is not None:
            if not np.isnan(cycle.resolved_at) and cycle.resolved_at < as_of:
                resolved = cycle.resolved_at
            elif np.isnan(resolved) or resolved < cycle.opened_at:
                resolved = float("nan")
        found.append(resolved)
    return found


def _holds(holds: pd.DataFrame, as_of: int) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Pauses by ticket that are not the vendor's; one that lists them apart belongs to its tickets' source."""
    source = {"b_holds": "b_tickets"}
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in holds[holds["side"] != "vendor"].itertuples():
        end = as_of if np.isnan(row.hold_to) else min(int(row.hold_to), as_of)
        found.setdefault((source.get(row.source, row.source), row.ticket_no), []).append((row.hold_from, end))
    return found


def _merged(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(intervals: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of merged ``intervals`` lies outside merged ``taken``."""
    left: list[tuple[int, int]] = []
    for start, end in intervals:
        at = start
        for a, b in taken:
            if b <= at or a >= end:
                continue
            if a > at:
                left.append((at, a))
            at = max(at, b)
        if at < end:
            left.append((at, end))
    return left


def _working_seconds(is_workday: Callable[[date], bool], as_of: int) -> Callable[[int, int], int]:
    """Working time between two moments, with the days' hours summed once."""
    total, sums = 0, []
    days = (_local(as_of) - FIRST).days + 2
    for number in range(-40, days):
        sums.append(total)
        if is_workday(FIRST + timedelta(days=number)):
            total += sum(b - a for a, b in HALVES)

    def until(at: int) -> int:
        day = _local(at)
        second = (int(at) + EIGHT) % DAY
        inside = sum(max(0, min(b, second) - a) for a, b in HALVES) if is_workday(day) else 0
        return sums[(day - FIRST).days + 40] + inside

    return lambda start, end: until(end) - until(start)


def _rosters(entries: pd.DataFrame, days: list[date]) -> Figures:
    contracts = {
        "staff": {"信息化驻场": 1, "数字法庭驻场": 2, "桌面驻场": 2},
        "lines": {"万兆专网": 2, "互联网专线": 2, "直播线路": 6, "语音中继": 2},
    }
    as_of = _midnight(days[-1]) + DAY
    found: Figures = {}
    for name, contract in contracts.items():
        rows = []
        for day in days:
            present = entries[
                (entries["from_on"] <= day.isoformat())
                & (entries["until_on"].isna() | (entries["until_on"] >= day.isoformat()))
            ]
            counted = present.groupby("kind")["quantity"].sum()
            rows.append([int(counted.get(kind, 0)) for kind in contract])
        table = pd.DataFrame(rows, index=days, columns=list(contract))
        for label, first, last in _periods(as_of):
            part = table.loc[first : min(last, days[-1])]
            found[name, label, "total", ""] = (float(part.sum(axis=1).min()), float(sum(contract.values())))
            for kind, promised in contract.items():
                found[name, label, "kind", kind] = (float(part[kind].min()), float(promised))
    return found


def _papers(frames: dict[str, pd.DataFrame], as_of: int) -> Figures:
    found: Figures = {}
    answers = frames["survey"].copy()
    answers["at"] = [_midnight(date.fromisoformat(day)) for day in answers["answered_on"]]
    for name, question, satisfied in (
        ("staff_satisfaction", "总体评价", SATISFIED),
        ("visitor_satisfaction", "当事人评价", ("满意",)),
    ):
        chosen = answers[(answers["question"] == question) & answers["answer"].notna()]
        for period, dimension, value, rows in _each(chosen, "at", as_of, ()):
            pleased = rows[rows["answer"].isin(satisfied)]["quantity"].sum()
            found[name, period, dimension, value] = (float(pleased), float(rows["quantity"].sum()))
    measured = frames["measurement"].copy()
    measured["at"] = [_midnight(date.fromisoformat(day)) for day in measured["measured_on"]]
    measured = measured[(measured["kind"] == "等保测评得分") & (measured["at"] < as_of)].sort_values("at")
    for period, dimension, value, rows in _each(measured, "at", as_of, ()):
        if len(rows):
            found["protection_score", period, dimension, value] = (float(rows["value"].iloc[-1]), None)
    money = frames["budget_line"].copy()
    money["at"] = [_midnight(date.fromisoformat(day)) for day in money["booked_on"]]
    money["amount"] = money["amount"].astype(float)
    for period, first, last in _periods(as_of):  # months, quarters and halves count from New Year
        since = first if ".." in period else date(first.year, 1, 1)
        rows = _cut(money[money["at"] < as_of], "at", (period, since, last))
        by_kind = rows.groupby("kind")["amount"].sum()
        paid, received = by_kind.get("paid", 0.0), by_kind.get("received", 0.0)
        budget = by_kind.get("budget", 0.0) + by_kind.get("adjustment", 0.0)
        found["budget_execution", period, "total", ""] = (paid, budget)
        found["funds_in_place", period, "total", ""] = (received, budget)
        found["balance", period, "total", ""] = (received - paid, None)
    return found


def _plan(frames: dict[str, pd.DataFrame], as_of: int) -> Figures:
    """Due inspections that were done: those of the same kind and asset between first and last day."""
    done = frames["inspection"]
    done = done[done["inspected_at"] < as_of]
    made: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
    for row in done.itertuples():
        made.setdefault((row.kind, row.asset_no), []).append((row.inspected_at, row.quantity))
    plans = frames["inspection_plan"].copy()
    kept = []
    for row in plans.itertuples():
        first = _midnight(date.fromisoformat(row.due_from))
        last = _midnight(date.fromisoformat(row.due_until)) + DAY
        candidates = (
            made.get((row.kind, row.asset_no), [])
            if row.asset_no is not None
            else [one for (kind, _), listed in made.items() if kind == row.kind for one in listed]
        )
        kept.append(min(row.quantity, sum(quantity for at, quantity in candidates if first <= at < last)))
    plans["done"] = kept
    plans["at"] = [_midnight(date.fromisoformat(day)) for day in plans["due_until"]]
    plans = plans[plans["at"] + DAY <= as_of]
    found: Figures = {}
    for period, dimension, value, rows in _each(plans, "at", as_of, ("kind",)):
        found["inspection_completion", period, dimension, value] = (
            float(rows["done"].sum()),
            float(rows["quantity"].sum()),
        )
    return found


def _by_device(
    frames: dict[str, pd.DataFrame], as_of: int, days: list[date], is_workday: Callable[[date], bool]
) -> Figures:
    """Availability and outages out of one table of device-days per indicator."""
    register = _Register(frames, days)
    down = {
        "tickets": _ticket_downs(frames, as_of),
        "inspections": _inspection_downs(frames, as_of),
        "checks": _check_downs(frames["state_intervals"], as_of, 1),
        "checks twice": _check_downs(frames["state_intervals"], as_of, 2),
    }
    known = _check_known(frames["state_intervals"], as_of)
    excluded = _exclusions(frames["exclusion"], register, as_of)
    wanted: tuple[tuple[str, tuple[str, ...], bool, tuple[str, ...], int | None, tuple[str, ...]], ...] = (
        ("hardware_availability", HARDWARE, True, ("tickets", "inspections"), 1800, ("asset_class", "vendor")),
        ("system_availability", ("应用系统",), False, ("checks twice", "tickets"), None, ("asset",)),
        ("office_availability", ("应用系统", "台式电脑", "打印机"), True, ("tickets",), 0, ("asset_class",)),
        ("line_availability", ("互联网链路",), False, ("checks",), None, ("asset",)),
        ("mean_outage", HARDWARE, True, ("tickets", "inspections"), None, ("asset_class",)),
        ("failure_rate", ("服务器", "网络设备"), False, ("tickets",), None, ("vendor",)),
    )
    found: Figures = {}
    for name, classes, office, sources, tolerance, breakdowns in wanted:
        probing = any(source.startswith("checks") for source in sources)
        rows, outages = [], []
        for asset_no in register.of(classes):
            spans = _merged([span for source in sources for span in down[source].get(asset_no, [])])
            free = _merged(excluded.get(asset_no, []))
            lost = _without(spans, free)
            seen = _merged([*known.get(asset_no, []), *spans, *free])
            for day in days:
                said = register.on(asset_no, day)
                if said is None or said["asset_class"] not in classes:
                    continue
                hours = (HALVES if is_workday(day) else ()) if office else ALWAYS
                start = _midnight(day)
                opened = [(start + a, start + b) for a, b in hours]
                required = sum(b - a for a, b in opened) - _overlap(opened, free)
                silent = required - (_overlap(opened, seen) - _overlap(opened, free))
                unknown = silent if probing and register.probed(asset_no, day) else 0
                rows.append(
                    (day, asset_no, said["asset_class"], said["vendor"], required, _overlap(opened, lost), unknown)
                )
            if name in ("mean_outage", "failure_rate"):  # one outage, even where an exclusion lies within it
                outages += [(asset_no, start, _without([(start, end)], free)) for start, end in spans]
        table = pd.DataFrame(rows, columns=["day", "asset", "asset_class", "vendor", "required", "down", "unknown"])
        if name in ("mean_outage", "failure_rate"):
            found |= _outage_figures(name, table, outages, register, office, is_workday, breakdowns, as_of)
        else:
            found |= _availability(name, table, tolerance, breakdowns, as_of)
    assets = pd.DataFrame(
        [(day, asset_no) for asset_no in register.all for day in days if register.on(asset_no, day) is not None],
        columns=["day", "asset"],
    )
    paid = frames["budget_line"]
    paid = paid[paid["kind"] == "paid"]
    for label, first, last in _periods(as_of):
        spent = paid[(paid["booked_on"] >= first.isoformat()) & (paid["booked_on"] <= last.isoformat())]
        held = assets[(assets["day"] >= first) & (assets["day"] <= last)]
        number = (min(last, days[-1]) - first).days + 1
        found["cost_per_asset", label, "total", ""] = (spent["amount"].astype(float).sum(), len(held) / number)
    return found


def _overlap(opened: list[tuple[int, int]], spans: list[tuple[int, int]]) -> int:
    return sum(max(0, min(b, d) - max(a, c)) for a, b in opened for c, d in spans if c < b and d > a)


class _Register:
    """What the register says of an asset on a day."""

    def __init__(self, frames: dict[str, pd.DataFrame], days: list[date]) -> None:
        self._assets = {row.asset_no: row for row in frames["asset"].itertuples()}
        self._assigned: dict[str, list[Any]] = {}
        for row in frames["asset_assignment"].itertuples():
            self._assigned.setdefault(row.asset_no, []).append(row)
        self._table: dict[tuple[str, date], dict[str, Any] | None] = {
            (asset_no, day): self._said(asset_no, day.isoformat()) for asset_no in self._assets for day in days
        }
        self.all = list(self._assets)

    def _said(self, asset_no: str, day: str) -> dict[str, Any] | None:
        asset = self._assets[asset_no]
        if (asset.in_service_from or "") > day or (asset.in_service_until or "9999") <= day:
            return None
        said = {name: getattr(asset, name) for name in ("asset_class", "vendor", "site", "project")}
        for one in self._assigned.get(asset_no, []):
            if one.from_on <= day and (one.until_on is None or day < one.until_on):
                said |= {name: getattr(one, name) for name in said if getattr(one, name) is not None}
        return said

    def on(self, asset_no: str, day: date) -> dict[str, Any] | None:
        return self._table.get((asset_no, day))

    def of(self, classes: tuple[str, ...]) -> list[str]:
        return [
            asset_no
            for asset_no, asset in self._assets.items()
            if asset.asset_class in classes
            or any(one.asset_class in classes for one in self._assigned.get(asset_no, []))
        ]

    def probed(self, asset_no: str, day: date) -> bool:
        asset = self._assets[asset_no]
        from_on, until_on = asset.probed_from or "", asset.probed_until or "9999"
        return asset.probed == 1 and from_on <= day.isoformat() < until_on


Spans = dict[str, list[tuple[int, int]]]


def _rounds(frames: dict[str, pd.DataFrame], as_of: int) -> pd.DataFrame:
    """Every time a ticket was open: the report and each reopening, to the restoration or else the resolution."""
    tickets = frames["ticket"]
    tickets = tickets[(tickets["cancelled"] != 1) & tickets["asset_no"].notna() & (tickets["reported_at"] < as_of)]
    cycles: dict[tuple[str, str], list[Any]] = {}
    for row in frames["ticket_cycle"].sort_values("opened_at").itertuples():
        cycles.setdefault((row.source, row.ticket_no), []).append(row)
    rows = []
    for row in tickets.itertuples():
        own = cycles.get((row.source, row.ticket_no), [])
        turns = [(turn.opened_at, turn.restored_at, turn.resolved_at) for turn in own if turn.opened_at < as_of]
        if not turns or turns[0][0] > row.reported_at:
            turns.insert(0, (row.reported_at, float("nan"), float("nan")))
        for number, (opened, restored, resolved) in enumerate(turns):
            following = turns[number + 1][0] if number + 1 < len(turns) else float("inf")
            ends = [at for at in (restored, resolved) if not np.isnan(at) and at < as_of]
            if not ends:
                ends = [
                    at
                    for at in (row.restored_at, row.resolved_at)
                    if not np.isnan(at) and at < as_of and opened <= at <= following
                ]
            end = ends[0] if ends else min(as_of, following)
            rows.append((row.asset_no, opened, end, bool(ends), row.asset_unusable == 1))
    return pd.DataFrame(rows, columns=["asset_no", "start", "end", "ended", "unusable"])


def _ticket_downs(frames: dict[str, pd.DataFrame], as_of: int) -> Spans:
    found: Spans = {}
    for row in _rounds(frames, as_of).itertuples():
        if row.unusable:
            found.setdefault(row.asset_no, []).append((int(row.start), int(row.end)))
    return found


def _inspection_downs(frames: dict[str, pd.DataFrame], as_of: int) -> Spans:
    inspections = frames["inspection"]
    inspections = inspections[inspections["asset_no"].notna() & (inspections["inspected_at"] < as_of)]
    normal = {
        name: sorted(part["inspected_at"])
        for name, part in inspections[inspections["result"] == "normal"].groupby("asset_no")
    }
    rounds = {name: part.sort_values(["start", "end"]) for name, part in _rounds(frames, as_of).groupby("asset_no")}
    found: Spans = {}
    for row in inspections[inspections["result"] == "abnormal"].itertuples():
        ends = [as_of, *(at for at in normal.get(row.asset_no, []) if at > row.inspected_at)]
        mine = rounds.get(row.asset_no)
        if mine is not None:
            last = mine["end"].where(mine["ended"], float("inf"))
            open_now = (mine["start"] <= row.inspected_at) & (last > row.inspected_at)
            later = mine["start"] >= row.inspected_at
            if open_now.any():
                ends.append(last[open_now].min())
            elif later.any():
                ends.append(last[later].iloc[0])
        found.setdefault(row.asset_no, []).append((int(row.inspected_at), int(min(ends))))
    return found


def _held(states: pd.DataFrame, as_of: int) -> Iterator[tuple[str, str, int, int, int]]:
    """(asset, state, start, end, checks): a run holds until the next one, at most its staleness."""
    for asset_no, part in states.sort_values(["asset_no", "first_at"]).groupby("asset_no"):
        rows = list(part.itertuples())
        for number, row in enumerate(rows):
            following = rows[number + 1].first_at if number + 1 < len(rows) else as_of
            yield (
                asset_no,
                row.state,
                row.first_at,
                min(row.last_at + row.staleness_seconds, following, as_of),
                row.check_count,
            )


def _check_downs(states: pd.DataFrame, as_of: int, fail_after: int) -> Spans:
    found: Spans = {}
    for asset_no, state, start, end, checks in _held(states, as_of):
        if state == "down" and checks >= fail_after:
            found.setdefault(asset_no, []).append((start, end))
    return found


def _check_known(states: pd.DataFrame, as_of: int) -> Spans:
    found: Spans = {}
    for asset_no, state, start, end, _ in _held(states, as_of):
        if state != "unknown":
            found.setdefault(asset_no, []).append((start, end))
    return found


def _exclusions(exclusions: pd.DataFrame, register: _Register, as_of: int) -> Spans:
    found: Spans = {}
    approved = exclusions[(exclusions["approved"] == 1) & (exclusions["started_at"] < as_of)]
    for row in approved.itertuples():
        span = (int(row.started_at), min(int(row.ended_at), as_of))
        if row.asset_no is not None:
            found.setdefault(row.asset_no, []).append(span)
            continue
        scope = {name: getattr(row, name) for name in ("asset_class", "site", "vendor", "project")}
        scope = {name: value for name, value in scope.items() if value is not None}
        for asset_no in register.all:
            day = _local(span[0])
            while day <= _local(span[1] - 1):
                said = register.on(asset_no, day)
                if said is not None and all(said[name] == value for name, value in scope.items()):
                    start = _midnight(day)
                    found.setdefault(asset_no, []).append((max(span[0], start), min(span[1], start + DAY)))
                day += timedelta(days=1)
    return found


def _parts(
    table: pd.DataFrame, breakdowns: tuple[str, ...], as_of: int
) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    for label, first, last in _periods(as_of):
        part = table[(table["day"] >= first) & (table["day"] <= last)]
        yield label, "total", "", part
        for dimension in breakdowns:
            for value, rows in part.groupby(dimension):
                yield label, dimension, str(value), rows


def _availability(
    name: str, table: pd.DataFrame, tolerance: int | None, breakdowns: tuple[str, ...], as_of: int
) -> Figures:
    found: Figures = {}
    for label, dimension, value, rows in _parts(table, breakdowns, as_of):
        if tolerance is None:
            known = rows["required"].sum() - rows["unknown"].sum()
            found[name, label, dimension, value] = (float(known - rows["down"].sum()), float(known))
        else:
            due = rows[rows["required"] > 0]
            found[name, label, dimension, value] = (float((due["down"] <= tolerance).sum()), float(len(due)))
    return found


def _outage_figures(
    name: str,
    table: pd.DataFrame,
    outages: list[tuple[str, int, list[tuple[int, int]]]],
    register: _Register,
    office: bool,
    is_workday: Callable[[date], bool],
    breakdowns: tuple[str, ...],
    as_of: int,
) -> Figures:
    measure = _working_seconds(is_workday, as_of) if office else lambda start, end: end - start
    rows = []
    for asset_no, start, lost in outages:
        said = register.on(asset_no, _local(start))
        seconds = sum(measure(a, b) for a, b in lost)
        if said is not None and seconds > 0:
            rows.append((_local(start), asset_no, said["asset_class"], said["vendor"], seconds))
    listed = pd.DataFrame(rows, columns=["day", "asset", "asset_class", "vendor", "seconds"])
    totals = {key: part for *key_, part in _parts(listed, breakdowns, as_of) for key in [tuple(key_)]}
    found: Figures = {}
    for label, dimension, value, part in _parts(table, breakdowns, as_of):
        mine = totals.get((label, dimension, value))
        number = 0 if mine is None else len(mine)
        if name == "mean_outage":
            found[name, label, dimension, value] = (
                0.0 if mine is None else float(mine["seconds"].sum()),
                float(number),
            )
        else:
            found[name, label, dimension, value] = (float(number), float(part["required"].sum()) / 3_600_000)
    return found
