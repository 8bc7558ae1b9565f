"""A hundred thousand tickets out of an API, page by page: all of them, each once, in memory that does not grow."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from benchmarks.cases._paging import PAGE, serving, ticket
from benchmarks.cases._workspace import HEAD
from benchmarks.cases.rest_pages import SOURCE

MIB = 1024  # ru_maxrss counts KiB
INGEST = """\
import resource, sys
from collector.cli import main
sys.argv = ["yunwei", "ingest", "-C", sys.argv[1]]
try:
    main()
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def load(folder: Path, rows: int) -> int:
    """Peak of one ``yunwei ingest`` of so many tickets, in KiB; it must have taken them all."""
    (folder / "sources").mkdir(parents=True)
    (folder / "inbox").mkdir()
    (folder / "yunwei.yaml").write_text(HEAD, encoding="utf-8")
    with serving(rows) as url:
        (folder / "sources" / "api.yaml").write_text(SOURCE.format(url=url, page=PAGE), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", INGEST, str(folder)], capture_output=True, text=True, check=False, timeout=600
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stderr.rsplit("peak ", 1)[1])


def test_a_hundred_thousand_tickets_come_once_each_in_bounded_memory(tmp_path: Path) -> None:
    few, many = load(tmp_path / "few", 20 * PAGE), load(tmp_path / "many", 200 * PAGE)
    expected = [ticket(number) for number in range(200 * PAGE)]
    database = sqlite3.connect(tmp_path / "many" / "data" / "yunwei.db")
    stored = database.execute("SELECT count(*), count(DISTINCT ticket_no), sum(resolved_at) FROM ticket").fetchone()
    replies = database.execute("SELECT count(*), sum(read_count), sum(accepted_count) FROM deliveries").fetchone()
    database.close()
    assert stored == (100_000, 100_000, sum(row["resolved_at"] for row in expected))
    assert replies == (200, 100_000, 100_000)
    assert many - few < 48 * MIB, (few, many)  # the replies alone are more
    assert sum(len(json.dumps(row, ensure_ascii=False).encode()) for row in expected) > 48 * MIB * 1024
