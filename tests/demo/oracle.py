"""The year's figures straight from the truth, in plain Python: loops, no frames, nothing of ``metrics``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from collector.demo.checks import DOWN, UP, build_line_checks
from collector.demo.ticket_life import Ticket
from collector.demo.truth import Truth
from collector.demo.world import AS_OF_AT, WORKING, YEAR, at, is_workday, local

HOUR = 3600
LIMITS = {"紧急": 8 * HOUR, "一般": 24 * HOUR, "低": 72 * HOUR}
END = AS_OF_AT


class Oracle:
    """Numerator and denominator by indicator; ``truth`` is what the deliveries finally say."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.tickets = [*truth.tickets, *truth.hotline]
        self.valid = [ticket for ticket in self.tickets if not ticket.cancelled]

    def figures(self) -> dict[str, tuple[Fraction, Fraction | None]]:
        """Indicator → (numerator, denominator)."""
        return {
            **self._counts(),
            **self._ticket_figures(),
            **self._papers(),
            "line_availability": self._line_availability(),
        }

    def _counts(self) -> dict[str, tuple[Fraction, Fraction | None]]:
        def inspected(kind: str) -> int:
            return sum(item.quantity for item in self.truth.inspections if item.kind == kind)

        def supported(kind: str) -> int:
            return sum(item.quantity for item in self.truth.support if item.kind == kind)

        counts = {
            "courtroom_inspections": inspected("数字法庭设备巡检"),
            "server_inspections": inspected("服务器巡检"),
            "court_support": supported("庭审现场保障"),
            "contract_support": supported("庭审现场保障"),
            "remote_support": supported("远程庭审保障"),
            "netcast_support": sum(map(sum, self.truth.netcast.values())),
        }
        return {name: (Fraction(count), None) for name, count in counts.items()}

    def _ticket_figures(self) -> dict[str, tuple[Fraction, Fraction | None]]:
        arrived = [t for t in self.valid if t.channel == "on_site" and t.arrived is not None]
        resolved = [t for t in self.valid if t.resolved is not None]
        remote = sum(t.channel == "remote" for t in self.valid)
        return {
            "mean_response": _mean(t.responded - t.reported for t in self.valid),
            "mean_arrival": _mean((t.arrived or 0) - t.reported for t in arrived),
            "mean_resolution": _mean(_resolution_seconds(t, _working_seconds) for t in resolved),
            "resolution_rate": (Fraction(len(resolved)), Fraction(len(self.valid))),
            "remote_share": (Fraction(remote), Fraction(len(self.valid))),
            "timely_resolution": self._timely(),
        }

    def _timely(self) -> tuple[Fraction, Fraction]:
        within, late = 0, 0
        for ticket in self.valid:
            if ticket.kind != "incident":
                continue
            seconds = _resolution_seconds(ticket, lambda start, end: end - start)
            if seconds > LIMITS[ticket.priority]:
                late += 1
            elif ticket.resolved is not None:
                within += 1
        return Fraction(within), Fraction(within + late)

    def _papers(self) -> dict[str, tuple[Fraction, Fraction | None]]:
        answers = [item.answer for item in self.truth.answers if item.answer]
        satisfied = sum(answer != "不满意" for answer in answers)

        def money(*kinds: str) -> Fraction:
            return Fraction(sum(Decimal(item.amount) for item in self.truth.bookings if item.kind in kinds))

        budget = money("budget", "adjustment")
        return {
            "staff_satisfaction": (Fraction(satisfied), Fraction(len(answers))),
            "budget_execution": (money("paid"), budget),
            "funds_in_place": (money("received"), budget),
        }

    def _line_availability(self) -> tuple[Fraction, Fraction]:
        """Up and known seconds: a check holds until the next one, at most three intervals."""
        checks = build_line_checks(self.truth.register, self.truth.seed)
        times, up, known = checks.times.tolist(), 0, 0
        ends = [min(t + 3 * checks.interval, after) for t, after in zip(times, [*times[1:], END], strict=True)]
        for column in range(len(checks.targets)):
            for start, end, state in zip(times, ends, checks.states[:, column].tolist(), strict=True):
                seconds = min(end, at(date(YEAR + 1, 1, 1))) - start
                up += seconds if state == UP else 0
                known += seconds if state in (UP, DOWN) else 0
        return Fraction(up), Fraction(known)


def _mean(seconds: Iterable[int]) -> tuple[Fraction, Fraction]:
    listed = list(seconds)
    return Fraction(sum(listed)), Fraction(len(listed))


def _resolution_seconds(ticket: Ticket, clock: Callable[[int, int], int]) -> int:
    """From report to resolution (or the as-of), less the holds that are not the vendor's."""
    end = END if ticket.resolved is None else ticket.resolved
    seconds = clock(ticket.reported, end)
    for hold in ticket.holds:
        if hold.side != "vendor":
            seconds -= clock(min(hold.start, end), min(hold.end or end, end))
    return seconds


def _working_seconds(start: int, end: int) -> int:
    """Seconds of working time between two moments, day by day."""
    total, day = 0, local(start).date()
    while day <= local(end).date():
        if is_workday(day):
            for first, last in WORKING:
                total += max(0, min(end, at(day, last)) - max(start, at(day, first)))
        day += timedelta(days=1)
    return total
