"""A hundred thousand tickets from a vendor's API, page by page: we beside a client that only reads the pages.

Once from a server that answers as fast as it can, where our own work is all that counts; once from one that thinks
about each page, as a real one does: there nothing but its pace should count.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from benchmarks.cases._paging import PAGE, serving
from benchmarks.cases._workspace import HEAD, open_parts, take
from benchmarks.harness import Case, Goal, Measured, timed

ROWS = 100_000
#: What the server thinks about a page of 500 tickets, and how many are fetched at that pace.
PAUSE, PACED_ROWS = 0.1, 40_000

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
    measured, count = _load(scratch, ROWS)
    measured.content = str(count)
    return measured


def bare(fixture: Path, scratch: Path) -> Measured:
    """The same pages with requests, parsed and thrown away: the server's own pace."""
    measured, count = _read(ROWS)
    measured.content = str(count)
    return measured


def ours_paced(fixture: Path, scratch: Path) -> Measured:
    """As ``ours``, of a server that thinks about each page as a real one does."""
    return _load(scratch, PACED_ROWS, PAUSE)[0]


def bare_paced(fixture: Path, scratch: Path) -> Measured:
    """As ``bare``, of the same server."""
    return _read(PACED_ROWS, PAUSE)[0]


def _load(scratch: Path, rows: int, pause: float = 0.0) -> tuple[Measured, int]:
    measured = Measured()
    with serving(rows, pause) as url:
        (scratch / "sources").mkdir()
        (scratch / "inbox").mkdir()
        (scratch / "yunwei.yaml").write_text(HEAD, encoding="utf-8")
        (scratch / "sources" / "api.yaml").write_text(SOURCE.format(url=url, page=PAGE), encoding="utf-8")
        parts = open_parts(scratch)
        before = time.process_time()
        with timed(measured):
            report = take(parts)
    assert report.failures == [], report.failures
    assert report.accepted == rows, report.accepted
    _note(measured, rows, before)
    return measured, report.accepted


def _read(rows: int, pause: float = 0.0) -> tuple[Measured, int]:
    import requests

    measured, count = Measured(), 0
    with serving(rows, pause) as url, requests.Session() as session:
        before = time.process_time()
        with timed(measured):
            for page in range(1, rows // PAGE + 1):
                count += len(json.loads(session.get(f"{url}/tickets?page={page}", timeout=60).content)["items"])
    assert count == rows, count
    _note(measured, rows, before)
    return measured, count


def _note(measured: Measured, rows: int, before: float) -> None:
    measured.numbers["工单/秒"] = rows / measured.seconds
    measured.numbers["处理器秒"] = time.process_time() - before


CASE = Case(
    name="rest_pages",
    title="从 JSON 接口逐页取 10 万张工单并入库",
    prepare=prepare,
    roles={
        "yunwei ingest": ours,
        "requests 只读": bare,
        "yunwei ingest，每页 100 毫秒": ours_paced,
        "requests 只读，每页 100 毫秒": bare_paced,
    },
    goals=(
        Goal("入库 / 只读", "yunwei ingest", "requests 只读", 4.0),
        Goal(
            "入库 / 只读，对方每页想 100 毫秒（4 万张）",
            "yunwei ingest，每页 100 毫秒",
            "requests 只读，每页 100 毫秒",
            1.1,
        ),
    ),
    memory_goal_mib={"yunwei ingest": 300},
)
