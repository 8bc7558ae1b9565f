"""When each target is due: slots at a fixed phase of its interval, so that nothing drifts."""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from dataclasses import dataclass
from math import floor
from typing import Generic, TypeVar
from zlib import crc32

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Due(Generic[K]):
    """A slot whose time has come. ``missed_at``: the first slot of this key that passed unserved, if any did."""

    key: K
    at: float
    missed_at: float | None = None


@dataclass(slots=True)
class _Rhythm:
    interval: float
    phase: float
    jitter: float
    slot: int
    at: float


class Timetable(Generic[K]):
    """Slots of many keys; times in seconds on one clock that never steps."""

    def __init__(self) -> None:
        self._rhythms: dict[K, _Rhythm] = {}
        self._waiting: list[tuple[float, int, K]] = []
        self._count = 0

    def add(self, key: K, interval: float, phase: float, jitter: float, now: float) -> None:
        """Begin with the first slot from ``now`` on; a key that is there already begins anew."""
        rhythm = _Rhythm(interval, phase, jitter, floor((now - phase) / interval) - 1, now)
        while self._time(key, rhythm, rhythm.slot) < now:
            rhythm.slot += 1
        self._rhythms[key] = rhythm
        self._wait(key, rhythm)

    def remove(self, key: K) -> None:
        """Let it be due no more."""
        self._rhythms.pop(key, None)

    def next_at(self) -> float | None:
        """When the next slot comes; None if there is none."""
        while self._waiting and self._outdated(self._waiting[0]):
            heapq.heappop(self._waiting)
        return self._waiting[0][0] if self._waiting else None

    def due(self, now: float) -> list[Due[K]]:
        """Slots that have come, the earliest first; of several of one key only the newest is served."""
        found = []
        while self._waiting and self._waiting[0][0] <= now:
            item = heapq.heappop(self._waiting)
            if not self._outdated(item):
                found.append(self._served(item[2], now))
        return found

    def _served(self, key: K, now: float) -> Due[K]:
        rhythm = self._rhythms[key]
        first, first_at = rhythm.slot, rhythm.at
        newest = max(first, floor((now - rhythm.phase) / rhythm.interval))
        while newest > first and self._time(key, rhythm, newest) > now:
            newest -= 1
        rhythm.slot = newest + 1
        self._wait(key, rhythm)
        return Due(key, self._time(key, rhythm, newest), first_at if newest > first else None)

    def _wait(self, key: K, rhythm: _Rhythm) -> None:
        rhythm.at = self._time(key, rhythm, rhythm.slot)
        self._count += 1  # so that equal times never compare keys
        heapq.heappush(self._waiting, (rhythm.at, self._count, key))

    def _outdated(self, item: tuple[float, int, K]) -> bool:
        rhythm = self._rhythms.get(item[2])
        return rhythm is None or rhythm.at != item[0]

    @staticmethod
    def _time(key: K, rhythm: _Rhythm, slot: int) -> float:
        late = crc32(f"{key}|{slot}".encode()) / 2**32 * rhythm.jitter if rhythm.jitter else 0.0
        return rhythm.phase + slot * rhythm.interval + late
