"""Two systems of one project, from their files to the figure, its words and its contradictions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.cli import run

FILES = {
    "yunwei.yaml": """
organization: {id: court, name: 某某法院}
database: {url: "sqlite:///yunwei.db"}
vendors: [{id: a, name: 甲公司}]
projects:
  - id: ops
    name: 运维
    contract: {starts_on: 2023-01-01, ends_on: 2023-12-31}
    matching: {leads: court_system, others: [vendor_system], by: [number, asset], tolerance: 30分钟}
""",
    "sources/both.yaml": """
- id: court_system
  name: 院内系统
  adapter: table
  project: ops
  files: "院内*.csv"
  tables: [{record: ticket, columns: {ticket_no: 工单号, asset_no: 设备, reported_at: 报障, resolved_at: 解决}}]
- id: vendor_system
  name: 甲公司系统
  adapter: table
  vendor: a
  project: ops
  files: "甲*.csv"
  tables: [{record: ticket, columns: {ticket_no: 工单号, asset_no: 设备, reported_at: 报障, resolved_at: 解决}}]
""",
    "indicators/a.yaml": """
- {id: reported, name: 工单数, project: ops, formula: count, params: {record: ticket}}
""",
    "inbox/院内.csv": "工单号,设备,报障,解决\nC1,A1,2023-03-01 09:00,2023-03-01 12:00\nC2,A2,2023-03-02 09:00,\n",
    "inbox/甲.csv": "工单号,设备,报障,解决\nV1,A1,2023-03-01 09:10,2023-03-01 10:00\nV9,A3,2023-03-05 09:00,\n",
}


def test_a_pair_counts_once_and_the_paper_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert run(["ingest", "-C", str(tmp_path)]) == 0
    assert run(["compute", "-C", str(tmp_path), "2023-03"]) == 0
    capsys.readouterr()
    assert run(["results", "-C", str(tmp_path), "2023-03", "--json"]) == 0
    (result,) = [row for row in json.loads(capsys.readouterr().out)["results"] if row["dimension"] == "total"]
    assert result["actual"] == "3"  # C1 (which is V1), C2, V9
    assert run(["explain", "-C", str(tmp_path), "reported", "2023-03"]) == 0
    shown = "".join(capsys.readouterr().out.split())
    assert "“院内系统”与“甲公司系统”都有的工单" in shown
    assert "C1" in shown
    assert "V1" not in shown
    assert run(["contradictions", "-C", str(tmp_path), "2023-03"]) == 0
    shown = "".join(capsys.readouterr().out.split())
    assert (
        "院内系统的工单“C1”与甲公司系统的工单“V1”是同一工单：解决时间前者2023-03-0112:00，后者2023-03-0110:00" in shown
    )
