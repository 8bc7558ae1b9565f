"""A small court with everything that the pages show: checks, tickets, figures, a paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from collector.compute import Asked, compute
from collector.probing.engine import Status
from collector.probing.plans import Check
from collector.serve import Server
from collector.store import Store, open_store
from tests.compute.court import Court, at, ticket
from tests.conftest import Clock

HEAD = """
organization: {id: court, name: 甲法院}
vendors: [{id: a, name: 甲公司}, {id: b, name: 乙公司}]
service_windows:
  7x24: {days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}
projects:
  - id: ops
    name: 信息化运维
    contract: {starts_on: 2023-01-01, ends_on: 2023-12-31, vendors: [a, b]}
serve: {port: 0}
"""
INDICATORS = """
- {id: uptime, name: 应用系统正常运行率, project: ops, formula: availability, target: "≥99%",
   params: {window: 7x24, down_from: [checks]}}
- {id: device_days, name: 设备正常运作率, project: ops, formula: availability, target: "≥95%", target_period: year,
   params: {window: 7x24, down_from: [checks], basis: day}}
- {id: timely, name: 及时响应率, project: ops, formula: timely_rate, target: "≥90%",
   params: {timed: response, limits: {"*": 1小时}}}
- {id: response, name: 平均响应时间, project: ops, formula: mean_response, target: ≤1小时}
- {id: inspections, name: 巡检次数, project: ops, formula: count, target: ≥100次, params: {record: inspection}}
"""
SOURCES = """
- {id: s, name: 甲公司月报, adapter: table, vendor: a, files: "*.xlsx",
   tables: [{record: ticket, columns: {ticket_no: 工单号, reported_at: 报障时间}}]}
- id: dial
  name: 自有拨测
  adapter: probe
  interval: 5分钟
  timeout: 10秒
  targets:
    - {asset_no: OA, probe: tcp, host: 127.0.0.1, port: 9}
    - {asset_no: MAIL, probe: tcp, host: 127.0.0.1, port: 9}
- {id: never, name: 乙公司巡检, adapter: table, vendor: b, files: "*.csv",
   tables: [{record: inspection, columns: {inspection_no: 编号, kind: 类别, inspected_at: 时间}}]}
"""
ASSETS = [
    {"asset_no": "OA", "asset_class": "应用系统", "site": "机房", "vendor": "甲公司", "probed": True},
    {"asset_no": "MAIL", "asset_class": "应用系统", "site": "机房", "vendor": "乙公司", "probed": True},
]
TICKETS = [
    ticket("T1", "05-01 09:00", None, responded_at=at("05-01 09:20"), resolved_at=at("05-01 12:00")),
    ticket("T2", "05-02 09:00", None, responded_at=at("05-02 10:30")),
    ticket("T3", "05-10 09:00", None, "乙公司"),
]
#: When the pages are prepared: Wednesday 10 May 2023, noon.
NOW = at("05-10 12:00")


def run(asset: str, state: str, first: str, last: str, every: int = 300) -> list[dict[str, Any]]:
    """One check every ``every`` seconds from local time to local time."""
    return [
        {"asset_no": asset, "checked_at": moment, "state": state} for moment in range(at(first), at(last) + 1, every)
    ]


def build(folder: Path, clock: Clock) -> Court:
    """May 2023: OA was down on the 5th from 00:00 to 02:00; MAIL is down since 11:30 of the 10th."""
    court = Court(folder, clock)
    (folder / "yunwei.yaml").write_text(HEAD, encoding="utf-8")
    (folder / "sources").mkdir()
    (folder / "sources" / "all.yaml").write_text(SOURCES, encoding="utf-8")
    court.configure(INDICATORS)
    clock.now = NOW - 600
    court.deliver("月报.xlsx", asset=ASSETS, ticket=TICKETS)
    checks = [
        *run("OA", "up", "05-01 00:00", "05-04 23:55"),
        *run("OA", "down", "05-05 00:00", "05-05 01:55"),
        *run("OA", "up", "05-05 02:00", "05-10 11:55"),
        *run("MAIL", "up", "05-01 00:00", "05-10 11:25"),
        *run("MAIL", "down", "05-10 11:30", "05-10 11:55"),
    ]
    court.deliver("拨测.csv", "dial", uptime_check=checks)
    clock.now = NOW
    compute(court.settings, court.store, Asked(), now=NOW)
    with_jobs(court.store, clock)
    (folder / "output").mkdir()
    (folder / "output" / "绩效指标.csv").write_text("指标\n", encoding="utf-8")
    return court


def with_jobs(store: Store, clock: Clock) -> None:
    """An ingest that took 12.5 s at 11:50, and an export that failed at 11:55 after an earlier one of 3 s went well."""
    for name, slot, seconds, error in (
        ("ingest:s", NOW - 600, 12.5, ""),
        ("publish", NOW - 86_400, 3.0, ""),
        ("publish", NOW - 300, 0.5, "无法写入“绩效指标.xlsx”：磁盘已满"),
    ):
        clock.now = slot
        number = store.jobs.start(name, slot)
        clock.now = slot + int(seconds)
        store.jobs.end(number, "failed" if error else "done", int(seconds * 1000), error=error)
    clock.now = NOW


class ServedCourt(Court):
    """What :func:`build` built, or a copy of it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.clock = folder, clock
        self.store = open_store(f"sqlite:///{folder}/data/yunwei.db", "court", folder / "checks", clock)


class Remembered:
    """A recorder whose newest check of OA took 125 ms and showed a certificate that ends 30 days later.

    Its engine made 1,000 checks, was three times late, and has five checks that could not be stored; two are lost.
    """

    def probing(self) -> Status | None:
        return Status(targets=2, running=0, checks=1_000, missed=3, kept=5, lost=2)

    def newest(self) -> list[Check]:
        moment = NOW - 300
        return [Check("dial", "OA", moment, "up", 125, "", moment + 30 * 86_400, 300, 900, 0.01)]


@contextmanager
def serving(court: Court, now: int | None = NOW) -> Iterator[Server]:
    """Its server, running, refreshed at ``now``."""
    server = Server(court.settings, court.store, Remembered())
    server.start()
    try:
        if now is not None:
            server.refresh(now)
        yield server
    finally:
        server.stop()
