"""What housekeeping asks of the store: what may go, what came, what the archive must hold."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select

from collector.store import results as _results
from collector.store.copying import copy_file, copy_into
from collector.store.engine import reading, writing
from collector.store.schema import check_partitions, contents, deliveries


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
        """The hash of every content that was ever archived, in order; replies that were not kept are none of them."""
        mine = (contents.c.organization_id == self._organization_id) & (contents.c.archived_at > 0)
        with reading(self._engine) as connection:
            return list(connection.scalars(select(contents.c.content_hash).where(mine).order_by("content_hash")))

    def check_files(self) -> dict[str, str]:
        """The files of the log of checks that are cited: path below its folder → SHA-256."""
        row = check_partitions.c
        query = select(row.path, row.sha256).where(row.organization_id == self._organization_id).order_by(row.path)
        with reading(self._engine) as connection:
            return dict(connection.execute(query).all())

    def copy_into(self, address: str) -> tuple[dict[str, int], str]:
        """Copy everything of the organisation into another database, compared before it is committed.

        Rows by table, and the fingerprint, which is that of this store.

        Raises:
            UsageError: the other database holds something of this organisation already, or is this very one.
            PassingError, ConfigError: it cannot be reached or used.
        """
        return copy_into(self._engine, address, self._organization_id)

    def copy_file(self, path: Path) -> None:
        """The whole database at one moment as a new SQLite file, while others read and write.

        From PostgreSQL only this organisation, and compared.
        """
        if self._engine.dialect.name == "sqlite":
            copy_file(self._engine, path)
        else:
            copy_into(self._engine, f"sqlite:///{path}", self._organization_id)
