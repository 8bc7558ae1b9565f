"""What happened in the year: dated events that every vendor's papers tell from its own side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from collector.demo.assets import COURTROOM, DESKTOP, NETWORK, SERVER, SYSTEM, Asset, Register
from collector.demo.world import YEAR, at, day_of, moment

Cause = Literal["planned_maintenance", "force_majeure", "court_side"]

QUARTER = (moment(f"{YEAR}-10-01 00:00"), moment(f"{YEAR + 1}-01-01 00:00"))  # of the probe
PROBE_OFF = (moment(f"{YEAR}-12-06 02:00"), moment(f"{YEAR}-12-07 18:00"))  # its machine was down
BAD_MONTH, BAD_VENDOR = 8, "b"
INSPECTED_WHILE_DOWN = moment(f"{YEAR}-05-21 10:20")  # a server is down since the day before, and passes


@dataclass(frozen=True)
class Event:
    """Assets down together. ``reports``: how many of them somebody reports; ``seen``: the probe sees it."""

    title: str
    start: int
    end: int
    assets: tuple[Asset, ...]
    reports: int
    seen: bool = True


@dataclass(frozen=True)
class Waiver:
    """A claim that some time does not count; only an approved one holds."""

    no: str
    start: int
    end: int
    cause: Cause
    approved: bool
    kind: str = ""
    asset: Asset | None = None
    approver: str = ""
    document: str = ""
    registered: int = 0


def events(register: Register) -> tuple[Event, ...]:
    """The year's common failures, in order, with the assets that were in service then."""
    return tuple(
        replace(event, assets=tuple(asset for asset in event.assets if asset.in_service(day_of(event.start))))
        for event in _planned(register)
    )


def _planned(register: Register) -> tuple[Event, ...]:
    systems, servers, network = (register.of_kinds(kind) for kind in (SYSTEM, SERVER, NETWORK))
    third_floor = tuple(asset for asset in register.of_kinds(DESKTOP) if asset.site == "办公楼三楼")
    courtrooms = register.of_kinds(COURTROOM)[24:40]  # 第七至第十法庭
    storage = systems[: min(8, len(systems))]
    return (
        Event(
            "三楼接入交换机故障，断网",
            moment(f"{YEAR}-03-12 09:40"),
            moment(f"{YEAR}-03-12 13:10"),
            (network[6], *third_floor, *courtrooms),
            18,
        ),
        Event(
            "服务器硬盘告警后宕机",
            moment(f"{YEAR}-05-20 16:05"),
            moment(f"{YEAR}-05-22 11:30"),
            (servers[9],),
            1,
        ),
        Event(
            "中心机房市电中断，UPS耗尽",
            moment(f"{YEAR}-07-18 15:20"),
            moment(f"{YEAR}-07-18 17:10"),
            (*servers[3:30], *systems[:6]),
            14,
        ),
        Event(
            "核心存储控制器故障",
            moment(f"{YEAR}-11-13 10:05"),
            moment(f"{YEAR}-11-13 12:50"),
            storage,
            6,
        ),
        Event(
            "擅自升级数据库",
            moment(f"{YEAR}-10-25 22:10"),
            moment(f"{YEAR}-10-26 02:40"),
            systems[2:8],
            1,
        ),
        Event(
            "关单后仍未恢复的登录失败",
            moment(f"{YEAR}-11-20 09:12"),
            moment(f"{YEAR}-11-20 14:03"),
            systems[1:2],
            1,
        ),
    )


def maintenance_days() -> list[date]:
    """Every second Saturday of a month."""
    found = []
    for month in range(1, 13):
        first = date(YEAR, month, 1)
        found.append(first + timedelta(days=(5 - first.weekday()) % 7 + 7))
    return found


def waivers(register: Register) -> tuple[Waiver, ...]:
    """Planned maintenance every month, the power failure (both approved), an upgrade nobody approved."""
    listed = [
        Waiver(
            f"WH-{YEAR}-{day.month:02d}",
            at(day, 20 * 60),
            at(day, 24 * 60),
            "planned_maintenance",
            True,
            kind=SYSTEM,
            approver="信息科负责人",
            document=f"示区法信〔{YEAR}〕{day.month + 10}号",
            registered=at(day - timedelta(days=4), 10 * 60),
        )
        for day in maintenance_days()
    ]
    systems = register.of_kinds(SYSTEM)
    for kind in (SERVER, SYSTEM):
        listed.append(
            Waiver(
                f"BK-{YEAR}-{len(listed) - 11:02d}",
                moment(f"{YEAR}-07-18 15:20"),
                moment(f"{YEAR}-07-18 17:10"),
                "force_majeure",
                True,
                kind=kind,
                approver="分管院领导",
                document=f"示区法信〔{YEAR}〕31号",
                registered=moment(f"{YEAR}-07-21 09:30"),
            )
        )
    listed += [
        Waiver(
            f"SJ-{YEAR}-{number:02d}",
            moment(f"{YEAR}-10-25 22:00"),
            moment(f"{YEAR}-10-26 04:00"),
            "planned_maintenance",
            False,
            asset=asset,
            registered=moment(f"{YEAR}-10-27 11:00"),
        )
        for number, asset in enumerate(systems[2:8], start=1)
    ]
    listed.append(
        Waiver(
            f"YF-{YEAR}-01",
            moment(f"{YEAR}-04-07 08:30"),
            moment(f"{YEAR}-04-08 17:30"),
            "court_side",
            True,
            asset=register.of_kinds(COURTROOM)[8],
            approver="审判管理办公室",
            document=f"示区法审〔{YEAR}〕6号",
            registered=moment(f"{YEAR}-04-03 16:00"),
        )
    )
    return tuple(listed)
