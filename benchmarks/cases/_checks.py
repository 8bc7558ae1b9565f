"""Invented checks: so many targets a minute, now and then one that goes down for some minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collector.probing.plans import Check

START = 1_790_812_800  # 2026-10-01T00:00:00Z
INTERVAL, STALENESS = 60, 180
OUTAGES_A_MONTH, OUTAGE_MINUTES = 4, 7  # of one target, on average


def states_of(targets: int, minutes: int, seed: int = 7) -> NDArray[np.int8]:
    """Minute by target: 1 where it is down."""
    random = np.random.default_rng(seed)
    down = np.zeros((minutes, targets), np.int8)
    count = int(targets * minutes / 43_200 * OUTAGES_A_MONTH)
    begins, whose = random.integers(0, minutes, count), random.integers(0, targets, count)
    for begin, target, length in zip(begins, whose, random.geometric(1 / OUTAGE_MINUTES, count), strict=True):
        down[begin : begin + length, target] = 1
    return down


def round_of(minute: int, down: NDArray[np.int8], latency: NDArray[np.int64]) -> list[Check]:
    """The checks of one minute, spread over it."""
    from collector.probing.plans import Check

    begin, targets = START + minute * INTERVAL, len(down)
    words = ("up", "down")
    return [
        Check(
            "dial",
            f"设备{number:05d}",
            begin + number * INTERVAL // targets,
            words[state],  # type: ignore[arg-type]
            milliseconds,
            "",
            None,
            INTERVAL,
            STALENESS,
            0.0,
        )
        for number, (state, milliseconds) in enumerate(zip(down.tolist(), latency.tolist(), strict=True))
    ]
