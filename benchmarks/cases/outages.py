"""Two million overlapping outages of 2,000 assets to monthly downtime in 5×8 windows, beside DuckDB's range join."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.harness import Case, Goal, Measured, timed

ROWS, ASSETS = 2_000_000, 2_000
ZONE = ZoneInfo("Asia/Shanghai")
EPOCH_2025 = 1_735_660_800
HOURS = ("08:30-12:00", "14:00-17:30")


def prepare(fixture: Path) -> None:
    """Outages of a quarter of an hour to two days, anywhere in the year, in no order."""
    write_outages(fixture, ROWS)


def write_outages(fixture: Path, rows: int) -> None:
    """So many of them."""
    random = np.random.default_rng(3)
    start = EPOCH_2025 + random.integers(0, 364 * 86_400, rows)
    np.savez(
        fixture / "outages.npz",
        asset=random.integers(0, ASSETS, rows),
        start=start,
        end=start + np.minimum(900 + random.exponential(5_400, rows).astype(np.int64), 172_800),
    )


def _load(fixture: Path) -> tuple[Any, Any, Any]:
    with np.load(fixture / "outages.npz") as saved:
        return saved["asset"], saved["start"], saved["end"]


def _months() -> Any:
    from metrics.period import periods_between

    months = list(periods_between(date(2025, 1, 1), date(2025, 12, 31), "month"))
    return np.array([month.bounds(ZONE)[0] for month in months] + [months[-1].bounds(ZONE)[1]])


def _calendar() -> Any:
    from metrics.service_calendar import ServiceCalendar, parse_window
    from metrics.workdays import national_days

    window = parse_window(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), HOURS), follows_workdays=True)
    return ServiceCalendar(window, national_days(range(2024, 2027)), ZONE, date(2024, 1, 1), date(2026, 12, 31))


def _window_spans(calendar: Any) -> tuple[Any, Any]:
    """Every open range of the year, UTC seconds."""
    from datetime import timedelta

    from metrics.period import midnight

    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]
    spans = [
        (midnight(day, ZONE) + opened, midnight(day, ZONE) + closed)
        for day in days
        for opened, closed in calendar.hours_on(day)
    ]
    return np.array([begin for begin, _ in spans]), np.array([end for _, end in spans])


def _content(seconds: Any) -> str:
    return hashlib.sha256(np.ascontiguousarray(seconds, dtype=np.int64).tobytes()).hexdigest()


def ours(fixture: Path, scratch: Path) -> Measured:
    """The path that the availability formula takes."""
    from metrics.intervals import downtime

    asset, start, end = _load(fixture)
    cuts, calendar, measured = _months(), _calendar(), Measured(fixture_mib=3 * asset.nbytes / 2**20)
    with timed(measured):
        seconds = downtime(asset, start, end, cuts, calendar.service_seconds_until, ASSETS)
    measured.content = _content(seconds)
    return measured


def duckdb_range_join(fixture: Path, scratch: Path) -> Measured:
    """Merge with window functions, then a range join with the windows of each month."""
    import duckdb

    asset, start, end = _load(fixture)
    cuts, calendar, measured = _months(), _calendar(), Measured()
    begins, ends = _window_spans(calendar)
    connection = duckdb.connect()
    connection.execute("set threads=1")  # one core each: ours uses one
    outage = {"asset": asset, "s": start, "e": end}
    window = {"m": np.searchsorted(cuts, begins, side="right") - 1, "s": begins, "e": ends}
    connection.register("outage_in", outage)
    connection.register("window_in", window)
    connection.execute("create table outage as select * from outage_in")
    connection.execute('create table "window" as select * from window_in')
    with timed(measured):
        rows = connection.execute(
            """
            with marked as (
                select asset, s, e, max(e) over (partition by asset order by s, e
                    rows between unbounded preceding and 1 preceding) as reach from outage),
            grouped as (
                select asset, s, e, sum(case when reach is null or s > reach then 1 else 0 end)
                    over (partition by asset order by s, e) as run from marked),
            merged as (select asset, min(s) as s, max(e) as e from grouped group by asset, run)
            select asset, m, sum(least(merged.e, w.e) - greatest(merged.s, w.s)) as down
            from merged join "window" w on merged.s < w.e and merged.e > w.s
            group by asset, m
            """
        ).fetchnumpy()
    down = np.zeros((ASSETS, len(cuts) - 1), dtype=np.int64)
    down[rows["asset"], rows["m"]] = rows["down"]
    measured.content = _content(down)
    return measured


def argsort(fixture: Path, scratch: Path) -> Measured:
    """The limit: nothing merges without sorting once."""
    asset, start, _ = _load(fixture)
    key, measured = asset * (1 << 40) + start, Measured()
    with timed(measured):
        np.argsort(key)
    return measured


CASE = Case(
    name="outages",
    title="200 万条重叠中断 × 2,000 台设备 → 按月 5×8 停机时间",
    prepare=prepare,
    roles={"ours": ours, "duckdb range join": duckdb_range_join, "argsort": argsort},
    goals=(
        Goal("ours / DuckDB 区间连接", "ours", "duckdb range join", 0.1),
        Goal("ours / argsort", "ours", "argsort", 3.0),
    ),
    memory_goal_mib={"ours": 1024},
)
