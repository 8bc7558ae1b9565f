"""The results table: what was computed, run by run, in the order in which it was computed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, delete, func, select

from collector.store.bulk import arrow_type, bulk_of
from collector.store.canonical import arrow_column
from collector.store.result_columns import RESULT_COLUMNS, TWINNED
from collector.store.schema import results, revisions, runs

if TYPE_CHECKING:
    import pandas as pd

    from collector.store.runs import Run

#: Filled in by the store, whatever the caller hands over.
_OURS = ("organization_id", "run_id", "computed_at", "configuration_hash", "position")


def save(connection: Connection, organization_id: str, run: Run, rows: pd.DataFrame, now: int) -> None:
    """Insert a run's results in the order of ``rows``.

    Raises:
        KeyError: a column is missing or is none of ``RESULT_COLUMNS``.
    """
    if not len(rows):
        return
    given = [name for name in RESULT_COLUMNS if name not in _OURS and not _is_twin(name)]
    unknown = set(rows.columns) - set(RESULT_COLUMNS)
    if unknown:
        raise KeyError(f"no result columns: {sorted(unknown)}")
    columns: dict[str, pa.Array] = {name: arrow_column(rows[name], arrow_type(results.c[name].type)) for name in given}
    for name in TWINNED:
        columns[f"{name}_value"] = pc.cast(columns[name], pa.float64())  # decimal text: rounded once
    columns["position"] = pa.array(range(_count(connection, run), _count(connection, run) + len(rows)), pa.int64())
    constants = {
        "organization_id": organization_id,
        "run_id": run.run_id,
        "computed_at": _iso(now),
        "configuration_hash": run.configuration_hash,
    }
    bulk_of(connection).insert(results, constants, columns)


def forget(connection: Connection, organization_id: str, before: int) -> int:
    """Remove what :meth:`collector.store.upkeep.Upkeep.forget_results` says; how many rows."""
    row = results.c
    cited = select(revisions.c.run_id).where(revisions.c.organization_id == organization_id)
    old = delete(results).where(
        row.organization_id == organization_id,
        row.computed_at < _iso(before),
        row.as_of == row.known_at,
        row.run_id.not_in(cited),
        ~newest(),
    )
    return connection.execute(old).rowcount


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_twin(name: str) -> bool:
    return name.endswith("_value") and name.removesuffix("_value") in TWINNED


def _count(connection: Connection, run: Run) -> int:
    """Results that the run has saved before."""
    query = select(func.count()).select_from(results).where(results.c.run_id == run.run_id)
    return connection.scalar(query) or 0


def query_of(organization_id: str, which: ColumnElement[bool], wanted: dict[str, Any]) -> Select[Any]:
    """The rows ``which`` hold, with the ``wanted`` values, in their order."""
    query = select(*(results.c[name] for name in RESULT_COLUMNS)).where(results.c.organization_id == organization_id)
    query = query.where(which)
    for name, value in wanted.items():
        if value is not None:
            query = query.where(results.c[name] == value)
    return query.order_by(results.c.run_id, results.c.position)


def of_run(run_id: int) -> ColumnElement[bool]:
    """Results of one run."""
    return results.c.run_id == run_id


def standing() -> ColumnElement[bool]:
    """As the view ``v_results_current`` has it: of a closed period its newest revision, else what is newest."""
    return results.c.run_id == func.coalesce(_closing_run(), _newest())


def newest() -> ColumnElement[bool]:
    """The newest computation, of a closed period too."""
    return results.c.run_id == _newest()


def _newest() -> ScalarSelect[int]:
    """The run that knew most and looked furthest, the newest of those.

    Not simply the newest: looking back with ``--as-of`` or ``--known-at`` must not replace what stands.
    """
    other = results.alias("other")
    best = (
        select(other.c.run_id)
        .where(*(other.c[name] == results.c[name] for name in ("organization_id", "project", "indicator", "period")))
        .order_by(other.c.known_sequence.desc(), other.c.as_of.desc(), other.c.run_id.desc())
        .limit(1)
    )
    return best.scalar_subquery()


def of_revision(organization_id: str, project: str, period: str, revision_no: int) -> ColumnElement[bool]:
    """The condition on results that they are that revision's."""
    row = revisions.alias("wanted").c
    run = select(row.run_id).where(
        row.organization_id == organization_id,
        row.project == project,
        row.period == period,
        row.revision_no == revision_no,
    )
    return (results.c.run_id == run.scalar_subquery()) & (results.c.project == project) & (results.c.period == period)


def _closing_run() -> ScalarSelect[int]:
    """The run of the newest revision of the project and period of a row."""
    row = revisions.alias("closing").c
    return (
        select(row.run_id)
        .where(*(row[name] == results.c[name] for name in ("organization_id", "project", "period")))
        .order_by(row.revision_no.desc())
        .limit(1)
        .scalar_subquery()
    )


def newest_totals(organization_id: str) -> Select[Any]:
    """What the newest computation of every figure was: its key, ``as_of``, sequence, configuration, program, parts."""
    names = ("project", "indicator", "period", "as_of", "known_sequence", "configuration_hash", "parts")
    return (
        select(*(results.c[name] for name in names), runs.c.program_version)
        .join_from(results, runs, results.c.run_id == runs.c.run_id)
        .where(results.c.organization_id == organization_id, results.c.dimension == "total", newest())
    )


def newest_run(connection: Connection, organization_id: str) -> int | None:
    """The last run that saved results; None before the first."""
    query = select(func.max(results.c.run_id)).where(results.c.organization_id == organization_id)
    newest: int | None = connection.scalar(query)
    return newest
