"""Which time records claim as down, as excluded or as seen to be up (semantics 3), one claim per record.

Nothing at or after ``as_of`` has happened: what has not ended by then lasts until ``as_of``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from metrics.assets import ATTRIBUTES, Register, Segments
from metrics.endings import Ending
from metrics.frames import FAR_FUTURE, Ints, Texts, integers, local_days, texts, true
from metrics.indicators import Facts
from metrics.intervals import Intervals
from metrics.rounds import Rounds, happened
from metrics.scope import Coded

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import pandas as pd


@dataclass(frozen=True)
class Claims:
    """Intervals claimed by records of one type; owners are numbers of the register.

    Attributes:
        opening: how a claim begins, for people, with ``{name}``.
        names: the records' own numbers, for every row of their frame; ``row`` says which row a claim is of.
        ended: an Ending; ``ended_by`` the number of the record that ends it, None where it is the same.
    """

    record: str
    opening: str
    intervals: Intervals
    row_id: Ints
    names: pd.Series[Any]
    row: Ints
    ended: Ints
    ended_by: Texts | None = None

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Claims:
        """The chosen claims, by mask or by position."""
        return Claims(
            self.record,
            self.opening,
            self.intervals.take(chosen),
            self.row_id[chosen],
            self.names,
            self.row[chosen],
            self.ended[chosen],
            None if self.ended_by is None else self.ended_by[chosen],
        )

    def opened_words(self) -> list[str]:
        """What opened each claim, in Chinese."""
        return [self.opening.format(name=name) for name in self._own()]

    def ended_words(self) -> list[str]:
        """What ended each claim, in Chinese."""
        label = self.opening.split("{name}")[0]
        by = [None] * len(self.row) if self.ended_by is None else self.ended_by.tolist()
        return [
            Ending(ended).words(f"{label}{name}", other)
            for ended, name, other in zip(self.ended.tolist(), self._own(), by, strict=True)
        ]

    def _own(self) -> list[str]:
        own: list[str] = texts(self.names.iloc[self.row]).tolist()
        return own


def ticket_claims(facts: Facts, rounds: Rounds) -> list[Claims]:
    """Down by tickets that say the asset was unusable."""
    tickets, cycles = facts.frames["ticket"], facts.frames["ticket_cycle"]
    down = rounds.take(true(tickets["asset_unusable"])[rounds.ticket])
    own, again = down.take(down.cycle < 0), down.take(down.cycle >= 0)
    row_ids, cycle_ids = integers(tickets["row_id"], -1), integers(cycles["row_id"], -1)
    names = tickets["ticket_no"]
    return [
        Claims("ticket", "工单 {name} 报障", own.intervals, row_ids[own.ticket], names, own.ticket, own.ended),
        Claims(
            "ticket_cycle",
            "工单 {name} 打开",
            again.intervals,
            cycle_ids[again.cycle],
            names,
            again.ticket,
            again.ended,
        ),
    ]


def inspection_claims(facts: Facts, register: Register, rounds: Rounds, as_of: int) -> Claims:
    """Down by inspections found abnormal, to the first of: the end of a ticket, the next normal inspection.

    The ticket is any that was open on the asset at the inspection (the first of them to end), else the first
    reported or reopened afterwards.
    """
    frame = facts.frames["inspection"]
    owner = register.numbers(frame["asset_no"])
    inspected = happened(frame["inspected_at"], as_of)
    result = Coded.of(frame["result"])
    counts = (owner >= 0) & (inspected < as_of)
    abnormal = np.flatnonzero(counts & result.among(["abnormal"]))
    normal = np.flatnonzero(counts & result.among(["normal"]))
    next_normal, normal_row = _following(owner, inspected, abnormal, normal)
    ticket_end, ticket_row = _ticket_ends(rounds, owner[abnormal], inspected[abnormal])
    end = np.minimum(np.minimum(ticket_end, next_normal), as_of)
    by_ticket, by_normal = end == ticket_end, end == next_normal
    ended = np.select([by_ticket, by_normal], [Ending.TICKET_ENDED, Ending.NORMAL_INSPECTION], Ending.OPEN)
    numbers, tickets = frame["inspection_no"], facts.frames["ticket"]["ticket_no"]
    by = np.full(len(abnormal), None, object)
    for ending, names, row in (
        (Ending.TICKET_ENDED, tickets, ticket_row),
        (Ending.NORMAL_INSPECTION, numbers, normal_row),
    ):
        by[ended == ending] = texts(names.iloc[row[ended == ending]])
    return Claims(
        "inspection",
        "巡检 {name} 异常",
        Intervals(owner[abnormal], inspected[abnormal], end),
        integers(frame["row_id"], -1)[abnormal],
        frame["inspection_no"],
        abnormal,
        ended,
        by,
    )


def _following(owner: Ints, moments: Ints, asked: Ints, among: Ints) -> tuple[Ints, Ints]:
    """For each row of ``asked`` the first moment after its own of the same owner in ``among``, and its row."""
    ordered = among[np.lexsort((moments[among], owner[among]))]
    span = FAR_FUTURE
    keys = owner[ordered] * span + moments[ordered]
    at = np.searchsorted(keys, owner[asked] * span + moments[asked], "right")
    found = np.append(ordered, -1)[at]
    same = (found >= 0) & (owner[found] == owner[asked]) if len(owner) else np.zeros(len(asked), np.bool_)
    return np.where(same, moments[found] if len(moments) else 0, FAR_FUTURE), found


def _ticket_ends(rounds: Rounds, owner: Ints, moments: Ints) -> tuple[Ints, Ints]:
    """When the ticket that ends each abnormal inspection ends (FAR_FUTURE if it does not), and the ticket's row."""
    order = np.lexsort((rounds.intervals.end, rounds.intervals.start, rounds.intervals.owner))
    owners, starts, ends = rounds.intervals.take(order)
    ends = np.where(rounds.ended[order] == Ending.OPEN, FAR_FUTURE, ends)
    tickets = rounds.ticket[order]
    low, high = np.searchsorted(owners, owner, "left"), np.searchsorted(owners, owner, "right")
    end, row = np.full(len(owner), FAR_FUTURE), np.full(len(owner), -1)
    for i, moment in enumerate(moments.tolist()):  # few inspections are abnormal
        mine = slice(low[i], high[i])
        open_now = (starts[mine] <= moment) & (ends[mine] > moment)
        if open_now.any():
            found = low[i] + int(np.where(open_now, ends[mine], FAR_FUTURE + 1).argmin())
        else:
            found = low[i] + int(np.searchsorted(starts[mine], moment, "left"))
        if found < high[i]:
            end[i], row[i] = ends[found], tickets[found]
    return end, row


def outage_claims(facts: Facts, register: Register, as_of: int) -> Claims:
    """Down by outages that a vendor lists."""
    frame = facts.frames["outage"]
    owner = register.numbers(frame["asset_no"])
    started, ended = happened(frame["started_at"], as_of), happened(frame["ended_at"], as_of)
    rows = np.flatnonzero((owner >= 0) & (started < as_of))
    finished = ended[rows] < FAR_FUTURE
    return Claims(
        "outage",
        "中断 {name} 开始",
        Intervals(owner[rows], started[rows], np.where(finished, ended[rows], as_of)),
        integers(frame["row_id"], -1)[rows],
        frame["outage_no"],
        rows,
        np.where(finished, Ending.ENDED, Ending.OPEN),
    )


def exclusion_claims(facts: Facts, register: Register, segments: Segments, as_of: int) -> Claims:
    """Excluded by approved exclusions: of the asset they name, else of every segment in their scope.

    An exclusion without asset applies where every scope column it fills (class, site, vendor, project) agrees.
    """
    frame = facts.frames["exclusion"]
    started, ended = integers(frame["started_at"], as_of), integers(frame["ended_at"], as_of)
    approved = true(frame["approved"]) & (started < as_of)
    owner = register.numbers(frame["asset_no"])
    named = np.flatnonzero(approved & (owner >= 0))
    scoped = np.flatnonzero(approved & frame["asset_no"].isna().to_numpy(dtype="bool"))
    scopes = {name: texts(frame[name]) for name in ATTRIBUTES}
    pieces = [(Intervals(owner[named], started[named], ended[named]), named)]
    for row in scoped.tolist():
        inside = segments.take(_in_scope(segments.attributes, {name: scopes[name][row] for name in scopes}))
        clipped = inside.intervals.clip(started[row], ended[row])
        pieces.append((clipped, np.full(len(clipped.owner), row)))
    rows = np.concatenate([row for _, row in pieces])
    intervals = Intervals(*(np.concatenate([piece[i] for piece, _ in pieces]) for i in range(3)))
    closed = np.minimum(intervals.end, as_of)
    return Claims(
        "exclusion",
        "豁免 {name} 开始",
        Intervals(intervals.owner, intervals.start, closed),
        integers(frame["row_id"], -1)[rows],
        frame["exclusion_no"],
        rows,
        np.where(ended[rows] <= as_of, Ending.ENDED, Ending.OPEN),
    )


def _in_scope(attributes: Mapping[str, Texts], scope: Mapping[str, str | None]) -> NDArray[np.bool_]:
    inside = np.ones(len(attributes["project"]), np.bool_)
    for name, wanted in scope.items():
        if wanted is not None:
            inside &= attributes[name] == wanted
    return inside


def normal_days(facts: Facts, register: Register, zone: ZoneInfo, as_of: int) -> Claims:
    """The local days (up to ``as_of``) on which an inspection found the asset normal."""
    frame = facts.frames["inspection"]
    owner, inspected = register.numbers(frame["asset_no"]), happened(frame["inspected_at"], as_of)
    rows = np.flatnonzero((owner >= 0) & (inspected < as_of) & Coded.of(frame["result"]).among(["normal"]))
    days = local_days(inspected[rows], zone)
    day = np.searchsorted(days, inspected[rows], "right") - 1
    return Claims(
        "inspection",
        "巡检 {name} 正常",
        Intervals(owner[rows], days[day], np.minimum(days[day + 1], as_of)),
        integers(frame["row_id"], -1)[rows],
        frame["inspection_no"],
        rows,
        np.full(len(rows), Ending.DAY_ENDED),
    )
