"""A daily compute on three years of data beside one on a single year, and a full one on both.

The years are the same months again, shifted; every day brings ten tickets. What nothing has touched is not computed
again, so that the day costs what the day brought. Courts sign for a year, as a rule; where one contract runs for three,
its own figure is one over three years' records, of which each has to be looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any, cast

from benchmarks.harness import Case, Goal, Measured, timed

DAY = 86_400
NEW_YEAR = 1_672_502_400  # 2023-01-01 00:00 in Asia/Shanghai
A_YEAR = 40_000  # tickets
MOST_DAILY_GROWTH = 1.05  # no more than on one year, give or take the clock
WORKSPACE = """\
organization: {id: bench, name: 性能测试法院}
service_windows:
  7x24: {days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}
projects:
"""
PROJECT = "  - {{id: {id}, name: 运维 {id}, contract: {{starts_on: {first}-01-01, ends_on: {last}-12-31}}}}\n"
#: Project → the first and the last year of its contract.
YEARLY = {"ops2023": (2023, 2023), "ops2024": (2024, 2024), "ops2025": (2025, 2025)}
LONG = {"ops": (2023, 2025)}
CONTRACTS = {"yearly": YEARLY, "long": LONG}
INDICATORS = """\
- {id: arrival, name: 到场, project: {project}, formula: mean_arrival, target: <2小时, breakdowns: [vendor, site]}
- {id: response, name: 响应, project: {project}, formula: mean_response, breakdowns: [vendor, site]}
- {id: resolution, name: 解决, project: {project}, formula: mean_resolution, breakdowns: [vendor, site]}
- {id: solved, name: 解决率, project: {project}, formula: resolution_rate, target: "≥90%", breakdowns: [vendor, site]}
- {id: timely, name: 及时率, project: {project}, formula: timely_rate, params: {timed: resolution, limits: {"*": 1天}},
   breakdowns: [vendor, site]}
- {id: uptime, name: 正常率, project: {project}, formula: availability, target: "≥95%", breakdowns: [site],
   params: {window: 7x24, down_from: [tickets]}}
"""


def prepare(fixture: Path) -> None:
    """Workspaces of one and of three years, computed as of their last day."""
    for kind, years in product(CONTRACTS, (1, 3)):
        court = _Court(fixture / f"{kind}-{years}", CONTRACTS[kind])
        court.deliver("全部", 0, A_YEAR * years, NEW_YEAR, years * 365 * DAY)
        court.compute(NEW_YEAR + years * 365 * DAY - DAY)
        court.store.close()


class _Court:
    """A workspace whose records are stored directly."""

    def __init__(self, folder: Path, contracts: Mapping[str, tuple[int, int]]) -> None:
        from collector.settings import load_settings
        from collector.store import open_store

        if not folder.exists():
            (folder / "indicators").mkdir(parents=True)
            projects = [PROJECT.format(id=name, first=term[0], last=term[1]) for name, term in contracts.items()]
            (folder / "yunwei.yaml").write_text(WORKSPACE + "".join(projects), encoding="utf-8")
            for name in contracts:
                indicators = INDICATORS.replace("{project}", name)
                (folder / "indicators" / f"{name}.yaml").write_text(indicators, encoding="utf-8")
        self.settings = load_settings(folder)
        url = self.settings.database_url()
        self.store = open_store(url, "bench", folder / "checks", lambda: 1_800_000_000)

    def deliver(self, name: str, first: int, rows: int, start: int, seconds: int) -> None:
        """So many tickets evenly over the time, and 200 assets with the first of them."""
        import hashlib

        import numpy as np
        import pandas as pd

        from metrics.records import ASSET, TICKET, frame_of

        random, dtypes = np.random.default_rng(first), cast("dict[str, Any]", TICKET.dtypes)
        number = np.arange(first, first + rows)
        reported = start + np.arange(rows) * (seconds // rows)
        frame = frame_of(TICKET, [])
        frame = frame.reindex(range(rows))
        for column, values in {
            "ticket_no": [f"T{one:09d}" for one in number],
            "kind": "incident",
            "channel": np.where(random.random(rows) < 0.4, "remote", "on_site"),
            "vendor": np.char.add("公司", random.integers(1, 4, rows).astype(str)),
            "site": np.char.add("楼", random.integers(1, 9, rows).astype(str)),
            "asset_no": np.char.add("A", random.integers(0, 200, rows).astype(str)),
            "reported_at": reported,
            "responded_at": reported + 600,
            "arrived_at": reported + random.integers(600, 9000, rows),
            "resolved_at": reported + random.integers(9000, 100_000, rows),
            "asset_unusable": random.random(rows) < 0.2,
        }.items():
            frame[column] = pd.Series(values, index=frame.index).astype(dtypes[column])
        records: dict[str, Any] = {"ticket": frame}
        if first == 0:
            assets = [{"asset_no": f"A{one}", "site": f"楼{one % 8 + 1}"} for one in range(200)]
            records = {"asset": frame_of(ASSET, assets), **records}
        settings, digest = self.settings, hashlib.sha256(name.encode()).hexdigest()
        with (
            self.store.run("ingest", settings.hash, settings.snapshot(), "1") as run,
            self.store.delivery(
                run, source="s", name=name, content_hash=digest, mapping_hash="m", size=1, modified_at=0
            ) as delivery,
        ):
            for record, rows_of in records.items():
                delivery.write(record, rows_of.assign(sheet="一", row_no=range(len(rows_of)), flags=None))
            delivery.finish(read=sum(map(len, records.values())), set_aside={})

    def compute(self, now: int, only_affected: bool = False) -> int:
        """How many results."""
        from collector.compute import Asked, compute

        return len(compute(self.settings, self.store, Asked(), now=now, only_affected=only_affected).results)


def _day(kind: str, years: int, only_affected: bool) -> Callable[[Path, Path], Measured]:
    """Ten tickets come; compute."""

    def role(fixture: Path, scratch: Path) -> Measured:
        import shutil

        shutil.copytree(fixture / f"{kind}-{years}", scratch / "court")
        court, measured = _Court(scratch / "court", CONTRACTS[kind]), Measured()
        now = NEW_YEAR + years * 365 * DAY
        court.deliver("今天", A_YEAR * years, 10, now - DAY // 2, 3600)
        with timed(measured):
            measured.numbers["结果"] = court.compute(now, only_affected)
        return measured

    return role


CASE = Case(
    name="growth_compute",
    title="每日计算：一年与三年的数据，当天新到十张工单",
    prepare=prepare,
    roles={
        "一年，当天": _day("yearly", 1, only_affected=True),
        "三年，当天": _day("yearly", 3, only_affected=True),
        "三年，全部重算": _day("yearly", 3, only_affected=False),
        "长合同一年，当天": _day("long", 1, only_affected=True),
        "长合同三年，当天": _day("long", 3, only_affected=True),
    },
    goals=(
        Goal("三年当天 / 一年当天（合同一年一签）", "三年，当天", "一年，当天", MOST_DAILY_GROWTH),
        Goal("三年当天 / 三年全部重算（合同一年一签）", "三年，当天", "三年，全部重算", 0.5),
        Goal("三年当天 / 一年当天（一份三年的合同）", "长合同三年，当天", "长合同一年，当天", MOST_DAILY_GROWTH),
    ),
    alike=False,
)
