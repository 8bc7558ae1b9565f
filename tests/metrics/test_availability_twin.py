"""Availability equals what the slow twin finds by looking at every half hour."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.indicators import Contract, Facts, Figure
from tests.metrics import availability_twin as twin
from tests.metrics.assets_world import ZONE, at, facts_of, figures
from tests.metrics.availability_twin import DAY, EVERY, SLOT, SLOTS, STALE, Policy, World

FIRST = date(2026, 9, 18)
CONTRACT = Contract("ops", FIRST, date(2026, 9, 21), ZONE)
EPOCH = at("2026-09-18")
PERIODS = {"2026-09-18..2026-09-19": (0, 1), "2026-09-20..2026-09-21": (2, 3), "2026-09-18..2026-09-21": (0, 3)}
INSTANTS = ("reported_at", "restored_at", "resolved_at", "opened_at", "inspected_at", "started_at", "ended_at")
DATES = ("from_on", "until_on", "in_service_from", "in_service_until", "probed_from", "probed_until")

slots = st.integers(-4, 52).map(lambda number: number * 4)  # every two hours, so that edges often coincide
maybe = st.one_of(st.none(), slots, slots)
days = st.integers(0, 4)
maybe_day = st.one_of(st.none(), days)
asset_nos = st.sampled_from(["A", "A", "A", "B"])
sites = st.sampled_from([None, "一楼", "二楼"])


def rows(maximum: int, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to ``maximum`` rows of the columns."""
    return st.lists(st.fixed_dictionaries(dict(columns)), max_size=maximum)


def asset(asset_no: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "asset_no": st.just(asset_no),
            "site": sites,
            "project": st.sampled_from([None, "ops", "ops", "ops", "other"]),
            "in_service_from": st.sampled_from([None, None, 0, 1, 2]),
            "in_service_until": st.sampled_from([None, None, 2, 3, 4]),
            "probed": st.booleans(),
            "probed_from": st.one_of(st.none(), st.integers(0, 1)),
            "probed_until": st.one_of(st.none(), st.integers(2, 4)),
        }
    )


@st.composite
def checks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Stretches of regular checks of one state each, on two sources."""
    found: dict[tuple[str, str, int], str] = {}
    for _ in range(draw(st.integers(0, 8))):
        key = draw(asset_nos), draw(st.sampled_from(["p1", "p1", "p1", "p2"]))
        start, length = draw(slots) // EVERY + draw(st.integers(0, 4)), draw(st.sampled_from([1, 2, 3, 4, 6, 40]))
        state = draw(st.sampled_from(["up", "up", "down", "unknown"]))
        found |= {(*key, (start + number) * EVERY): state for number in range(length)}
    return [
        {"asset_no": asset_no, "source": source, "at": moment, "state": state}
        for (asset_no, source, moment), state in sorted(found.items())
    ]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World(assets=[draw(asset("A")), draw(asset("B"))], checks=draw(checks()))
    world.assignments = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "asset_no": asset_nos,
                    "from_on": days,
                    "until_on": maybe_day,
                    "site": sites,
                    "project": st.sampled_from([None, "ops", "other"]),
                }
            ),
            max_size=3,
            unique_by=lambda row: (row["asset_no"], row["from_on"]),
        )
    )
    world.tickets = draw(
        rows(
            3,
            asset_no=asset_nos,
            reported_at=slots,
            restored_at=maybe,
            resolved_at=maybe,
            asset_unusable=st.sampled_from([True, True, False, None]),
            cancelled=st.sampled_from([None, False, False, True]),
        )
    )
    for number, ticket in enumerate(world.tickets):
        ticket["ticket_no"] = f"T{number}"
    world.cycles = draw(
        rows(3, ticket_no=st.sampled_from(["T0", "T1"]), opened_at=slots, restored_at=maybe, resolved_at=maybe)
    )
    world.inspections = draw(
        rows(4, asset_no=asset_nos, inspected_at=slots, result=st.sampled_from(["normal", "abnormal", None]))
    )
    world.outages = draw(rows(2, asset_no=asset_nos, started_at=slots, ended_at=maybe))
    world.exclusions = draw(
        rows(
            3,
            asset_no=st.sampled_from([None, "A", "B"]),
            site=sites,
            started_at=slots,
            ended_at=slots,
            approved=st.sampled_from([True, True, False, None]),
        )
    )
    return in_order(world)


def in_order(world: World) -> World:
    """Without ends before their beginnings, which are rejected when they are read."""
    for row in [*world.tickets, *world.cycles]:
        began = row.get("reported_at", row.get("opened_at"))
        for name in ("restored_at", "resolved_at"):
            row[name] = None if row[name] is None else max(began, row[name])
    for row in [*world.outages, *world.exclusions]:
        row["ended_at"] = None if row["ended_at"] is None else max(row["started_at"], row["ended_at"])
    return world


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    every = ("checks", "tickets", "inspections", "outages")
    return Policy(
        office=draw(st.booleans()),
        sources=tuple(
            draw(st.lists(st.sampled_from(every), min_size=1, unique=True)) if draw(st.booleans()) else every
        ),
        exclusion=draw(st.sampled_from(["leaves_denominator", "counts_as_up"])),
        unknown=draw(st.sampled_from(["leaves_denominator", "counts_as_down", "counts_as_up"])),
        basis=draw(st.sampled_from(["time", "day"])),
        day_tolerance=draw(st.sampled_from([0, 0, 2, 4])),
        fail_after=draw(st.sampled_from([1, 1, 2, 4])),
        as_of=draw(st.one_of(st.just(2 * SLOTS), st.integers(DAY, SLOTS))),
    )


def facts(world: World) -> Facts:
    """The same world as the formulas are given it."""
    numbered = {
        "outage": ("outage_no", world.outages),
        "inspection": ("inspection_no", [{"kind": "日常", **row} for row in world.inspections]),
        "exclusion": ("exclusion_no", [{"cause": "court_side", **row} for row in world.exclusions]),
    }
    return facts_of(
        runs(world),
        asset=[real(row) for row in world.assets],
        asset_assignment=[real(row) for row in world.assignments],
        ticket=[real(row) for row in world.tickets],
        ticket_cycle=[real(row) for row in world.cycles],
        **{
            name: [real({key: f"{number}", **row}) for number, row in enumerate(listed)]
            for name, (key, listed) in numbered.items()
        },
    )


def real(row: dict[str, Any]) -> dict[str, Any]:
    """Slots and day numbers as seconds and dates."""
    moments = {name: EPOCH + row[name] * SLOT for name in INSTANTS if row.get(name) is not None}
    dates = {name: (FIRST + timedelta(days=row[name])).isoformat() for name in DATES if row.get(name) is not None}
    return {**row, **moments, **dates}


def runs(world: World) -> list[dict[str, Any]]:
    """Checks in runs: a new one begins with another state or after a gap."""
    found: list[dict[str, Any]] = []
    for check in world.checks:
        moment = EPOCH + check["at"] * SLOT
        last = found[-1] if found else None
        same = last is not None and all(last[name] == check[name] for name in ("asset_no", "source", "state"))
        if last is not None and same and moment <= last["last_at"] + STALE * SLOT:
            last |= {"last_at": moment, "check_count": last["check_count"] + 1}
        else:
            run = {name: check[name] for name in ("asset_no", "source", "state")}
            times = {"interval_seconds": EVERY * SLOT, "staleness_seconds": STALE * SLOT}
            found.append({**run, **times, "first_at": moment, "last_at": moment, "check_count": 1})
    return found


def computed(known: Facts, policy: Policy) -> list[Figure]:
    return figures(
        known,
        *PERIODS,
        as_of=EPOCH + policy.as_of * SLOT,
        contract=CONTRACT,
        dimensions=("total", "site"),
        window="5x8" if policy.office else "7x24",
        basis=policy.basis,
        down_from=policy.sources,
        exclusion=policy.exclusion,
        unknown=policy.unknown,
        fail_after=policy.fail_after,
        day_tolerance=f"{policy.day_tolerance * 30}分钟",
    )


@settings(max_examples=110, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.lists(policies(), min_size=4, max_size=4))
def test_every_figure_equals_the_twins(world: World, asked: list[Policy]) -> None:
    known = facts(world)
    for policy in asked:
        looked = twin.look(world, policy)
        for figure in computed(known, policy):
            first, last = PERIODS[figure.period.label]
            check(figure, twin.answer(looked, policy, first, last, figure.dimension_value), policy)


def check(figure: Figure, expected: twin.Answer, policy: Policy) -> None:
    unit = 1 if policy.basis == "day" else SLOT
    unknown = expected.required - expected.known
    assert figure.numerator == expected.numerator * unit
    assert figure.denominator == expected.denominator * unit
    assert figure.coverage == expected.share(expected.known, expected.required)
    assert figure.lower == expected.share(expected.good, expected.required)
    assert figure.upper == expected.share(expected.good + unknown, expected.required)
    assert figure.observed == expected.share(expected.observed, expected.up)
