"""A month of daemon life without waiting: the real engine, recorder, ingest and jobs under a clock of the test's own.

Time moves in steps of one probing interval. At each the engine checks what is due, its results are handed over, and
the dispatcher does whatever is due; what may go wrong is switched on and off by the test.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, event

from adapters.base import Blob, Context
from adapters.probes.base import Checker, ProbeResult, ProbeTarget
from adapters.probes.tcp import PROBE as TCP
from collector.archive import Archive
from collector.daemon.dispatcher import Dispatcher
from collector.daemon.jobs import jobs_of
from collector.daemon.work import Works
from collector.live import Recorder
from collector.probing.engine import Engine
from collector.probing.plans import plans_of
from collector.settings import Settings, load_settings
from collector.store import Store, open_store
from metrics.errors import PassingError
from tests.probing.world import FakeClock, Runner
from tests.settings.workspace import write_files

CHINA = ZoneInfo("Asia/Shanghai")
STEP = 4 * 3600  # seconds: the probing interval
ASSETS = ("OA", "MAIL", "LINE")
_PLENTY = 1_073_741_823  # pages that a database may have at most

WORKSPACE = {
    "yunwei.yaml": """\
organization: {id: court, name: 示范法院}
service_windows:
  7x24: {days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}
projects:
  - {id: ops, name: 运维, contract: {starts_on: 2026-09-01, ends_on: 2026-12-31}}
compute: {periods: [month, quarter]}
outputs:
  - {publisher: csv, path: 指标.csv}
daemon:
  jobs:
    ingest: {schedule: 每天 01:00}
    seal: {schedule: "2 * * * *"}
    compute: {schedule: 每周一 12:05}
    day_end: {schedule: 每天 00:20}
    publish: {schedule: 每周一 13:00}
    month_end: {schedule: 每月1日 07:00}
    housekeeping: {schedule: 每天 03:40}
""",
    "sources/register.yaml": """\
id: register
name: 台账
adapter: table
files: 台账.csv
tables:
  - record: asset
    columns: {asset_no: 编号, probed: 是否拨测}
""",
    "sources/tickets.yaml": """\
id: tickets
name: 工单
adapter: table
project: ops
files: "工单_*.csv"
tables:
  - record: ticket
    columns: {ticket_no: 工单号, reported_at: 报障时间, arrived_at: 到场时间}
""",
    "sources/dial.yaml": f"""\
id: dial
name: 拨测
adapter: probe
interval: {STEP}秒
timeout: 5秒
staleness: {STEP}秒
targets:
"""
    + "".join(f"  - {{asset_no: {name}, probe: tcp, host: {name}, port: 1}}\n" for name in ASSETS),
    "indicators/main.yaml": """\
- {id: uptime, name: 正常运行率, project: ops, formula: availability, target: "≥99%", min_coverage: 0%,
   params: {window: 7x24, down_from: [checks]}}
- {id: arrival, name: 平均到场时间, project: ops, formula: mean_arrival, target: <1小时, measure_unit: minutes}
""",
    "inbox/台账.csv": "编号,是否拨测\n" + "".join(f"{name},是\n" for name in ASSETS),
}


class KilledError(BaseException):
    """The process ends here, whatever it was doing."""


def at(text: str) -> int:
    """UTC seconds of a local time of 2026, ``10-08 09:00``."""
    return int(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA).timestamp())


@dataclass
class _Outages:
    """What the targets really do: down in these spans of true time, up otherwise."""

    spans: tuple[tuple[str, int, int], ...]

    def state(self, host: str, moment: float) -> ProbeResult:
        down = any(name == host and start <= moment < end for name, start, end in self.spans)
        return ProbeResult("down", None, "拒绝连接") if down else ProbeResult("up", 5)


@dataclass
class _Target(Checker):
    month: Month
    host: str

    def check(self, timeout: float) -> ProbeResult:
        return self.month.outages.state(self.host, self.month.true)

    def close(self) -> None:
        """Nothing is open."""


class _Probe:
    name: ClassVar[str] = "tcp"
    label: ClassVar[str] = "端口"
    config: ClassVar[type[ProbeTarget]] = TCP.config

    def __init__(self, month: Month) -> None:
        self._month = month

    def open(self, target: Any, folder: Path) -> Checker:
        return _Target(self._month, target.host)


@dataclass
class Month:
    """``true`` is the real time, which the machine's ``clock`` may have wrong; ``api_down``: the vendor's."""

    folder: Path
    outages: _Outages
    monkeypatch: pytest.MonkeyPatch
    clock: FakeClock
    true: float
    settings: Settings
    api_down: bool = False
    running: bool = False
    killed: int = 0
    failures: list[str] = field(default_factory=list)

    @classmethod
    def begin(
        cls, folder: Path, start: int, outages: Iterable[tuple[str, int, int]], monkeypatch: pytest.MonkeyPatch
    ) -> Month:
        write_files(folder, WORKSPACE)
        clock = FakeClock(float(start))
        month = cls(folder, _Outages(tuple(outages)), monkeypatch, clock, start, load_settings(folder))
        monkeypatch.setattr("collector.probing.engine.PROBES", {"tcp": _Probe(month)})
        monkeypatch.setattr("collector.store.engine.BUSY_SECONDS", 0.01)
        discover = type(_table()).discover

        def asked(adapter: Any, config: Any, context: Context) -> Iterator[Blob]:
            if month.api_down and context.source == "tickets":
                raise PassingError("服务商接口没有应答")
            found: Iterator[Blob] = discover(adapter, config, context)
            return found

        monkeypatch.setattr(type(_table()), "discover", asked)
        return month

    def now(self) -> int:
        return int(self.clock.time())

    def start(self) -> None:
        """As when the process starts."""
        self.store: Store = open_store(
            self.settings.database_url(), "court", checks=self.settings.checks, clock=self.now
        )
        archive = Archive(self.settings.archive)
        recorder = Recorder(self.settings, self.store, archive, self.now)
        works = Works(self.settings, self.store, archive, recorder, self.now)
        self.store.jobs.interrupted()
        self.dispatcher = Dispatcher(jobs_of(self.settings), works.by_kind(), self.store.jobs, self.now)
        self.dispatcher.begin()
        self.engine = Engine(plans_of(self.settings), recorder.take, self.clock, Runner())
        self.running = True

    def stop(self) -> None:
        """As when the process is killed: what was not stored is lost."""
        self.store.close()
        self.running = False

    def until(self, end: int) -> None:
        """Let true time pass."""
        while self.true < end:
            self.true += STEP
            self.clock.forward(STEP)
            self._vendor_delivers()
            if self.running:
                self._work()

    def set_clock(self, seconds: int) -> None:
        """The machine's clock is set: that much later."""
        self.clock.wall += seconds

    def _work(self) -> None:
        self.engine.tick()
        self.engine.round()
        try:
            while ready := self.dispatcher.ready():
                self.dispatcher.run(ready[0].job)
        except KilledError:
            self.killed += 1
            self.stop()
            self.start()
            self._work()

    def _vendor_delivers(self) -> None:
        """At midnight the tickets of the day before, whether or not anybody takes them."""
        moment = datetime.fromtimestamp(self.true, CHINA)
        if moment.hour or moment.minute:
            return
        day = moment.date() - timedelta(days=1)
        rows = [f"{day}-{n},{day} 09:00,{day} 09:{10 + (day.day * n) % 40}" for n in (1, 2, 3)]
        path = self.folder / "inbox" / f"工单_{day}.csv"
        path.write_text("\n".join(["工单号,报障时间,到场时间", *rows]) + "\n", encoding="utf-8")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Another program holds the database's write lock."""
        other = sqlite3.connect(self.folder / "data" / "yunwei.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.close()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Neither files nor the database can grow."""

        def refuse(*_: Any) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def cap(connection: Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")

        with sqlite3.connect(self.folder / "data" / "yunwei.db") as other:
            limit = other.execute("PRAGMA page_count").fetchone()[0]
        engine = self.store._engine
        event.listen(engine, "begin", cap)
        with self.monkeypatch.context() as patch:
            patch.setattr(os, "fsync", refuse)
            yield
        limit = _PLENTY
        with engine.connect() as connection, connection.begin():
            pass
        event.remove(engine, "begin", cap)

    def kill_in(self, what: type, method: str) -> None:
        """The next time that this is called, the process is killed."""
        original: Callable[..., Any] = getattr(what, method)
        armed = [True]

        def fatal(*arguments: Any, **named: Any) -> Any:
            if armed:
                armed.clear()
                raise KilledError
            return original(*arguments, **named)

        self.monkeypatch.setattr(what, method, fatal)


def _table() -> Any:
    from adapters import ADAPTERS

    return ADAPTERS["table"]
