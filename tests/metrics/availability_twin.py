"""Availability by looking at every half hour of every asset: slow, plain, and written without the real one.

Times are numbers of half-hour slots from Friday 2026-09-18 00:00; the world has four days. Sunday the 20th is a
make-up workday, Saturday is closed for offices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

SLOT = 1800
DAY = 48
SLOTS = 4 * DAY
OFFICE_DAYS = {0, 2, 3}  # Friday, Sunday (make-up), Monday
STALE = 3  # slots for which a check holds
EVERY = 2  # slots between checks

Row = dict[str, Any]


@dataclass
class World:
    """Rows of a small court: times in slots, None where null."""

    assets: list[Row]
    assignments: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    cycles: list[Row] = field(default_factory=list)
    inspections: list[Row] = field(default_factory=list)
    outages: list[Row] = field(default_factory=list)
    exclusions: list[Row] = field(default_factory=list)
    checks: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Policy:
    """The settings of the indicator and the moment it is computed for."""

    office: bool
    sources: tuple[str, ...]
    exclusion: str
    unknown: str
    basis: str
    day_tolerance: int  # slots
    fail_after: int
    as_of: int


@dataclass
class Answer:
    """What the twin found; numerator and denominator in slots or days."""

    numerator: int = 0
    denominator: int = 0
    good: int = 0
    known: int = 0
    required: int = 0
    observed: int = 0
    up: int = 0

    def share(self, part: int, whole: int) -> Fraction | None:
        """part / whole, None for nothing."""
        return Fraction(part, whole) if whole else None


def in_window(slot: int, office: bool) -> bool:
    """08:30–12:00 and 14:00–17:30 on office days, or always."""
    if not office:
        return True
    minute = slot % DAY * 30
    return slot // DAY in OFFICE_DAYS and (510 <= minute < 720 or 840 <= minute < 1050)


def place(world: World, asset: Row, slot: int) -> Row:
    """The asset's attributes at a slot: those of the assignment that began last, else its own."""
    own = {name: asset[name] for name in ("site", "project")}
    holding = [
        row
        for row in world.assignments
        if row["asset_no"] == asset["asset_no"]
        and row["from_on"] * DAY <= slot
        and (row["until_on"] is None or slot < row["until_on"] * DAY)
    ]
    if not holding:
        return own
    last = max(holding, key=lambda row: row["from_on"])
    return {name: last[name] if last[name] is not None else own[name] for name in own}


def required(world: World, asset: Row, slot: int, policy: Policy) -> bool:
    """In service, in the window, before as_of, and of our project or none."""
    from_on, until_on = asset["in_service_from"], asset["in_service_until"]
    in_service = (from_on is None or from_on * DAY <= slot) and (until_on is None or slot < until_on * DAY)
    ours = place(world, asset, slot)["project"] in (None, "ops")
    return in_service and ours and slot < policy.as_of and in_window(slot, policy.office)


def excluded(world: World, asset: Row, slot: int) -> bool:
    """Some approved exclusion names the asset, or fits where it stands."""
    where = place(world, asset, slot)
    for row in world.exclusions:
        if not row["approved"] or not row["started_at"] <= slot < row["ended_at"]:
            continue
        if row["asset_no"] == asset["asset_no"]:
            return True
        if row["asset_no"] is None and row["site"] in (None, where["site"]):
            return True
    return False


def seen(moment: int | None, as_of: int) -> int | None:
    """A moment that has happened by as_of, else None."""
    return moment if moment is not None and moment < as_of else None


def rounds(world: World, ticket: Row, as_of: int) -> list[tuple[int, int | None]]:
    """When the ticket was active: (from, until or None while open)."""
    end = seen(ticket["restored_at"], as_of)
    end = seen(ticket["resolved_at"], as_of) if end is None else end
    cycles = sorted(
        (row for row in world.cycles if row["ticket_no"] == ticket["ticket_no"] and row["opened_at"] < as_of),
        key=lambda row: row["opened_at"],
    )
    if not cycles:
        return [(ticket["reported_at"], end)]
    found: list[tuple[int, int | None]] = []
    if ticket["reported_at"] < cycles[0]["opened_at"]:
        first_opened = cycles[0]["opened_at"]
        found.append((ticket["reported_at"], end if end is not None and end <= first_opened else first_opened))
    for number, row in enumerate(cycles):
        own = seen(row["restored_at"], as_of)
        own = seen(row["resolved_at"], as_of) if own is None else own
        if own is None and number + 1 < len(cycles):
            own = cycles[number + 1]["opened_at"]
        elif own is None and end is not None and end >= row["opened_at"]:
            own = end
        found.append((row["opened_at"], own))
    return found


def all_rounds(world: World, asset: Row, as_of: int, unusable_only: bool) -> list[tuple[int, int | None]]:
    """The rounds of every ticket of the asset that counts."""
    return [
        each
        for ticket in world.tickets
        if ticket["asset_no"] == asset["asset_no"] and not ticket["cancelled"] and ticket["reported_at"] < as_of
        if ticket["asset_unusable"] or not unusable_only
        for each in rounds(world, ticket, as_of)
    ]


def inspection_end(world: World, asset: Row, moment: int, as_of: int) -> int:
    """When an abnormal inspection at ``moment`` stops meaning down."""
    tickets = all_rounds(world, asset, as_of, unusable_only=False)
    open_then = [end for start, end in tickets if start <= moment and (end is None or end > moment)]
    later = sorted((start, as_of if end is None else end) for start, end in tickets if start >= moment)
    ends = [as_of]
    if open_then:
        ends.append(min(as_of if end is None else end for end in open_then))
    elif later:
        ends.append(later[0][1])
    ends += [
        row["inspected_at"]
        for row in world.inspections
        if row["asset_no"] == asset["asset_no"] and row["result"] == "normal" and moment < row["inspected_at"] < as_of
    ]
    return min(ends)


def check_states(world: World, asset: Row, policy: Policy) -> list[list[tuple[int, str]]]:
    """Per source the checks made by as_of, failures that are too few in a row turned to up."""
    by_source = []
    mine = [row for row in world.checks if row["asset_no"] == asset["asset_no"] and row["at"] < policy.as_of]
    for source in sorted({row["source"] for row in mine}):
        checks = sorted((row["at"], row["state"]) for row in mine if row["source"] == source)
        judged: list[tuple[int, str]] = []
        for number, (at, state) in enumerate(checks):
            if state == "down" and failures_around(checks, number) < policy.fail_after:
                state = "up"
            judged.append((at, state))
        by_source.append(judged)
    return by_source


def failures_around(checks: list[tuple[int, str]], number: int) -> int:
    """How many failures in a row, without a gap, the failed check at ``number`` belongs to."""
    count = 1
    for step in (-1, 1):
        here = number
        while 0 <= here + step < len(checks):
            near, other = sorted((checks[here][0], checks[here + step][0]))
            if checks[here + step][1] != "down" or other - near > STALE:
                break
            count, here = count + 1, here + step
    return count


def check_at(checks: list[tuple[int, str]], slot: int) -> str | None:
    """What the last check says at a slot, None where it no longer holds."""
    before = [check for check in checks if check[0] <= slot]
    return before[-1][1] if before and slot < before[-1][0] + STALE else None


def down(world: World, asset: Row, policy: Policy) -> Callable[[int], bool]:
    """Whether any named source says the asset is down at a slot."""
    as_of, spans = policy.as_of, []
    if "tickets" in policy.sources:
        spans += all_rounds(world, asset, as_of, unusable_only=True)
    if "outages" in policy.sources:
        spans += [
            (row["started_at"], seen(row["ended_at"], as_of))
            for row in world.outages
            if row["asset_no"] == asset["asset_no"]
        ]
    if "inspections" in policy.sources:
        spans += [
            (row["inspected_at"], inspection_end(world, asset, row["inspected_at"], as_of))
            for row in world.inspections
            if row["asset_no"] == asset["asset_no"] and row["result"] == "abnormal" and row["inspected_at"] < as_of
        ]
    sources = check_states(world, asset, policy) if "checks" in policy.sources else []
    return lambda slot: (
        any(start <= slot and (end is None or slot < end) for start, end in spans)
        or any(check_at(checks, slot) == "down" for checks in sources)
    )


def kind_of(world: World, asset: Row, policy: Policy) -> Callable[[int], str]:
    """What a required slot is: excluded, down, unknown, observed or presumed."""
    is_down, sources = down(world, asset, policy), check_states(world, asset, policy)
    probing = "checks" in policy.sources
    raw = Policy(**{**policy.__dict__, "fail_after": 1})
    checks = sources if probing else check_states(world, asset, raw)
    normal_days = {
        row["inspected_at"] // DAY
        for row in world.inspections
        if row["asset_no"] == asset["asset_no"] and row["result"] == "normal" and row["inspected_at"] < policy.as_of
    }

    def kind(slot: int) -> str:
        says = {check_at(each, slot) for each in checks}
        if excluded(world, asset, slot):
            return "excluded"
        if is_down(slot):
            return "down"
        from_on, until_on = asset["probed_from"] or 0, asset["probed_until"]
        in_probing = from_on * DAY <= slot and (until_on is None or slot < until_on * DAY)
        if probing and asset["probed"] and in_probing and not says & {"up", "down"}:
            return "unknown"
        return "observed" if "up" in says or slot // DAY in normal_days else "presumed"

    return kind


def look(world: World, policy: Policy) -> list[list[tuple[str, str]]]:
    """For each asset what every required slot of its is: site and kind; ("", "") where it is not required."""
    looked = []
    for asset in world.assets:
        kind = kind_of(world, asset, policy)
        looked.append(
            [
                (place(world, asset, slot)["site"] or "（未填）", kind(slot))
                if required(world, asset, slot, policy)
                else ("", "")
                for slot in range(SLOTS)
            ]
        )
    return looked


def answer(
    looked: list[list[tuple[str, str]]], policy: Policy, first_day: int, last_day: int, site: str = ""
) -> Answer:
    """The figure of the days first … last, of all assets or of the time spent at one site."""
    total = Answer()
    for asset in looked:
        for day in range(first_day, last_day + 1):
            today = asset[day * DAY : (day + 1) * DAY]
            slots = [kind for where, kind in today if kind and site in ("", where)]
            total.observed += slots.count("observed")
            total.up += slots.count("observed") + slots.count("presumed")
            (add_day if policy.basis == "day" else add_time)(total, slots, policy)
    unknown = total.required - total.known
    total.numerator = total.good + (unknown if policy.unknown == "counts_as_up" else 0)
    total.denominator = total.known if policy.unknown == "leaves_denominator" else total.required
    return total


def add_time(total: Answer, slots: list[str], policy: Policy) -> None:
    """Every slot counts by itself."""
    if policy.exclusion == "leaves_denominator":
        slots = [kind for kind in slots if kind != "excluded"]
    total.required += len(slots)
    total.known += len(slots) - slots.count("unknown")
    total.good += len(slots) - slots.count("unknown") - slots.count("down")


def add_day(total: Answer, slots: list[str], policy: Policy) -> None:
    """The day counts as a whole."""
    left = [kind for kind in slots if kind != "excluded"]
    counted = slots if policy.exclusion == "counts_as_up" else left
    if not counted:
        return
    total.required += 1
    if left and all(kind == "unknown" for kind in left):
        return
    total.known += 1
    total.good += left.count("down") <= policy.day_tolerance
