"""Down, or cut off: what the checks of our own connectivity around a failure decide."""

from __future__ import annotations

import pytest

from collector.probing.plans import Check
from collector.probing.verdicts import Verdicts


def failure(at: int = 12) -> Check:
    return Check("dial", "OA", at, "down", None, "拒绝连接", None, 60, 180, 0.0)


def watched() -> Verdicts:
    verdicts = Verdicts()
    verdicts.watch({"dial"})
    return verdicts


def test_without_a_link_a_failure_counts_at_once() -> None:
    verdicts = Verdicts()
    verdicts.add(failure(), 12, 13)
    assert [check.state for check in verdicts.take()] == ["down"]


def test_a_failure_waits_for_the_next_check_of_the_link() -> None:
    verdicts = watched()
    verdicts.link_checked("dial", True, 10, 11)
    verdicts.add(failure(), 12, 13)
    assert verdicts.take() == []
    verdicts.link_checked("dial", True, 20, 21)
    assert [check.state for check in verdicts.take()] == ["down"]


@pytest.mark.parametrize(
    ("before", "during", "after", "state"),
    [
        (True, True, True, "down"),
        (False, True, True, "unknown"),
        (True, False, True, "unknown"),
        (True, True, False, "unknown"),
    ],
)
def test_one_failing_check_of_the_link_around_it_makes_it_unknown(
    before: bool, during: bool, after: bool, state: str
) -> None:
    verdicts = watched()
    verdicts.link_checked("dial", not before, 0, 1)  # too long ago to matter
    verdicts.link_checked("dial", before, 10, 11)
    verdicts.link_checked("dial", during, 13, 14)
    verdicts.add(failure(), 12, 17)
    verdicts.link_checked("dial", after, 20, 21)
    (check,) = verdicts.take()
    assert check.state == state
    assert ("自身网络不通" in check.reason) == (state == "unknown")


def test_a_check_of_the_link_that_began_before_the_failure_ended_does_not_settle_it() -> None:
    verdicts = watched()
    verdicts.add(failure(), 12, 17)
    verdicts.link_checked("dial", True, 16, 18)
    assert verdicts.take() == []


def test_a_success_needs_no_link() -> None:
    verdicts = watched()
    verdicts.link_checked("dial", False, 10, 11)
    verdicts.add(Check("dial", "OA", 12, "up", 5, "", None, 60, 180, 0.0), 12, 13)
    assert [check.state for check in verdicts.take()] == ["up"]


def test_what_waits_at_the_end_is_judged_by_what_is_known() -> None:
    verdicts = watched()
    verdicts.link_checked("dial", False, 10, 11)
    verdicts.add(failure(), 12, 13)
    verdicts.settle_all()
    assert [check.state for check in verdicts.take()] == ["unknown"]


def test_a_source_that_is_watched_no_more_gives_out_what_waited() -> None:
    verdicts = watched()
    verdicts.add(failure(), 12, 13)
    verdicts.watch(set())
    assert [check.state for check in verdicts.take()] == ["down"]
