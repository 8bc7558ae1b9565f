"""What is due follows from the last successes and the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from collector.configuration.schedules import parse_schedule
from collector.daemon.due import Due, due
from collector.daemon.jobs import Job

CHINA = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    """UTC seconds of a local time of October or November 2026, ``10-08 09:07``."""
    return int(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA).timestamp())


def job(name: str, text: str, **more: Any) -> Job:
    return Job(name, name, parse_schedule(text, CHINA), text, CHINA, **more)


HOURLY = job("seal", "2 * * * *")
MONTHLY = job("month_end", "每月1日 07:00", each=True)


def test_a_job_that_never_ran_is_due_once() -> None:
    assert due([HOURLY], {}, at("10-08 09:07")) == [Due("seal", at("10-08 09:02"))]


def test_what_is_done_is_not_due_until_its_next_slot() -> None:
    done = {"seal": at("10-08 09:02")}
    assert due([HOURLY], done, at("10-08 10:01")) == []
    assert due([HOURLY], done, at("10-08 10:02")) == [Due("seal", at("10-08 10:02"))]


def test_many_missed_slots_are_made_up_for_by_one_run() -> None:
    found = due([HOURLY], {"seal": at("10-08 09:02")}, at("10-10 09:30"))
    assert found == [Due("seal", at("10-10 09:02"), missed=47)]  # 48 slots


def test_each_missed_month_is_made_up_for_in_order() -> None:
    found = due([MONTHLY], {"month_end": at("09-01 07:00")}, at("11-05 09:00"))
    assert [item.slot for item in found] == [at("10-01 07:00"), at("11-01 07:00")]


def test_a_job_that_makes_up_for_each_slot_has_nothing_to_make_up_for_at_first() -> None:
    assert due([MONTHLY], {}, at("11-05 09:00")) == []


def test_what_is_switched_off_is_never_due_and_nobody_waits_for_it() -> None:
    off = replace(HOURLY, enabled=False)
    compute = job("compute", "5 * * * *", after=("seal",))
    assert due([off, compute], {}, at("10-08 09:07")) == [Due("compute", at("10-08 09:05"))]


def test_a_job_waits_for_those_before_it_unless_they_fail() -> None:
    compute = job("compute", "5 * * * *", after=("seal",))
    now = at("10-08 09:07")
    assert [item.job for item in due([HOURLY, compute], {}, now)] == ["seal"]
    assert [item.job for item in due([HOURLY, compute], {}, now, failing={"seal"})] == ["seal", "compute"]
    assert [item.job for item in due([HOURLY, compute], {"seal": at("10-08 09:02")}, now)] == ["compute"]


def test_a_month_is_not_exported_before_its_last_day_is_computed_even_if_that_fails() -> None:
    day_end = job("day_end", "每天 00:20", each=True)
    export = replace(MONTHLY, needs=("day_end",))
    done = {"day_end": at("10-30 00:20"), "month_end": at("10-01 07:00")}
    now = at("11-01 07:30")
    assert {item.job for item in due([day_end, export], done, now, failing={"day_end"})} == {"day_end"}
    assert [item.job for item in due([day_end, export], done | {"day_end": at("11-01 00:20")}, now)] == ["month_end"]


def test_a_day_that_ended_after_the_month_does_not_hold_its_export_up() -> None:
    day_end = job("day_end", "每天 00:20", each=True)
    export = replace(MONTHLY, needs=("day_end",))
    done = {"day_end": at("11-02 00:20"), "month_end": at("10-01 07:00")}
    found = due([day_end, export], done, at("11-03 07:30"))
    assert [(item.job, item.slot) for item in found] == [
        ("day_end", at("11-03 00:20")),
        ("month_end", at("11-01 07:00")),
    ]


def test_jitter_makes_a_slot_late_always_by_the_same() -> None:
    late = job("publish", "每天 06:30", jitter=600)
    slot = at("10-08 06:30")
    start = late.starts_at(slot)
    assert slot <= start <= slot + 600
    assert due([late], {}, start)[0].slot == slot
    assert due([late], {}, start - 1)[0].slot == at("10-07 06:30")
    assert late.next_start(start - 1) == start
    assert late.next_start(start) == late.starts_at(at("10-09 06:30"))


@given(
    st.lists(st.integers(30, 40_000), min_size=1, max_size=30), st.sampled_from(["7分钟", "2 * * * *", "每天 06:30"])
)
def test_whenever_it_is_asked_every_slot_is_done_or_made_up_for_exactly_once(pauses: list[int], text: str) -> None:
    now = at("10-08 09:00")
    one, covered = job("x", text), 0
    done = {"x": one.schedule.latest(now)}
    first = done["x"]
    for pause in pauses:
        now += pause
        for item in due([one], done, now):
            covered += 1 + item.missed
            done["x"] = item.slot
        assert due([one], done, now) == []
    expected, slot = 0, one.schedule.following(first)
    while slot <= now:
        expected, slot = expected + 1, one.schedule.following(slot)
    assert covered == expected
