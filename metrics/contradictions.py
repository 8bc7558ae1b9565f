"""Where two sources say what cannot both be true (semantics 7). Listed per period; they change no figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from metrics.frames import FAR_FUTURE, Ints, integers, true
from metrics.indicators import Contract, Facts, Where
from metrics.matching import Difference, Matching, differences, pairs_of
from metrics.period import Period, midnight
from metrics.records import RECORDS
from metrics.scope import Coded, Events, before, scope

if TYPE_CHECKING:
    import pandas as pd

CONTRADICTION_LABELS: Mapping[str, str] = {
    "closed_while_failing": "关单时拨测仍失败",
    "normal_during_fault": "故障未结束而巡检正常",
    "arrived_before_reported": "到场早于报障",
    "two_vendors": "同一工单出自两家服务商",
    "matched_differs": "两个系统对同一工单所记不一",
    "matched_doubtful": "两个系统中疑似同一工单",
}
COLUMNS = ("period", "kind", "asset_no", "at", "text", "record", "row_id")
#: Reports of one asset by two vendors at most so far apart are of one fault; equal numbers may be a day apart,
#: because vendors who both count from 1 would otherwise agree all year.
_SAME_FAULT_SECONDS = 300
_SAME_NUMBER_SECONDS = 86_400
_DAY = 86_400


class _Found(NamedTuple):
    kind: str
    asset_no: str | None
    at: int
    text: str
    record: str
    row_id: int


@dataclass(frozen=True)
class _Tickets:
    """Tickets of the project reported before ``as_of`` and not cancelled; what has not happened is FAR_FUTURE."""

    events: Events
    asset_no: list[str | None]
    number: list[str]
    reported: Ints
    arrived: Ints
    resolved: Ints
    closed: Ints  # else resolved


def contradictions(facts: Facts, contract: Contract, periods: Sequence[Period], as_of: int) -> pd.DataFrame:
    """Every contradiction between records of the project that had happened before ``as_of``.

    Returns:
        COLUMNS: the period's label (a line for each asked period that holds the moment), the kind (a key of
        CONTRADICTION_LABELS), the asset, the moment in UTC seconds, the Chinese sentence, and the record it is
        about; by period in the order asked, then by moment.
    """
    import pandas as pd

    tickets = _read_tickets(facts, contract, as_of)
    found = [
        *_closed_while_failing(facts, tickets, contract.zone, as_of),
        *_normal_during_fault(facts, contract, tickets, as_of),
        *_arrived_before_reported(tickets, contract.zone),
        *_two_vendors(tickets, contract.zone, _matched(facts, contract)),
        *_matched_tickets(facts, contract, tickets),
    ]
    found.sort(key=lambda one: (one.at, one.kind, one.row_id))
    lines = []
    for period in periods:
        start, end = period.bounds(contract.zone)
        lines += [(period.label, *one) for one in found if start <= one.at < end]
    text = "string[pyarrow]"
    types = dict.fromkeys(COLUMNS, text) | {"at": "int64", "row_id": "int64"}
    columns = zip(*lines, strict=True) if lines else [()] * len(COLUMNS)
    return pd.DataFrame(
        {name: pd.Series(list(values), dtype=types[name]) for name, values in zip(COLUMNS, columns, strict=True)}
    )


def _read_tickets(facts: Facts, contract: Contract, as_of: int) -> _Tickets:
    events = scope(facts, contract, Where(), "ticket")
    reported = events.integers("reported_at", FAR_FUTURE)
    events = events.take((reported < as_of) & ~true(events.column("cancelled")))
    reported, arrived, resolved, closed = (
        before(events.integers(name, FAR_FUTURE), as_of)
        for name in ("reported_at", "arrived_at", "resolved_at", "closed_at")
    )
    return _Tickets(
        events,
        _values(events.attributes["asset_no"]),
        events.column("ticket_no").tolist(),
        reported,
        arrived,
        resolved,
        np.where(closed < FAR_FUTURE, closed, resolved),
    )


def _closed_while_failing(facts: Facts, tickets: _Tickets, zone: ZoneInfo, as_of: int) -> Iterator[_Found]:
    """A failing check at or after the closing, in a run of failures that began before it."""
    if not len(facts.states):
        return
    states = facts.states[(facts.states["state"] == "down").to_numpy(dtype=np.bool_)]
    assets = {name: code for code, name in enumerate(states["asset_no"].unique())}
    owner = np.array([assets.get(name, -1) if name is not None else -1 for name in tickets.asset_no], np.int64)
    closed = np.flatnonzero((owner >= 0) & (tickets.closed < FAR_FUTURE))
    told: set[int] = set()
    for _, runs in states.groupby("source", sort=True):
        run_owner = np.array([assets[name] for name in runs["asset_no"]], np.int64)
        first, last = integers(runs["first_at"], 0), np.minimum(integers(runs["last_at"], 0), as_of - 1)
        order = np.lexsort((first, run_owner))
        run_owner, first, last = run_owner[order], first[order], last[order]
        keys = run_owner * FAR_FUTURE + first
        place = np.searchsorted(keys, owner[closed] * FAR_FUTURE + tickets.closed[closed], "right") - 1
        hit = (place >= 0) & (run_owner[place] == owner[closed]) & (last[place] >= tickets.closed[closed])
        for row, run in zip(closed[hit].tolist(), place[hit].tolist(), strict=True):
            if row not in told:
                told.add(row)
                at = int(tickets.closed[row])
                text = (
                    f"工单“{tickets.number[row]}”于 {_clock(at, zone)} 关单，而拨测自 {_clock(int(first[run]), zone)} "
                    f"起持续失败，至 {_clock(int(last[run]), zone)} 仍未恢复"
                )
                yield _ticket(tickets, row, "closed_while_failing", at, text)


def _normal_during_fault(facts: Facts, contract: Contract, tickets: _Tickets, as_of: int) -> Iterator[_Found]:
    """A normal inspection while an incident or an outage of the asset was open.

    By the moment: a fault that begins in the afternoon does not belie the morning's inspection. An inspection at
    midnight has a date and no time, and is held against its whole day.
    """
    zone = contract.zone
    faults = _read_faults(facts, contract, tickets, as_of)
    events = scope(facts, contract, Where(), "inspection")
    at = events.integers("inspected_at", FAR_FUTURE)
    normal = Coded.of(events.column("result")).among(["normal"]) & (at < as_of)
    assets, numbers = _values(events.attributes["asset_no"]), events.column("inspection_no")
    for row in np.flatnonzero(normal).tolist():
        moment, asset = int(at[row]), assets[row]
        day = midnight(datetime.fromtimestamp(moment, zone).date(), zone)
        until = moment + 1 if moment > day else day + _DAY
        fault = faults.open_within(asset, moment, until) if asset is not None else None
        if fault is not None:
            words = _fault_words(tickets, faults, fault, zone)
            text = f"巡检“{numbers.iloc[row]}”于 {_clock(moment, zone)} 记为正常，而{words}"
            yield _Found("normal_during_fault", asset, moment, text, "inspection", int(events.row_id[row]))


@dataclass(frozen=True)
class _Faults:
    """Incident tickets and outage records by asset and start; ``ticket`` is -1 for an outage."""

    stretches: Mapping[str, slice]
    start: Ints
    end: Ints  # FAR_FUTURE while open
    ticket: Ints
    outage_no: list[str]

    def open_within(self, asset_no: str, start: int, end: int) -> int | None:
        """The first fault of the asset that shares time with ``[start, end)``."""
        stretch = self.stretches.get(asset_no, slice(0, 0))
        found = np.flatnonzero((self.start[stretch] < end) & (self.end[stretch] > start))
        return int(found[0]) + stretch.start if len(found) else None


def _read_faults(facts: Facts, contract: Contract, tickets: _Tickets, as_of: int) -> _Faults:
    incident = np.flatnonzero(~tickets.events.attribute("kind").among(["service_request"]))
    events = scope(facts, contract, Where(), "outage")
    started = events.integers("started_at", FAR_FUTURE)
    events, started = events.take(started < as_of), started[started < as_of]
    ended = before(events.integers("ended_at", FAR_FUTURE), as_of)
    column = tickets.events.attributes["asset_no"].take(incident)
    outages = events.attributes["asset_no"]
    named = {name: code for code, name in enumerate(sorted({*column.values, *outages.values}))}
    asset = np.concatenate([column.number(named, -1), outages.number(named, -1)])
    start = np.concatenate([tickets.reported[incident], started])
    order = np.lexsort((start, asset))
    bounds = np.searchsorted(asset[order], np.arange(len(named) + 1)).tolist()
    numbers = [*[""] * len(incident), *events.column("outage_no")]
    return _Faults(
        {name: slice(bounds[code], bounds[code + 1]) for name, code in named.items()},
        start[order],
        np.concatenate([tickets.resolved[incident], ended])[order],
        np.concatenate([incident, np.full(len(events), -1)])[order],
        [numbers[row] for row in order.tolist()],
    )


def _fault_words(tickets: _Tickets, faults: _Faults, fault: int, zone: ZoneInfo) -> str:
    ticket, start, end = int(faults.ticket[fault]), int(faults.start[fault]), int(faults.end[fault])
    what = f"故障工单“{tickets.number[ticket]}”" if ticket >= 0 else f"故障中断“{faults.outage_no[fault]}”"
    until = f"{_clock(end, zone)} 才结束" if end < FAR_FUTURE else "尚未结束"
    return f"{what}自 {_clock(start, zone)} 起，{until}"


def _arrived_before_reported(tickets: _Tickets, zone: ZoneInfo) -> Iterator[_Found]:
    """Rows that were flagged when the arrival was lifted to the report (semantics 4), or still run backwards."""
    flags = tickets.events.column("flags")
    flagged = flags.str.contains("arrived_at", regex=False).to_numpy(dtype=np.bool_, na_value=False)
    backwards = tickets.arrived < tickets.reported
    for row in np.flatnonzero(backwards | (flagged & (tickets.arrived == tickets.reported))).tolist():
        at = int(tickets.reported[row])
        said = "" if backwards[row] else "，已按报障时间计"
        text = f"工单“{tickets.number[row]}”的到场时间早于报障时间 {_clock(at, zone)}{said}"
        yield _ticket(tickets, row, "arrived_before_reported", at, text)


def _matched(facts: Facts, contract: Contract) -> set[tuple[int, int]]:
    """Row ids (smaller first) of tickets that count once: that they are one is no contradiction."""
    if contract.matching is None:
        return set()
    pairs = pairs_of(facts, contract.matching)
    ids = integers(facts.frames["ticket"]["row_id"], -1)
    both = (
        *zip(ids[pairs.leading], ids[pairs.behind], strict=True),
        *zip(ids[pairs.rival], ids[pairs.doubtful], strict=True),
    )
    return {(min(one, other), max(one, other)) for one, other in both}


def _matched_tickets(facts: Facts, contract: Contract, tickets: _Tickets) -> Iterator[_Found]:
    """What two systems say differently of one ticket; and tickets that may be one but were not taken for one."""
    matching = contract.matching
    if matching is None:
        return
    frame = facts.frames["ticket"]
    pairs = pairs_of(facts, matching)
    ids = integers(frame["row_id"], -1)
    positions = {int(row): at for at, row in enumerate(tickets.events.row_id.tolist())}
    told: dict[int, list[str]] = {}
    for difference in differences(frame, pairs, matching.tolerance):
        told.setdefault(difference.pair, []).append(_difference(difference, contract.zone))
    for at, texts in sorted(told.items()):
        yield from _of_pair(frame, ids, positions, tickets, (pairs.leading[at], pairs.behind[at]), matching, texts)
    for behind, rival in zip(pairs.doubtful.tolist(), pairs.rival.tolist(), strict=True):
        texts = ["同一设备、报障相近，而后者已另有对应的工单，两张都计"]
        yield from _of_pair(frame, ids, positions, tickets, (rival, behind), matching, texts, "matched_doubtful")


def _of_pair(
    frame: pd.DataFrame,
    ids: Ints,
    positions: Mapping[int, int],
    tickets: _Tickets,
    pair: tuple[int, int],
    matching: Matching,
    texts: Sequence[str],
    kind: str = "matched_differs",
) -> Iterator[_Found]:
    """One line about a pair, if one of its tickets is among ``tickets``."""
    one, other = pair
    position = positions.get(int(ids[one]), positions.get(int(ids[other])))  # one of them may have been cancelled
    if position is None:
        return
    names = [_named(frame, row, matching) for row in (one, other)]
    if kind == "matched_doubtful":
        text = f"{names[1]}与{names[0]}：{texts[0]}"
    else:
        text = f"{names[0]}与{names[1]}是同一工单：{'；'.join(texts)}；以前者为准"
    yield _ticket(tickets, position, kind, int(tickets.reported[position]), text)


def _named(frame: pd.DataFrame, row: int, matching: Matching) -> str:
    source, number = str(frame["source"].iloc[row]), frame["ticket_no"].iloc[row]
    return f"{matching.names.get(source, source)}的工单“{number}”"


def _difference(found: Difference, zone: ZoneInfo) -> str:
    if found.column == "cancelled":
        return "前者已作废，后者没有" if found.leading else "后者已作废，前者没有"
    label = RECORDS["ticket"].column(found.column).label
    one, other = (_clock(moment, zone) if moment is not None else "没有" for moment in (found.leading, found.behind))
    return f"{label}前者 {one}，后者 {other}"


def _two_vendors(tickets: _Tickets, zone: ZoneInfo, matched: set[tuple[int, int]]) -> Iterator[_Found]:
    """Pairs of neighbours in time: one number reported within a day, or one asset within minutes.

    ``matched``: row ids of pairs that are spoken of already.
    """
    row_ids = tickets.events.row_id.tolist()
    frame = tickets.events.frame
    vendor = _values(Coded.of(frame["vendor"]).filled_from(Coded.of(frame["source"])))
    told: set[tuple[int, int]] = set()
    number = Coded.of(frame["ticket_no"]).codes
    asset = tickets.events.attributes["asset_no"].codes
    for codes, within, what in ((number, _SAME_NUMBER_SECONDS, "工单号相同"), (asset, _SAME_FAULT_SECONDS, "设备相同")):
        order = np.lexsort((tickets.reported, codes))
        earlier, later = order[:-1], order[1:]
        apart = tickets.reported[later] - tickets.reported[earlier]
        near = (codes[earlier] == codes[later]) & (codes[later] >= 0) & (apart <= within)
        for first, second in zip(earlier[near].tolist(), later[near].tolist(), strict=True):
            pair = (min(first, second), max(first, second))
            ids = (min(row_ids[first], row_ids[second]), max(row_ids[first], row_ids[second]))
            if vendor[first] != vendor[second] and pair not in told and ids not in matched:
                told.add(pair)
                at = int(tickets.reported[second])
                text = (
                    f"{vendor[second]}的工单“{tickets.number[second]}”与{vendor[first]}的工单“{tickets.number[first]}”"
                    f"{what}，报障相隔 {(at - int(tickets.reported[first])) // 60} 分钟，疑为同一工单"
                )
                yield _ticket(tickets, second, "two_vendors", at, text)


def _ticket(tickets: _Tickets, row: int, kind: str, at: int, text: str) -> _Found:
    return _Found(kind, tickets.asset_no[row], at, text, "ticket", int(tickets.events.row_id[row]))


def _values(column: Coded) -> list[str | None]:
    values = [*column.values, None]
    return [values[code] for code in column.codes.tolist()]


def _clock(moment: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(moment, zone):%Y-%m-%d %H:%M}"
