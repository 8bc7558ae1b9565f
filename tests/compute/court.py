"""A small court whose records are stored directly, without files: tickets of March 2023 and one device."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collector.settings import Settings, load_settings
from collector.store import Store, open_store
from metrics.records import RECORDS, frame_of
from tests.conftest import Clock

ZONE = ZoneInfo("Asia/Shanghai")

WORKSPACE = """
organization: {id: court, name: 甲法院}
vendors: [{id: a, name: 甲公司}, {id: b, name: 乙公司}]
service_windows:
  7x24: {days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}
projects:
  - id: ops
    name: 信息化运维
    contract: {starts_on: 2023-01-01, ends_on: 2023-12-31, vendors: [a, b]}
"""
INDICATORS = """
- {id: arrival, name: 平均到场时间, project: ops, formula: mean_arrival, target: <1小时, measure_unit: minutes,
   breakdowns: [vendor]}
- {id: uptime, name: 正常运行率, project: ops, formula: availability, target: "≥95%",
   params: {window: 7x24, down_from: [tickets]}}
- {id: inspections, name: 巡检次数, project: ops, formula: count, params: {record: inspection}}
"""


def at(text: str) -> int:
    """UTC seconds of a local time in 2023: ``03-05 14:05``."""
    return int(datetime.strptime(f"2023-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).timestamp())


def ticket(number: str, reported: str, arrived: str | None, vendor: str = "甲公司", **more: Any) -> dict[str, Any]:
    """A ticket reported and reached at local times of 2023."""
    reached = at(arrived) if arrived else None
    return {"ticket_no": number, "reported_at": at(reported), "arrived_at": reached, "vendor": vendor, **more}


TICKETS = [
    ticket("T1", "03-01 09:00", "03-01 09:20"),
    ticket("T2", "03-02 09:00", "03-02 09:31", "乙公司"),
    ticket("T3", "03-03 09:00", None, channel="remote"),
    ticket(
        "T4",
        "04-01 00:00",
        "04-01 02:00",
        asset_no="A1",
        asset_unusable=True,
        restored_at=at("04-04 00:00"),
    ),
]


class Court:
    """The court's workspace and store; ``deliver`` puts records in as a file of that name would."""

    def __init__(self, folder: Path, clock: Clock, url: str | None = None) -> None:
        self.folder, self.clock = folder, clock
        (folder / "indicators").mkdir(parents=True)
        (folder / "yunwei.yaml").write_text(WORKSPACE, encoding="utf-8")
        self.configure(INDICATORS)
        address = url or f"sqlite:///{folder}/data/yunwei.db"
        self.store: Store = open_store(address, "court", folder / "checks", clock)

    @property
    def settings(self) -> Settings:
        """As the files say now."""
        return load_settings(self.folder)

    def configure(self, indicators: str) -> None:
        """Write the indicators' file."""
        (self.folder / "indicators" / "ops.yaml").write_text(indicators, encoding="utf-8")

    def deliver(self, name: str, source: str = "s", /, **records: Iterable[Mapping[str, Any]]) -> None:
        """One delivery; its rows are numbered from 2 on its sheet 一."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        settings = self.settings
        with (
            self.store.run("ingest", settings.hash, settings.snapshot(), "1") as run,
            self.store.delivery(
                run, source=source, name=name, content_hash=digest, mapping_hash="m", size=1, modified_at=0
            ) as delivery,
        ):
            read = 0
            for record, rows in records.items():
                frame = frame_of(RECORDS[record], rows)
                frame["sheet"], frame["row_no"] = "一", range(2, len(frame) + 2)
                frame["flags"] = None
                frame = frame.astype({"sheet": "string[pyarrow]", "flags": "string[pyarrow]"})
                if record == "uptime_check":
                    delivery.write_checks(frame)
                else:
                    delivery.write(record, frame)
                read += len(frame)
            delivery.finish(read=read, set_aside={})
