"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.cli.common import parse_moment, show_moment
from metrics.errors import UsageError

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-12-31", _utc(2023, 12, 31, 16)),  # the day is included: its end, local
        ("2023-12-31T18:00", _utc(2023, 12, 31, 10)),
        ("2023-12-31 18:00:05", _utc(2023, 12, 31, 10, 0, 5)),
        ("2023-12-31T24:00", _utc(2023, 12, 31, 16)),
        ("2023-12-31T18:00+00:00", _utc(2023, 12, 31, 18)),
        ("2023-12-31T18:00Z", _utc(2023, 12, 31, 18)),
    ],
)
def test_a_moment_is_read_in_the_local_zone(text: str, moment: int) -> None:
    assert parse_moment(text, SHANGHAI) == moment


def test_a_date_alone_ends_where_the_local_day_ends_even_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert parse_moment("2023-10-29", berlin) == _utc(2023, 10, 29, 23)  # a day of 25 hours


@pytest.mark.parametrize("text", ["昨天", "2023-02-30", "2023-13-01", "2023-12-31T25:00", "2023"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"“{text}”不是时间，应写作 2023-12-31 或 2023-12-31T18:00"):
        parse_moment(text, SHANGHAI)


def test_a_moment_is_shown_in_the_local_zone() -> None:
    assert show_moment(_utc(2023, 12, 31, 16), SHANGHAI) == "2024-01-01 00:00:00"
