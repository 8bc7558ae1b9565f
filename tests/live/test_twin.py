"""Whatever the order of checks, rounds and seals, the index equals that of all checks sorted; judged time stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.probes.base import State
from collector.probing.plans import Check
from tests.conftest import Clock
from tests.live.world import MINUTE, START, Live, check, intervals, live

_MOMENT = st.one_of(st.integers(0, 12), st.integers(55, 65), st.integers(1435, 1445)).map(
    lambda minute: minute * MINUTE
)
_RHYTHM = st.sampled_from([(60, 150), (60, 150), (60, 150), (30, 90)])
_STATES: list[State] = ["up", "up", "up", "down", "unknown"]
_STATE = st.sampled_from(_STATES)


@st.composite
def _checks(draw: st.DrawFn) -> Check:
    interval, staleness = draw(_RHYTHM)
    asset, at = draw(st.sampled_from(["A", "B"])), draw(_MOMENT)
    more: dict[str, Any] = {
        "interval_seconds": interval,
        "staleness_seconds": staleness,
        "latency_ms": draw(st.sampled_from([5, None])),
    }
    return check(asset, at, draw(_STATE), **more)


_ROUND = st.lists(_checks(), min_size=1, max_size=12)
_STEP = st.one_of(_ROUND, _ROUND, _ROUND, st.just("seal"), st.just("restart"))
_QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_QUIET
@given(steps=st.lists(_STEP, min_size=1, max_size=8))
def test_the_index_is_that_of_all_checks_sorted(database_url: str, tmp_path: Path, steps: list[Any]) -> None:
    with live(database_url, tmp_path) as court:
        for step in steps:
            _do(court, step)
            assert court.index() == court.twin()
        assert court.store.live.rebuild() == []
        court.seal()
        assert court.index() == court.twin()
        assert court.store.live.rebuild() == []


def _do(court: Live, step: Any) -> None:
    if step == "seal":
        court.seal()
    elif step == "restart":
        court.store.live.forget()
    else:
        court.take(*step)


@_QUIET
@given(steps=st.lists(st.one_of(_STEP, st.just("compute")), min_size=1, max_size=8), now=st.integers(0, 1445))
def test_what_was_judged_can_be_judged_again(database_url: str, tmp_path: Path, steps: list[Any], now: int) -> None:
    """The clock stands anywhere among the checks, so that many come late and some from the future."""
    judged = []
    with live(database_url, tmp_path, Clock(START + now * MINUTE)) as court:
        for step in steps:
            if step != "compute":
                _do(court, step)
                continue
            with court.store.run("compute", "h", "{}", "0"):
                as_of = court.clock.now
                judged.append((court.store.sequence_at(), as_of, _said(court.index(), as_of)))
        for sequence, as_of, said in judged:
            assert _said(court.index(sequence=sequence), as_of) == said


def _said(index: list[tuple[Any, ...]], as_of: int) -> list[tuple[Any, ...]]:
    """For each asset what every half minute before ``as_of`` was said to be."""
    said: dict[tuple[str, int], str] = {}
    for asset, state, first, last, _, staleness, _ in index:
        for moment in range(first, min(last + staleness, as_of), MINUTE // 2):
            said[asset, moment] = state  # the next interval of the asset takes over where it begins
    return sorted((*key, state) for key, state in said.items())


def test_the_twin_knows_gaps_and_rhythms() -> None:
    """So that the property above is one of the semantics and not of the code under test."""
    checks = (check("A", 0), check("A", 60), check("A", 211), check("B", 0, "down"))
    assert [row[:1] + row[2:4] for row in intervals({(c.asset_no, c.checked_at): c for c in checks})] == [
        ("A", START, START + 60),
        ("A", START + 211, START + 211),
        ("B", START, START),
    ]
