"""The newest check of every target."""

from __future__ import annotations

from collector.probing.newest import Newest
from collector.probing.plans import Check


def check(asset: str, at: int, latency: int = 5) -> Check:
    return Check("dial", asset, at, "up", latency, "", None, 60, 180, 0.0)


def test_the_newest_of_each_target_is_remembered() -> None:
    newest = Newest()
    newest.note([check("A", 100), check("B", 100), check("A", 160, 7)])
    newest.note([check("B", 40), check("A", 130)])  # late ones
    assert {(each.asset_no, each.checked_at, each.latency_ms) for each in newest.all()} == {
        ("A", 160, 7),
        ("B", 100, 5),
    }


def test_the_later_of_equal_moments_counts() -> None:
    newest = Newest()
    newest.note([check("A", 100, 1), check("A", 100, 2)])
    assert [each.latency_ms for each in newest.all()] == [2]
