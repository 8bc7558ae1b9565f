"""Leaving alone what nothing has touched gives what computing everything anew gives, whatever comes and when."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.compute import Asked, ComputeReport, compute
from collector.unaffected import Confirmed
from collector.version import program_version
from metrics.indicators import Facts
from metrics.wanted import Wanted
from tests.compute.court import WORKSPACE, Court, at
from tests.compute.vendor import DAY, NEW_YEAR, Vendor
from tests.conftest import Clock

INDICATORS = """
- {id: arrival, name: 到场, project: ops, formula: mean_arrival, breakdowns: [vendor]}
- {id: response, name: 响应, project: ops, formula: mean_response, params: {attribute_by: resolved_at}}
- {id: resolution, name: 解决, project: ops, formula: mean_resolution, params: {reopen: sum}}
- {id: solved, name: 解决率, project: ops, formula: resolution_rate, target: "≥90%"}
- {id: timely, name: 及时率, project: ops, formula: timely_rate, params: {timed: resolution, limits: {"*": 5天}}}
- {id: uptime, name: 正常率, project: ops, formula: availability, target: "≥95%", breakdowns: [asset],
   params: {window: 7x24, down_from: [checks, tickets, inspections, outages], fail_after: 3}}
- {id: days, name: 正常天, project: ops, formula: availability,
   params: {window: 7x24, basis: day, down_from: [tickets, inspections]}}
- {id: outages, name: 平均故障, project: ops, formula: mean_outage_duration,
   params: {window: 7x24, down_from: [tickets, inspections, checks]}}
- {id: inspections, name: 巡检, project: ops, formula: count, params: {record: inspection}, breakdowns: [kind]}
- {id: support, name: 保障, project: ops, formula: count, params: {record: support_event}}
- {id: plan, name: 计划, project: ops, formula: inspection_completion}
- {id: staff, name: 人员, project: ops, formula: roster, params: {contract: {驻场: 2}}, where: {kind: [驻场]}}
- {id: pleased, name: 满意, project: ops, formula: satisfaction, params: {satisfied: [满意], questions: [总体]}}
- {id: spent, name: 执行, project: ops, formula: budget_execution}
- {id: score, name: 得分, project: ops, formula: measurement, params: {kind: 等保}, measure_unit: points}
- {id: remote, name: 远程, project: ops, formula: ratio, measure_unit: percent,
   params: {numerator: {record: ticket, where: {channel: [remote]}}, denominator: {record: ticket}}}
"""
SOURCE = """
id: {name}
name: 系统 {name}
adapter: table
files: ["{name}/*.csv"]
tables: [{{record: ticket, columns: {{ticket_no: [工单号], reported_at: [报修时间]}}}}]
"""
#: What a figure is; all other columns say which run it is from.
FIGURE = (
    *("numerator", "denominator", "actual", "printed", "coverage", "lower", "upper", "observed", "presumed"),
    *("target", "outcome", "evidence_count", "calendar_state", "parts", "notes"),
)


def _opened(folder: Path, clock: Clock) -> Court:
    clock.now = NEW_YEAR + 20 * DAY
    court = Court(folder / "court", clock)
    court.configure(INDICATORS)
    assets: list[dict[str, Any]] = [{"asset_no": "A1", "probed": True, "probed_from": "2023-02-01"}, {"asset_no": "A2"}]
    court.deliver("台账", asset=assets)
    return court


def _compute(court: Court, **more: Any) -> ComputeReport:
    return compute(court.settings, court.store, Asked(), now=court.clock(), **more)


def _confirmed(court: Court) -> Confirmed:
    """Everything was computed just now, or left alone."""
    return Confirmed(court.clock(), court.store.sequence_at(), court.settings.hash, program_version())


def _figures(court: Court) -> dict[tuple[Any, ...], dict[str, Any]]:
    rows = court.store.results().astype(object)
    rows = rows.where(rows.notna(), None)
    return {
        (row["indicator"], row["period"], row["dimension"], row["dimension_value"]): {
            name: row[name] for name in FIGURE
        }
        for row in rows.to_dict("records")
    }


@settings(max_examples=12, derandomize=True)  # more of them by hand: a run must not depend on luck
@given(seed=st.integers(0, 2**32))
def test_what_is_left_alone_is_what_a_full_compute_gives(seed: int) -> None:
    random, clock = Random(seed), Clock()
    with tempfile.TemporaryDirectory() as folder:
        court = _opened(Path(folder), clock)
        vendor, confirmed = Vendor(random, clock), None
        for step in range(6):
            for number in range(random.randrange(3)):
                court.deliver(f"{step}-{number}", **vendor.delivery())
            _compute(court, only_affected=True, confirmed=confirmed)
            confirmed = random.choice((confirmed, _confirmed(court)))
            clock.forward(random.choice((3600, DAY, 5 * DAY, 40 * DAY)))
        court.deliver("最后一份", **vendor.delivery())
        _compute(court, only_affected=True, confirmed=confirmed)
        left_alone = _figures(court)
        _compute(court)

        assert left_alone == _figures(court)
        court.store.close()


@pytest.fixture
def settled(tmp_path: Path, clock: Clock) -> Court:
    """A court computed at the end of May, with something of every month."""
    court = _opened(tmp_path, clock)
    clock.now = at("05-31 12:00")
    months = range(1, 6)
    court.deliver(
        "全部",
        ticket=[
            {"ticket_no": f"T{n}", "reported_at": at(f"{n:02d}-05 09:00"), "resolved_at": at(f"{n:02d}-05 10:00")}
            for n in months
        ],
        support_event=[{"event_no": f"S{n}", "kind": "庭审", "started_at": at(f"{n:02d}-05 09:00")} for n in months],
    )
    _compute(court)
    clock.now = at("06-01 12:00")
    return court


def _computed(court: Court, indicator: str, confirmed: Confirmed | None = None) -> set[str]:
    report = _compute(court, only_affected=True, confirmed=confirmed)
    return {result.figure.period.label for result in report.results if result.indicator == indicator}


def test_a_ticket_of_may_leaves_the_earlier_months_alone(settled: Court) -> None:
    settled.deliver("新工单", ticket=[{"ticket_no": "T9", "reported_at": at("05-31 15:00")}])

    assert _computed(settled, "solved") == {"2023-05", "2023-06", "2023Q2", "2023H1", "2023", "2023-01-01..2023-12-31"}


def test_a_late_ticket_of_february_computes_february_again(settled: Court) -> None:
    settled.deliver("迟到的工单", ticket=[{"ticket_no": "T9", "reported_at": at("02-10 15:00")}])

    assert {"2023-02", "2023-03", "2023Q1"} <= _computed(settled, "solved")
    assert "2023-01" not in _computed(settled, "solved")


def test_a_changed_definition_computes_everything_again(settled: Court) -> None:
    assert "2023-01" not in _computed(settled, "support")
    settled.configure(INDICATORS.replace("name: 保障", "name: 庭审保障"))

    assert "2023-01" in _computed(settled, "support")


def test_a_changed_register_computes_everything_again(settled: Court) -> None:
    settled.deliver("归属", asset_assignment=[{"asset_no": "A1", "from_on": "2023-05-31", "vendor": "乙公司"}])

    assert "2023-01" in _computed(settled, "solved")


def test_the_first_rows_ever_of_a_kind_compute_everything_again(settled: Court) -> None:
    """Until then every month said that nothing of the kind was ever delivered."""
    settled.deliver("首次巡检", inspection=[{"inspection_no": "I1", "kind": "机房", "inspected_at": at("05-31 09:00")}])

    assert "2023-01" in _computed(settled, "inspections")


@pytest.fixture
def bare(tmp_path: Path, clock: Clock) -> Court:
    """A court that has its register and one ticket of January, which is computed on the 10th of February."""
    court = _opened(tmp_path, clock)
    clock.now = at("02-10 12:00")
    _ticket(court, resolved="01-31 09:00")
    return court


def _ticket(court: Court, resolved: str | None) -> None:
    """The ticket of 30 January, again."""
    row = {"ticket_no": "T1", "reported_at": at("01-30 09:00"), "resolved_at": at(resolved) if resolved else None}
    court.deliver(f"工单 {resolved}", ticket=[row])


def _checks(first: str, *states: str, every: int = 3600) -> list[dict[str, Any]]:
    return [
        {"asset_no": "A2", "checked_at": at(first) + number * every, "state": state}
        for number, state in enumerate(states)
    ]


def test_failures_after_the_period_decide_on_its_last_one(bare: Court) -> None:
    """One failure at 23:00 is none where three in a row are asked for; two more after midnight make it one.

    They are checked in another rhythm, so that they are an interval of their own, which begins in February.
    """
    bare.deliver("一月检测", uptime_check=_checks("01-31 21:00", "up", "up", "down"))
    _compute(bare)
    bare.deliver("二月检测", uptime_check=_checks("02-01 00:00", "down", "down", "up", every=1800))

    assert "2023-01" in _computed(bare, "uptime")


def test_the_first_check_ever_computes_everything_again(bare: Court) -> None:
    _compute(bare)
    bare.clock.forward(DAY)
    bare.deliver("首次检测", uptime_check=_checks("02-11 00:00", "up", "up"))

    assert "2023-01" in _computed(bare, "uptime")


def test_the_first_file_of_checks_computes_everything_again(bare: Court) -> None:
    """It came later than the compute and tells of a time before it."""
    _compute(bare)
    bare.clock.forward(DAY)
    bare.deliver("首份检测文件", uptime_check=_checks("02-09 00:00", "up", "up"))

    assert "2023-01" in _computed(bare, "uptime")


def test_a_ticket_may_be_resolved_by_a_cycle_of_an_earlier_period(bare: Court) -> None:
    """Its cycle of January came first; the ticket itself is reported in February and belongs where it was resolved."""
    cycle = {"ticket_no": "T7", "opened_at": at("01-10 09:00"), "resolved_at": at("01-11 09:00")}
    bare.deliver("轮次", ticket_cycle=[cycle])
    _compute(bare)
    ticket = {"ticket_no": "T7", "reported_at": at("02-05 09:00"), "responded_at": at("02-05 09:10")}
    bare.deliver("工单本身", ticket=[ticket])

    assert "2023-01" in _computed(bare, "response")


def test_what_was_written_ahead_counts_when_it_has_happened(bare: Court) -> None:
    """Resolved on 20 February, as the vendor wrote before: unresolved on the 10th, resolved on the 21st."""
    _ticket(bare, resolved="02-20 09:00")
    _compute(bare)
    bare.clock.now = at("02-21 12:00")

    assert "2023-01" in _computed(bare, "solved")


def test_a_hold_touches_the_period_of_its_ticket(bare: Court) -> None:
    """It began in February, and shortens the resolution of a ticket of January."""
    _ticket(bare, resolved="02-20 09:00")
    bare.clock.now = at("02-25 12:00")
    other = {"ticket_no": "T2", "hold_from": at("02-03 09:00"), "hold_to": at("02-04 09:00"), "side": "court"}
    bare.deliver("别的挂起", hold=[other])
    _compute(bare)
    bare.deliver("挂起", hold=[other | {"ticket_no": "T1"}])

    assert "2023-01" in _computed(bare, "resolution")


def test_a_late_inspection_is_one_of_the_period_in_which_it_was_due(bare: Court) -> None:
    plan = {"plan_no": "P1", "kind": "机房", "due_from": "2023-01-10", "due_until": "2023-01-31", "quantity": 1}
    other = {"inspection_no": "I0", "kind": "法庭", "inspected_at": at("01-05 09:00")}
    bare.deliver("计划", inspection_plan=[plan], inspection=[other])
    _compute(bare)
    late = {"inspection_no": "I1", "kind": "机房", "inspected_at": at("02-09 09:00")}
    bare.deliver("迟到的巡检", inspection=[late])

    assert "2023-01" in _computed(bare, "plan")


def test_what_lay_open_at_the_end_of_a_timely_period_is_computed_again(bare: Court) -> None:
    """Five days for each ticket: one reported on the 30th was not due on 2 February and is overdue on the 7th."""
    _ticket(bare, resolved=None)
    bare.clock.now = at("02-02 12:00")
    _compute(bare)
    bare.clock.now = at("02-07 12:00")

    assert "2023-01" in _computed(bare, "timely")


def test_where_two_systems_are_matched_a_ticket_may_concern_any_period(bare: Court) -> None:
    both = "    matching: {leads: s, others: [s2]}\n"
    (bare.folder / "yunwei.yaml").write_text(WORKSPACE + both, encoding="utf-8")
    (bare.folder / "sources").mkdir()
    for name in ("s", "s2"):
        (bare.folder / "sources" / f"{name}.yaml").write_text(SOURCE.format(name=name), encoding="utf-8")
    _compute(bare)
    bare.deliver("别家的工单", "s2", ticket=[{"ticket_no": "T1", "reported_at": at("02-10 09:00")}])

    assert "2023-01" in _computed(bare, "solved")


def test_what_was_confirmed_is_asked_from_then_on(settled: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that, all is read that was said since the oldest figure was made."""
    head = (settled.folder / "yunwei.yaml").read_text(encoding="utf-8")
    (settled.folder / "yunwei.yaml").write_text(head + "compute: {periods: [month]}\n", encoding="utf-8")
    settled.configure("- {id: solved, name: 解决率, project: ops, formula: resolution_rate}\n")
    read: list[int | None] = []
    facts_for = settled.store.facts_for

    def recorded(wanted: Wanted, sequence: int) -> Facts:
        read.append(wanted.since)
        return facts_for(wanted, sequence)

    monkeypatch.setattr(settled.store, "facts_for", recorded)
    _compute(settled)
    settled.clock.now = at("08-20 12:00")
    _compute(settled, only_affected=True)
    confirmed = _confirmed(settled)
    settled.clock.now = at("08-21 12:00")
    _compute(settled, only_affected=True)
    _compute(settled, only_affected=True, confirmed=confirmed)

    assert read[-2:] == [at("06-01 12:00"), at("08-01 00:00")]


def test_a_late_ticket_is_found_after_a_confirmation(settled: Court) -> None:
    confirmed = _confirmed(settled)
    _compute(settled, only_affected=True)
    settled.clock.now = at("06-20 12:00")
    settled.deliver("迟到的工单", ticket=[{"ticket_no": "T9", "reported_at": at("02-10 15:00")}])

    assert "2023-02" in _computed(settled, "solved", confirmed)
    assert "2023-01" not in _computed(settled, "solved", confirmed)


def test_another_programs_confirmation_says_nothing(settled: Court) -> None:
    """It would have said that the ticket was known."""
    settled.deliver("迟到的工单", ticket=[{"ticket_no": "T9", "reported_at": at("02-10 15:00")}])
    confirmed = replace(_confirmed(settled), program_version="别的版本")

    assert "2023-02" in _computed(settled, "solved", confirmed)
