"""The newest check of every target, kept in memory: what the store does not index, how fast and until when trusted."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from collector.probing.plans import Check, Key


class Newest:
    """Remembers since the start of the program; several threads may note and look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checks: dict[Key, Check] = {}

    def note(self, checks: Iterable[Check]) -> None:
        """Take what has been stored; a check earlier than one known of its target is passed over."""
        with self._lock:
            for check in checks:
                key = (check.source, check.asset_no)
                known = self._checks.get(key)
                if known is None or known.checked_at <= check.checked_at:
                    self._checks[key] = check

    def all(self) -> list[Check]:
        """One check a target, in no order."""
        with self._lock:
            return list(self._checks.values())
