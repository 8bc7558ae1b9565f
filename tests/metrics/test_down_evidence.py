"""Which records say an asset was down, and until when (semantics 3), by worked examples."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metrics.assets_world import (
    cycle,
    facts_of,
    figure,
    inspection,
    ticket,
)

ONE = [{"asset_no": "A"}]
DAY = 86400


def down_seconds(period: str = "2026-03-02..2026-03-02", /, *, states: Any = (), **more: Any) -> int:
    """Seconds down on one Monday of asset A."""
    records = {name: more.pop(name) for name in list(more) if isinstance(more[name], list)}
    found = figure(facts_of(states, asset=ONE, **records), period, **more)
    down = found.parts["down_seconds"]
    assert isinstance(down, int)
    return down


def test_a_ticket_is_down_from_report_to_restoration() -> None:
    row = ticket("2026-03-02 08:00", restored="2026-03-02 09:00", resolved="2026-03-02 12:00")
    assert down_seconds(ticket=[row]) == 3600


def test_a_ticket_never_restored_is_down_to_its_resolution() -> None:
    assert down_seconds(ticket=[ticket("2026-03-02 08:00", resolved="2026-03-02 12:00")]) == 4 * 3600


def test_an_open_ticket_is_down_to_as_of() -> None:
    assert down_seconds(ticket=[ticket("2026-03-02 08:00")], as_of="2026-03-02 20:00") == 12 * 3600


def test_a_restoration_after_as_of_has_not_happened() -> None:
    row = ticket("2026-03-02 08:00", restored="2026-03-02 21:00", resolved="2026-03-02 10:00")
    assert down_seconds(ticket=[row], as_of="2026-03-02 20:00") == 2 * 3600  # the resolution had


@pytest.mark.parametrize("more", [{"asset_unusable": False}, {"asset_unusable": None}, {"cancelled": True}])
def test_a_ticket_that_does_not_say_unusable_or_was_cancelled_is_no_evidence(more: dict[str, Any]) -> None:
    assert down_seconds(ticket=[ticket("2026-03-02 08:00", "2026-03-02 09:00", **more)]) == 0


def test_a_reopened_ticket_is_down_in_each_cycle_and_up_between() -> None:
    rows = [cycle("2026-03-02 08:00", "2026-03-02 09:00"), cycle("2026-03-02 12:00", None, "2026-03-02 14:00")]
    whole = ticket("2026-03-02 08:00", resolved="2026-03-02 14:00")
    assert down_seconds(ticket=[whole], ticket_cycle=rows) == 3600 + 2 * 3600


def test_where_only_the_reopening_is_known_the_ticket_gives_the_rest() -> None:
    reopened = cycle("2026-03-02 12:00")
    whole = ticket("2026-03-02 08:00", restored="2026-03-02 09:00", resolved="2026-03-02 14:00")
    # 08–09 by the ticket's own restoration; the reopening has no end of its own and the ticket's lies before it
    assert down_seconds(ticket=[whole], ticket_cycle=[reopened], as_of="2026-03-02 20:00") == 3600 + 8 * 3600


def test_a_first_round_without_an_end_lasts_until_the_reopening() -> None:
    reopened = cycle("2026-03-02 12:00")
    whole = ticket("2026-03-02 08:00", resolved="2026-03-02 14:00")
    assert down_seconds(ticket=[whole], ticket_cycle=[reopened]) == 6 * 3600


def test_a_cycle_without_an_end_lasts_until_the_next() -> None:
    rows = [cycle("2026-03-02 08:00"), cycle("2026-03-02 10:00", "2026-03-02 11:00")]
    assert down_seconds(ticket=[ticket("2026-03-02 08:00")], ticket_cycle=rows) == 3 * 3600


def test_a_reopening_after_as_of_has_not_happened() -> None:
    rows = [cycle("2026-03-02 08:00", "2026-03-02 09:00"), cycle("2026-03-02 12:00")]
    assert down_seconds(ticket=[ticket("2026-03-02 08:00")], ticket_cycle=rows, as_of="2026-03-02 12:00") == 3600


def test_cycles_of_another_source_find_the_only_ticket_of_that_number() -> None:
    whole = ticket("2026-03-02 08:00", resolved="2026-03-02 14:00")
    rows = [cycle("2026-03-02 08:00", "2026-03-02 09:00", source="vendor_b")]
    assert down_seconds(ticket=[whole], ticket_cycle=rows) == 3600


def inspected(*rows: dict[str, Any], **more: Any) -> int:
    return down_seconds(inspection=list(rows), down_from=("inspections",), **more)


def test_an_abnormal_inspection_lasts_until_as_of_where_nothing_ends_it() -> None:
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), as_of="2026-03-02 20:00") == 12 * 3600


def test_an_abnormal_inspection_lasts_until_the_open_ticket_ends_though_tickets_are_no_source() -> None:
    row = ticket("2026-03-02 07:00", resolved="2026-03-02 10:00", asset_unusable=False)
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), ticket=[row]) == 2 * 3600


def test_an_abnormal_inspection_lasts_until_the_first_ticket_reported_afterwards_ends() -> None:
    rows = [
        ticket("2026-03-02 06:00", "2026-03-02 07:00", ticket_no="before"),
        ticket("2026-03-02 11:00", "2026-03-02 12:00", ticket_no="second"),
        ticket("2026-03-02 09:00", "2026-03-02 13:00", ticket_no="first"),
    ]
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), ticket=rows) == 5 * 3600


def test_an_open_ticket_comes_before_one_reported_afterwards() -> None:
    rows = [
        ticket("2026-03-02 07:00", "2026-03-02 15:00", ticket_no="open"),
        ticket("2026-03-02 09:00", "2026-03-02 10:00", ticket_no="later"),
    ]
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), ticket=rows) == 7 * 3600


def test_of_several_open_tickets_the_first_to_end_counts() -> None:
    rows = [
        ticket("2026-03-02 06:00", "2026-03-02 15:00", ticket_no="1"),
        ticket("2026-03-02 07:00", "2026-03-02 09:00", ticket_no="2"),
    ]
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), ticket=rows) == 3600


def test_a_ticket_reported_at_the_inspection_belongs_to_it() -> None:
    rows = [
        ticket("2026-03-02 08:00", "2026-03-02 10:00", ticket_no="1"),
        ticket("2026-03-02 09:00", "2026-03-02 09:30", ticket_no="2"),
    ]
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), ticket=rows) == 2 * 3600


def test_a_cancelled_ticket_and_one_of_another_asset_end_nothing() -> None:
    rows = [
        ticket("2026-03-02 07:00", "2026-03-02 10:00", ticket_no="1", cancelled=True),
        ticket("2026-03-02 07:00", "2026-03-02 10:00", ticket_no="2", asset_no="B"),
    ]
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), ticket=rows) == 16 * 3600


def test_the_next_normal_inspection_ends_it_if_it_comes_first() -> None:
    row = ticket("2026-03-02 07:00", resolved="2026-03-02 20:00")
    rows = [inspection("2026-03-02 08:00", "abnormal"), inspection("2026-03-02 11:00", "normal", "I2")]
    assert inspected(*rows, ticket=[row]) == 3 * 3600


def test_a_second_abnormal_inspection_or_one_without_result_ends_nothing() -> None:
    rows = [
        inspection("2026-03-02 08:00", "abnormal"),
        inspection("2026-03-02 09:00", "abnormal", "I2"),
        inspection("2026-03-02 10:00", None, "I3"),
        inspection("2026-03-02 11:00", "normal", "I4", asset_no="B"),
    ]
    assert inspected(*rows) == 16 * 3600


def test_sources_not_named_are_no_evidence() -> None:
    rows = [inspection("2026-03-02 08:00", "abnormal")]
    assert down_seconds(inspection=rows, down_from=("tickets", "outages", "checks")) == 0


def test_a_ticket_closed_the_moment_it_was_reported_ends_an_inspection_of_that_moment() -> None:
    rows = [
        ticket("2026-03-02 08:00", "2026-03-02 08:00", ticket_no="1"),
        ticket("2026-03-02 09:00", "2026-03-02 10:00", ticket_no="2"),
    ]
    assert inspected(inspection("2026-03-02 08:00", "abnormal"), ticket=rows) == 0


def test_a_normal_inspection_of_the_same_moment_is_not_the_next() -> None:
    rows = [inspection("2026-03-02 08:00", "normal", "I0"), inspection("2026-03-02 08:00", "abnormal")]
    assert inspected(*rows, inspection("2026-03-02 09:00", "normal", "I2")) == 3600
