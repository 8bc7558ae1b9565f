"""The checks of one organisation: rounds as they come, the hours that are to be sealed, the index over all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from collector.store.check_log import CheckLog, sources_of
from collector.store.check_upkeep import compact_day, days_in_pieces, is_cited, retire
from collector.store.checks import Correction, forget_hour, rebuild_index
from collector.store.engine import reading, writing
from collector.store.facts import sequence_at, to_frame
from collector.store.known_states import read_states
from collector.store.live_index import LiveIndex
from collector.store.live_rounds import Hour, hours_kept, to_seal
from collector.store.revisions import cited_spans

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

    def retired_before(self, source: str) -> int:
        """The moment (UTC seconds) before which a source's log was cleared; far in the past if it never was."""
        with reading(self._engine) as connection:
            return CheckLog(connection, self._organization_id, self._checks).retired_before(source)

    def compact(self, source: str, before: int) -> int:
        """Make one file of each day's that ended by ``before`` (UTC seconds), a transaction a day; how many days.

        Days that a closed revision cites stay as they are: their files are named by hash in what was handed in.
        """
        with reading(self._engine) as connection:
            cited = cited_spans(connection, self._organization_id)
            pieces = days_in_pieces(connection, self._organization_id, source, before)
            days = [day for day in pieces if not is_cited(day, cited)]
        for day in days:
            with writing(self._engine) as connection:
                compact_day(connection, self._organization_id, source, day, self._checks)
        return len(days)

    def retire(self, source: str, before: int, kept: list[tuple[int, int]]) -> int:
        """Clear the log of days that ended by ``before`` but of the spans ``kept``; how many files.

        The intervals stay. From then on no check of the time before can be taken in.
        """
        with writing(self._engine) as connection:
            return retire(connection, self._organization_id, source, before, kept, self._checks)

    def sources(self) -> list[str]:
        """The sources that have a log."""
        with reading(self._engine) as connection:
            return sources_of(connection, self._organization_id)

    def rebuild(self) -> list[Correction]:
        """Make the index over checks anew from their log; what was wrong and is corrected.

        Corrected intervals count from the present sequence on.
        """
        with writing(self._engine) as connection:
            return rebuild_index(connection, self._organization_id, self._checks)

    def states(self, first_at: int | None = None, last_at: int | None = None) -> pd.DataFrame:
        """The state intervals known now, as ``Facts.states``; with moments only those that say something between."""
        with reading(self._engine) as connection:
            sequence = sequence_at(connection, self._organization_id, None)
            return to_frame(read_states(connection, self._organization_id, sequence, first_at, last_at))

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
