"""When a maintenance of Zabbix took place, worked by hand on the calendar of October and November 2026."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from adapters.zabbix_maintenance import windows
from tests.monitors.october import at

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 3600


def maintenance(active: tuple[str, str], **period: int) -> dict[str, object]:
    usual = {"timeperiod_type": 0, "every": 1, "month": 0, "dayofweek": 0, "day": 0, "start_time": 0, "period": HOUR}
    texts = {name: str(value) for name, value in {**usual, **period}.items()}
    return {"active_since": str(at(active[0])), "active_till": str(at(active[1])), "timeperiods": [texts]}


@pytest.mark.parametrize(
    ("period", "starts"),
    [
        ({"timeperiod_type": 0, "start_date": at("10-10 02:00")}, ["10-10 02:00"]),
        ({"timeperiod_type": 2, "every": 10, "start_time": 2 * HOUR}, ["10-01 02:00", "10-11 02:00", "10-21 02:00"]),
        (  # Mondays and Fridays of every second week; 1 October 2026 is a Thursday
            {"timeperiod_type": 3, "every": 2, "dayofweek": 0b0010001},
            ["10-02 00:00", "10-12 00:00", "10-16 00:00"],
        ),
        ({"timeperiod_type": 4, "month": 1 << 9, "day": 15}, ["10-15 00:00"]),
        ({"timeperiod_type": 4, "month": 1 << 8, "day": 15}, []),
        ({"timeperiod_type": 4, "month": 1 << 9, "dayofweek": 1 << 5, "every": 2}, ["10-10 00:00"]),  # second Saturday
        ({"timeperiod_type": 4, "month": 1 << 9, "dayofweek": 1 << 6, "every": 5}, ["10-25 00:00"]),  # last Sunday
    ],
)
def test_each_kind_of_period(period: dict[str, int], starts: list[str]) -> None:
    found = windows(maintenance(("10-01 00:00", "10-26 00:00"), **period), ZONE, at("11-20 00:00"))
    assert found == [(at(start), at(start) + HOUR) for start in starts]


def test_it_is_cut_to_when_the_maintenance_was_active() -> None:
    one = maintenance(("10-10 03:00", "10-10 03:30"), timeperiod_type=0, start_date=at("10-10 02:00"), period=2 * HOUR)
    assert windows(one, ZONE, at("11-20 00:00")) == [(at("10-10 03:00"), at("10-10 03:30"))]


def test_what_has_not_begun_is_no_fact_yet() -> None:
    one = maintenance(("10-01 00:00", "12-31 00:00"), timeperiod_type=2)
    assert windows(one, ZONE, at("10-04 00:00"))[-1] == (at("10-03 00:00"), at("10-03 01:00"))
