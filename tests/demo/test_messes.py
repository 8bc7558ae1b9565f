"""Each mess that real vendors send is in the demo, and in the files that say so."""

from __future__ import annotations

import pytest

from collector.demo.checks import DOWN, build_system_checks
from collector.demo.messes import MESSES
from collector.demo.story import INSPECTED_WHILE_DOWN
from collector.demo.world import MINUTE
from tests.demo.conftest import Generated
from tests.demo.deliveries import Seen
from tests.demo.detectors import DETECTORS

pytestmark = pytest.mark.xdist_group("demo_files")  # they share one generated folder
IN_THE_STORY = ("within_skew", "closed_while_failing", "normal_on_fault_day", "told_by_two")


def test_every_mess_is_either_seen_in_a_file_or_in_the_story() -> None:
    assert set(DETECTORS) | set(IN_THE_STORY) == set(MESSES)
    assert not set(DETECTORS) & set(IN_THE_STORY)


@pytest.mark.parametrize("mess", DETECTORS)
def test_every_file_that_claims_a_mess_has_it(mess: str, generated: Generated) -> None:
    files = generated.post.showing(mess)

    assert files, f"no file shows {MESSES[mess]}"
    assert [path for path in files if not DETECTORS[mess](Seen(generated.inbox / path))] == []


@pytest.mark.parametrize("mess", IN_THE_STORY)
def test_a_mess_of_the_story_names_its_files(mess: str, generated: Generated) -> None:
    assert generated.post.showing(mess)


def test_some_responses_are_written_before_the_report_but_within_the_tolerance(generated: Generated) -> None:
    skews = [ticket.skew for ticket in generated.truth.tickets if ticket.skew]

    assert skews
    assert max(skews) <= 5


def test_a_ticket_is_closed_while_the_probe_still_fails(generated: Generated) -> None:
    checks = build_system_checks(generated.truth.register, generated.truth.seed)
    ticket = next(ticket for ticket in generated.truth.tickets if "仍未恢复" in ticket.title)
    assert ticket.closed is not None
    assert ticket.asset is not None

    column = checks.targets.index(ticket.asset)
    after = (checks.times > ticket.closed) & (checks.times < ticket.closed + 60 * MINUTE)

    assert (checks.states[after, column] == DOWN).all()


def test_an_inspection_is_normal_on_a_day_of_an_open_fault(generated: Generated) -> None:
    passed = next(item for item in generated.truth.inspections if item.inspected == INSPECTED_WHILE_DOWN)
    open_then = [
        ticket
        for ticket in generated.truth.tickets
        if ticket.asset == passed.asset and ticket.reported < passed.inspected < (ticket.resolved or 0)
    ]

    assert passed.normal
    assert {ticket.unusable for ticket in open_then} == {True}


def test_the_same_tickets_are_told_by_two_vendors(generated: Generated) -> None:
    vendors: dict[str, set[str]] = {}
    for ticket in generated.truth.tickets:
        vendors.setdefault(ticket.no, set()).add(ticket.vendor)

    assert {frozenset(told) for told in vendors.values() if len(told) > 1} == {frozenset("bc")}
