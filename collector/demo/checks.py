"""Minute-by-minute checks of the quarter, as columns: millions of rows are never Python objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from collector.demo.assets import LINE, SYSTEM, Asset, Register
from collector.demo.story import PROBE_OFF, QUARTER, events, maintenance_days
from collector.demo.world import MINUTE, YEAR, Dice, at

UP, DOWN, UNKNOWN = 0, 1, 2
LINE_INTERVAL = 5 * MINUTE
MONTHS = (10, 11, 12)


@dataclass(frozen=True)
class Checks:
    """Checks in the order in which the probe made them: every target at each time.

    ``states`` and ``latency`` have one row per time and one column per target.
    """

    targets: tuple[Asset, ...]
    interval: int
    times: NDArray[np.int64]
    states: NDArray[np.int8]
    latency: NDArray[np.int16]

    @property
    def count(self) -> int:
        """The number of checks."""
        return int(self.states.size)

    def month(self, month: int) -> Checks:
        """Those of one month of the year."""
        end = date(YEAR + month // 12, month % 12 + 1, 1)
        cut = slice(*np.searchsorted(self.times, [at(date(YEAR, month, 1)), at(end)]).tolist())
        return Checks(self.targets, self.interval, self.times[cut], self.states[cut], self.latency[cut])


def build_system_checks(register: Register, seed: int) -> Checks:
    """Every minute of the quarter for each probed system, but for the time when the probe itself was down."""
    targets = tuple(asset for asset in register.of_kinds(SYSTEM) if asset.probed)
    return _checks(targets, MINUTE, _outages(register, targets, seed), seed)


def build_line_checks(register: Register, seed: int) -> Checks:
    """Every five minutes for the leased lines."""
    dice = Dice("lines", seed)
    targets = register.of_kinds(LINE)
    spans = [[_fault(dice, 35) for _ in range(3)] for _ in targets]
    return _checks(targets, LINE_INTERVAL, spans, seed)


def _checks(targets: tuple[Asset, ...], interval: int, outages: list[list[tuple[int, int]]], seed: int) -> Checks:
    times = np.arange(QUARTER[0], QUARTER[1], interval, dtype=np.int64)
    times = times[(times < PROBE_OFF[0]) | (times >= PROBE_OFF[1])]
    generator = np.random.default_rng([seed, interval])
    states = np.zeros((len(times), len(targets)), dtype=np.int8)
    unjudged = generator.integers(0, states.size, states.size // 50_000)  # the probe could not tell
    states.reshape(-1)[unjudged] = UNKNOWN
    for column, spans in enumerate(outages):
        for start, end in spans:
            states[slice(*np.searchsorted(times, [start, end]).tolist()), column] = DOWN
    latency = generator.integers(18, 420, states.shape, dtype=np.int16)
    latency[states == DOWN] = 5000
    return Checks(targets, interval, times, states, latency)


def _outages(register: Register, targets: tuple[Asset, ...], seed: int) -> list[list[tuple[int, int]]]:
    """Each target's own small faults, its share of the common ones, and the maintenance evenings."""
    dice = Dice("checks", seed)
    common = [event for event in events(register) if event.seen and event.start >= QUARTER[0]]
    evenings = [(at(day, 20 * 60 + 5), at(day, 22 * 60 + 30)) for day in maintenance_days() if day.month in MONTHS]
    found = []
    for number, target in enumerate(targets):
        own = [_fault(dice, 14) for _ in range(dice.randint(3, 9))]
        own += [(event.start, event.end) for event in common if target in event.assets]
        found.append([*own, *(evenings if number % 2 == 0 else ())])
    return found


def _fault(dice: Dice, median: float) -> tuple[int, int]:
    start = dice.randrange(QUARTER[0], QUARTER[1] - 86_400, MINUTE)
    return start, start + dice.minutes(median, 1.0) * MINUTE
