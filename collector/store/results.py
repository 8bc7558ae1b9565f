"""The results table: what was computed, run by run, in the order in which it was computed."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Select, func, select

from collector.store.bulk import arrow_type, bulk_of
from collector.store.canonical import arrow_column
from collector.store.result_columns import RESULT_COLUMNS, TWINNED
from collector.store.schema import results

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
        columns[f"{name}_value"] = pa.array([_float(text) for text in columns[name].to_pylist()], pa.float64())
    columns["position"] = pa.array(range(_count(connection, run), _count(connection, run) + len(rows)), pa.int64())
    constants = {
        "organization_id": organization_id,
        "run_id": run.run_id,
        "computed_at": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "configuration_hash": run.configuration_hash,
    }
    bulk_of(connection).insert(results, constants, columns)


def _is_twin(name: str) -> bool:
    return name.endswith("_value") and name.removesuffix("_value") in TWINNED


def _float(text: str | None) -> float | None:
    return None if text is None else float(Fraction(text))


def _count(connection: Connection, run: Run) -> int:
    """Results that the run has saved before."""
    query = select(func.count()).select_from(results).where(results.c.run_id == run.run_id)
    return connection.scalar(query) or 0


def query_of(organization_id: str, run_id: int | None, wanted: dict[str, Any]) -> Select[Any]:
    """Rows of one run, or the current ones of every figure, that hold the ``wanted`` values, in their order."""
    query = select(*(results.c[name] for name in RESULT_COLUMNS)).where(results.c.organization_id == organization_id)
    query = query.where(_is_current() if run_id is None else results.c.run_id == run_id)
    for name, value in wanted.items():
        if value is not None:
            query = query.where(results.c[name] == value)
    return query.order_by(results.c.run_id, results.c.position)


def _is_current() -> ColumnElement[bool]:
    """As the view ``v_results_current`` has it: the run that knew most and looked furthest, the newest of those.

    Not simply the newest: looking back with ``--as-of`` or ``--known-at`` must not replace what stands.
    """
    other = results.alias("other")
    best = (
        select(other.c.run_id)
        .where(*(other.c[name] == results.c[name] for name in ("organization_id", "project", "indicator", "period")))
        .order_by(other.c.known_sequence.desc(), other.c.as_of.desc(), other.c.run_id.desc())
        .limit(1)
    )
    return results.c.run_id == best.scalar_subquery()
