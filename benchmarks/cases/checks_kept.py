"""What checks take on the disk, and how fast the index is made anew from their log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.cases._checks import INTERVAL, STALENESS, START, states_of
from benchmarks.cases._victoria import victoria
from benchmarks.harness import Case, Goal, Measured

TARGETS, MINUTES = 2_000, 1_440  # 2.88 million checks
PEERS = 100  # targets of the peer
_MILLION = 1e6


def prepare(fixture: Path) -> None:
    """A day of states and latencies."""
    np.save(fixture / "states.npy", states_of(TARGETS, MINUTES))
    latency = np.random.default_rng(3).gamma(3, 12, (MINUTES, TARGETS)).astype(np.int64) + 2
    np.save(fixture / "latency.npy", latency)


def kept(fixture: Path, scratch: Path) -> Measured:
    """A day of checks delivered hour by hour, made one file, and the index made anew; what is timed is the latter."""
    import pandas as pd

    from collector.store import open_store

    down, latency = np.load(fixture / "states.npy"), np.load(fixture / "latency.npy")
    names = np.array([f"设备{number:05d}" for number in range(TARGETS)], object)
    words = np.array(["up", "down"], object)
    with open_store(f"sqlite:///{scratch}/yunwei.db", "court", scratch / "checks", lambda: 0) as store:
        for hour in range(24):
            minutes = np.arange(hour * 60, hour * 60 + 60)
            at = START + minutes[:, None] * INTERVAL + np.arange(TARGETS) * INTERVAL // TARGETS
            frame = pd.DataFrame(
                {
                    "asset_no": np.tile(names, 60),
                    "checked_at": at.ravel(),
                    "state": words[down[minutes].ravel()],
                    "latency_ms": latency[minutes].ravel(),
                }
            ).astype({"asset_no": "string[pyarrow]", "state": "string[pyarrow]", "latency_ms": "int64[pyarrow]"})
            with (
                store.run("ingest", "h", "{}", "0") as run,
                store.delivery(
                    run,
                    source="dial",
                    name=f"{hour}",
                    content_hash=f"{hour}",
                    mapping_hash="m",
                    size=1,
                    modified_at=1,
                ) as delivery,
            ):
                delivery.write_checks(frame, STALENESS, INTERVAL)
                delivery.finish(read=len(frame), set_aside={})
        hourly = _size(scratch / "checks")
        store.live.compact("dial", START + 2 * 86_400)
        one_file = max(path.stat().st_size for path in (scratch / "checks").rglob("day-*"))
        begin, busy = time.perf_counter(), time.process_time()
        wrong = store.live.rebuild()
        seconds, busy = time.perf_counter() - begin, time.process_time() - busy
        if wrong:
            raise RuntimeError("the index differs from its log")
        checks = int(store.live.states()["check_count"].sum())
    (fixture / "log").write_text(str(one_file / checks))
    numbers = {
        "检测": float(checks),
        "每小时一份 MB/百万": hourly / checks,
        "每天一份 MB/百万": one_file / checks,
        "重建 百万次/秒": checks / seconds / _MILLION,
        "重建 百万次/处理器秒": checks / busy / _MILLION,
    }
    (fixture / "speed").write_text(str(seconds / checks * 20 * _MILLION))
    return Measured(seconds, str(checks), numbers)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def index(fixture: Path, scratch: Path) -> Measured:
    """The index as rounds leave it: bytes of its pages for each change of state, told as seconds."""
    import pyarrow as pa
    from sqlalchemy import text

    from collector.store import open_store
    from collector.store.live_rounds import SCHEMA

    down, latency = np.load(fixture / "states.npy"), np.load(fixture / "latency.npy")
    down |= states_of(TARGETS, MINUTES, 11) | states_of(TARGETS, MINUTES, 13)
    for seed in range(20, 40):
        down |= states_of(TARGETS, MINUTES, seed)
    names = pa.array([f"设备{number:05d}" for number in range(TARGETS)])
    same = [pa.array(np.full(TARGETS, value)) for value in (INTERVAL, STALENESS)]
    with open_store(f"sqlite:///{scratch}/yunwei.db", "court", scratch / "checks", lambda: 0) as store:
        for minute in range(MINUTES):
            at = pa.array(START + minute * INTERVAL + np.arange(TARGETS) * INTERVAL // TARGETS)
            state = pa.array(down[minute], pa.int8())
            columns = [names, at, state, pa.array(latency[minute]), *same, pa.array([True] * TARGETS)]
            store.live.take({"dial": pa.table(columns, schema=SCHEMA)})
        with store._engine.connect() as connection:
            pages = "SELECT sum(pgsize) FROM dbstat WHERE name IN ('state_intervals', 'ix_state_intervals_series')"
            size = int(connection.scalar(text(pages)) or 0)
            fixed = int(connection.scalar(text(pages.replace("'state_intervals'", "'open_intervals'"))) or 0)
            rows = int(connection.scalar(text("SELECT count(*) FROM state_intervals")) or 0)
    return Measured(size / rows, None, {"状态变化": rows, "字节/次": size / rows, "各目标最新一段 KiB": fixed / 1024})


def peer(fixture: Path, scratch: Path) -> Measured:
    """The same samples, state and latency, in VictoriaMetrics; bytes a check, told as seconds."""
    down, latency = np.load(fixture / "states.npy"), np.load(fixture / "latency.npy")

    def lines() -> Iterator[str]:
        for minute in range(MINUTES):
            at = (START + minute * INTERVAL) * 1000
            for target in range(PEERS):
                yield f'up{{t="{target}"}} {1 - down[minute, target]} {at}'
                yield f'ms{{t="{target}"}} {latency[minute, target]} {at}'

    with victoria(scratch) as server:
        server.take(lines())
        size = server.bytes_kept()
    checks = PEERS * MINUTES
    return Measured(size / checks, None, {"检测": checks, "MB/百万": size / checks})


def prometheus(fixture: Path, scratch: Path) -> Measured:
    """The same samples in blocks of Prometheus, chunks and index; bytes a check, told as seconds."""
    import subprocess

    down, latency = np.load(fixture / "states.npy"), np.load(fixture / "latency.npy")
    with (scratch / "samples.om").open("w") as file:
        for family, values in (("up", 1 - down), ("ms", latency)):
            file.write(f"# TYPE {family} gauge\n")
            for target in range(PEERS):
                for minute in range(MINUTES):
                    file.write(f'{family}{{t="{target}"}} {values[minute, target]} {START + minute * INTERVAL}\n')
        file.write("# EOF\n")
    blocks = scratch / "blocks"
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(scratch / "samples.om"), str(blocks)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    size = sum(path.stat().st_size for path in blocks.rglob("*") if path.is_file())
    checks = PEERS * MINUTES
    return Measured(size / checks, None, {"检测": checks, "MB/百万": size / checks})


def _told(name: str) -> Callable[[Path, Path], Measured]:
    def role(fixture: Path, scratch: Path) -> Measured:
        return Measured(float((fixture / name).read_text()))

    return role


CASE = Case(
    name="checks_kept",
    title=f"拨测的保存：{TARGETS:,} 个目标一天 {TARGETS * MINUTES / _MILLION:.2f} 百万次检测",
    prepare=prepare,
    roles={
        "重建索引": kept,
        "索引 字节/次变化": index,
        "VictoriaMetrics 字节/次检测": peer,
        "Prometheus 字节/次检测": prometheus,
        "日志 字节/次检测": _told("log"),
        "重建 2,000 万次检测": _told("speed"),
        "30": lambda _fixture, _scratch: Measured(30.0),
        "3": lambda _fixture, _scratch: Measured(3.0),
        "1": lambda _fixture, _scratch: Measured(1.0),
    },
    goals=(
        Goal("索引每次状态变化的字节 / 30", "索引 字节/次变化", "30", 1.0),
        Goal("日志每次检测的字节 / 3", "日志 字节/次检测", "3", 1.0),
        Goal("重建 2,000 万次检测的秒数 / 1 s", "重建 2,000 万次检测", "1", 1.0),
    ),
    alike=False,
)
