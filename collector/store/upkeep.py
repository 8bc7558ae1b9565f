"""What housekeeping asks of the store: what may go, what came, what the archive must hold."""

from __future__ import annotations

from sqlalchemy import Engine, select

from collector.store import results as _results
from collector.store.engine import reading, writing
from collector.store.schema import contents, deliveries


class Upkeep:
    """One organisation's part of a database, seen by its keeper."""

    def __init__(self, engine: Engine, organization_id: str) -> None:
        self._engine, self._organization_id = engine, organization_id

    def forget_results(self, before: int) -> int:
        """Remove results computed before that moment as of then, superseded since, cited by no closed revision.

        What was computed as of another moment (a day's end, a date that somebody asked for) stays; so does the
        newest of every figure. How many rows were removed.
        """
        with writing(self._engine) as connection:
            return _results.forget(connection, self._organization_id, before)

    def sources_since(self, sequence: int) -> set[str]:
        """The sources that delivered after ``sequence``."""
        row = deliveries.c
        mine = (row.organization_id == self._organization_id) & (row.sequence > sequence)
        with reading(self._engine) as connection:
            return set(connection.scalars(select(row.source).where(mine).distinct()))

    def content_hashes(self) -> list[str]:
        """The hash of every content that was ever archived, in order."""
        mine = contents.c.organization_id == self._organization_id
        with reading(self._engine) as connection:
            return list(connection.scalars(select(contents.c.content_hash).where(mine).order_by("content_hash")))
