"""A vendor who delivers records of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.compute.court import at
from tests.conftest import Clock

DAY = 86_400
NEW_YEAR = at("01-01 00:00")


class Vendor:
    """Makes deliveries of all kinds: mostly of the days before now, at times late, corrected or ahead of time."""

    def __init__(self, random: Random, clock: Clock) -> None:
        self.random, self.clock = random, clock

    def moment(self) -> int:
        kind, now = self.random.random(), self.clock.now
        if kind < 0.08:
            return now + self.random.randrange(20 * DAY)
        if kind < 0.25:
            return NEW_YEAR + self.random.randrange(max(1, now - NEW_YEAR))
        return max(NEW_YEAR, now - self.random.randrange(30 * DAY))

    def later(self, moment: int, share: float = 0.8) -> int | None:
        return moment + self.random.randrange(8 * DAY) if self.random.random() < share else None

    def day(self) -> str:
        return datetime.fromtimestamp(self.moment(), UTC).date().isoformat()

    def number(self, mark: str) -> str:
        return f"{mark}{self.random.randrange(12)}"

    def asset(self) -> str:
        return self.random.choice(("A1", "A2"))

    def ticket(self) -> dict[str, Any]:
        reported = self.moment()
        resolved = self.later(reported)
        return {
            "ticket_no": self.number("T"),
            "reported_at": reported,
            "responded_at": reported + 600,
            "arrived_at": reported + 3600 if self.random.random() < 0.7 else None,
            "resolved_at": resolved,
            "channel": self.random.choice(("on_site", "remote")),
            "vendor": self.random.choice(("甲公司", "乙公司")),
            "asset_no": self.asset(),
            "asset_unusable": self.random.random() < 0.6,
        }

    def hold(self) -> dict[str, Any]:
        start = self.moment()
        return {"ticket_no": self.number("T"), "hold_from": start, "hold_to": self.later(start), "side": "court"}

    def ticket_cycle(self) -> dict[str, Any]:
        opened = self.moment()
        return {"ticket_no": self.number("T"), "opened_at": opened, "resolved_at": self.later(opened)}

    def inspection(self) -> dict[str, Any]:
        return {
            "inspection_no": self.number("I"),
            "kind": self.random.choice(("机房", "法庭")),
            "inspected_at": self.moment(),
            "asset_no": self.asset(),
            "result": self.random.choice(("normal", "abnormal")),
            "quantity": self.random.randrange(1, 4),
        }

    def inspection_plan(self) -> dict[str, Any]:
        first = date.fromisoformat(self.day())
        last = first + timedelta(days=self.random.randrange(20))
        return {
            "plan_no": self.number("P"),
            "kind": "机房",
            "due_from": first.isoformat(),
            "due_until": last.isoformat(),
            "quantity": 2,
        }

    def support_event(self) -> dict[str, Any]:
        return {"event_no": self.number("S"), "kind": "庭审", "started_at": self.moment(), "quantity": 1}

    def outage(self) -> dict[str, Any]:
        start = self.moment()
        return {
            "outage_no": self.number("O"),
            "asset_no": self.asset(),
            "started_at": start,
            "ended_at": self.later(start),
        }

    def exclusion(self) -> dict[str, Any]:
        start = self.moment()
        end = start + self.random.randrange(1, 3 * DAY)
        return {
            "exclusion_no": self.number("E"),
            "asset_no": self.asset(),
            "started_at": start,
            "ended_at": end,
            "cause": "court_side",
            "approved": True,
        }

    def roster_entry(self) -> dict[str, Any]:
        first = date.fromisoformat(self.day())
        return {
            "entry_no": self.number("R"),
            "kind": "驻场",
            "from_on": first.isoformat(),
            "until_on": (first + timedelta(days=self.random.randrange(90))).isoformat(),
            "quantity": 1,
        }

    def survey(self) -> dict[str, Any]:
        answer = self.random.choice(("满意", "不满意", None))
        return {
            "survey_no": self.number("Q"),
            "answered_on": self.day(),
            "question": "总体",
            "answer": answer,
            "quantity": 1,
        }

    def budget_line(self) -> dict[str, Any]:
        kind = self.random.choice(("budget", "paid", "received"))
        return {"line_no": self.number("B"), "booked_on": self.day(), "kind": kind, "amount": "100"}

    def measurement(self) -> dict[str, Any]:
        return {
            "measurement_no": self.number("M"),
            "kind": "等保",
            "measured_on": self.day(),
            "value": str(self.random.randrange(60, 99)),
            "entered_by": "科",
            "entered_at": self.moment(),
            "document": "报告.pdf",
        }

    def asset_assignment(self) -> dict[str, Any]:
        return {"asset_no": self.asset(), "from_on": self.day(), "vendor": self.random.choice(("甲公司", "乙公司"))}

    def checks(self) -> list[dict[str, Any]]:
        """A run of hourly checks, now and then failing."""
        start, asset = self.moment() // 3600 * 3600, self.asset()
        states = [self.random.choice(("up", "up", "up", "down")) for _ in range(self.random.randrange(1, 100))]
        return [
            {"asset_no": asset, "checked_at": start + number * 3600, "state": state}
            for number, state in enumerate(states)
        ]

    def delivery(self) -> dict[str, list[dict[str, Any]]]:
        """A few rows of one to three kinds; assignments come seldom."""
        makers: list[Callable[[], dict[str, Any]]] = [
            *(self.ticket, self.hold, self.ticket_cycle, self.inspection, self.inspection_plan, self.support_event),
            *(self.outage, self.exclusion, self.roster_entry, self.survey, self.budget_line, self.measurement),
            *((self.asset_assignment,) if self.random.random() < 0.1 else ()),
        ]
        chosen = self.random.sample(makers, self.random.randrange(1, 4))
        rows = {maker.__name__: [maker() for _ in range(self.random.randrange(1, 4))] for maker in chosen}
        if self.random.random() < 0.3:
            rows["uptime_check"] = self.checks()
        return rows
