"""What the daemon did and when: one row a job and run, and counts that only grow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update

from collector.store.engine import insert_missing, reading, writing
from collector.store.schema import job_counts, job_runs


@dataclass(frozen=True, slots=True)
class JobState:
    """One job as the store knows it; moments in UTC seconds, None where there never was such a one.

    Attributes:
        slot: of the last run that began.
        outcome: of that run: running, done, failed, interrupted.
        error: why it failed, one sentence; empty otherwise.
        done_at: when a run last ended well.
        runs, failures: ever; ``seconds``: what all of them took together.
        last_seconds: what the last ended run took, None while it runs.
    """

    job: str
    slot: int
    outcome: str
    started_at: int
    ended_at: int | None
    error: str
    done_at: int | None
    runs: int
    failures: int
    seconds: float
    last_seconds: float | None


class JobStore:
    """The jobs of one organisation; ``clock`` tells UTC seconds."""

    def __init__(self, engine: Engine, organization_id: str, clock: Callable[[], int]) -> None:
        self._engine, self._organization_id, self._clock = engine, organization_id, clock

    def start(self, job: str, slot: int) -> int:
        """Note that the work of a slot begins; the number of the run."""
        with writing(self._engine) as connection:
            row = insert(job_runs).values(
                organization_id=self._organization_id,
                job=job,
                slot=slot,
                started_at=self._clock(),
                outcome="running",
            )
            run: int = connection.execute(row.returning(job_runs.c.job_run_id)).scalar_one()
            return run

    def end(
        self, run: int, outcome: str, milliseconds: int, *, error: str = "", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Note how it ended: ``done`` or ``failed``. ``detail`` is what a later run may want to know."""
        with writing(self._engine) as connection:
            row = (
                update(job_runs)
                .where(job_runs.c.job_run_id == run)
                .values(
                    ended_at=self._clock(),
                    outcome=outcome,
                    milliseconds=milliseconds,
                    error=error or None,
                    detail=json.dumps(detail, ensure_ascii=False) if detail is not None else None,
                )
            )
            job = connection.execute(row.returning(job_runs.c.job)).scalar_one()
            self._count(connection, job, int(outcome == "failed"), milliseconds)

    def _count(self, connection: Connection, job: str, failed: int, milliseconds: int) -> None:
        key = {"organization_id": self._organization_id, "job": job}
        insert_missing(connection, job_counts, **key, runs_count=0, failures_count=0, milliseconds=0)
        table = job_counts.c
        connection.execute(
            update(job_counts)
            .where(table.organization_id == self._organization_id, table.job == job)
            .values(
                runs_count=table.runs_count + 1,
                failures_count=table.failures_count + failed,
                milliseconds=table.milliseconds + milliseconds,
            )
        )

    def begin_with(self, job: str, slot: int) -> None:
        """Let a job that never ran count from ``slot`` on, as if it had done that; others stay as they are."""
        if job in self.last_slots(slot):
            return
        with writing(self._engine) as connection:
            now = self._clock()
            connection.execute(
                insert(job_runs).values(
                    organization_id=self._organization_id,
                    job=job,
                    slot=slot,
                    started_at=now,
                    ended_at=now,
                    outcome="begun",
                )
            )

    def interrupted(self) -> int:
        """Mark runs that never ended, for whoever ran them is gone; how many there were."""
        mine = (job_runs.c.organization_id == self._organization_id) & (job_runs.c.outcome == "running")
        with writing(self._engine) as connection:
            return connection.execute(update(job_runs).where(mine).values(outcome="interrupted")).rowcount

    def last_slots(self, now: int) -> dict[str, int]:
        """Job → the newest slot at or before ``now`` whose work is done."""
        table = job_runs.c
        query = (
            select(table.job, func.max(table.slot))
            .where(
                table.organization_id == self._organization_id,
                table.outcome.in_(("done", "begun")),
                table.slot <= now,
            )
            .group_by(table.job)
        )
        with reading(self._engine) as connection:
            return dict(connection.execute(query).all())

    def detail(self, job: str) -> dict[str, Any] | None:
        """What the last run of ``job`` that ended well left behind; None without one."""
        table = job_runs.c
        query = (
            select(table.detail)
            .where(table.organization_id == self._organization_id, table.job == job, table.outcome == "done")
            .order_by(table.job_run_id.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return None if found is None else dict(json.loads(found))

    def states(self) -> dict[str, JobState]:
        """Job → how it stands, of every job that ever ran."""
        with reading(self._engine) as connection:
            done: dict[str, int] = dict(connection.execute(self._done()).all())
            rows = connection.execute(self._newest()).all()
        return {
            row.job: JobState(
                row.job,
                row.slot,
                row.outcome,
                row.started_at,
                row.ended_at,
                row.error or "",
                done.get(row.job),
                row.runs_count or 0,
                row.failures_count or 0,
                (row.total or 0) / 1000,
                None if row.milliseconds is None else row.milliseconds / 1000,
            )
            for row in rows
        }

    def _newest(self) -> Select[Any]:
        """The last run of each job that began, with its job's counts."""
        table, counts = job_runs.c, job_counts.c
        last = (
            select(func.max(table.job_run_id))
            .where(table.organization_id == self._organization_id, table.outcome != "begun")
            .group_by(table.job)
        )
        return (
            select(job_runs, counts.runs_count, counts.failures_count, counts.milliseconds.label("total"))
            .join_from(
                job_runs,
                job_counts,
                (table.organization_id == counts.organization_id) & (table.job == counts.job),
                isouter=True,
            )
            .where(table.job_run_id.in_(last))
            .order_by(table.job)
        )

    def _done(self) -> Select[Any]:
        table = job_runs.c
        mine = (table.organization_id == self._organization_id) & (table.outcome == "done")
        return select(table.job, func.max(table.ended_at)).where(mine).group_by(table.job)

    def forget(self, before: int) -> int:
        """Remove runs that ended before that moment (UTC seconds), but for the last success of each job."""
        table = job_runs.c
        mine = table.organization_id == self._organization_id
        kept = select(func.max(table.job_run_id)).where(mine, table.outcome.in_(("done", "begun"))).group_by(table.job)
        with writing(self._engine) as connection:
            kept_ids = connection.scalars(kept).all()
            old = delete(job_runs).where(mine, table.started_at < before, table.job_run_id.not_in(kept_ids))
            return connection.execute(old).rowcount
