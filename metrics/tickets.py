"""Tickets as they stand at ``as_of``: cut events, reopen cycles, and the time that counts (semantics 4).

Moments that have not happened at ``as_of``, or are not known, are FAR_FUTURE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from metrics.errors import ConfigError
from metrics.formulas.params import Reopen, TicketTimeParams
from metrics.frames import FAR_FUTURE, Ints, integers, true
from metrics.indicators import Facts, Request
from metrics.intervals import Coverage, Intervals
from metrics.period import midnight
from metrics.rounds import rows_of_tickets
from metrics.scope import Events, Mask, before, scope

if TYPE_CHECKING:
    from metrics.service_calendar import ServiceCalendar

Measure = Callable[[Ints], Ints]
#: Only these sides' holds are subtracted.
_FOREIGN_SIDES = ("court", "third_party")


class Attached(NamedTuple):
    """Rows of another record that belong to tickets: the ticket's position, the row's id, and its interval."""

    ticket: Ints
    row_id: Ints
    start: Ints
    end: Ints

    def take(self, kept: Mask) -> Attached:
        """The chosen rows."""
        return Attached(self.ticket[kept], self.row_id[kept], self.start[kept], self.end[kept])


@dataclass(frozen=True)
class Tickets:
    """Tickets in scope that were reported before ``as_of``.

    Attributes:
        resolved: the resolution that the reopen policy picks.
        reopened: opened again before ``as_of``.
        spans: the time that counts, per ticket (owner): reported to resolved or ``as_of``; under ``sum`` the
            active cycles.
        holds: holds of the court's or a third party's side that share time with the spans, cut at ``as_of``.
        cycles: the cycles that the vendor reported, begun before ``as_of``.
    """

    events: Events
    reported: Ints
    responded: Ints
    arrived: Ints
    resolved: Ints
    cancelled: Mask
    reopened: Mask
    spans: Intervals
    holds: Attached
    cycles: Attached

    @property
    def is_resolved(self) -> Mask:
        """Resolved at ``as_of`` by the reopen policy."""
        return self.resolved < FAR_FUTURE

    def moment(self, attribute_by: str) -> Ints:
        """The moment that decides a ticket's period."""
        return self.reported if attribute_by == "reported_at" else self.resolved

    def active_seconds(self, measure: Measure) -> Ints:
        """Measured time in the spans less the measured holds in them; of open tickets up to ``as_of``."""
        holds = Coverage(Intervals(self.holds.ticket, self.holds.start, self.holds.end), measure)
        lengths = measure(self.spans.end) - measure(self.spans.start)
        lengths -= holds.between(self.spans.owner, self.spans.start, self.spans.end)
        seconds = np.zeros(len(self.events), np.int64)
        np.add.at(seconds, self.spans.owner, lengths)
        return seconds

    def evidence_rows(self, attached: Sequence[str]) -> Ints:
        """How many rows stand behind each ticket's figure: itself and what of ``attached`` it has."""
        rows = np.ones(len(self.events), np.int64)
        for record in attached:
            np.add.at(rows, self.attached(record).ticket, 1)
        return rows

    def attached(self, record: str) -> Attached:
        """Its ``hold`` or ``ticket_cycle`` rows."""
        return {"hold": self.holds, "ticket_cycle": self.cycles}[record]


def read_tickets(request: Request, reopen: Reopen) -> Tickets:
    """The tickets that the request's indicator speaks of, as they stand at ``as_of``."""
    as_of, facts = request.as_of, request.facts
    events = scope(facts, request.contract, request.definition.where, "ticket")
    events = events.take(events.integers("reported_at", FAR_FUTURE) < as_of)
    reported, responded, arrived, resolved = (
        before(events.integers(name, FAR_FUTURE), as_of)
        for name in ("reported_at", "responded_at", "arrived_at", "resolved_at")
    )
    cycles, row_id = _read_cycles(facts, events, reported, resolved, as_of)
    resolved = _resolution(cycles, resolved, reopen)
    if reopen == "sum":
        spans = _spans(cycles, reported, resolved, as_of)
    else:
        spans = Intervals(np.arange(len(events), dtype=np.int64), reported, np.minimum(resolved, as_of))
    reopened = np.bincount(cycles.ticket, minlength=len(events)) > 1
    told = row_id >= 0
    return Tickets(
        events,
        reported,
        responded,
        arrived,
        resolved,
        true(events.column("cancelled")),
        reopened,
        spans,
        _read_holds(facts, events, spans, as_of),
        Attached(cycles.ticket[told], row_id[told], cycles.opened[told], cycles.resolved[told]),
    )


def clock(request: Request, params: TicketTimeParams) -> Measure:
    """The cumulative function of the indicator's clock, in seconds."""
    calendar = service_calendar(request, params)
    return calendar.service_seconds_until if calendar else lambda moments: moments


def service_calendar(request: Request, params: TicketTimeParams) -> ServiceCalendar | None:
    """The calendar of the service clock; None for the elapsed clock; ConfigError if there is none by that name."""
    if params.window is None:
        return None
    if params.window not in request.calendars:
        known = "、".join(request.calendars)
        raise ConfigError(f"指标“{request.definition.name}”的服务时间“{params.window}”没有定义，已有：{known}")
    return request.calendars[params.window]


def on_clock(measure: Measure, start: Ints, end: Ints, happened: Mask) -> Ints:
    """Measured time from start to end where that happened, else 0."""
    return np.where(happened, measure(np.where(happened, end, start)) - measure(start), 0)


def provisional_spans(calendar: ServiceCalendar | None, start: Ints, end: Ints) -> Mask:
    """Which spans touch a year without an official list of holidays."""
    if calendar is None or not len(start):
        return np.zeros(len(start), np.bool_)
    years = range(_year(int(start.min())) - 1, _year(int(end.max())) + 2)
    edges = np.array([midnight(date(year, 1, 1), calendar.zone) for year in years], np.int64)
    unofficial = [calendar.provisional(int(edge), int(edge) + 1) for edge in edges]
    before_year = np.concatenate([[0], np.cumsum(unofficial)])
    first = np.searchsorted(edges, start, "right") - 1
    last = np.searchsorted(edges, end, "left")
    touched: Mask = before_year[last] > before_year[first]
    return touched


def _year(moment: int) -> int:
    return datetime.fromtimestamp(moment, UTC).year


class _Cycles(NamedTuple):
    """Sorted by ticket and moment; ``following`` is when the ticket was opened again."""

    ticket: Ints
    opened: Ints
    resolved: Ints
    following: Ints


def _read_cycles(facts: Facts, events: Events, reported: Ints, resolved: Ints, as_of: int) -> tuple[_Cycles, Ints]:
    """The cycles of the tickets that have any, and their row ids, -1 for a first one that was not told.

    Where cycles begin with the first reopening, the report opens the first. A cycle without a resolution takes
    the ticket's own if that lies in it.
    """
    frame = facts.frames["ticket_cycle"]
    ticket, opened = _positions(facts, events, "ticket_cycle"), integers(frame["opened_at"], FAR_FUTURE)
    ended = before(integers(frame["resolved_at"], FAR_FUTURE), as_of)
    row_id = integers(frame["row_id"], -1)
    kept = (ticket >= 0) & (opened < as_of)
    earliest = np.full(len(events), FAR_FUTURE)
    np.minimum.at(earliest, ticket[kept], opened[kept])
    untold = np.flatnonzero((earliest < FAR_FUTURE) & (earliest > reported))
    ticket = np.concatenate([ticket[kept], untold])
    opened = np.concatenate([opened[kept], reported[untold]])
    ended = np.concatenate([ended[kept], np.full(len(untold), FAR_FUTURE)])
    row_id = np.concatenate([row_id[kept], np.full(len(untold), -1)])
    order = np.lexsort((opened, ticket))
    ticket, opened, ended = ticket[order], opened[order], ended[order]
    same = np.append(ticket[1:] == ticket[:-1], False)[: len(ticket)]
    following = np.where(same, np.append(opened[1:], 0)[: len(opened)], FAR_FUTURE)
    own = resolved[ticket]
    fills = (ended == FAR_FUTURE) & (own >= opened) & (own <= following)
    return _Cycles(ticket, opened, np.where(fills, own, ended), following), row_id[order]


def _resolution(cycles: _Cycles, resolved: Ints, reopen: Reopen) -> Ints:
    """The first resolution, or the last cycle's: reopened and open now is unresolved."""
    picked = resolved.copy()
    if reopen == "first":
        picked[cycles.ticket] = FAR_FUTURE
        np.minimum.at(picked, cycles.ticket, cycles.resolved)
    else:
        last = cycles.following == FAR_FUTURE
        picked[cycles.ticket[last]] = cycles.resolved[last]
    return picked


def _spans(cycles: _Cycles, reported: Ints, resolved: Ints, as_of: int) -> Intervals:
    """Active cycles of the tickets that have any, and the one span of the others."""
    alone = np.ones(len(reported), np.bool_)
    alone[cycles.ticket] = False
    others = np.flatnonzero(alone)
    ended = np.minimum(np.minimum(cycles.resolved, cycles.following), as_of)
    return Intervals(
        np.concatenate([others, cycles.ticket]),
        np.concatenate([reported[others], cycles.opened]),
        np.concatenate([np.minimum(resolved[others], as_of), ended]),
    )


def _read_holds(facts: Facts, events: Events, spans: Intervals, as_of: int) -> Attached:
    """An open hold runs to the end of its ticket's spans; those end at the resolution, else ``as_of``."""
    frame = facts.frames["hold"]
    foreign = frame["side"].isin(_FOREIGN_SIDES).to_numpy(dtype=np.bool_)
    holds = Attached(
        _positions(facts, events, "hold"),
        integers(frame["row_id"], -1),
        integers(frame["hold_from"], FAR_FUTURE),
        np.minimum(integers(frame["hold_to"], FAR_FUTURE), as_of),
    )
    holds = holds.take(foreign & (holds.ticket >= 0) & (holds.start < holds.end))
    held = np.zeros(len(events), np.bool_)
    held[holds.ticket] = True
    counted = Coverage(spans.take(held[spans.owner]), lambda moments: moments)
    return holds.take(counted.between(holds.ticket, holds.start, holds.end) > 0)


def _positions(facts: Facts, events: Events, record: str) -> Ints:
    """The position in ``events`` of the ticket that each hold or cycle names; -1 where it is none of them."""
    place = np.full(len(facts.frames["ticket"]) + 1, -1)  # the last for row -1: no such ticket
    place[events.rows] = np.arange(len(events))
    positions: Ints = place[rows_of_tickets(facts, record)]
    return positions
