"""A ticket's life out of its changes of status, against examples and against a walk second by second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ticket_history import Change, Statuses, life_of

STATUSES = Statuses(
    waiting=("new",),
    arrived=("on site",),
    restored=("works again",),
    resolved=("resolved",),
    closed=("closed",),
    cancelled=("rejected",),
    holds={"stalled": "court", "parts": "third_party"},
)
NAMES = ("new", "open", "on site", "works again", "resolved", "closed", "rejected", "stalled", "parts")


def changes(*steps: tuple[int, str], first: str = "new") -> list[Change]:
    """Steps (second, status) from ``first`` on."""
    old, made = first, []
    for number, (at, new) in enumerate(steps):
        made.append(Change(at, number, old, new))
        old = new
    return made


def test_every_moment_of_a_long_life() -> None:
    steps = ((10, "open"), (20, "on site"), (30, "works again"), (40, "resolved"), (90, "closed"))
    life = life_of(0, "closed", changes(*steps), STATUSES)
    assert life.moments == {
        "responded_at": 10,
        "arrived_at": 20,
        "restored_at": 30,
        "resolved_at": 40,  # closing is no second resolution
        "closed_at": 90,
        "cancelled": False,
    }
    assert (life.cycles, life.holds) == ([], [])


def test_reopened_and_open_now_is_unresolved_and_both_cycles_are_told() -> None:
    life = life_of(0, "open", changes((10, "resolved"), (50, "open")), STATUSES)
    assert life.moments["resolved_at"] is None
    assert life.cycles == [(0, None, 10), (50, None, None)]


def test_closed_and_reopened_is_not_closed_any_more() -> None:
    life = life_of(0, "open", changes((10, "closed"), (50, "open")), STATUSES)
    assert life.moments["closed_at"] is None


def test_holds_of_one_side_that_follow_each_other_are_one() -> None:
    statuses = STATUSES.model_copy(update={"holds": {"stalled": "court", "asked": "court", "parts": "third_party"}})
    steps = ((10, "stalled"), (20, "asked"), (30, "parts"), (40, "open"), (50, "stalled"))
    assert life_of(0, "stalled", changes(*steps), statuses).holds == [
        (10, 30, "court"),
        (30, 40, "third_party"),
        (50, None, "court"),
    ]


def test_changes_of_one_second_keep_the_order_of_their_numbers() -> None:
    tied = [Change(10, 2, "open", "resolved"), Change(10, 1, "new", "open"), Change(10, 3, "resolved", "open")]
    life = life_of(0, "open", tied, STATUSES)
    assert (life.moments["responded_at"], life.moments["resolved_at"]) == (10, None)
    assert life.cycles == [(0, None, 10), (10, None, None)]


def test_a_reply_may_be_the_response() -> None:
    assert life_of(5, "new", [], STATUSES, replies=[30, 20, 1]).moments["responded_at"] == 20


def test_who_withdraws_a_ticket_does_not_respond_to_it() -> None:
    life = life_of(0, "rejected", changes((10, "rejected")), STATUSES)
    assert (life.moments["responded_at"], life.moments["cancelled"]) == (None, True)


def test_a_change_before_the_report_counts_from_the_report() -> None:
    assert life_of(100, "resolved", changes((99, "resolved")), STATUSES).moments["resolved_at"] == 100


def test_one_status_has_one_meaning() -> None:
    with pytest.raises(ValueError, match="状态“done”同时写在 resolved 和 closed 中，只能写一处"):
        Statuses(resolved=("done",), closed=("done",))


lives = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(NAMES)), max_size=10).map(
    lambda steps: sorted(steps, key=lambda step: step[0])
)


@given(lives)
def test_holds_and_cycles_cover_exactly_the_seconds_they_should(steps: list[tuple[int, str]]) -> None:
    """Second by second: the status that holds in ``[t, t + 1)`` is the last one entered at or before ``t``."""
    made = changes(*steps)
    status = made[-1].new if made else "new"
    life = life_of(0, status, made, STATUSES)
    until = 14
    held = {(t, side) for since, to, side in life.holds for t in range(since, until if to is None else to)}
    assert held == {(t, STATUSES.holds[now]) for t in range(until) if (now := status_at(steps, t)) in STATUSES.holds}
    cycles = life.cycles or [(0, None, life.moments["resolved_at"])]
    active = {t for opened, _, resolved in cycles for t in range(opened, until if resolved is None else int(resolved))}
    assert active == {t for t in range(until) if not STATUSES.is_done(status_at(steps, t))}
    assert len({opened for opened, _, _ in cycles}) == len(cycles)


def status_at(steps: list[tuple[int, str]], second: int) -> str:
    return next((status for at, status in reversed(steps) if at <= second), "new")
