"""Resolution times against a twin that counts every second of every ticket one by one (semantics 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.service_calendar import DayRules, ServiceCalendar, parse_window
from tests.metrics.event_facts import ZONE, ask, at, facts, measure

START = at("2023-03-06 08:29")  # a Monday; the windows below open and close within the next five minutes
WINDOW = parse_window({"mon-fri": ["08:30-08:31", "08:32-08:33"]}, follows_workdays=True)
CALENDAR = ServiceCalendar(WINDOW, DayRules(), ZONE, date(2023, 1, 1), date(2023, 12, 31))
LAST = 300


@dataclass(frozen=True)
class Cycle:
    opened: int
    resolved: int | None


@dataclass(frozen=True)
class Ticket:
    """Moments in seconds after START.

    ``listed``: the cycles as the vendor lists them, which may begin with the first reopening, leave the last
    resolution to the ticket, or be absent; ``cycles``: what they mean.
    """

    cycles: list[Cycle]
    listed: list[Cycle]
    holds: list[tuple[int, int | None, str]]

    @property
    def reported(self) -> int:
        return self.cycles[0].opened

    @property
    def resolved(self) -> int | None:
        return self.cycles[-1].resolved


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    moments = sorted(draw(st.lists(st.integers(0, LAST), min_size=1, max_size=6, unique=True)))
    pairs = [moments[i : i + 2] for i in range(0, len(moments), 2)]
    cycles = [Cycle(pair[0], pair[1] if len(pair) == 2 else None) for pair in pairs]
    hold = st.tuples(
        st.integers(-20, LAST), st.none() | st.integers(1, 200), st.sampled_from(["court", "third_party", "vendor"])
    )
    holds = draw(st.lists(hold, max_size=3, unique_by=lambda one: one[0]))
    listed = list(cycles)
    if draw(st.booleans()):  # the last resolution stands only in the ticket itself
        listed[-1] = Cycle(listed[-1].opened, None)
    if draw(st.booleans()):  # the first cycle is not listed: the ticket was being worked on until the second ended
        listed = listed[1:]
        if len(cycles) > 1:
            cycles = [Cycle(cycles[0].opened, cycles[1].resolved), *cycles[2:]]
    return Ticket(
        cycles, listed, [(begin, None if lasts is None else begin + lasts, side) for begin, lasts, side in holds]
    )


def open_seconds(ticket: Ticket, reopen: str, as_of: int) -> tuple[list[int], bool]:
    """Every second that counts before the holds, and whether the ticket is resolved, at ``as_of``."""
    cycles = [
        Cycle(cycle.opened, cycle.resolved if cycle.resolved is not None and cycle.resolved < as_of else None)
        for cycle in ticket.cycles
        if cycle.opened < as_of
    ]
    if reopen == "first":
        cycles = cycles[:1]
    done = cycles[-1].resolved is not None
    ends = [as_of if cycle.resolved is None else cycle.resolved for cycle in cycles]
    if reopen == "sum":
        spans = [range(cycle.opened, end) for cycle, end in zip(cycles, ends, strict=True)]
    else:
        spans = [range(cycles[0].opened, ends[-1])]
    return [second for span in spans for second in span], done


def twin(ticket: Ticket, reopen: str, service: bool, as_of: int) -> int | None:
    """Seconds to the resolution, None while there is none."""
    seconds, done = open_seconds(ticket, reopen, as_of)
    held = {
        second
        for begin, end, side in ticket.holds
        if side != "vendor"
        for second in range(begin, as_of if end is None else end)
    }
    counted = [s for s in seconds if s not in held and (not service or s // 60 in (1, 3))]
    return len(counted) if done else None


def rows(listed: list[Ticket]) -> dict[str, list[dict[str, Any]]]:
    """The tickets as records."""
    found: dict[str, list[dict[str, Any]]] = {"ticket": [], "ticket_cycle": [], "hold": []}
    for number, ticket in enumerate(listed):
        name = {"ticket_no": f"T{number}"}
        found["ticket"].append({**name, "reported_at": START + ticket.reported, "resolved_at": moment(ticket.resolved)})
        found["ticket_cycle"] += [
            {**name, "opened_at": START + cycle.opened, "resolved_at": moment(cycle.resolved)}
            for cycle in ticket.listed
        ]
        found["hold"] += [
            {**name, "hold_from": START + begin, "hold_to": moment(end), "side": side}
            for begin, end, side in ticket.holds
        ]
    return found


def moment(second: int | None) -> int | None:
    return None if second is None else START + second


@settings(max_examples=70, deadline=None)
@given(
    listed=st.lists(tickets(), min_size=1, max_size=5),
    reopen=st.sampled_from(["first", "last", "sum"]),
    service=st.booleans(),
    as_of=st.integers(1, LAST + 60),
)
def test_resolution_times_are_those_that_counting_every_second_gives(
    listed: list[Ticket], reopen: str, service: bool, as_of: int
) -> None:
    params = {"reopen": reopen, **({"clock": "service", "window": "5x8"} if service else {})}
    request = ask(
        "mean_resolution",
        facts(**rows(listed)),
        "2023-03",
        params=params,
        calendars={"5x8": CALENDAR},
        as_of=START + as_of,
    )
    expected = [twin(ticket, reopen, service, as_of) for ticket in listed if ticket.reported < as_of]
    resolved = sorted(seconds for seconds in expected if seconds is not None)
    (figure,) = measure(request)

    assert figure.numerator == sum(resolved)
    assert figure.denominator == len(resolved)
    assert figure.parts["open_count"] == len(expected) - len(resolved)
    if resolved:
        assert figure.parts["max"] == resolved[-1]
        middle = resolved[(len(resolved) - 1) // 2] + resolved[len(resolved) // 2]
        assert 2 * figure.parts["median"] == middle


@settings(max_examples=40, deadline=None)
@given(
    listed=st.lists(tickets(), min_size=1, max_size=5),
    reopen=st.sampled_from(["first", "last", "sum"]),
    as_of=st.integers(1, LAST + 60),
    limit=st.integers(0, 200),
)
def test_in_time_late_overdue_and_not_yet_due_are_those_that_counting_gives(
    listed: list[Ticket], reopen: str, as_of: int, limit: int
) -> None:
    params = {"reopen": reopen, "limits": {"*": f"{limit}秒"}}
    request = ask("timely_rate", facts(**rows(listed)), "2023-03", params=params, as_of=START + as_of)
    begun = [ticket for ticket in listed if ticket.reported < as_of]
    expected = {"good": 0, "late_count": 0, "overdue_count": 0, "not_due_count": 0}
    for ticket in begun:
        seconds, done = open_seconds(ticket, reopen, as_of)
        held = {
            second
            for begin, end, side in ticket.holds
            if side != "vendor"
            for second in range(begin, as_of if end is None else end)
        }
        in_time = sum(second not in held for second in seconds) <= limit
        expected[
            ("good" if in_time else "late_count") if done else ("not_due_count" if in_time else "overdue_count")
        ] += 1
    (figure,) = measure(request)

    assert figure.numerator == expected["good"]
    assert figure.denominator == len(begun) - expected["not_due_count"]
    assert {name: figure.parts[name] for name in expected if name != "good"} == {
        name: number for name, number in expected.items() if name != "good"
    }
