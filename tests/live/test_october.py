"""One October of minute checks through rounds, seals and exclusions, in the results table (semantics 3).

Outages (+08:00): 30 Sep 23:30 to 1 Oct 00:30, 10 Oct 01:00–03:00, 31 Oct 23:50 to 1 Nov 00:10; the 10th is excluded
02:00–04:00. Down in October: 1,800 + 3,600 + 600 = 6,000 s. Required: 31 × 86,400 − 7,200 = 2,671,200 s.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.probes.base import State
from collector.archive import Archive
from collector.cli import run
from collector.live import Recorder
from collector.probing.plans import Check
from collector.settings import load_settings
from collector.store import open_store

ZONE = ZoneInfo("Asia/Shanghai")
FILES = {
    "yunwei.yaml": """
organization: {id: court, name: 某某法院}
service_windows:
  7x24: {days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}
projects:
  - {id: ops, name: 运维, contract: {starts_on: 2026-01-01, ends_on: 2026-12-31}}
compute: {periods: [month]}
""",
    "sources/own.yaml": """
- id: register
  name: 台账
  adapter: table
  files: 台账.csv
  tables:
    - {record: asset, columns: {asset_no: 编号, probed: 拨测, probed_from: 自}}
- id: exclusions
  name: 豁免
  adapter: table
  files: 豁免.csv
  tables:
    - record: exclusion
      columns: {exclusion_no: 编号, started_at: 自, ended_at: 至, cause: 原因, approved: 批准}
- id: dial
  name: 拨测
  adapter: probe
  targets: [{asset_no: OA, probe: tcp, host: 127.0.0.1, port: 1}]
""",
    "indicators/ops.yaml": """
- {id: uptime, name: 正常运行率, project: ops, formula: availability, target: "≥99%",
   params: {window: 7x24, basis: time, down_from: [checks]}}
""",
    "inbox/台账.csv": "编号,拨测,自\nOA,是,2026-09-30\n",
    "inbox/豁免.csv": "编号,自,至,原因,批准\nE1,2026-10-10 02:00,2026-10-10 04:00,计划维护,是\n",
}
OUTAGES = (("09-30 23:30", "10-01 00:30"), ("10-10 01:00", "10-10 03:00"), ("10-31 23:50", "11-01 00:10"))


def at(text: str) -> int:
    return int(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE).timestamp())


def minute_checks(first: int, end: int) -> list[Check]:
    downs = [(at(start), at(stop)) for start, stop in OUTAGES]
    checks = []
    for moment in range(first, end, 60):
        state: State = "down" if any(start <= moment < stop for start, stop in downs) else "up"
        checks.append(Check("dial", "OA", moment, state, 5, "", None, 60, 180, 0.0))
    return checks


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace after it was probed from 30 September 22:00 to 1 November 01:00."""
    folder = tmp_path_factory.mktemp("october")
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    assert run(["ingest", "-C", str(folder)]) == 0
    settings = load_settings(folder)
    first, end = at("09-30 22:00"), at("11-01 01:00")
    with open_store(settings.database_url(), "court", settings.checks, lambda: end) as store:
        recorder = Recorder(settings, store, Archive(settings.archive), lambda: end)
        for start in range(first, end, 6 * 3600):
            recorder.take(minute_checks(start, min(start + 6 * 3600, end)))
        recorder.seal(at("10-12 00:01"))  # the first days are sealed, the others are not yet
    return folder


def test_the_month_has_so_many_seconds_up_and_down(october: Path) -> None:
    assert run(["compute", "2026-10", "-C", str(october), "--as-of", "2026-11-01T01:00"]) == 0
    settings = load_settings(october)
    with open_store(settings.database_url(), "court", settings.checks, lambda: at("11-02 00:00")) as store:
        results = store.results(indicator="uptime", period="2026-10", dimension="total")
        (deliveries,) = [len(store.deliveries())]
    (row,) = results.to_dict("records")
    assert (row["numerator"], row["denominator"]) == (str(2_665_200), str(2_671_200))
    assert float(row["actual"]) * 100 == 99.77538185085355
    assert (row["printed"], row["outcome"], float(row["coverage"])) == ("99.78%", "met", 1.0)
    assert deliveries == 2 + 11 * 24 + 2  # register, exclusions, and an hour each up to midnight of the 12th


def test_the_index_is_what_the_log_and_the_rounds_say(october: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["intervals", "rebuild", "-C", str(october)]) == 0
    assert "没有差异" in capsys.readouterr().out
    assert run(["intervals", "show", "OA", "-C", str(october)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + 7
    assert "2026-10-10 01:00:00" in lines[5]
    assert "2026-10-10 02:59:00" in lines[5]


def test_an_index_that_was_tampered_with_is_put_right_and_said(
    october: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    with sqlite3.connect(october / "data" / "yunwei.db") as connection:
        connection.execute("UPDATE state_intervals SET state = 0 WHERE first_at = ?", (at("10-10 01:00"),))
    assert run(["intervals", "rebuild", "-C", str(october)]) == 3
    told = capsys.readouterr().out
    assert "去掉：dial OA 正常，2026-10-10 01:00:00 至 2026-10-10 02:59:00，120 次检测" in told
    assert "补上：dial OA 失败，2026-10-10 01:00:00" in told
    assert "2 处不符，已按日志改正" in told
    assert run(["intervals", "rebuild", "-C", str(october)]) == 0


def test_an_asset_without_checks_is_answered_with_the_nearest(
    october: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["intervals", "show", "OB", "-C", str(october)]) == 2
    assert "OA" in capsys.readouterr().err
