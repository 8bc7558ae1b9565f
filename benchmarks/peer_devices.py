"""The pandas peer's figures by device: one table of device-days per indicator, grouped."""
# An analyst's script carries no types.
# mypy: ignore-errors

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.peer_common import (
    ALWAYS,
    DAY,
    HALVES,
    HARDWARE,
    Figures,
    Spans,
    local,
    merged,
    midnight,
    periods,
    without,
    working_seconds,
)


def by_device(
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
            spans = merged([span for source in sources for span in down[source].get(asset_no, [])])
            free = merged(excluded.get(asset_no, []))
            lost = without(spans, free)
            seen = merged([*known.get(asset_no, []), *spans, *free])
            for day in days:
                said = register.on(asset_no, day)
                if said is None or said["asset_class"] not in classes:
                    continue
                hours = (HALVES if is_workday(day) else ()) if office else ALWAYS
                start = midnight(day)
                opened = [(start + a, start + b) for a, b in hours]
                required = sum(b - a for a, b in opened) - _overlap(opened, free)
                silent = required - (_overlap(opened, seen) - _overlap(opened, free))
                unknown = silent if probing and register.probed(asset_no, day) else 0
                rows.append(
                    (day, asset_no, said["asset_class"], said["vendor"], required, _overlap(opened, lost), unknown)
                )
            if name in ("mean_outage", "failure_rate"):  # one outage, even where an exclusion lies within it
                outages += [(asset_no, start, without([(start, end)], free)) for start, end in spans]
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
    for label, first, last in periods(as_of):
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
            day = local(span[0])
            while day <= local(span[1] - 1):
                said = register.on(asset_no, day)
                if said is not None and all(said[name] == value for name, value in scope.items()):
                    start = midnight(day)
                    found.setdefault(asset_no, []).append((max(span[0], start), min(span[1], start + DAY)))
                day += timedelta(days=1)
    return found


def _parts(
    table: pd.DataFrame, breakdowns: tuple[str, ...], as_of: int
) -> Iterator[tuple[str, str, str, pd.DataFrame]]:
    for label, first, last in periods(as_of):
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
    measure = working_seconds(is_workday, as_of) if office else lambda start, end: end - start
    rows = []
    for asset_no, start, lost in outages:
        said = register.on(asset_no, local(start))
        seconds = sum(measure(a, b) for a, b in lost)
        if said is not None and seconds > 0:
            rows.append((local(start), asset_no, said["asset_class"], said["vendor"], seconds))
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
