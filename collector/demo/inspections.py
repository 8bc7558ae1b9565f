"""The true inspections and what the contract had planned, and the true hearing support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from collector.demo.assets import COURTROOM, MACHINE_ROOM, NETWORK, OFFICES, SERVER, Asset, Register
from collector.demo.story import INSPECTED_WHILE_DOWN
from collector.demo.ticket_life import ENGINEERS, Ticket
from collector.demo.world import (
    HANDOVER,
    MINUTE,
    WORKING,
    YEAR,
    Dice,
    at,
    last_day,
    month_workdays,
    scaled,
    workdays,
)

ROOM_ROUND, SERVER_ROUND, NETWORK_ROUND, HALL_ROUND, DESK_ROUND = (
    "数字法庭设备巡检",
    "服务器巡检",
    "网络设备巡检",
    "机房巡检",
    "桌面终端巡检",
)
IN_COURT, REMOTE, MEETING = "庭审现场保障", "远程庭审保障", "会议保障"
NETCAST = ("互联网庭审保障", "庭审直播保障", "视频会议保障")  # told as counts a month only


@dataclass(frozen=True)
class Inspection:
    """One inspection of an asset, or of ``quantity`` things at a place."""

    no: str
    vendor: str
    kind: str
    inspected: int
    asset: Asset | None
    site: str
    quantity: int
    normal: bool
    engineer: str


@dataclass(frozen=True)
class Plan:
    """What is due from ``start`` to ``end`` (both included)."""

    no: str
    kind: str
    start: date
    end: date
    asset: Asset | None
    site: str
    quantity: int


@dataclass(frozen=True)
class Support:
    """One event of support by a."""

    no: str
    kind: str
    started: int
    ended: int
    site: str
    quantity: int
    engineer: str
    case_no: str


def build_inspections(register: Register, seed: int, scale: float) -> list[Inspection]:
    """The year's inspections by kind and time, about 11,000 counted by quantity."""
    dice = Dice("inspections", seed)
    return [
        *_rounds(register, ROOM_ROUND, COURTROOM, scaled(6100, scale, least=120), dice),
        *_rounds(register, SERVER_ROUND, SERVER, scaled(2200, scale, least=60), dice),
        *_rounds(register, NETWORK_ROUND, NETWORK, scaled(900, scale, least=40), dice),
        *_hall(dice),
        *_desks(dice, scale),
    ]


def abnormal(inspections: list[Inspection]) -> list[tuple[int, Asset]]:
    """What was found and must be reported: moment and asset."""
    return [(item.inspected, item.asset) for item in inspections if item.asset and not item.normal]


def noticed(inspections: list[Inspection], tickets: list[Ticket], seed: int) -> list[Inspection]:
    """The same inspections, but an inspector nearly always sees what is out of order at that moment."""
    dice = Dice("noticed", seed)
    faults: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.unusable and ticket.asset:
            faults.setdefault(ticket.asset.no, []).append(ticket)

    def sees(item: Inspection) -> bool:
        known = faults.get(item.asset.no, ()) if item.asset else ()
        down = any(t.reported <= item.inspected < (t.restored or t.resolved or 0) for t in known)
        return down and item.inspected != INSPECTED_WHILE_DOWN and dice.chance(0.9)

    return [replace(item, normal=False) if sees(item) else item for item in inspections]


def build_plan(register: Register) -> list[Plan]:
    """Servers are due every month one by one, the machine room every working week, desktops every quarter."""
    plans: list[Plan] = []
    for month in range(1, 13):
        first, last = date(YEAR, month, 1), last_day(month)
        plans += [
            Plan(f"JH-FWQ-{month:02d}-{asset.no[-4:]}", SERVER_ROUND, first, last, asset, "", 3)
            for asset in register.of_kinds(SERVER)
            if asset.in_service(first) and asset.in_service(last)
        ]
        plans.append(Plan(f"JH-JF-{month:02d}", HALL_ROUND, first, last, None, MACHINE_ROOM, _hall_due(month)))
        if month % 3 == 0:
            start = date(YEAR, month - 2, 1)
            plans += [
                Plan(f"JH-ZM-{month:02d}-{n}", DESK_ROUND, start, last, None, site, 20)
                for n, site in enumerate(OFFICES, start=1)
            ]
    return plans


def build_support(register: Register, seed: int, scale: float) -> list[Support]:
    """Hearings, remote hearings and meetings one by one, about 7,500."""
    dice = Dice("support", seed)
    rooms = sorted({asset.site for asset in register.of_kinds(COURTROOM)})
    volumes = ((IN_COURT, 7100, 60), (REMOTE, 36, 6), (MEETING, 310, 12))
    made: list[Support] = []
    for kind, count, least in volumes:
        among = workdays(date(YEAR, 1, 2), date(YEAR, 12, 31))
        weights = [0.6 if day.month in (1, 2) else 1.35 if day.month in (11, 12) else 1.0 for day in among]
        drawn = sorted(dice.choices(among, weights, k=scaled(count, scale, least)))
        made += [_support(dice, f"BZ{YEAR}{len(made) + n:06d}", kind, day, rooms) for n, day in enumerate(drawn, 1)]
    return made


def build_netcast(seed: int, scale: float) -> dict[str, list[int]]:
    """Kind → twelve monthly counts, which c tells as a cross table."""
    dice = Dice("netcast", seed)
    volumes = {NETCAST[0]: 115, NETCAST[1]: 42, NETCAST[2]: 9}
    return {
        kind: [
            scaled(round(mean * (0.6 if month in (0, 1) else 1) * dice.uniform(0.8, 1.25)), scale)
            for month in range(12)
        ]
        for kind, mean in volumes.items()
    }


def _rounds(register: Register, kind: str, asset_kind: str, wanted: int, dice: Dice) -> Iterator[Inspection]:
    """Spread over the workdays; every asset in service in turn; seven in a thousand are found abnormal."""
    among = workdays(date(YEAR, 1, 2), date(YEAR, 12, 31))
    listed, turn, number = register.of_kinds(asset_kind), 0, 0
    code = {ROOM_ROUND: "XJS", SERVER_ROUND: "XJF", NETWORK_ROUND: "XJW"}[kind]
    due = 0.0
    for day in among:
        due += wanted / len(among)
        while number < int(due):
            number += 1
            turn, asset = _next_in_service(listed, turn, day)
            inspected = at(day, dice.randint(*dice.choice(WORKING)))
            holder = asset.holder(day)
            yield Inspection(
                f"{code}{YEAR}{number:05d}",
                holder.vendor,
                kind,
                inspected,
                asset,
                holder.site,
                1,
                not dice.chance(0.007),
                dice.choice(ENGINEERS[holder.vendor]),
            )
    if kind == SERVER_ROUND:  # the one that contradicts: passed while it was down
        asset, no = listed[9], f"{code}{YEAR}{number + 1:05d}"
        yield Inspection(no, "b", kind, INSPECTED_WHILE_DOWN, asset, asset.site, 1, True, ENGINEERS["b"][0])


def _next_in_service(listed: tuple[Asset, ...], turn: int, day: date) -> tuple[int, Asset]:
    while True:
        asset = listed[turn % len(listed)]
        turn += 1
        if asset.in_service(day):
            return turn, asset


def _hall_due(month: int) -> int:
    return len(month_workdays(month))


def _hall(dice: Dice) -> Iterator[Inspection]:
    """The machine room every workday; in the vendor's bad month some days are left out."""
    for number, day in enumerate(workdays(date(YEAR, 1, 2), date(YEAR, 12, 31)), start=1):
        if day.month == 8 and dice.chance(0.35):
            continue
        vendor = "b" if day < HANDOVER else "c"
        inspected = at(day, 8 * 60 + 35 + dice.randint(0, 40))
        no = f"XJJ{YEAR}{number:05d}"
        yield Inspection(no, vendor, HALL_ROUND, inspected, None, MACHINE_ROOM, 1, True, dice.choice(ENGINEERS[vendor]))


def _desks(dice: Dice, scale: float) -> Iterator[Inspection]:
    """Desktops floor by floor, every month, counted together."""
    number = 0
    for month in range(1, 13):
        for site in OFFICES:
            number += 1
            inspected = at(dice.choice(month_workdays(month)), 9 * 60 + dice.randint(0, 120))
            quantity = scaled(dice.randint(8, 22), scale)
            no = f"XJZ{YEAR}{number:05d}"
            yield Inspection(no, "b", DESK_ROUND, inspected, None, site, quantity, True, dice.choice(ENGINEERS["b"]))


def _support(dice: Dice, no: str, kind: str, day: date, rooms: list[str]) -> Support:
    started = at(day, dice.choice((9 * 60, 9 * 60 + 30, 10 * 60, 14 * 60 + 30, 15 * 60, 15 * 60 + 30)))
    case_no = f"（{YEAR}）示0101{dice.choice(('民初', '刑初', '执', '行初'))}{dice.randint(1, 9800)}号"
    site = "第一会议室" if kind == MEETING else dice.choice(rooms)
    ended = started + dice.minutes(95, 0.5, least=15) * MINUTE
    return Support(no, kind, started, ended, site, 1, dice.choice(ENGINEERS["a"]), "" if kind == MEETING else case_no)
