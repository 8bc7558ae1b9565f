"""The drop folder being filled: every delivery with what is wrong with it, and what must be refused."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from collector.demo.messes import MESSES
from collector.demo.world import at


@dataclass(frozen=True)
class Delivery:
    """One file below the drop folder, and the messes a reader will meet in it."""

    path: str
    size: int
    messes: tuple[str, ...]


@dataclass
class Post:
    """Writes deliveries below ``inbox`` and keeps the list of them.

    ``refused`` counts, per rejection code, the rows that no reader may accept.
    """

    inbox: Path
    deliveries: list[Delivery] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def put(self, path: str, content: bytes, day: date, messes: str = "") -> None:
        """Write one file as it was sent on ``day``; ``messes`` are keys of MESSES."""
        named = tuple(messes.split())
        unknown = set(named) - set(MESSES)
        if unknown:
            raise KeyError(f"no such mess: {sorted(unknown)}")
        target = self.inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        sent = at(day, 17 * 60)
        os.utime(target, (sent, sent))
        self.deliveries.append(Delivery(path, len(content), named))

    def refuse(self, code: str, count: int = 1) -> None:
        """Note that ``count`` rows of what is put must be rejected with this code."""
        self.refused[code] += count

    def showing(self, mess: str) -> list[str]:
        """The files in which a mess occurs."""
        return [delivery.path for delivery in self.deliveries if mess in delivery.messes]
