"""Inspections against their plan: due, done, missed, late; each inspection counts once (semantics 5)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.indicators import Where
from tests.metrics.event_facts import Row, ask, by_value, counts, facts, line, measure, roles, total

PARTS = ("due_count", "done_count", "late_count", "missed_count", "not_due_count")


def plan(first: str, last: str, **more: Any) -> Row:
    return {"kind": "月检", "due_from": first, "due_until": last, **more}


def made(at: str, **more: Any) -> Row:
    return {"kind": "月检", "inspected_at": at, **more}


QUARTER = [plan("2023-01-01", "2023-01-31"), plan("2023-02-01", "2023-02-28"), plan("2023-03-01", "2023-03-31")]


def test_done_in_its_window_late_before_the_next_is_due_and_missed_otherwise() -> None:
    world = facts(
        inspection_plan=QUARTER,
        inspection=[made("2023-01-31 23:59"), made("2023-03-05 09:00"), made("2023-03-06 09:00")],
    )
    request = ask("inspection_completion", world, "2023-01", "2023-02", "2023-03", "2023Q1")
    january, february, march, quarter = measure(request)

    assert counts(january, *PARTS) == (1, 1, 0, 0, 0)
    assert counts(february, *PARTS) == (1, 0, 1, 0, 0)  # the second visit of March makes up for it
    assert counts(march, *PARTS) == (1, 1, 0, 0, 0)
    assert line(quarter) == (2, 3)


def test_a_visit_after_the_next_one_was_due_makes_up_for_that_one_only() -> None:
    world = facts(inspection_plan=QUARTER[:2], inspection=[made("2023-03-05"), made("2023-03-06")])

    assert counts(total(ask("inspection_completion", world, "2023Q1")), *PARTS) == (2, 0, 1, 1, 0)


def test_late_may_count_as_done() -> None:
    world = facts(inspection_plan=QUARTER[:1], inspection=[made("2023-02-03")])

    assert line(total(ask("inspection_completion", world, "2023"))) == (0, 1)
    assert line(total(ask("inspection_completion", world, "2023", params={"late": "done"}))) == (1, 1)


def test_what_is_not_yet_due_is_neither() -> None:
    world = facts(
        inspection_plan=[plan("2023-03-01", "2023-03-31", quantity=10)], inspection=[made("2023-03-02", quantity=4)]
    )
    before = total(ask("inspection_completion", world, "2023-03", as_of="2023-03-31 23:59"))
    after = total(ask("inspection_completion", world, "2023-03", as_of="2023-04-01"))

    assert (line(before), counts(before, *PARTS)) == ((4, 4), (10, 4, 0, 0, 6))
    assert (line(after), counts(after, *PARTS)) == ((4, 10), (10, 4, 0, 6, 0))


def test_a_plan_of_one_asset_is_served_by_that_asset_and_takes_before_a_plan_of_the_kind() -> None:
    world = facts(
        inspection_plan=[plan("2023-03-01", "2023-03-31"), plan("2023-03-01", "2023-03-31", asset_no="A1")],
        inspection=[
            made("2023-03-02", asset_no="A1"),
            made("2023-03-03", asset_no="A2"),
            made("2023-03-04", kind="周检"),
        ],
    )
    assets = by_value(ask("inspection_completion", world, "2023-03", by=["asset"]))

    assert {asset: line(figure) for asset, figure in assets.items()} == {"（未填）": (1, 1), "A1": (1, 1)}


def test_a_plan_of_a_site_is_served_there_also_by_assets_that_stand_there() -> None:
    world = facts(
        asset=[{"asset_no": "A1", "site": "东楼"}, {"asset_no": "A2", "site": "西楼"}],
        inspection_plan=[plan("2023-03-01", "2023-03-31", site="东楼", quantity=2)],
        inspection=[made("2023-03-02", asset_no="A1"), made("2023-03-02", asset_no="A2")],
    )
    assert line(total(ask("inspection_completion", world, "2023-03"))) == (1, 2)


def test_a_filter_chooses_among_plans_that_have_all_taken_their_inspections() -> None:
    world = facts(
        inspection_plan=[
            plan("2023-03-01", "2023-03-31", vendor="甲"),
            plan("2023-03-01", "2023-03-31", asset_no="A1"),
        ],
        inspection=[made("2023-03-02", asset_no="A1", vendor="甲")],
    )
    figure = total(ask("inspection_completion", world, "2023-03", where=Where(vendor=("甲",))))

    assert line(figure) == (0, 1)  # the one visit serves the plan of its asset


def test_the_evidence_lists_the_plan_with_its_fate_and_the_visits_counted_for_it() -> None:
    world = facts(inspection_plan=QUARTER[:1], inspection=[made("2023-01-05"), made("2023-01-06")])
    request = ask("inspection_completion", world, "2023-01")

    assert roles(request) == [("denominator", "inspection_plan", "1"), ("numerator", "inspection", "1")]
    assert total(request).evidence_count == 2


days = st.integers(1, 28)


@settings(max_examples=60, deadline=None)
@given(
    windows=st.lists(st.tuples(days, days, st.integers(1, 3)), min_size=1, max_size=4),
    visits=st.lists(st.tuples(days, st.integers(1, 3)), max_size=6),
)
def test_no_visit_counts_twice_and_as_many_as_possible_are_in_time(
    windows: list[tuple[int, int, int]], visits: list[tuple[int, int]]
) -> None:
    spans = [(min(a, b), max(a, b), quantity) for a, b, quantity in windows]
    world = facts(
        inspection_plan=[plan(f"2023-03-{a:02d}", f"2023-03-{b:02d}", quantity=n) for a, b, n in spans],
        inspection=[made(f"2023-03-{day:02d} 12:00", quantity=n) for day, n in visits],
    )
    figure = total(ask("inspection_completion", world, "2023-03"))
    due, done, late, missed, _ = counts(figure, *PARTS)

    assert due == done + late + missed == sum(quantity for _, _, quantity in spans)
    assert done + late <= sum(number for _, number in visits)
    assert done == most_in_time(spans, [day for day, number in visits for _ in range(number)])


def most_in_time(spans: list[tuple[int, int, int]], visits: list[int]) -> int:
    """The largest matching of single visits with single due inspections, by augmenting paths."""
    slots = [(first, last) for first, last, quantity in spans for _ in range(quantity)]
    taken: dict[int, int] = {}

    def place(visit: int, seen: set[int]) -> bool:
        for slot, (first, last) in enumerate(slots):
            if first <= visits[visit] <= last and slot not in seen:
                seen.add(slot)
                if slot not in taken or place(taken[slot], seen):
                    taken[slot] = visit
                    return True
        return False

    return sum(place(visit, set()) for visit in range(len(visits)))
