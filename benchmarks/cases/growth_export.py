"""Refused rows out as a workbook in the vendor's layout, out of a database that holds ever more of them."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pandas as pd

from benchmarks.cases._workspace import make_workspace, open_parts
from benchmarks.harness import Case, Measured, timed

SIZES = {"1 万行": 10_000, "10 万行": 100_000, "100 万行": 1_000_000}
_AT_ONCE = 50_000


def prepare(fixture: Path) -> None:
    """A workspace for each size, whose vendor wrote every time in a way that nobody can read."""
    for name, rows in SIZES.items():
        make_workspace(fixture / name)
        settings, store, _ = open_parts(fixture / name)
        with (
            store.run("ingest", settings.hash, settings.snapshot(), "1") as run,
            store.delivery(
                run, source="tickets", name="工单.csv", content_hash="c", mapping_hash="m", size=1, modified_at=0
            ) as delivery,
        ):
            for first in range(0, rows, _AT_ONCE):
                delivery.reject(_refused(first, min(_AT_ONCE, rows - first)))
            delivery.finish(read=rows, set_aside={})
        store.close()


def _refused(first: int, number: int) -> pd.DataFrame:
    """Rows of 15 columns as the adapter refuses them."""
    from adapters.faults import rejections

    return rejections(
        (
            *("ticket", "工单", row + 2, "报障时间", "reported_at", f"2025年13月{row % 28 + 1}日", "unreadable"),
            *(f"“报障时间”列的“2025年13月{row % 28 + 1}日”中的月份 13 不存在", _raw(row), f"GD{row:09d}"),
        )
        for row in range(first, first + number)
    )


def _raw(row: int) -> str:
    others = {f"第{column}列": f"数字法庭音频无声，第 {row} 次，第 {column} 项" for column in range(13)}
    return json.dumps(
        {"工单号": f"GD{row:09d}", "报障时间": f"2025年13月{row % 28 + 1}日", **others}, ensure_ascii=False
    )


def _exported(fixture: Path, scratch: Path, name: str) -> Measured:
    from collector.rejections.workbook import write_workbook

    _, store, _ = open_parts(fixture / name)
    measured = Measured()
    with timed(measured):
        written = write_workbook(scratch / "rows.xlsx", store.rejection_log().by_place(), {"tickets": "甲公司工单"})
    measured.numbers["写完时峰值 MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured.numbers["文件 MiB"] = (scratch / "rows.xlsx").stat().st_size / 2**20
    if written != SIZES[name]:
        raise RuntimeError(f"{written} of {SIZES[name]} rows were written")
    return measured


def _small(fixture: Path, scratch: Path) -> Measured:
    return _exported(fixture, scratch, "1 万行")


def _middle(fixture: Path, scratch: Path) -> Measured:
    return _exported(fixture, scratch, "10 万行")


def _large(fixture: Path, scratch: Path) -> Measured:
    return _exported(fixture, scratch, "100 万行")


CASE = Case(
    name="growth_export",
    title="不合格行写成服务商原样的工作簿：1 万、10 万、100 万行",
    prepare=prepare,
    roles={"1 万行": _small, "10 万行": _middle, "100 万行": _large},
    goals=(),
    memory_goal_mib={"100 万行": 400},
    sizes=SIZES,
    alike=False,
)
