"""A hundred thousand tickets from a vendor's API, page by page: we beside a client that only reads the pages."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.cases._paging import PAGE, serving
from benchmarks.cases._workspace import HEAD, open_parts, take
from benchmarks.harness import Case, Goal, Measured, timed

ROWS = 100_000

SOURCE = """\
id: api
name: 工单接口
adapter: rest
url: {url}
request: {{path: tickets}}
paging: {{by: page, param: page, size: {page}, size_param: size, total: total}}
tables:
  - record: ticket
    records: items
    columns:
      ticket_no: number
      title: subject
      kind: type.name
      channel: channel
      asset_no: asset.code
      asset_class: asset.class
      site: site
      priority: priority.label
      engineer: engineer.name
      reported_at: created_at
      responded_at: responded_at
      arrived_at: arrived_at
      resolved_at: resolved_at
"""


def prepare(fixture: Path) -> None:
    """Nothing: the server makes its tickets as they are asked for."""


def ours(fixture: Path, scratch: Path) -> Measured:
    """One ``yunwei ingest`` of all pages, archive and history included."""
    measured = Measured()
    with serving(ROWS) as url:
        (scratch / "sources").mkdir()
        (scratch / "inbox").mkdir()
        (scratch / "yunwei.yaml").write_text(HEAD, encoding="utf-8")
        (scratch / "sources" / "api.yaml").write_text(SOURCE.format(url=url, page=PAGE), encoding="utf-8")
        parts = open_parts(scratch)
        with timed(measured):
            report = take(parts)
    assert report.failures == [], report.failures
    measured.content = str(report.accepted)
    measured.numbers["工单/秒"] = report.accepted / measured.seconds
    return measured


def bare(fixture: Path, scratch: Path) -> Measured:
    """The same pages with requests, parsed and thrown away: the server's own pace."""
    import requests

    measured, count = Measured(), 0
    with serving(ROWS) as url, requests.Session() as session, timed(measured):
        for page in range(1, ROWS // PAGE + 1):
            count += len(json.loads(session.get(f"{url}/tickets?page={page}", timeout=60).content)["items"])
    measured.content = str(count)
    measured.numbers["工单/秒"] = count / measured.seconds
    return measured


CASE = Case(
    name="rest_pages",
    title="从 JSON 接口逐页取 10 万张工单并入库",
    prepare=prepare,
    roles={"yunwei ingest": ours, "requests 只读": bare},
    goals=(Goal("入库 / 只读", "yunwei ingest", "requests 只读", 4.0),),
    memory_goal_mib={"yunwei ingest": 300},
)
