"""E2 · 广州市海珠区人民检察院 2022: deliveries that say what the paper says give the figures it prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.cli import run
from tests.published.papers import workdays, write_sheet

WORKDAYS_2022 = 249  # by the national list, make-up workdays included
HARDWARE = {"服务器": 4, "网络设备": 4, "办公设备": 12}
SYSTEMS = 2
TICKETS, OPEN, REMOTE_EVERY = 120, 3, 6
ARRIVAL_MINUTES = (45, 60, 75, 120)  # on average 75 min = 1.25 h
ANSWERS = {"非常满意": 60, "满意": 37, "一般": 2, None: 1}
LONG_HOLIDAYS = (
    *(f"0{month}-{day:02d}" for month, days in ((1, (3, 31)), (2, range(1, 5)), (5, range(2, 5))) for day in days),
    *("04-04", "04-05", "06-03"),
)


def _assets() -> Iterator[list[Any]]:
    yield ["资产编号", "资产名称", "资产类别", "安装地点", "维保单位", "启用日期"]
    for name, count in {**HARDWARE, "应用系统": SYSTEMS}.items():
        for number in range(1, count + 1):
            yield [f"{name}{number:02d}", f"{name}{number}号", name, "办公楼", "信息化运维服务商", "2020-01-01"]


def _tickets() -> Iterator[list[Any]]:
    """One a workday at 09:00; every sixth is solved remotely, the last three are still open."""
    yield ["日期", "时间", "部门", "设备", "故障描述", "服务方式", "到场时间", "解决时间", "是否停用"]
    days = workdays(datetime(2022, 1, 4, 9), LONG_HOLIDAYS)
    on_site = 0
    for number in range(1, TICKETS + 1):
        reported, remote = next(days), number % REMOTE_EVERY == 0
        arrived = None
        if not remote:
            arrived = reported + timedelta(minutes=ARRIVAL_MINUTES[on_site % len(ARRIVAL_MINUTES)])
            on_site += 1
        solved = None if number > TICKETS - OPEN else reported + timedelta(hours=3)
        way = "远程协助" if remote else "上门"
        yield [reported.date(), "9:00", f"第{number}室", None, "无法打印", way, arrived, solved, "否"]


def _faults() -> Iterator[list[Any]]:
    """Devices out of use: a server for 2 workdays, a switch for 3, a system for 1; all within one week each."""
    yield ["日期", "时间", "部门", "设备", "故障描述", "服务方式", "到场时间", "解决时间", "是否停用"]
    for asset, first, days in (("服务器01", 7, 2), ("网络设备01", 14, 3), ("应用系统01", 21, 1)):
        reported = datetime(2022, 3, first, 9)
        solved = reported + timedelta(days=days - 1, hours=2)
        yield [reported.date(), "9:00", "机房", asset, "停机", "上门", reported + timedelta(minutes=75), solved, "是"]


def deliver(inbox: Path) -> None:
    """Everything the vendor and the procuratorate hand in for 2022."""
    write_sheet(inbox / "运维服务" / "2022年服务登记表.xlsx", "运维服务登记表", list(_tickets()))
    write_sheet(inbox / "运维服务" / "2022年停机工单.xlsx", "停机工单", list(_faults()))
    own = inbox / "本单位"
    write_sheet(own / "设备台账.xlsx", "设备台账", list(_assets()))
    answers = [answer for answer, count in ANSWERS.items() for _ in range(count)]
    rows = [[f"W{number}", "2022-12-01", answer] for number, answer in enumerate(answers, 1)]
    write_sheet(own / "满意度问卷.xlsx", "满意度问卷", [["问卷编号", "填写日期", "评价"], *rows])
    money = [["Y1", "2022-01-10", "预算", 41], ["Z1", "2022-07-01", "支出", 20], ["Z2", "2022-12-01", "支出", 18.64]]
    write_sheet(own / "预算与支出.xlsx", "预算与支出", [["凭证号", "日期", "类别", "金额（万元）"], *money])


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Indicator → its result for 2022, as exported."""
    folder = tmp_path_factory.mktemp("e2") / "海珠"
    assert run(["init", str(folder), "--profile", "e2"]) == 0
    deliver(folder / "inbox")
    assert run(["ingest", "-C", str(folder)]) == 0
    assert run(["compute", "-C", str(folder), "--as-of", "2022-12-31"]) == 0
    assert run(["export", "2022", "-C", str(folder), "--format", "json"]) == 0
    results = json.loads((folder / "output" / "results.json").read_text(encoding="utf-8"))["results"]
    return {one["indicator"]: one for one in results if one["dimension"] == "total"}


def test_the_budget_is_94_24_percent(shown: dict[str, dict[str, Any]]) -> None:
    result = shown["budget_execution"]
    assert (result["numerator"], result["denominator"], result["printed"]) == ("386400", "410000", "94.24%")


def test_hardware_ran_on_so_many_device_days(shown: dict[str, dict[str, Any]]) -> None:
    """5 of 20 × 249 device-days were not normal."""
    result = shown["hardware_availability"]
    required = sum(HARDWARE.values()) * WORKDAYS_2022
    assert (result["numerator"], result["denominator"]) == (str(required - 5), str(required))
    assert (result["printed"], result["printed_target"], result["outcome"]) == ("99.90%", "≥95%", "met")


def test_systems_ran_on_so_many_system_days(shown: dict[str, dict[str, Any]]) -> None:
    """1 of 2 × 249."""
    result = shown["system_availability"]
    assert (result["numerator"], result["denominator"]) == (str(SYSTEMS * WORKDAYS_2022 - 1), str(SYSTEMS * 249))
    assert (result["printed"], result["outcome"]) == ("99.80%", "met")


def test_more_than_85_percent_of_the_problems_were_solved(shown: dict[str, dict[str, Any]]) -> None:
    result = shown["service_quality"]
    assert (result["numerator"], result["denominator"]) == (str(TICKETS - OPEN + 3), str(TICKETS + 3))
    assert (result["printed"], result["printed_target"], result["outcome"]) == ("97.56%", ">85%", "met")


def test_the_mean_arrival_is_below_two_hours(shown: dict[str, dict[str, Any]]) -> None:
    """100 on-site tickets of 45, 60, 75, 120 min in turn and three of 75 min: 75 min; 20 remote ones beside."""
    result = shown["service_efficiency"]
    assert (result["numerator"], result["denominator"]) == (str(103 * 75 * 60), "103")
    assert (result["printed"], result["printed_target"], result["outcome"]) == ("1.25小时", "<2小时", "met")
    assert result["parts"]["remote_count"] == "20"


def test_97_of_100_were_satisfied(shown: dict[str, dict[str, Any]]) -> None:
    result = shown["satisfaction"]
    assert (result["numerator"], result["denominator"]) == ("97", "100")
    assert (result["printed"], result["printed_target"], result["outcome"]) == ("97.00%", "≥95%", "met")


def test_the_mean_outage_is_left_to_people_to_judge(shown: dict[str, dict[str, Any]]) -> None:
    """Service hours down, from 09:00 of each first day to 11:00 of its last: 9, 16 and 2 of 7 a day."""
    result = shown["mean_outage_duration"]
    server, switch, system = 6.5 + 2.5, 6.5 + 7 + 2.5, 2.0
    assert (result["numerator"], result["denominator"]) == (str(int((server + switch + system) * 3600)), "3")
    assert (result["printed"], result["outcome"]) == ("9.00小时", None)
    assert "目标“比上年降低”不是数值，由人评定" in result["notes"]
