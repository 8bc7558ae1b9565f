"""Finished checks on their way to whoever stores them, round by round; what cannot be stored now is tried again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from collector.probing.plans import Check
from metrics.errors import YunweiError

_LOG = logging.getLogger(__name__)
#: Checks kept while nobody takes them: eight hours of 2,000 targets a minute, about 300 MB.
MOST_KEPT = 1_000_000

Sink = Callable[[list[Check]], None]


class Handover:
    """Keeps the order; one round at a time."""

    def __init__(self, sink: Sink, most: int = MOST_KEPT) -> None:
        self._sink, self._most = sink, most
        self._lock = threading.Lock()
        self._kept: list[Check] = []
        self.lost = 0

    @property
    def kept(self) -> int:
        """Checks that a round before could not store."""
        return len(self._kept)

    def give(self, checks: list[Check]) -> bool:
        """Hand over ``checks`` after those kept; whether all were taken. The oldest are lost beyond the limit."""
        with self._lock:
            self._kept += checks
            if not self._kept:
                return True
            try:
                self._sink(self._kept)
            except YunweiError as error:
                _LOG.warning("拨测结果暂时无法入库，留待下一轮：%s", error)
            except Exception:
                _LOG.exception("the sink of checks failed; they are kept for the next round")
            else:
                self._kept = []
                return True
            excess = len(self._kept) - self._most
            if excess > 0:
                self._kept = self._kept[excess:]
                self.lost += excess
            return False
