"""A minute's results of 2,000 targets stored in one transaction, while somebody reads the intervals all the time."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.cases._checks import round_of, states_of
from benchmarks.harness import Case, Goal, Measured

TARGETS = 2_000
ROUNDS = int(os.environ.get("YUNWEI_BENCH_ROUNDS", "1440"))
_READER = """
import sys
from pathlib import Path
from collector.store import open_store
with open_store(sys.argv[1], "court", Path(sys.argv[2]), lambda: 0) as store:
    while True:
        print(len(store.live.states()), flush=True)
"""


def prepare(fixture: Path) -> None:
    """The states of a day."""
    np.save(fixture / "states.npy", states_of(TARGETS, ROUNDS))


@contextmanager
def _reader(url: str, scratch: Path) -> Iterator[Callable[[], int]]:
    """Somebody who reads all intervals again and again; tells how often so far."""
    with (scratch / "reads").open("w") as out:
        process = subprocess.Popen([sys.executable, "-c", _READER, url, str(scratch)], stdout=out)
        try:
            yield lambda: (scratch / "reads").read_text().count("\n")
        finally:
            process.kill()
            process.wait()


def _rounds(fixture: Path, store: Callable[[int], float]) -> list[float]:
    return sorted(store(minute) for minute in range(len(np.load(fixture / "states.npy"))))


def _told(fixture: Path, role: str, seconds: list[float], content: str) -> Measured:
    p50, p99 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    (fixture / f"{role}-p99").write_text(str(p99))
    numbers = {"轮数": len(seconds), "p50 ms": p50 * 1000, "p99 ms": p99 * 1000, "最大 ms": seconds[-1] * 1000}
    return Measured(p50, content, numbers)


def ours(fixture: Path, scratch: Path) -> Measured:
    """The recorder on SQLite, memory settled every ten minutes as in the daemon; what is timed is the median round."""
    from collector.daemon.memory import settle
    from collector.live.rounds import Names, tables_of
    from collector.store import open_store

    down, random, url = np.load(fixture / "states.npy"), np.random.default_rng(3), f"sqlite:///{scratch}/yunwei.db"
    with open_store(url, "court", scratch, lambda: 0) as opened, _reader(url, scratch) as reads:
        names, used = Names(opened), list[float]()

        def store(minute: int) -> float:
            checks = round_of(minute, down[minute], random.integers(2, 400, TARGETS))
            if minute % 10 == 1:
                settle()
            begin, busy = time.perf_counter(), time.process_time()
            opened.live.take(tables_of(checks, names))
            used.append(time.process_time() - busy)
            return time.perf_counter() - begin

        seconds = _rounds(fixture, store)
        measured = _told(fixture, "ours", seconds, str(opened.live.states()["check_count"].sum()))
        measured.numbers["处理器 p50 ms"] = sorted(used)[len(used) // 2] * 1000
        measured.numbers |= {"其间读取次数": float(reads()), "区间": float(len(opened.live.states()))}
        return measured


def rows(fixture: Path, scratch: Path) -> Measured:
    """The limit from below: a row for every check and nothing else, straight into SQLite."""
    down, random = np.load(fixture / "states.npy"), np.random.default_rng(3)
    connection = sqlite3.connect(scratch / "rows.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE checks (target TEXT, at INTEGER, state INTEGER, ms INTEGER, PRIMARY KEY (target, at))"
    )

    def store(minute: int) -> float:
        checks = round_of(minute, down[minute], random.integers(2, 400, TARGETS))
        begin = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        values = ((c.asset_no, c.checked_at, c.state == "up", c.latency_ms) for c in checks)
        connection.executemany("INSERT INTO checks VALUES (?, ?, ?, ?)", values)
        connection.execute("COMMIT")
        return time.perf_counter() - begin

    seconds = _rounds(fixture, store)
    return _told(fixture, "rows", seconds, str(connection.execute("SELECT count(*) FROM checks").fetchone()[0]))


def p99(fixture: Path, scratch: Path) -> Measured:
    """The slowest rounds of our run."""
    return Measured(float((fixture / "ours-p99").read_text()))


CASE = Case(
    name="live_rounds",
    title=f"拨测入库：{TARGETS:,} 个目标一轮一个事务，共 {ROUNDS:,} 轮，旁边一直有人读；计时为各轮的中位数",
    prepare=prepare,
    roles={
        "ours": ours,
        "每次检测一行": rows,
        "ours p99": p99,
        "5 ms": lambda _fixture, _scratch: Measured(0.005),
        "50 ms": lambda _fixture, _scratch: Measured(0.050),
    },
    goals=(Goal("p50 / 5 ms", "ours", "5 ms", 1.0), Goal("p99 / 50 ms", "ours p99", "50 ms", 1.0)),
)
