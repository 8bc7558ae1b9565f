"""Whole columns of times: quick ways and the slow one agree; zones with and without summer time."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import instants
from adapters.instants import dates_of, read_instants, shown
from adapters.moments import Rules, read_moment

SHANGHAI, BERLIN, UTC = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")


def written(chance: random.Random) -> str:
    """A time, possible or not, in one of the spellings that are read column by column."""
    year = chance.choice([1989, 1990, 2000, 2023, 2024, 2100, 2199, 2200])
    month, day = chance.randint(0, 13), chance.randint(0, 32)
    hour, minute, second = chance.randint(0, 25), chance.randint(0, 61), chance.randint(0, 61)
    return chance.choice(
        [
            f"{year}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}",
            f"{year}/{month:02d}/{day:02d}T{hour:02d}:{minute:02d}",
            f"{year}.{month:02d}.{day:02d}",
            f"{year}/{month}/{day} {hour}:{minute}",
            f"{year}-{month}-{day} {hour}:{minute:02d}:{second}",
            f"{year}年{month}月{day}日{hour}:{minute:02d}",
            f"{month}/{day}/{year} {hour}:{minute}",
            f"{year}-{month:02d}/{day:02d}",
            "",
        ]
    )


def singly(text: str, rules: Rules) -> int | str | None:
    """One time without the quick ways: seconds, or why not, or nothing for nothing."""
    try:
        return read_moment(text, rules)[0] if text else None
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("day_first", [None, True, False])
def test_columns_are_read_as_single_times_are(day_first: bool | None) -> None:
    chance, rules = random.Random(7), Rules(day_first=day_first)
    texts = [written(chance) for _ in range(6000)]
    found = read_instants(pa.array(texts), rules, UTC, {})
    for position, text in enumerate(texts):
        quick = int(found.seconds[position]) if found.valid[position] else found.faults.get(position)
        assert quick == singly(text, rules), text


def test_patterns_and_single_times_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(8)
    texts = pa.array([written(chance) for _ in range(2000)])
    quick = read_instants(texts, Rules(), SHANGHAI, {})
    monkeypatch.setattr(instants, "_WORTH_IT", 10**9)
    slow = read_instants(texts, Rules(), SHANGHAI, {})
    assert (quick.valid == slow.valid).all()
    assert (quick.seconds[quick.valid] == slow.seconds[quick.valid]).all()


def test_a_slice_of_a_column_is_read_as_it_is() -> None:
    texts = pa.array(["x", "2023-03-05 09:00", "2023-03-05 10:00", "y"]).slice(1, 2)
    found = read_instants(texts, Rules(), SHANGHAI, {})
    assert [shown(int(second), SHANGHAI) for second in found.seconds] == ["2023-03-05 09:00:00", "2023-03-05 10:00:00"]


def test_summer_time_shifts_only_what_lies_in_it() -> None:
    texts = pa.array(["2023-03-26 01:59", "2023-03-26 03:00", "2023-10-29 12:00"])
    seconds = read_instants(texts, Rules(), BERLIN, {}).seconds
    assert int(seconds[1] - seconds[0]) == 60  # 01:59 winter time, a minute later 03:00 summer time
    assert shown(int(seconds[2]), UTC) == "2023-10-29 11:00:00"


def test_an_hour_that_comes_twice_is_its_first() -> None:
    seconds = read_instants(pa.array(["2023-10-29 02:30"]), Rules(), BERLIN, {}).seconds
    assert shown(int(seconds[0]), UTC) == "2023-10-29 00:30:00"


def test_the_day_of_an_instant_is_the_local_one() -> None:
    found = read_instants(pa.array(["2023-03-05T20:00:00Z", "", "2023-03-05", "昨天"]), Rules(), SHANGHAI, {})
    assert dates_of(found, SHANGHAI).to_pylist() == ["2023-03-06", None, "2023-03-05", None]


@given(st.lists(st.integers(1, 9_999_999_999), min_size=1, max_size=20))
def test_what_programs_write_is_read_as_by_hand(moments: list[int]) -> None:
    """Seconds since 1970, and the same moment with a Z: at once for a column, and one by one, it is the same."""
    texts = [f"{moment:010d}" for moment in moments]
    texts += [(datetime(1970, 1, 1) + timedelta(seconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in moments]
    found = read_instants(pa.array(texts, pa.string()), Rules(), SHANGHAI, {})
    for position, text in enumerate(texts):
        told = found.faults.get(position) or (int(found.seconds[position]), True)
        assert told == _by_hand(text)


def _by_hand(text: str) -> tuple[int, bool] | str:
    try:
        return read_moment(text, Rules())
    except ValueError as error:
        return str(error)
