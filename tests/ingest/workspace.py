"""A small court: one asset register, two vendors' tickets, a log of checks; its clock stands still until it is set."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pandas as pd

from collector.archive import Archive
from collector.ingest import IngestReport, ingest, replay
from collector.settings import Settings, load_settings
from collector.store import Store, open_store

YUNWEI = """
organization: {{id: {organization}, name: 某某法院}}
database: {{url: "{url}"}}
vendors:
  - {{id: a, name: 甲公司}}
projects:
  - id: ops
    name: 运维
    contract: {{starts_on: 2023-01-01, ends_on: 2023-12-31}}
"""

ASSETS = """
id: assets
name: 台账
adapter: table
files: ["台账*.csv"]
tables:
  - record: asset
    columns:
      asset_no: [设备编号]
      name: [名称]
      aliases: [别名]
"""

TICKETS = """
id: tickets
name: 甲公司工单
adapter: table
vendor: a
project: ops
files: ["工单*.csv", "工单*.xlsx"]
tables:
  - record: ticket
    columns:
      ticket_no: [工单号]
      reported_at: [报修时间]
      resolved_at: [解决时间]
      asset_no: [设备]
      title: [标题]
"""

CHECKS = """
id: checks
name: 拨测
adapter: table
files: ["拨测*.csv"]
interval: 1分钟
tables:
  - record: uptime_check
    columns: {asset_no: [设备], checked_at: [时间], state: [状态]}
    words: {state: {正常: up, 异常: down}}
"""

REGISTER_HEADER = ("设备编号", "名称", "别名")
TICKET_HEADER = ("工单号", "报修时间", "解决时间", "设备", "标题")
CHECK_HEADER = ("设备", "时间", "状态")

#: 2024-01-01T00:00:00Z
NEW_YEAR = 1_704_067_200


class Workspace:
    """One organisation's folder with its store; ``now`` is its clock."""

    def __init__(self, folder: Path, url: str = "sqlite:///yunwei.db", organization: str = "court") -> None:
        self._open(folder)
        self.write("yunwei.yaml", YUNWEI.format(organization=organization, url=url))
        self.source("assets", ASSETS)
        self.source("tickets", TICKETS)
        self.source("checks", CHECKS)
        self.inbox.mkdir(parents=True, exist_ok=True)

    @classmethod
    def existing(cls, folder: Path) -> Workspace:
        """One that was written before."""
        workspace = cls.__new__(cls)
        workspace._open(folder)
        return workspace

    def _open(self, folder: Path) -> None:
        self.folder = folder
        self.now = NEW_YEAR
        self._store: Store | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def inbox(self) -> Path:
        """The drop folder."""
        return self.folder / "inbox"

    @property
    def settings(self) -> Settings:
        """As configured now."""
        return load_settings(self.folder)

    @property
    def store(self) -> Store:
        """The organisation's store, opened once."""
        if self._store is None:
            settings = self.settings
            self._store = open_store(
                settings.database_url(), settings.organization.id, settings.checks, clock=lambda: self.now
            )
        return self._store

    @property
    def archive(self) -> Archive:
        """Its archive."""
        return Archive(self.settings.archive)

    def write(self, name: str, text: str) -> Path:
        """A file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (NEW_YEAR, NEW_YEAR))
        return path

    def source(self, name: str, text: str) -> None:
        """Configure a source."""
        self.write(f"sources/{name}.yaml", text)

    def deliver(self, name: str, header: Sequence[str], *rows: Sequence[str]) -> Path:
        """Put a csv file into the inbox."""
        return self.write(f"inbox/{name}", csv_text(header, rows))

    def register(self, *rows: Sequence[str], name: str = "台账.csv") -> Path:
        """Deliver the register: number, name, aliases."""
        return self.deliver(name, REGISTER_HEADER, *rows)

    def tickets(self, name: str, *rows: Sequence[str]) -> Path:
        """Deliver tickets: number, reported, resolved, asset, title."""
        return self.deliver(name, TICKET_HEADER, *rows)

    def ingest(self, *sources: str) -> IngestReport:
        """Run ingest."""
        return ingest(self.settings, self.store, self.archive, sources=sources or None)

    def load(self, since: int | None = None) -> IngestReport:
        """One run of ingest over all sources."""
        return ingest(self.settings, self.store, self.archive, since=since)

    def replay(self, workbook: Path) -> IngestReport:
        """Take a corrected workbook back."""
        return replay(self.settings, self.store, self.archive, workbook)

    def close(self) -> None:
        """Give the store's connections back."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def current(self, record: str = "ticket", known_at: int | None = None) -> pd.DataFrame:
        """The records known at a moment, by natural key."""
        frame = self.store.facts(known_at).frames[record]
        return frame.sort_values("natural_key", ignore_index=True)

    def titles(self, known_at: int | None = None) -> dict[str, str]:
        """Ticket number → title."""
        frame = self.current("ticket", known_at)
        return dict(zip(frame["ticket_no"], frame["title"], strict=True))

    def open_rejections(self) -> list[tuple[str, int, str]]:
        """File, row and code of every open rejection."""
        frame = self.store.rejections()
        return list(zip(frame["name"], frame["row_no"], frame["code"], strict=True))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A csv file as a vendor's program writes it."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def ticket(number: str, title: str = "无法开机", asset: str = "", **other: str) -> tuple[str, ...]:
    """A row of tickets, reported on 1 March at 9:00 and resolved at 10:00."""
    values: Mapping[str, str] = {"reported": "2023-03-01 09:00", "resolved": "2023-03-01 10:00", **other}
    return (number, values["reported"], values["resolved"], asset, title)


def accounting(report: IngestReport) -> list[tuple[str, int, int, int, int, int, int]]:
    """Per delivery: file, read, accepted, unchanged, superseding, rejected, set aside (each csv has a header row)."""
    return [
        (d.name, d.read, d.accepted, d.unchanged, d.superseding, d.rejected, sum(d.set_aside.values()))
        for d in report.deliveries
    ]
