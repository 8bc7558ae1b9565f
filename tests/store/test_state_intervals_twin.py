"""State intervals after any deliveries against a twin that sorts all checks and goes through them one by one."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.store import Store, open_store
from collector.store.records import Outcome
from tests.store.world import check, delivery, frame, states

INTERVAL, STALENESS = 60, 150
COLUMNS = ("asset_no", "state", "first_at", "last_at", "check_count")
_numbers = count(1)
_CHECK = st.tuples(
    st.sampled_from(["S1", "S2"]),
    st.one_of(st.integers(0, 25), st.integers(1435, 1445)).map(lambda minute: minute * 60),  # about midnight, too
    st.sampled_from(["up", "up", "down", "unknown"]),
)
_BLOCK = st.lists(_CHECK, max_size=12)
_DELIVERIES = st.lists(st.lists(_BLOCK, min_size=1, max_size=2), min_size=1, max_size=4)

Checks = list[tuple[str, int, str]]


def _intervals(known: dict[tuple[str, int], str]) -> list[tuple[object, ...]]:
    """One check after the other: the same interval while state and rhythm go on."""
    found: list[list[object]] = []
    last: tuple[str, int, str] | None = None
    for (asset, at), state in sorted(known.items()):
        if last is not None and last[0] == asset and last[2] == state and at - last[1] <= STALENESS:
            found[-1][3] = at
            found[-1][4] = int(str(found[-1][4])) + 1
        else:
            found.append([asset, state, at, at, 1])
        last = (asset, at, state)
    return [tuple(row) for row in found]


def _take(known: dict[tuple[str, int], str], rows: Checks) -> Outcome:
    outcome = Outcome()
    for asset, at, state in rows:
        before = known.get((asset, at))
        outcome += Outcome(before is None, before == state, before not in (None, state))
        known[asset, at] = state
    return outcome


def _deliver(store: Store, content: str, blocks: list[Checks]) -> Outcome:
    told = Outcome()
    with delivery(store, content=content) as opened:
        for block in blocks:
            told += opened.write_checks(frame("uptime_check", *(check(*row) for row in block)), STALENESS, INTERVAL)
        opened.finish(sum(map(len, blocks)), {})
    return told


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=_DELIVERIES)
def test_the_index_is_that_of_all_checks_sorted(
    database_url: str, tmp_path: Path, deliveries: list[list[Checks]]
) -> None:
    known: dict[tuple[str, int], str] = {}
    then = []
    with open_store(database_url, f"court{next(_numbers)}", tmp_path, lambda: 0) as store:
        for number, blocks in enumerate(deliveries):
            told = _deliver(store, f"c{number}", blocks)
            assert told == _take(known, [row for block in blocks for row in block])
            then.append(_intervals(known))
        for sequence, expected in enumerate(then, 1):
            assert states(store, *COLUMNS, sequence=sequence) == expected
        assert store.live.rebuild() == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_BLOCK, other=_BLOCK, again=_BLOCK)
def test_after_a_withdrawal_it_is_that_of_the_checks_still_read(
    database_url: str, tmp_path: Path, first: Checks, other: Checks, again: Checks
) -> None:
    """``first`` is read again as ``again``; ``other`` of another file follows, read again as it was."""
    known: dict[tuple[str, int], str] = {}
    for rows in (again, other):
        _take(known, rows)
    with open_store(database_url, f"court{next(_numbers)}", tmp_path, lambda: 0) as store:
        for content, mapping, rows in (
            ("c1", "m1", first),
            ("c2", "m1", other),
            ("c1", "m2", again),
            ("c2", "m2", other),
        ):
            with delivery(store, content=content, mapping=mapping) as opened:
                opened.write_checks(frame("uptime_check", *(check(*row) for row in rows)), STALENESS, INTERVAL)
                opened.withdraw_other_mappings()
                opened.finish(len(rows), {})
        assert states(store, *COLUMNS) == _intervals(known)
        assert store.live.rebuild() == []
