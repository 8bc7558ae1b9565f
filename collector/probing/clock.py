"""The engine's clock, so that tests can have another."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Where the engine takes time from."""

    def time(self) -> float:
        """UTC seconds; may step."""
        ...

    def monotonic(self) -> float:
        """Seconds that never step."""
        ...

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        """Return when ``event`` is set, or after ``seconds`` (None: never)."""
        ...


class SystemClock:
    """The machine's own."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        event.wait(seconds)
