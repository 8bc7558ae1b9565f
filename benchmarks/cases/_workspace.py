"""A workspace with one source of ticket csv files, and one ingest of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

HEAD = """\
organization: {id: bench, name: 性能测试法院}
projects:
  - {id: ops, name: 运维, contract: {starts_on: 2025-01-01, ends_on: 2025-12-31}}
"""
SOURCE = """\
id: tickets
name: 工单
adapter: table
files: ["*.csv"]
tables:
  - record: ticket
    columns:
      ticket_no: [工单号]
      kind: [工单类型]
      channel: [处理方式]
      title: [标题]
      category: [分类]
      asset_no: [设备编号]
      asset_class: [设备类别]
      site: [位置]
      priority: [优先级]
      status: [状态]
      engineer: [工程师]
      reported_at: [报障时间]
      responded_at: [响应时间]
      arrived_at: [到场时间]
      resolved_at: [解决时间]
    words:
      kind: {故障: incident, 服务请求: service_request}
      channel: {现场: on_site, 远程: remote}
"""


def make_workspace(folder: Path, database: str | None = None) -> None:
    """Write the configuration and an empty inbox into ``folder``."""
    (folder / "sources").mkdir(parents=True)
    (folder / "inbox").mkdir()
    extra = f'database: {{url: "{database}"}}\n' if database else ""
    (folder / "yunwei.yaml").write_text(HEAD + extra, encoding="utf-8")
    (folder / "sources" / "tickets.yaml").write_text(SOURCE, encoding="utf-8")


def deliver(folder: Path, csv: Path) -> None:
    """Drop a file into the inbox."""
    shutil.copy(csv, folder / "inbox" / csv.name)


def open_parts(folder: Path) -> tuple[Any, Any, Any]:
    """Settings, store and archive of a workspace; opening them is not timed, and neither are the imports of a run."""
    import collector.ingest
    from adapters import ADAPTERS
    from collector.archive import Archive
    from collector.settings import load_settings
    from collector.store import open_store

    assert collector.ingest, ADAPTERS["table"]
    settings = load_settings(folder)
    store = open_store(
        settings.database_url(), settings.organization.id, checks=settings.checks, clock=lambda: 1_770_000_000
    )
    return settings, store, Archive(settings.archive)


def take(parts: tuple[Any, Any, Any]) -> Any:
    """One ``yunwei ingest``."""
    from collector.ingest import ingest

    return ingest(*parts)
