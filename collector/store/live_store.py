"""The checks of one organisation: rounds as they come, the hours that are to be sealed, the index over all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from collector.store.checks import forget_hour, rebuild_index
from collector.store.engine import reading, writing
from collector.store.facts import to_frame
from collector.store.live_index import LiveIndex
from collector.store.live_rounds import Hour, hours_kept, to_seal

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class LiveStore:
    """A part of :class:`collector.store.Store`."""

    def __init__(self, engine: Engine, organization_id: str, checks: Path, clock: Callable[[], int]) -> None:
        self._engine = engine
        self._organization_id = organization_id
        self._checks = checks
        self._clock = clock
        self._index = LiveIndex(organization_id, checks)

    def take(self, rounds: dict[str, pa.Table]) -> None:
        """Store finished checks by source, columns of ``live_rounds.SCHEMA``, all or none; one thread at a time.

        Raises:
            PassingError: the database is locked, full or away; nothing of them is stored.
        """
        try:
            with writing(self._engine) as connection:
                self._index.take(connection, rounds, self._clock())
        except BaseException:
            self.forget()
            raise

    def forget(self) -> None:
        """Read from the database again what was remembered between rounds."""
        self._index.forget()

    def rebuild(self) -> int:
        """Make the index over checks anew from their log; how many state intervals were wrong (0: none).

        Corrected intervals count from the present sequence on.
        """
        with writing(self._engine) as connection:
            return rebuild_index(connection, self._organization_id, self._checks)

    def hours(self, before: int) -> list[Hour]:
        """The hours of live checks that ended by ``before`` (UTC seconds) and are not sealed, the oldest first."""
        with reading(self._engine) as connection:
            return hours_kept(connection, self._organization_id, before)

    def checks_of(self, hour: Hour) -> pd.DataFrame:
        """What is to be sealed: of each target and moment the last check, columns of ``adapters.sealed.KEYS``."""
        with reading(self._engine) as connection:
            return to_frame(to_seal(connection, self._organization_id, hour))

    def forget_hour(self, hour: Hour) -> None:
        """Let go of rounds whose very bytes are in the log already."""
        with writing(self._engine) as connection:
            forget_hour(connection, self._organization_id, hour, self._checks)
