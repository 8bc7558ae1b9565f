"""Everything that really happened in the demo's year, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

from collector.demo.assets import Register, build_register
from collector.demo.inspections import (
    Inspection,
    Plan,
    Support,
    abnormal,
    build_inspections,
    build_netcast,
    build_plan,
    build_support,
    noticed,
)
from collector.demo.papers import (
    Answer,
    Booking,
    Measured,
    RosterEntry,
    build_answers,
    build_bookings,
    build_measured,
    build_roster,
)
from collector.demo.story import Waiver, waivers
from collector.demo.ticket_life import Ticket
from collector.demo.tickets import build_hotline, build_tickets
from collector.demo.world import SEED


@dataclass(frozen=True)
class Truth:
    """The year; uptime checks are made apart (``checks``), because they are columns."""

    seed: int
    scale: float
    register: Register
    tickets: list[Ticket]
    hotline: list[Ticket]
    inspections: list[Inspection]
    plan: list[Plan]
    support: list[Support]
    netcast: dict[str, list[int]]
    waivers: tuple[Waiver, ...]
    roster: list[RosterEntry]
    answers: list[Answer]
    measured: list[Measured]
    bookings: list[Booking]


def build_truth(scale: float = 1.0, seed: int = SEED) -> Truth:
    """The same seed and scale give the same year."""
    register = build_register(seed, scale)
    inspections = build_inspections(register, seed, scale)
    tickets = build_tickets(register, abnormal(inspections), seed, scale)
    return Truth(
        seed=seed,
        scale=scale,
        register=register,
        tickets=tickets,
        hotline=build_hotline(seed, scale),
        inspections=noticed(inspections, tickets, seed),
        plan=build_plan(register),
        support=build_support(register, seed, scale),
        netcast=build_netcast(seed, scale),
        waivers=waivers(register),
        roster=build_roster(),
        answers=build_answers(seed, scale),
        measured=build_measured(),
        bookings=build_bookings(),
    )
