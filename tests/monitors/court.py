"""A small court whose contract holds October 2026, and whose availability is computed as a user would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from collector.compute import Asked, compute
from metrics.period import parse_period
from tests.ingest.workspace import Workspace
from tests.monitors import october

YUNWEI = """
organization: {id: court, name: 某某法院}
vendors: [{id: a, name: 甲公司}]
service_windows: {7x24: {days: mon-sun, hours: ["00:00-24:00"], follows_workdays: false}}
projects: [{id: ops, name: 运维, contract: {starts_on: 2026-01-01, ends_on: 2026-12-31}}]
"""
#: Every asset of the register is probed: time without a check is unknown.
ASSETS = """
id: assets
name: 台账
adapter: table
files: ["台账*.csv"]
tables:
  - record: asset
    columns: {asset_no: 设备编号, name: 名称, aliases: 别名}
    constants: {probed: true}
"""
INDICATOR = """
- {{id: up, name: 正常运行率, project: ops, formula: availability, breakdowns: [asset],
   params: {{window: 7x24, down_from: [{down_from}]}}}}
"""


class MonitoredCourt(Workspace):
    """Its register is delivered as a file; its clock stands at 20 November 2026 unless a test moves it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for name in ("tickets", "checks"):
            (folder / f"sources/{name}.yaml").unlink()
        self.write("yunwei.yaml", YUNWEI)
        self.source("assets", ASSETS)
        self.now = october.at("11-20 00:00")

    def indicator(self, down_from: str) -> None:
        """One availability, all day."""
        self.write("indicators/up.yaml", INDICATOR.format(down_from=down_from))

    def ratio(self, asset: str, period: str = "2026-10") -> Fraction | None:
        """The availability of one asset in a month, exact."""
        compute(self.settings, self.store, Asked(periods=(parse_period(period),)), now=self.now)
        found = self.store.results(indicator="up", period=period, dimension="asset", dimension_value=asset)
        row = found.iloc[0]
        return Fraction(row["numerator"]) / Fraction(row["denominator"]) if row["denominator"] != "0" else None

    def coverage(self, asset: str, period: str = "2026-10") -> Fraction:
        """How much of an asset's month is known, exact; computed before by :meth:`ratio`."""
        found = self.store.results(indicator="up", period=period, dimension="asset", dimension_value=asset)
        return Fraction(found.iloc[0]["coverage"]).limit_denominator(10**9)  # 30 digits are stored

    def periods(self) -> list[tuple[str, int, int | None]]:
        """Outages: asset, start, end."""
        frame = self.current("outage").sort_values("started_at")
        ends = [
            None if gone else int(end) for gone, end in zip(frame["ended_at"].isna(), frame["ended_at"], strict=True)
        ]
        return list(zip(frame["asset_no"], frame["started_at"].tolist(), ends, strict=True))


@contextmanager
def monitored_court(folder: Path) -> Iterator[MonitoredCourt]:
    """A court in ``folder``, closed afterwards."""
    with MonitoredCourt(folder) as court:
        yield court
