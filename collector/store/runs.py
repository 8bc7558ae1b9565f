"""Runs of the program and the configurations they used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.store.engine import insert_missing, writing
from collector.store.schema import configurations, runs
from metrics.errors import YunweiError


@dataclass(frozen=True, slots=True)
class Run:
    """One run that has begun; ``started_at`` in UTC seconds."""

    run_id: int
    kind: str
    configuration_hash: str
    started_at: int


@contextmanager
def run(
    engine: Engine,
    organization_id: str,
    clock: Callable[[], int],
    kind: str,
    configuration: tuple[str, str],
    program_version: str,
) -> Iterator[Run]:
    """Note a run's start, and its end as ``done`` or ``failed``; one that was killed stays ``running``."""
    configuration_hash, snapshot = configuration
    started_at = clock()
    with writing(engine) as connection:
        insert_missing(
            connection,
            configurations,
            organization_id=organization_id,
            configuration_hash=configuration_hash,
            snapshot=snapshot,
            recorded_at=started_at,
        )
        row = insert(runs).values(
            organization_id=organization_id,
            kind=kind,
            configuration_hash=configuration_hash,
            program_version=program_version,
            started_at=started_at,
            outcome="running",
        )
        run_id = connection.execute(row.returning(runs.c.run_id)).scalar_one()
    try:
        yield Run(run_id, kind, configuration_hash, started_at)
    except BaseException:
        with suppress(YunweiError, DBAPIError):  # what went wrong first is what should be told
            _end(engine, run_id, clock(), "failed")
        raise
    _end(engine, run_id, clock(), "done")


def _end(engine: Engine, run_id: int, at: int, outcome: str) -> None:
    with writing(engine) as connection:
        connection.execute(update(runs).where(runs.c.run_id == run_id).values(ended_at=at, outcome=outcome))


def configuration_at(connection: Connection, organization_id: str, known_at: int | None) -> str | None:
    """The snapshot in force at ``known_at`` (UTC seconds; None: now), None before the first run."""
    query = (
        select(configurations.c.snapshot)
        .join_from(
            runs,
            configurations,
            (runs.c.organization_id == configurations.c.organization_id)
            & (runs.c.configuration_hash == configurations.c.configuration_hash),
        )
        .where(runs.c.organization_id == organization_id)
        .order_by(runs.c.run_id.desc())
        .limit(1)
    )
    if known_at is not None:
        query = query.where(runs.c.started_at <= known_at)
    return connection.scalar(query)


def configuration_by_hash(connection: Connection, organization_id: str, digest: str) -> str | None:
    """The snapshot of that hash, None when no run used it."""
    key = configurations.c
    query = select(key.snapshot).where(key.organization_id == organization_id, key.configuration_hash == digest)
    return connection.scalar(query)
