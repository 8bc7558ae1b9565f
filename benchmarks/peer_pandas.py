"""The demo's indicators as a good analyst would script them: pandas, clear steps, nothing of ours.

It reads the cleaned records from the workspace's database, builds one table of device-days for whatever is counted by
device, and groups. It stands in the benchmarks as the peer of a full recompute and must give the same figures.
"""
# An analyst's script carries no types.
# mypy: ignore-errors

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.peer_common import (
    DAY,
    FIRST,
    LAST,
    LIMITS,
    SATISFIED,
    Figures,
    cut,
    each,
    local,
    merged,
    midnight,
    periods,
    working_seconds,
)
from benchmarks.peer_devices import by_device


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
    found |= by_device(frames, as_of, days, holidays)
    return found


_WORDS = ("up", "down", "unknown")
_STATES = """
SELECT source, asset_no, staleness_seconds, state, first_at, last_at, check_count FROM check_series JOIN (
    SELECT series_id, state, first_at, last_at, check_count FROM state_intervals WHERE known_until IS NULL
    UNION ALL SELECT series_id, state, first_at, last_at, check_count FROM open_intervals
) USING (series_id)"""


def _read(database: Path) -> dict[str, pd.DataFrame]:
    names = [
        *("asset", "asset_assignment", "ticket", "hold", "ticket_cycle", "inspection", "inspection_plan"),
        *("support_event", "exclusion", "roster_entry", "survey", "measurement", "budget_line"),
    ]
    with sqlite3.connect(database) as connection:
        frames = {
            name: _plain(pd.read_sql(f"SELECT * FROM {name} WHERE known_until IS NULL ORDER BY row_id", connection))
            for name in names
        }
        frames["state_intervals"] = pd.read_sql(_STATES, connection).replace({"state": dict(enumerate(_WORDS))})
    return frames


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Texts as plain objects with None, so that a missing date does not compare."""
    for name in frame.columns:
        if name.endswith(("_at", "hold_from", "hold_to")):
            frame[name] = pd.to_numeric(frame[name])  # a column without any value has no type of its own
        elif not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    return frame


def _days(as_of: int) -> list[date]:
    until = min(LAST, local(as_of - 1))
    return [FIRST + timedelta(days=number) for number in range((until - FIRST).days + 1)]


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
        day = local(moment).isoformat()
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
        for period, dimension, value, rows in each(chosen, moment, as_of, breakdowns):
            found[name, period, dimension, value] = (float(rows["quantity"].sum()), None)
    return found


def _tickets(frames: dict[str, pd.DataFrame], as_of: int, is_workday: Callable[[date], bool]) -> Figures:
    tickets = _with_assignments(frames["ticket"], frames, "reported_at")
    tickets = tickets[(tickets["reported_at"] < as_of) & (tickets["cancelled"] != 1)].copy()
    for name in ("responded_at", "arrived_at", "resolved_at"):
        tickets[name] = tickets[name].where(tickets[name] < as_of)
    tickets["resolved_at"] = _last_resolution(tickets, frames["ticket_cycle"], as_of)
    holds = _holds(frames["hold"], as_of)
    working = working_seconds(is_workday, as_of)
    elapsed, service = [], []
    for row in tickets[["ticket_no", "source", "reported_at", "resolved_at"]].itertuples(index=False):
        end = as_of if np.isnan(row.resolved_at) else int(row.resolved_at)
        pauses = merged([(max(a, row.reported_at), min(b, end)) for a, b in holds.get((row.source, row.ticket_no), [])])
        elapsed.append(end - row.reported_at - sum(b - a for a, b in pauses))
        service.append(working(row.reported_at, end) - sum(working(a, b) for a, b in pauses))
    tickets["elapsed"], tickets["service"] = elapsed, service
    found: Figures = {}
    for period, dimension, value, rows in each(tickets, "reported_at", as_of, ("vendor", "site", "priority")):
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


def _rosters(entries: pd.DataFrame, days: list[date]) -> Figures:
    contracts = {
        "staff": {"信息化驻场": 1, "数字法庭驻场": 2, "桌面驻场": 2},
        "lines": {"万兆专网": 2, "互联网专线": 2, "直播线路": 6, "语音中继": 2},
    }
    as_of = midnight(days[-1]) + DAY
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
        for label, first, last in periods(as_of):
            part = table.loc[first : min(last, days[-1])]
            found[name, label, "total", ""] = (float(part.sum(axis=1).min()), float(sum(contract.values())))
            for kind, promised in contract.items():
                found[name, label, "kind", kind] = (float(part[kind].min()), float(promised))
    return found


def _papers(frames: dict[str, pd.DataFrame], as_of: int) -> Figures:
    found: Figures = {}
    answers = frames["survey"].copy()
    answers["at"] = [midnight(date.fromisoformat(day)) for day in answers["answered_on"]]
    for name, question, satisfied in (
        ("staff_satisfaction", "总体评价", SATISFIED),
        ("visitor_satisfaction", "当事人评价", ("满意",)),
    ):
        chosen = answers[(answers["question"] == question) & answers["answer"].notna()]
        for period, dimension, value, rows in each(chosen, "at", as_of, ()):
            pleased = rows[rows["answer"].isin(satisfied)]["quantity"].sum()
            found[name, period, dimension, value] = (float(pleased), float(rows["quantity"].sum()))
    measured = frames["measurement"].copy()
    measured["at"] = [midnight(date.fromisoformat(day)) for day in measured["measured_on"]]
    measured = measured[(measured["kind"] == "等保测评得分") & (measured["at"] < as_of)].sort_values("at")
    for period, dimension, value, rows in each(measured, "at", as_of, ()):
        if len(rows):
            found["protection_score", period, dimension, value] = (float(rows["value"].iloc[-1]), None)
    money = frames["budget_line"].copy()
    money["at"] = [midnight(date.fromisoformat(day)) for day in money["booked_on"]]
    money["amount"] = money["amount"].astype(float)
    for period, first, last in periods(as_of):  # months, quarters and halves count from New Year
        since = first if ".." in period else date(first.year, 1, 1)
        rows = cut(money[money["at"] < as_of], "at", (period, since, last))
        by_kind = rows.groupby("kind")["amount"].sum()
        paid, received = by_kind.get("paid", 0.0), by_kind.get("received", 0.0)
        budget = by_kind.get("budget", 0.0) + by_kind.get("adjustment", 0.0)
        found["budget_execution", period, "total", ""] = (paid, budget)
        found["funds_in_place", period, "total", ""] = (received, budget)
        found["balance", period, "total", ""] = (received - paid, None)
    return found


def _plan(frames: dict[str, pd.DataFrame], as_of: int) -> Figures:
    """Due inspections that were done: of the same kind, asset, site and vendor, each for the plan that ends first."""
    done = frames["inspection"]
    done = done[done["inspected_at"] < as_of].sort_values("inspected_at")
    left: dict[str, list[list[Any]]] = {}
    for row in done.itertuples():
        left.setdefault(row.kind, []).append([row.inspected_at, row.quantity, row])
    plans = frames["inspection_plan"].sort_values(["due_until", "due_from"]).copy()
    kept = []
    for plan in plans.itertuples():
        first = midnight(date.fromisoformat(plan.due_from))
        last = midnight(date.fromisoformat(plan.due_until)) + DAY
        wanted = {
            name: getattr(plan, name) for name in ("asset_no", "site", "vendor") if getattr(plan, name) is not None
        }
        made = 0
        for one in left.get(plan.kind, []):
            if one[0] >= last or made == plan.quantity:
                break
            if one[0] < first or not one[1] or any(getattr(one[2], name) != value for name, value in wanted.items()):
                continue
            used = min(one[1], plan.quantity - made)
            made, one[1] = made + used, one[1] - used
        kept.append(made)
    plans["done"] = kept
    plans["at"] = [midnight(date.fromisoformat(day)) for day in plans["due_until"]]
    plans = plans[plans["at"] + DAY <= as_of]
    found: Figures = {}
    for period, dimension, value, rows in each(plans, "at", as_of, ("kind",)):
        found["inspection_completion", period, dimension, value] = (
            float(rows["done"].sum()),
            float(rows["quantity"].sum()),
        )
    return found
