"""The true tickets of the year: what really happened, before any vendor wrote it down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from collector.demo.assets import NETWORK, OFFICES, SERVER, Asset, Register
from collector.demo.story import Event, events
from collector.demo.ticket_life import ENGINEERS, HABITS, URGENT, WISHES, Ticket, begun, finished
from collector.demo.world import HANDOVER, MINUTE, YEAR, Dice, day_of, local, moment, moments, scaled


def build_tickets(register: Register, abnormal: Iterable[tuple[int, Asset]], seed: int, scale: float) -> list[Ticket]:
    """Every numbered ticket of the year, by vendor and time; ``abnormal``: findings of inspections."""
    told = [*_common(register, Dice("events", seed)), *_found(abnormal, Dice("found", seed))]
    made: list[Ticket] = []
    for vendor in HABITS:
        own = [ticket for ticket in told if ticket.vendor == vendor]
        own += _everyday(vendor, register, Dice(f"tickets/{vendor}", seed), scale)
        own.sort(key=lambda ticket: (ticket.reported, ticket.site, ticket.title))
        made += [replace(ticket, no=_number(vendor, n, ticket)) for n, ticket in enumerate(own, start=1)]
    return [*made, *_told_twice(made)]


def build_hotline(seed: int, scale: float) -> list[Ticket]:
    """Calls to the service desk of b: no numbers, no assets."""
    dice, seen, made = Dice("hotline", seed), set(), []
    for reported in moments(dice, scaled(160, scale, least=12)):
        while reported in seen:
            reported += MINUTE
        seen.add(reported)
        ticket = begun("b", dice, reported, None, dice.choice(OFFICES))
        ticket = replace(ticket, kind="service_request", title=dice.choice(WISHES), channel="remote", unusable=False)
        made.append(replace(finished(ticket, dice, HABITS["b"], reopened=False), holds=()))
    return made


def _number(vendor: str, number: int, ticket: Ticket) -> str:
    day = local(ticket.reported)
    return {
        "a": f"SZFT{YEAR}-{number:05d}",
        "b": f"YX{day:%Y%m%d}{number % 10000:04d}",
        "c": f"INC{number:07d}",
    }[vendor]


def _everyday(vendor: str, register: Register, dice: Dice, scale: float) -> Iterator[Ticket]:
    habit = HABITS[vendor]
    names, weights = zip(*habit.kinds, strict=True)
    for reported in moments(dice, scaled(habit.count, scale, least=60)):
        kind = dice.choices(names, weights)[0]
        asset = _asset_of(register, kind, vendor, reported, dice)
        if asset is None:  # not this vendor's at that time: the next of its classes
            asset = _asset_of(register, names[0], vendor, reported, dice)
        site = asset.holder(day_of(reported)).site if asset else OFFICES[0]
        ticket = begun(vendor, dice, reported, asset, site)
        yield finished(ticket, dice, habit, reopened=dice.chance(habit.reopened))


def _asset_of(register: Register, kind: str, vendor: str, instant: int, dice: Dice) -> Asset | None:
    """An asset that is in service and in the vendor's care at that moment, if there is one."""
    listed, day = register.of_kinds(kind), day_of(instant)
    if kind in (SERVER, NETWORK) and (day < HANDOVER) != (vendor == "b"):
        return None
    for _ in range(20):
        asset = listed[min(int(dice.betavariate(1.1, 2.2) * len(listed)), len(listed) - 1)]  # some fail more often
        if asset.in_service(day) and asset.holder(day).vendor == vendor:
            return asset
    return None


def _common(register: Register, dice: Dice) -> Iterator[Ticket]:
    """The tickets of the year's common failures."""
    for event in events(register):
        for asset in dice.sample(event.assets, min(event.reports, len(event.assets))):
            yield _of_event(event, asset, dice)


def _of_event(event: Event, asset: Asset, dice: Dice) -> Ticket:
    lone = len(event.assets) == 1
    reported = event.start + (0 if lone else dice.randint(2, 25)) * MINUTE
    holder = asset.holder(day_of(reported))
    resolved = event.end if lone else event.end + dice.randint(5, 30) * MINUTE
    ticket = replace(
        begun(holder.vendor, dice, reported, asset, holder.site),
        kind="incident",
        channel="remote",
        title=event.title,
        priority=URGENT,
        unusable=True,
        skew=0,
        responded=reported + 3 * MINUTE,
        restored=None if lone else event.end,
        resolved=resolved,
        closed=resolved + 10 * MINUTE,
    )
    if "仍未恢复" not in event.title:
        return ticket
    early = moment(f"{YEAR}-11-20 10:20")  # said to be solved while the probe still fails
    return replace(ticket, resolved=early, restored=None, closed=early + 10 * MINUTE)


def _found(abnormal: Iterable[tuple[int, Asset]], dice: Dice) -> Iterator[Ticket]:
    """What an inspection found is reported by the inspector within the hour."""
    for inspected, asset in abnormal:
        reported = inspected + dice.randint(5, 50) * MINUTE
        holder = asset.holder(day_of(reported))
        ticket = begun(holder.vendor, dice, reported, asset, holder.site)
        ticket = replace(ticket, kind="incident", title="巡检发现异常", unusable=True, skew=0)
        ticket = replace(ticket, responded=max(ticket.responded, reported))
        yield finished(ticket, dice, HABITS[holder.vendor], reopened=False)


def _told_twice(made: list[Ticket]) -> Iterator[Ticket]:
    """In the quarter before the handover both vendors deliver some of the same tickets."""
    shared = [
        ticket
        for ticket in made
        if ticket.vendor == "b"
        and ticket.asset is not None
        and ticket.asset.kind in (SERVER, NETWORK)
        and HANDOVER.month - 3 <= local(ticket.reported).month < HANDOVER.month
        and not ticket.cancelled
        and not ticket.holds  # a hold names its ticket by number, and two tickets have this one
    ]
    return (replace(ticket, vendor="c", engineer=ENGINEERS["c"][0]) for ticket in shared[-4:])
