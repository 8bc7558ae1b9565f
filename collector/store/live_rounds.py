"""Rounds of checks as they came, until their hour is sealed: one row a round, its checks in Arrow's own bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, delete, func, insert, select

from collector.store.check_log import state_words
from collector.store.schema import check_partitions, live_rounds

if TYPE_CHECKING:
    from collector.store.records import Scope

HOUR = 3_600
SETTLING = 60  # seconds after an hour's end in which its last checks still come in
#: Columns of a round. ``known``: whether the register has the asset, so that the index counts the check.
SCHEMA = pa.schema(
    [
        ("asset_no", pa.string()),
        ("checked_at", pa.int64()),
        ("state", pa.int8()),
        ("latency_ms", pa.int64()),
        ("interval_seconds", pa.int64()),
        ("staleness_seconds", pa.int64()),
        ("known", pa.bool_()),
    ]
)
_KEEP = insert(live_rounds)
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a source up to its last round: what is sealed together."""

    source: str
    hour: int
    last_round: int


def keep_round(scope: Scope, checks: pa.Table, received_at: int) -> None:
    """Store the checks of a round, one row for each hour that they lie in."""
    hours = checks["checked_at"].to_numpy() // HOUR * HOUR
    rows = []
    for hour in np.unique(hours).tolist():
        part = checks if (hours == hour).all() else checks.filter(pa.array(hours == hour))
        rows.append(
            {
                "organization_id": scope.organization_id,
                "source": scope.source,
                "hour": hour,
                "check_count": len(part),
                "received_at": received_at,
                "checks": _encoded(part),
            }
        )
    scope.connection.execute(_KEEP, rows)


def hours_kept(connection: Connection, organization_id: str, before: int) -> list[Hour]:
    """The hours that began and ended before ``before`` (UTC seconds) and are not sealed, the oldest first."""
    table = live_rounds.c
    query = (
        select(table.source, table.hour, func.max(table.round_id))
        .where(table.organization_id == organization_id, table.hour <= before - HOUR)
        .group_by(table.source, table.hour)
        .order_by(table.hour, table.source)
    )
    return [Hour(*row) for row in connection.execute(query)]


def read_rounds(
    connection: Connection,
    organization_id: str,
    source: str,
    first_at: int,
    last_at: int,
    last_round: int | None = None,
) -> pa.Table:
    """The checks of hours that touch ``[first_at, last_at]``, as they came; ``SCHEMA`` and ``received_at``."""
    table = live_rounds.c
    query = select(table.received_at, table.checks).where(
        table.organization_id == organization_id,
        table.source == source,
        table.hour.between(first_at // HOUR * HOUR, last_at),
    )
    if last_round is not None:
        query = query.where(table.round_id <= last_round)
    parts = [_decoded(checks, received) for received, checks in connection.execute(query.order_by(table.round_id))]
    return pa.concat_tables([_nothing(), *parts])


def known_checks(rounds: pa.Table) -> pa.Table:
    """The checks that the index counts, with states as words, as the log has them."""
    known = rounds.filter(rounds["known"]).combine_chunks()
    states = state_words(known["state"].to_numpy(zero_copy_only=False).astype(np.int64))
    return known.set_column(known.schema.get_field_index("state"), "state", states)


def latest(rounds: pa.Table) -> pa.Table:
    """Of checks of one target and moment the last."""
    places = pa.array(np.arange(len(rounds)))
    last = rounds.append_column("place", places).group_by(["asset_no", "checked_at"]).aggregate([("place", "max")])
    return rounds.take(pa.array(np.sort(last["place_max"].to_numpy())))


def to_seal(connection: Connection, organization_id: str, hour: Hour) -> pa.Table:
    """The checks of an hour as they are sealed; those that come after it was sealed once say when they came."""
    rounds = latest(read_rounds(connection, organization_id, hour.source, hour.hour, hour.hour, hour.last_round))
    received = rounds["received_at"].to_numpy()
    states = state_words(rounds["state"].to_numpy().astype(np.int64)).cast(pa.large_string())
    table = rounds.set_column(rounds.schema.get_field_index("state"), "state", states)
    on_time = np.full(len(received), not _is_sealed(connection, organization_id, hour))
    told = pa.array(received, mask=on_time)
    table = table.set_column(table.schema.get_field_index("received_at"), "received_at", told)
    names = table.schema.get_field_index("asset_no")
    return table.set_column(names, "asset_no", table["asset_no"].cast(pa.large_string())).drop_columns(["known"])


def _is_sealed(connection: Connection, organization_id: str, hour: Hour) -> bool:
    """Whether the log holds checks about that hour."""
    table = check_partitions.c
    query = select(table.partition_id).where(
        table.organization_id == organization_id,
        table.source == hour.source,
        table.last_at >= hour.hour,
        table.first_at < hour.hour + HOUR,
    )
    return connection.execute(query.limit(1)).first() is not None


def forget(connection: Connection, organization_id: str, hour: Hour) -> None:
    """The rounds of a sealed hour."""
    table = live_rounds.c
    connection.execute(
        delete(live_rounds).where(
            table.organization_id == organization_id,
            table.source == hour.source,
            table.hour == hour.hour,
            table.round_id <= hour.last_round,
        )
    )


def _encoded(checks: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, SCHEMA, options=_OPTIONS) as writer:
        writer.write_table(checks)
    return sink.getvalue()


def _decoded(checks: Any, received_at: int) -> pa.Table:
    table = pa.ipc.open_stream(pa.py_buffer(checks)).read_all()
    return table.append_column("received_at", pa.repeat(pa.scalar(received_at, pa.int64()), len(table)))


def _nothing() -> pa.Table:
    return SCHEMA.append(pa.field("received_at", pa.int64())).empty_table()
