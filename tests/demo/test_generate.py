"""The generator: the same every time, and about as large as promised."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from collector.demo.assets import build_register
from collector.demo.c_probe import RETIRED
from collector.demo.generate import generate
from collector.demo.post import Post
from collector.demo.truth import build_truth
from collector.demo.world import AS_OF, SEED, at, day_of, is_workday, moment, work_later
from tests.demo.conftest import SCALE, Generated

pytestmark = pytest.mark.xdist_group("demo_files")  # they share one generated folder


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_generations_are_equal_to_the_byte(generated: Generated, tmp_path: Path) -> None:
    generate(tmp_path, SCALE, step=lambda name: None)

    assert _hashes(tmp_path) == _hashes(generated.inbox)


def test_another_seed_gives_another_year(generated: Generated) -> None:
    other = build_truth(SCALE, seed=7)

    assert [t.reported for t in other.tickets] != [t.reported for t in generated.truth.tickets]


def test_the_full_demo_has_the_promised_size() -> None:
    truth = build_truth()

    assert 5800 < len(truth.tickets) + len(truth.hotline) < 6500
    assert 10_500 < sum(item.quantity for item in truth.inspections) < 11_500
    assert 9000 < len(truth.support) + sum(map(sum, truth.netcast.values())) < 10_000
    assert 400 < len(truth.register.assets) < 440
    assert sum(asset.probed_from is not None for asset in truth.register.assets) == 25


@pytest.mark.parametrize("scale", [SCALE, 10.0])
def test_assets_that_must_be_unknown_are_in_no_register(scale: float) -> None:
    register = build_register(SEED, scale)
    known = {name for asset in register.assets for name in (asset.no, asset.name, asset.alias)}

    assert not known & {RETIRED, "SFQ-PC-9999", "老审判楼法庭庭审主机", "法警室旧对讲机", "模拟法庭投影机"}


def test_ten_times_the_scale_is_ten_times_the_tickets() -> None:
    assert len(build_truth(0.2).tickets) == pytest.approx(10 * len(build_truth(0.02).tickets), rel=0.6)


def test_no_true_ticket_runs_backwards(generated: Generated) -> None:
    for ticket in generated.truth.tickets:
        stages = [ticket.reported, ticket.responded, ticket.arrived, ticket.resolved, ticket.closed]
        known = [stage for stage in stages if stage is not None]
        assert known == sorted(known), ticket


def test_nothing_is_told_that_had_not_happened_yet(generated: Generated) -> None:
    moments = [t.resolved for t in generated.truth.tickets] + [t.closed for t in generated.truth.tickets]

    assert max(moment for moment in moments if moment is not None) < at(AS_OF)


def test_assets_are_in_service_when_a_ticket_names_them(generated: Generated) -> None:
    kinds = Counter(
        ticket.asset.in_service(day_of(ticket.reported))
        for ticket in generated.truth.tickets
        if ticket.asset is not None
    )

    assert kinds.keys() == {True}


def test_working_time_skips_noon_night_and_holiday() -> None:
    noon = work_later(moment("2025-09-30 11:30"), 60)
    over_the_holidays = work_later(moment("2025-09-30 17:00"), 60)

    assert noon == moment("2025-09-30 14:30")
    assert over_the_holidays == moment("2025-10-09 09:00")  # 1 to 8 October are free


def test_a_sunday_moved_to_work_is_a_workday() -> None:
    assert is_workday(AS_OF.replace(year=2025, month=9, day=28))


def test_a_mess_must_have_a_name(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no such mess"):
        Post(tmp_path).put("a.csv", b"", AS_OF, "csv nonsense")
