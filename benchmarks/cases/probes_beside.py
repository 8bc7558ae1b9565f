"""2,000 targets on time and their results stored, while the same process computes and publishes without a pause.

What ``yunwei run`` does at its busiest. Shortened from a minute to twenty seconds an interval, so three times the rate.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.cases.probes import TARGETS, _servers, _used, late_numbers
from benchmarks.harness import Case, Goal, Measured
from metrics.errors import YunweiError

INTERVAL, TIMEOUT, ROUNDS = 20, 4, 3
SCALE = 1
REGISTER = """\
id: bench_register
name: 性能测试台账
adapter: table
files: 性能测试台账.csv
tables:
  - record: asset
    columns: {asset_no: 编号}
"""
PROBE = """\
id: bench
name: 性能测试拨测
adapter: probe
interval: %d秒
timeout: %d秒
targets:
"""
TARGET = '  - {asset_no: asset %d, probe: http, url: "http://127.0.0.1:%d/%d"}\n'


def prepare(fixture: Path) -> None:
    """A demo workspace with everything ingested, and 2,000 more assets in its register."""
    court = fixture / "court"

    def yunwei(*arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "collector", *arguments], check=True, stdout=subprocess.DEVNULL)

    yunwei("demo", str(court), "--scale", str(SCALE))
    shutil.rmtree(court / "output")
    (court / "sources" / "8_bench_register.yaml").write_text(REGISTER, encoding="utf-8")
    register = "编号\n" + "".join(f"asset {number}\n" for number in range(TARGETS))
    (court / "inbox" / "性能测试台账.csv").write_text(register, encoding="utf-8")
    yunwei("ingest", "--source", "bench_register", "-C", str(court))


def _probing(court: Path, beside: bool) -> Measured:
    from collector.archive import Archive
    from collector.daemon.prober import Prober
    from collector.live import Recorder
    from collector.probing.plans import Check
    from collector.settings import load_settings
    from collector.store import open_store

    taken: list[Check] = []
    rounds: list[float] = []
    stopping, figures = threading.Event(), [0]
    with _servers() as (answering, _):
        targets = "".join(TARGET % (number, answering, number) for number in range(TARGETS))
        (court / "sources" / "9_bench.yaml").write_text(PROBE % (INTERVAL, TIMEOUT) + targets, encoding="utf-8")
        settings = load_settings(court)
        store = open_store(settings.database_url(), settings.organization.id, settings.checks, lambda: int(time.time()))
        recorder = Recorder(settings, store, Archive(settings.archive), lambda: int(time.time()))

        def sink(checks: list[Check]) -> None:
            begun = time.perf_counter()
            recorder.take(checks)
            rounds.append(time.perf_counter() - begun)
            taken.extend(checks)

        prober = Prober(settings, sink)
        if beside:
            threading.Thread(target=_work, args=(settings, store, stopping, figures), daemon=True).start()
        cpu, wall = _used(), time.monotonic()
        prober.start()
        time.sleep(INTERVAL * (ROUNDS + 1))
        cpu, wall = _used() - cpu, time.monotonic() - wall
        stopping.set()
        prober.stop()
    late = sorted(check.late_seconds for check in taken if check.late_seconds is not None)
    measured = Measured(late[int(len(late) * 0.99)])
    measured.numbers = late_numbers(late, cpu, wall)
    measured.numbers |= {
        "1 秒内开始的比例": sum(seconds <= 1 for seconds in late) / len(late),
        "入库一轮 p99 ms": sorted(rounds)[int(len(rounds) * 0.99)] * 1000,
        "没按时": prober.status().missed,
        "同时算出的结果": figures[0],
    }
    return measured


def _work(settings: Any, store: Any, stopping: threading.Event, figures: list[int]) -> None:
    """Compute everything and write everything, again and again."""
    from collector.compute import Asked, compute
    from collector.outputs import export, stored_results

    with suppress(YunweiError, OSError):  # the measurement is over and its folder gone
        while not stopping.is_set():
            figures[0] += len(compute(settings, store, Asked(), now=int(time.time())).results)
            export(settings, store, stored_results(store), (), None)


def alone(fixture: Path, scratch: Path) -> Measured:
    """Probing and storing, nothing else."""
    return _copied(fixture, scratch, beside=False)


def beside(fixture: Path, scratch: Path) -> Measured:
    """The same while everything is computed and published without a pause."""
    return _copied(fixture, scratch, beside=True)


def _copied(fixture: Path, scratch: Path, *, beside: bool) -> Measured:
    shutil.copytree(fixture / "court", scratch / "court")
    return _probing(scratch / "court", beside)


def one(fixture: Path, scratch: Path) -> Measured:
    """The goal as a role: one second late."""
    return Measured(1.0)


CASE = Case(
    name="probes_beside",
    title=f"拨测与计算同时：{TARGETS:,} 个目标每 {INTERVAL} 秒一次并入库（缩短为三分之一），计时为晚点的 p99",
    prepare=prepare,
    roles={"只拨测": alone, "边计算边发布": beside, "1": one},
    goals=(
        Goal("只拨测时晚点 p99 / 1 s", "只拨测", "1", 1.0),
        Goal("边计算边发布时晚点 p99 / 1 s", "边计算边发布", "1", 1.0),
    ),
)
