"""A disturbed month ends as an undisturbed one, but for time that nobody saw: that is unknown, never up."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from collector.archive import Archive
from collector.store import Store
from tests.daemon.month import ASSETS, STEP, Month, at

START, END = at("09-29 00:00"), at("11-05 00:00")
OUTAGES = (
    ("OA", at("09-30 20:00"), at("10-01 04:00")),  # over the first edge of the month
    ("MAIL", at("10-10 08:00"), at("10-10 16:00")),
    ("LINE", at("10-20 04:00"), at("10-20 08:00")),
    ("OA", at("10-31 20:00"), at("11-01 04:00")),  # over the second, while the server is off
)
HOUR = 3600


def disturb(month: Month) -> None:
    """Everything that may go wrong in a month."""
    month.until(at("10-04 08:00"))
    with month.locked():
        month.until(at("10-04 16:00"))
    month.until(at("10-07 08:00"))
    with month.full_disk():
        month.until(at("10-07 20:00"))
    month.kill_in(Archive, "keep")  # in the middle of sealing, while MAIL is down
    month.until(at("10-12 00:00"))
    month.api_down = True
    month.until(at("10-14 00:00"))
    month.api_down = False
    month.until(at("10-16 12:00"))
    month.kill_in(Store, "save_results")  # in the middle of computing
    month.until(at("10-22 00:00"))
    month.set_clock(8 * HOUR)
    month.until(at("10-22 16:00"))
    month.set_clock(-8 * HOUR)
    month.until(at("10-31 12:00"))
    month.stop()
    month.until(at("11-02 12:00"))  # off for two days, over the end of the month and its export
    month.start()
    month.until(END)


#: What nobody saw: the check before holds for four hours; then nothing, until one is made again.
UNSEEN = (
    (at("10-22 04:00"), at("10-22 12:00")),  # the clock jumped over it
    (at("10-31 16:00"), at("11-02 16:00")),  # off; the first check after the start is an interval later
)


def states(store: Store) -> dict[str, list[str]]:
    """Asset → its state in each stretch of four hours, ``unknown`` where no check holds."""
    found: dict[str, list[str]] = {name: [] for name in ASSETS}
    rows = store.facts().states.to_dict("records")
    for moment in range(START + STEP, END, STEP):
        for name in ASSETS:
            held = [
                row["state"]
                for row in rows
                if row["asset_no"] == name and row["first_at"] <= moment < row["last_at"] + row["staleness_seconds"]
            ]
            found[name].append(held[-1] if held else "unknown")
    return found


def truth(unseen: tuple[tuple[int, int], ...]) -> dict[str, list[str]]:
    """The same from what really was, as far as it could be seen."""

    def state(name: str, moment: int) -> str:
        if any(start <= moment < end for start, end in unseen):
            return "unknown"
        return "down" if any(n == name and start <= moment < end for n, start, end in OUTAGES) else "up"

    return {name: [state(name, moment) for moment in range(START + STEP, END, STEP)] for name in ASSETS}


def tickets(store: Store) -> list[dict[Any, Any]]:
    """What the vendor delivered, by number."""
    frame = store.facts().frames["ticket"][["ticket_no", "reported_at", "arrived_at"]]
    return frame.sort_values("ticket_no").to_dict("records")


def figures(store: Store, indicator: str, period: str) -> dict[str, Any]:
    """The standing total of a figure."""
    found = store.results(indicator=indicator, period=period, dimension="total")
    columns = ["numerator", "denominator", "coverage", "lower", "upper", "outcome", "evidence_count"]
    (row,) = found[columns].to_dict("records")
    return {str(name): value for name, value in row.items()}


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Month:
    """An undisturbed month."""
    month = Month.begin(tmp_path / "quiet", START, OUTAGES, monkeypatch)
    month.start()
    month.until(END)
    return month


@pytest.fixture
def disturbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quiet: Month) -> Month:
    monkeypatch.undo()
    month = Month.begin(tmp_path / "disturbed", START, OUTAGES, monkeypatch)
    month.start()
    disturb(month)
    return month


@pytest.mark.slow
def test_a_disturbed_month_ends_as_an_undisturbed_one(quiet: Month, disturbed: Month) -> None:
    assert disturbed.killed == 2
    assert states(quiet.store) == truth(())
    assert states(disturbed.store) == truth(UNSEEN)
    for month in (quiet, disturbed):
        assert month.engine.status().lost == 0
        assert month.store.live.rebuild() == []
        done = {name: state.runs - state.failures for name, state in month.store.jobs.states().items()}
        assert done["month_end"] == 2  # September and October, each exactly once
        assert done["day_end"] == 37  # every day from 28 September to 3 November
        assert sorted(path.name for path in month.settings.output.iterdir()) == ["2026-09", "2026-10", "指标.csv"]
    assert len(tickets(quiet.store)) == 36 * 3
    assert tickets(disturbed.store) == tickets(quiet.store)

    same = [("arrival", "2026-09"), ("arrival", "2026-10"), ("uptime", "2026-09")]
    for indicator, period in same:
        assert figures(quiet.store, indicator, period) == figures(disturbed.store, indicator, period)

    hours = 31 * 24 * len(ASSETS)  # October: 2,232 device-hours
    seen_down, unseen = 4 + 8 + 4, 3 * (8 + 8)  # OA on the 1st, MAIL, LINE; three assets on the 22nd and the 31st
    october = figures(disturbed.store, "uptime", "2026-10")
    assert Fraction(october["denominator"]) == (hours - unseen) * HOUR
    assert Fraction(october["numerator"]) == (hours - unseen - seen_down) * HOUR
    assert float(october["coverage"]) == (hours - unseen) / hours
    undisturbed = figures(quiet.store, "uptime", "2026-10")
    assert Fraction(undisturbed["numerator"]) == (hours - seen_down - 4) * HOUR  # OA on the 31st, too
    real = Fraction(undisturbed["numerator"]) / Fraction(undisturbed["denominator"])
    assert Fraction(october["lower"]) <= real <= Fraction(october["upper"])
