"""The court of ``tests.compute.court`` with its books: compute, close, compare in one word each."""

from __future__ import annotations

from typing import Any

from collector.closing.differences import Differences, differences
from collector.closing.freeze import Plan, Planner, close
from collector.compute import Asked, compute
from collector.store import Revision
from metrics.period import parse_period
from tests.compute.court import TICKETS, Court


class Books(Court):
    """A court that closes its books; periods by their label."""

    def start(self) -> None:
        """Four tickets and one device are delivered; March, April and the half year are computed."""
        self.deliver("三月.xlsx", ticket=TICKETS, asset=[{"asset_no": "A1", "vendor": "甲公司"}])
        self.compute("2023-03", "2023-04", "2023H1")

    def compute(self, *labels: str, **more: Any) -> None:
        """``yunwei compute`` of these periods."""
        asked = Asked(tuple(parse_period(label) for label in labels))
        compute(self.settings, self.store, asked, now=self.clock(), **more)

    def plans(self, *labels: str) -> list[Plan]:
        """What closing would do."""
        planner = Planner(self.settings, self.store, self.clock())
        return planner.plan([parse_period(label) for label in labels])

    def close(self, *labels: str, **more: Any) -> list[Revision]:
        """``yunwei close`` of these periods, whatever is open."""
        return close(self.settings, self.store, self.plans(*labels), **more)

    def differences(self, label: str, **more: Any) -> Differences:
        """``yunwei differences``."""
        return differences(self.settings, self.store, "ops", parse_period(label), now=self.clock(), **more)

    def printed(self, label: str, **more: Any) -> dict[str, str]:
        """Indicator → what stands as its total of that period."""
        found = self.store.results(period=label, dimension="total", **more)
        return dict(zip(found["indicator"], found["printed"], strict=True))
