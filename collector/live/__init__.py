"""Checks as they come: stored round by round, seen by the figures at once, sealed hour by hour (semantics 3, 7).

A finished hour becomes a delivery like any other; until then its checks lie in the database as they came.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from collector.live.rounds import Names, tables_of
from collector.live.seal import seal_hours
from collector.probing.newest import Newest
from collector.store.live_rounds import SETTLING

if TYPE_CHECKING:
    from collector.archive import Archive
    from collector.probing.engine import Status
    from collector.probing.plans import Check
    from collector.settings import Settings
    from collector.store import Store

__all__ = ["Recorder"]


class Recorder:
    """Stores the checks of one organisation.

    For several threads. ``clock`` tells UTC seconds.
    """

    def __init__(self, settings: Settings, store: Store, archive: Archive, clock: Callable[[], int]) -> None:
        self._settings = settings
        self._store = store
        self._archive = archive
        self._clock = clock
        self._names = Names(store)
        self._newest = Newest()
        self._taking = threading.Lock()
        self._engine: Callable[[], Status] | None = None

    def reload(self, settings: Settings) -> None:
        """Go on with another configuration."""
        self._settings = settings

    def watch(self, engine: Callable[[], Status]) -> None:
        """Remember who tells how the engine stands whose checks are taken here."""
        self._engine = engine

    def probing(self) -> Status | None:
        """How the engine stands, None where none runs."""
        return None if self._engine is None else self._engine()

    def take(self, checks: list[Check]) -> None:
        """Store a round of checks, all or none, whatever their sources and in whatever order they come.

        Raises:
            YunweiError: the database is locked, full or away; the same checks may be given again.
        """
        if not checks:
            return
        with self._taking:
            self._store.live.take(tables_of(checks, self._names))
            self._newest.note(checks)

    def newest(self) -> list[Check]:
        """The newest check of each target since the start, with what the index of states does not keep."""
        return self._newest.all()

    def unknown(self, checks: list[Check]) -> int:
        """How many of these checks, once taken, name an asset that the register does not have yet."""
        with self._taking:
            return self._names.known([check.asset_no for check in checks]).count(False)

    def seal(self, now: int) -> int:
        """Deliver every hour that has ended a minute before ``now`` (UTC seconds); how many deliveries that were.

        What was interrupted is made good by the next call. Checks that came after their hour was sealed are
        delivered apart.

        Raises:
            PassingError: the archive or the store is busy, full or away; what was sealed by then stays so.
        """
        return seal_hours(self._settings, self._store, self._archive, now)

    def compact(self, now: int) -> int:
        """Make one file of the log of each day that has ended (UTC) and is in pieces; how many days, over all sources.

        Raises:
            PassingError: the store is busy, full or away; the next call goes on.
        """
        live = [source.id for source in self._settings.sources if getattr(source.config, "self_contained", False)]
        return sum(self._store.live.compact(source, now - SETTLING) for source in live)

    def retire(self, now: int) -> int:
        """Clear the log of time longer ago than ``daemon.keep_checks``, never what a closed revision cites.

        How many files were cleared. Their intervals stay; a check of that time is rejected from then on.

        Raises:
            PassingError: the store is busy, full or away; the next call goes on.
        """
        before = now - self._settings.daemon.keep_checks
        kept = [(revision.starts_at, revision.ends_at) for revision in self._store.revisions()]
        return sum(self._store.live.retire(source, before, kept) for source in self._store.live.sources())
