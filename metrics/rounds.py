"""The active cycles of tickets, from each report or reopening to its restoration (semantics 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.assets import Register
from metrics.endings import Ending
from metrics.frames import FAR_FUTURE, Ints, integers, true
from metrics.indicators import Facts
from metrics.intervals import Intervals

if TYPE_CHECKING:
    import pandas as pd


class Rounds(NamedTuple):
    """Every active cycle of every ticket on a known asset that was not cancelled, zero-length ones included.

    A ticket without known cycles is one round, from report to restoration, else resolution, else ``as_of``.
    ``ticket`` is the row in the frame of tickets, ``cycle`` the row in that of cycles or -1.
    """

    intervals: Intervals
    ticket: Ints
    cycle: Ints
    ended: Ints

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Rounds:
        """The chosen rounds, by mask or by position."""
        return Rounds(self.intervals.take(chosen), self.ticket[chosen], self.cycle[chosen], self.ended[chosen])


def ticket_rounds(facts: Facts, register: Register, as_of: int) -> Rounds:
    """The rounds of all tickets, reopened ones with every cycle that is known (semantics 3).

    ``register`` is the one of the facts; it numbers the assets the same way in every zone.
    """
    return facts.remembered(("ticket_rounds", as_of), lambda: _ticket_rounds(facts, register, as_of))


def _ticket_rounds(facts: Facts, register: Register, as_of: int) -> Rounds:
    tickets = facts.frames["ticket"]
    owner = register.numbers(tickets["asset_no"])
    reported = happened(tickets["reported_at"], as_of)
    counts = (owner >= 0) & ~true(tickets["cancelled"]) & (reported < as_of)
    end, ended = _ends(tickets, as_of)
    cycles = facts.frames["ticket_cycle"]
    row = rows_of_tickets(facts, "ticket_cycle")
    opened = happened(cycles["opened_at"], as_of)
    known = np.flatnonzero(np.append(counts, False)[row] & (opened < as_of))  # row -1: no such ticket
    known = known[np.lexsort((opened[known], row[known]))]
    ticket_end = np.where(ended == Ending.OPEN, FAR_FUTURE, end)
    later = _cycle_rounds(cycles, known, row[known], (ticket_end[row[known]], ended[row[known]]), as_of)
    first_opened = np.full(len(tickets), FAR_FUTURE)
    np.minimum.at(first_opened, row[known], opened[known])
    # The first round of a reopened ticket is a cycle too; where only reopenings are known, it is the ticket's own
    # up to its end, which cannot lie after the first reopening.
    reopened_first = first_opened < np.where(ended == Ending.OPEN, as_of, end)
    first_end = np.where(reopened_first, first_opened, end)
    first_ended = np.where(reopened_first, Ending.REOPENED, ended)
    first = np.flatnonzero(counts & (reported < first_opened))
    whole = Intervals(owner[first], reported[first], first_end[first])
    return _both(Rounds(whole, first, np.full(len(first), -1), first_ended[first]), later, owner[later.ticket])


def _cycle_rounds(
    cycles: pd.DataFrame, known: Ints, ticket: Ints, ticket_ends: tuple[Ints, Ints], as_of: int
) -> Rounds:
    """One round per known cycle: to its own end, else to the next cycle, else to the ticket's end, else open.

    ``known`` are rows of cycles sorted by ticket and opening, ``ticket`` the ticket of each (also put in place of
    the owner), ``ticket_ends`` when and how that ticket ended, FAR_FUTURE where it has not.
    """
    opened = integers(cycles["opened_at"], FAR_FUTURE)[known]
    end, ended = (values[known] for values in _ends(cycles, as_of))
    follows = np.zeros(len(known), np.bool_)
    follows[:-1] = ticket[1:] == ticket[:-1]
    following = np.append(opened[1:], as_of)[: len(known)]
    ticket_end, ticket_ended = ticket_ends
    by_ticket = (ticket_end >= opened) & (ticket_end < FAR_FUTURE)
    open_end = np.where(follows, following, np.where(by_ticket, ticket_end, as_of))
    open_ended = np.where(follows, Ending.REOPENED, np.where(by_ticket, ticket_ended, Ending.OPEN))
    unfinished = ended == Ending.OPEN
    intervals = Intervals(ticket, opened, np.where(unfinished, open_end, end))
    return Rounds(intervals, ticket, known, np.where(unfinished, open_ended, ended))


def _both(first: Rounds, later: Rounds, later_owner: Ints) -> Rounds:
    intervals = Intervals(
        np.concatenate([first.intervals.owner, later_owner]),
        np.concatenate([first.intervals.start, later.intervals.start]),
        np.concatenate([first.intervals.end, later.intervals.end]),
    )
    return Rounds(
        intervals,
        np.concatenate([first.ticket, later.ticket]),
        np.concatenate([first.cycle, later.cycle]),
        np.concatenate([first.ended, later.ended]),
    )


def rows_of_tickets(facts: Facts, record: str) -> Ints:
    """The row of the ticket that each hold or cycle names, -1 if there is none."""
    return facts.remembered(("ticket_rows", record), lambda: _ticket_rows(facts.frames[record], facts.frames["ticket"]))


def _ticket_rows(frame: pd.DataFrame, tickets: pd.DataFrame) -> Ints:
    """The row of the ticket each row of ``frame`` names by ``ticket_no``, -1 if there is none.

    A ticket of the same source comes first; else one of another source, if only one has that number.
    """
    if not len(frame):
        return np.empty(0, np.int64)
    keys = tickets[["source", "ticket_no"]].assign(row=np.arange(len(tickets)))
    keys = keys[keys["ticket_no"].isin(frame["ticket_no"])]
    same = frame[["source", "ticket_no"]].merge(keys, how="left", on=["source", "ticket_no"])
    alone = keys[["ticket_no", "row"]].drop_duplicates("ticket_no", keep=False)
    other = frame[["ticket_no"]].merge(alone, how="left", on="ticket_no")
    return integers(same["row"].astype("Int64").fillna(other["row"].astype("Int64")), -1)


def happened(series: pd.Series[Any], as_of: int) -> Ints:
    """Instants before ``as_of``; FAR_FUTURE where null or not yet."""
    moments = integers(series, FAR_FUTURE)
    return np.where(moments < as_of, moments, FAR_FUTURE)


def _ends(frame: pd.DataFrame, as_of: int) -> tuple[Ints, Ints]:
    """Restored, else resolved, else ``as_of``, and which of the three."""
    restored, resolved = happened(frame["restored_at"], as_of), happened(frame["resolved_at"], as_of)
    has_restored, has_resolved = restored < FAR_FUTURE, resolved < FAR_FUTURE
    end = np.select([has_restored, has_resolved], [restored, resolved], as_of)
    return end, np.select([has_restored, has_resolved], [Ending.RESTORED, Ending.RESOLVED], Ending.OPEN)
