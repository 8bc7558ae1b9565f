"""State intervals: the index over checks, whatever the order in which they come."""

from __future__ import annotations

from sqlalchemy import text

from collector.store import Store
from tests.store.world import Row, check, deliver, delivery, frame, states

MINUTE = 60


def _minutes(asset_no: str, *said: tuple[int, str]) -> list[Row]:
    return [check(asset_no, MINUTE * minute, state) for minute, state in said]


def _up(first: int, end: int) -> list[tuple[int, str]]:
    return [(minute, "up") for minute in range(first, end)]


def _index(store: Store, **moment: int) -> list[tuple[str, int, int, int]]:
    """State, first and last minute, number of checks."""
    found = states(store, "state", "first_at", "last_at", "check_count", **moment)
    return [(state, first // MINUTE, last // MINUTE, count) for state, first, last, count in found]


def test_consecutive_checks_of_one_state_are_one_interval(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 5), (5, "down"), (6, "down"), *_up(7, 10)))
    assert _index(store) == [("up", 0, 4, 5), ("down", 5, 6, 2), ("up", 7, 9, 3)]
    assert states(store, "interval_seconds", "staleness_seconds")[0] == (60, 180)


def test_a_gap_beyond_the_staleness_parts_intervals(store: Store) -> None:
    with delivery(store) as opened:
        rows = _minutes("S1", *_up(0, 3), *_up(5, 7), *_up(10, 12))
        opened.write_checks(frame("uptime_check", *rows), 180, 60)
        opened.finish(len(rows), {})
    assert _index(store) == [("up", 0, 6, 5), ("up", 10, 11, 2)]  # 3 minutes are no gap, 4 are


def test_the_interval_is_the_median_spacing_of_the_assets_checks(store: Store) -> None:
    slow = [check("S2", 300 * n) for n in range(4)]
    deliver(store, "uptime_check", *slow, *_minutes("S1", *_up(0, 4), (5, "up")))
    assert states(store, "asset_no", "interval_seconds", "staleness_seconds") == [("S1", 60, 180), ("S2", 300, 900)]


def test_the_sources_interval_and_staleness_win(store: Store) -> None:
    with delivery(store) as opened:
        opened.write_checks(frame("uptime_check", *_minutes("S1", *_up(0, 3))), 100, 30)
        opened.finish(3, {})
    assert states(store, "interval_seconds", "staleness_seconds") == [(30, 100)]


def test_a_single_check_holds_no_time_until_its_rhythm_is_known(store: Store) -> None:
    deliver(store, "uptime_check", check("S1", 0), content="c1")
    assert states(store, "interval_seconds", "staleness_seconds") == [(0, 0)]


def test_a_single_check_goes_on_in_the_rhythm_of_those_before(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 3)), content="c1")
    deliver(store, "uptime_check", *_minutes("S1", (3, "up")), content="c2")
    assert _index(store) == [("up", 0, 3, 4)]


def test_newer_checks_extend_the_last_interval(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 5)), content="c1")
    deliver(store, "uptime_check", *_minutes("S1", *_up(5, 9), (9, "down"), (10, "down")), content="c2")
    assert _index(store) == [("up", 0, 8, 9), ("down", 9, 10, 2)]
    assert _index(store, sequence=1) == [("up", 0, 4, 5)]


def test_late_checks_close_a_gap(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 5), *_up(20, 25)), content="c1")
    deliver(store, "uptime_check", *_minutes("S1", *_up(5, 20)), content="c2")
    assert _index(store) == [("up", 0, 24, 25)]
    assert _index(store, sequence=1) == [("up", 0, 4, 5), ("up", 20, 24, 5)]


def test_a_late_failure_splits_an_interval(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 5), *_up(6, 10)), content="c1")
    with delivery(store, content="c2") as opened:
        opened.write_checks(frame("uptime_check", *_minutes("S1", (5, "down"))), 180, 60)
        opened.finish(1, {})
    assert _index(store) == [("up", 0, 4, 5), ("down", 5, 5, 1), ("up", 6, 9, 4)]


def test_the_same_check_again_is_unchanged(store: Store) -> None:
    rows = _minutes("S1", *_up(0, 5))
    deliver(store, "uptime_check", *rows, content="c1")
    totals = deliver(store, "uptime_check", *rows[3:], *_minutes("S1", (5, "up")), content="c2")
    assert (totals.unchanged, totals.accepted) == (2, 1)
    assert _index(store) == [("up", 0, 5, 6)]


def test_the_same_moment_with_another_state_supersedes(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 5)), content="c1")
    totals = deliver(store, "uptime_check", *_minutes("S1", (1, "down"), (2, "down")), content="c2")
    assert totals.superseding == 2
    assert _index(store) == [("up", 0, 0, 1), ("down", 1, 2, 2), ("up", 3, 4, 2)]
    assert _index(store, sequence=1) == [("up", 0, 4, 5)]


def test_another_latency_supersedes_and_changes_no_interval(store: Store) -> None:
    deliver(store, "uptime_check", check("S1", 0, latency_ms=5), check("S1", 60), content="c1")
    totals = deliver(store, "uptime_check", check("S1", 0, latency_ms=6), check("S1", 60, latency_ms=0), content="c2")
    assert totals.superseding == 2
    assert _index(store) == [("up", 0, 1, 2)]


def test_within_a_delivery_the_later_check_of_a_moment_counts(store: Store) -> None:
    totals = deliver(store, "uptime_check", *_minutes("S1", (0, "up"), (1, "up"), (1, "down"), (1, "down"), (0, "up")))
    assert (totals.accepted, totals.superseding, totals.unchanged) == (2, 1, 2)
    assert _index(store) == [("up", 0, 0, 1), ("down", 1, 1, 1)]


def test_checks_in_any_order_and_in_several_blocks_are_one_history(store: Store) -> None:
    rows = _minutes("S1", *_up(0, 10), (10, "down"), *_up(11, 15))
    with delivery(store) as opened:
        for block in (rows[9:], rows[4:9][::-1], rows[:4]):
            assert opened.write_checks(frame("uptime_check", *block)).accepted == len(block)
        opened.finish(len(rows), {})
    assert _index(store) == [("up", 0, 9, 10), ("down", 10, 10, 1), ("up", 11, 14, 4)]


def test_two_sources_watch_one_asset_apart(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 3)), content="c1", source="a")
    deliver(store, "uptime_check", *_minutes("S1", (0, "down"), (1, "down")), content="c2", source="b")
    assert states(store, "source", "state", "check_count") == [("a", "up", 3), ("b", "down", 2)]


def test_untouched_intervals_keep_their_version(store: Store) -> None:
    first = [*_minutes("S1", *_up(0, 5), (5, "down")), *_minutes("S2", *_up(0, 5))]
    deliver(store, "uptime_check", *first, content="c1")
    deliver(store, "uptime_check", *_minutes("S1", (6, "down")), content="c2")
    assert _index(store, sequence=1)[1] == ("down", 5, 5, 1)
    with store._engine.begin() as connection:
        (number,) = connection.execute(text("SELECT count(*) FROM state_intervals WHERE known_until = 2")).one()
    assert number == 1


def test_what_changes_twice_within_a_delivery_leaves_one_version(store: Store) -> None:
    """The first reading is put into the index and withdrawn by one and the same delivery."""
    rows = _minutes("S1", (0, "up"), (1, "down"), (2, "up"))
    deliver(store, "uptime_check", *rows, content="c1", mapping="m1")
    deliver(store, "uptime_check", *rows[:1], *rows[2:], content="c1", mapping="m2")
    with store._engine.connect() as connection:
        never = connection.scalar(text("SELECT count(*) FROM state_intervals WHERE known_from = known_until"))
    assert never == 0
    assert _index(store) == [("up", 0, 2, 2)]


def test_checks_before_1970_and_far_ahead_are_times_like_others(store: Store) -> None:
    deliver(store, "uptime_check", check("S1", -120), check("S1", -60), check("S1", 4_000_000_000))
    assert states(store, "first_at", "last_at") == [(-120, -60), (4_000_000_000, 4_000_000_000)]


def test_the_index_can_be_made_anew_from_the_log(store: Store) -> None:
    deliver(store, "uptime_check", *_minutes("S1", *_up(0, 5), *_up(20, 25)), content="c1")
    deliver(store, "uptime_check", *_minutes("S1", *_up(5, 20), (2, "down")), content="c2")
    before = _index(store)
    assert store.live.rebuild() == []
    assert _index(store) == before
