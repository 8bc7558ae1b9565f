"""A small good workspace for tests to break."""

from __future__ import annotations

from pathlib import Path

GOOD = {
    "yunwei.yaml": """\
organization: {id: court, name: 示范法院}
vendors:
  - {id: a, name: 甲公司}
  - {id: b, name: 乙公司}
service_windows:
  5x8: {days: mon-fri, hours: ["08:30-12:00", "14:00-17:30"], follows_workdays: true}
  7x24: {days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}
projects:
  - id: ops
    name: 信息化运维
    contract: {starts_on: 2023-01-01, ends_on: 2023-12-31, vendors: [a]}
""",
    "sources/tickets.yaml": """\
id: tickets
name: 工单
adapter: table
vendor: a
project: ops
files: "工单/*.xlsx"
tables:
  - record: ticket
    columns: {ticket_no: 工单号, reported_at: [报障时间, 报修时间]}
""",
    "indicators/main.yaml": """\
- id: up
  name: 正常运行率
  project: ops
  formula: availability
  params: {window: 5x8, down_from: [tickets]}
  target: "≥95%"
- id: arrival
  name: 平均到场时间
  project: ops
  formula: mean_arrival
""",
}


def write(folder: Path, **changed: str | bytes) -> Path:
    """The good workspace with some files replaced or added; ``/`` and ``.`` in their names are kept as given."""
    return write_files(folder, {**GOOD, **changed})


def write_files(folder: Path, files: dict[str, str] | dict[str, str | bytes]) -> Path:
    """Write exactly these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """One file of the good workspace with ``old`` replaced; for :func:`write`."""
    assert old in GOOD[name]
    return {name: GOOD[name].replace(old, new)}
