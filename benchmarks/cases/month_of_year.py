"""A month's availability of 2,000 targets out of a year of checks, one a minute: 1.05 billion, kept as intervals."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.cases._victoria import victoria
from benchmarks.harness import Case, Goal, Measured, timed

if TYPE_CHECKING:
    from collector.store import Store

TARGETS, MINUTES = 2_000, 365 * 1_440
OUTAGES = 48  # of a target in the year
FIRST, MONTH = 1_767_196_800, (1_790_784_000, 1_793_462_400)  # 2026-01-01 and October 2026, +08:00
ASKED_OF_PEER = 20  # targets


def _outages(target: int) -> list[tuple[int, int]]:
    """Minutes of the year in which a target is down, apart from each other."""
    random = np.random.default_rng(target)
    begins = np.sort(random.choice(MINUTES // 60, OUTAGES, replace=False)) * 60 + 1
    return [
        (int(begin), int(begin + length)) for begin, length in zip(begins, random.integers(1, 58, OUTAGES), strict=True)
    ]


def _runs(target: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Target, state, first and last moment, checks."""
    minute = 0
    for begin, end in [*_outages(target), (MINUTES, MINUTES)]:
        yield target, 0, FIRST + minute * 60, FIRST + (begin - 1) * 60, begin - minute
        if end > begin:
            yield target, 1, FIRST + begin * 60, FIRST + (end - 1) * 60, end - begin
        minute = end


def _name(target: int) -> str:
    return f"T{target:05d}"


def prepare(fixture: Path) -> None:
    """The index of a year and the register."""
    from collector.store import open_store
    from collector.store.check_runs import Runs
    from collector.store.engine import writing
    from collector.store.interval_rows import IntervalRows
    from collector.store.records import Scope
    from collector.store.targets import Assets
    from metrics.records import ASSET, frame_of

    rows = np.array([run for target in range(TARGETS) for run in _runs(target)], np.int64)
    rows = rows[np.argsort(rows[:, 3], kind="stable")]  # as time goes by
    import pyarrow as pa

    with open_store(f"sqlite:///{fixture}/yunwei.db", "court", fixture, lambda: 0) as store:
        with writing(store._engine) as connection:
            assets = Assets()
            assets.codes(pa.array([_name(target) for target in range(TARGETS)]))
            kept = IntervalRows(Scope(connection, "court", "dial", 0, 0), assets)
            same = np.full(len(rows), 60)
            kept.add(
                Runs(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], same, 3 * same, rows[:, 4]),
                np.zeros(len(rows), np.int64),
            )
        with (
            store.run("ingest", "h", "{}", "0") as run,
            store.delivery(
                run, source="register", name="r", content_hash="r", mapping_hash="m", size=1, modified_at=1
            ) as delivery,
        ):
            frame = frame_of(ASSET, [{"asset_no": _name(target), "probed": True} for target in range(TARGETS)])
            frame = frame.assign(sheet="", row_no=range(TARGETS), flags=None)
            delivery.write("asset", frame.astype({"sheet": "string[pyarrow]", "flags": "string[pyarrow]"}))
            delivery.finish(read=TARGETS, set_aside={})


def _asked(facts: Any) -> str:
    """The month's figure, pooled over all targets."""
    from datetime import date
    from zoneinfo import ZoneInfo

    from metrics.formulas import FORMULAS
    from metrics.indicators import Contract, IndicatorDefinition, Request
    from metrics.period import parse_period
    from metrics.service_calendar import ServiceCalendar, parse_window
    from metrics.workdays import national_days

    zone = ZoneInfo("Asia/Shanghai")
    window = parse_window({"mon-sun": ["00:00-24:00"]}, follows_workdays=False)
    calendar = ServiceCalendar(window, national_days(range(2025, 2028)), zone, date(2026, 1, 1), date(2027, 1, 31))
    formula = FORMULAS["availability"]
    params = formula.params(window="7x24", down_from=("checks",))
    definition = IndicatorDefinition(id="i", name="i", project="ops", formula="availability", params=params)
    contract = Contract("ops", date(2026, 1, 1), date(2026, 12, 31), zone)
    request = Request(
        definition, facts, contract, {"7x24": calendar}, [parse_period("2026-10")], ("total",), MONTH[1] + 86_400
    )
    (figure,) = formula.measure(request)
    return f"{figure.numerator} / {figure.denominator}"


def _measured(fixture: Path, whole_year: bool) -> Measured:
    from collector.store import open_store
    from metrics.indicators import Facts

    def read(store: Store) -> Any:
        states = store.live.states() if whole_year else store.live.states(*MONTH)
        return Facts(facts.frames, states)

    measured = Measured()
    with open_store(f"sqlite:///{fixture}/yunwei.db", "court", fixture, lambda: 0) as store:
        facts = store.facts()
        _asked(read(store))  # what is imported when it is first needed does not count
        used = time.process_time()
        with timed(measured):
            found = read(store)
            measured.content = _asked(found)
        used = time.process_time() - used
        measured.numbers = {
            "处理器 ms": used * 1000,
            "区间": len(found.states),
            "检测": float(found.states["check_count"].sum()),
        }
    return measured


def ours(fixture: Path, scratch: Path) -> Measured:
    """Read the month's intervals and compute."""
    return _measured(fixture, whole_year=False)


def year(fixture: Path, scratch: Path) -> Measured:
    """Read the whole year's, as a compute of all periods does."""
    return _measured(fixture, whole_year=True)


def peer(fixture: Path, scratch: Path) -> Measured:
    """``avg_over_time`` of the same samples, of few targets and the month only; the time of all is reckoned."""

    def lines() -> Iterator[str]:
        for target in range(ASKED_OF_PEER):
            down = np.zeros(MINUTES, bool)
            for begin, end in _outages(target):
                down[begin:end] = True
            for minute in range((MONTH[0] - FIRST) // 60, (MONTH[1] - FIRST) // 60):
                yield f'up{{t="{target}"}} {int(not down[minute])} {(FIRST + minute * 60) * 1000}'

    with victoria(scratch) as server:
        server.take(lines())
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            answer = server.ask("avg_over_time(up[31d])", MONTH[1] - 1)
            times.append(time.perf_counter() - begin)
    if len(answer) != ASKED_OF_PEER:
        raise RuntimeError(f"the peer knows {len(answer)} series")
    mean = sum(float(one["value"][1]) for one in answer) / ASKED_OF_PEER
    return Measured(
        min(times) * TARGETS / ASKED_OF_PEER, None, {"实测秒": min(times), "目标": ASKED_OF_PEER, "平均": mean}
    )


CASE = Case(
    name="month_of_year",
    title=f"一年 {TARGETS * MINUTES / 1e9:.2f} 十亿次检测中一个月的正常运行率，{TARGETS:,} 个目标",
    prepare=prepare,
    roles={
        "ours": ours,
        "整年读出": year,
        f"VictoriaMetrics（{ASKED_OF_PEER} 个目标，按比例推算）": peer,
        "100 ms": lambda _fixture, _scratch: Measured(0.1),
    },
    goals=(Goal("读出并计算 / 100 ms", "ours", "100 ms", 1.0),),
)
