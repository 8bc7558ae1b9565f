"""Schedules as people write them: which slots they have."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.configuration.schedules import parse_schedule
from metrics.errors import ConfigError

CHINA = ZoneInfo("Asia/Shanghai")


def at(text: str) -> int:
    """UTC seconds of a local time in China."""
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp())


@pytest.mark.parametrize(
    ("text", "now", "latest", "following"),
    [
        ("10分钟", "2026-10-08 09:07", "2026-10-08 09:00", "2026-10-08 09:10"),
        ("每隔 1小时", "2026-10-08 09:07", "2026-10-08 09:00", "2026-10-08 10:00"),
        ("每天 06:30", "2026-10-08 06:29", "2026-10-07 06:30", "2026-10-08 06:30"),
        ("每天06：30", "2026-10-08 06:30", "2026-10-08 06:30", "2026-10-09 06:30"),
        ("每周一 08:00", "2026-10-08 09:00", "2026-10-05 08:00", "2026-10-12 08:00"),
        ("每星期日 08:00", "2026-10-08 09:00", "2026-10-04 08:00", "2026-10-11 08:00"),
        ("每月1日 07:00", "2026-11-01 06:59", "2026-10-01 07:00", "2026-11-01 07:00"),
        ("每月31日 07:00", "2026-11-15 00:00", "2026-10-31 07:00", "2026-12-31 07:00"),
        ("2 * * * *", "2026-10-08 09:07", "2026-10-08 09:02", "2026-10-08 10:02"),
        ("*/20 8-9 * * *", "2026-10-08 09:45", "2026-10-08 09:40", "2026-10-09 08:00"),
        ("0 8 * * 0", "2026-10-08 09:00", "2026-10-04 08:00", "2026-10-11 08:00"),
        ("0 8 * * 7", "2026-10-08 09:00", "2026-10-04 08:00", "2026-10-11 08:00"),
        ("0 8 * * 1-5", "2026-10-10 09:00", "2026-10-09 08:00", "2026-10-12 08:00"),
        ("0 8 13 * 5", "2026-10-08 09:00", "2026-10-02 08:00", "2026-10-09 08:00"),  # the 13th, or a Friday
        ("0 0 29 2 *", "2026-10-08 09:00", "2024-02-29 00:00", "2028-02-29 00:00"),
    ],
)
def test_slots_around_a_moment(text: str, now: str, latest: str, following: str) -> None:
    schedule = parse_schedule(text, CHINA)
    assert (schedule.latest(at(now)), schedule.following(at(now))) == (at(latest), at(following))


def test_the_hour_that_summer_time_repeats_or_skips_gives_one_slot_a_day() -> None:
    schedule = parse_schedule("30 2 * * *", ZoneInfo("Europe/Berlin"))
    slot, days = int(datetime(2026, 3, 27, tzinfo=UTC).timestamp()), []
    for _ in range(4):
        slot = schedule.following(slot)
        days.append(datetime.fromtimestamp(slot, ZoneInfo("Europe/Berlin")).day)
    assert days == [27, 28, 29, 30]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("每天早上", "看不懂"),
        ("* * * *", "看不懂"),
        ("61 * * * *", "应在 0 到 59 之间"),
        ("* * 0 * *", "应在 1 到 31 之间"),
        ("5-1 * * * *", "应在 0 到 59 之间"),
        ("*/0 * * * *", "应在 0 到 59 之间"),
        ("a * * * *", "看不懂"),
        ("0 0 30 2 *", "永远不会到来"),
        ("0", "不得短于"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, fact: str) -> None:
    with pytest.raises(ConfigError, match=fact):
        parse_schedule(text, CHINA)


@given(
    st.sampled_from(["7分钟", "每天 06:30", "每周三 00:00", "*/17 * * * *", "0 3 28,31 * 2", "59 23 * * *"]),
    st.integers(1_700_000_000, 1_900_000_000),
)
def test_latest_and_following_are_neighbours(text: str, moment: int) -> None:
    schedule = parse_schedule(text, CHINA)
    latest, following = schedule.latest(moment), schedule.following(moment)
    assert latest <= moment < following
    assert schedule.following(latest) == following
    assert schedule.latest(following - 1) == latest
    assert schedule.latest(following) == following
