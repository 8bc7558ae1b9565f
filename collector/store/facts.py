"""What was known at a moment, as frames for the metrics, and where each row of them came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Select, func, select

from collector.store.bulk import Bulk, among, bulk_of
from collector.store.known_states import read_states, visible
from collector.store.schema import (
    RECORD_TABLES,
    check_series,
    deliveries,
    open_intervals,
    organizations,
    state_intervals,
)
from collector.store.windows import Window
from metrics.indicators import Facts
from metrics.records import RECORDS, UPTIME_CHECK, empty_frame
from metrics.wanted import Wanted

if TYPE_CHECKING:
    import pandas as pd

EVERYTHING = Wanted()
#: Record type → the columns to read; None: all, with their lineage.
Columns: TypeAlias = Mapping[str, Sequence[str]] | None
_OWN = ["source", "ticket_no"]


def sequence_at(connection: Connection, organization_id: str, known_at: int | None) -> int:
    """The last sequence recorded at or before ``known_at`` (UTC seconds; None: now), 0 before the first.

    Versions are ordered by the sequence: a clock set back does not make an earlier delivery later.
    """
    if known_at is None:
        query = select(organizations.c.sequence).where(organizations.c.organization_id == organization_id)
    else:
        query = select(func.max(deliveries.c.sequence)).where(
            deliveries.c.organization_id == organization_id, deliveries.c.recorded_at <= known_at
        )
    return connection.scalar(query) or 0


def read_facts(connection: Connection, organization_id: str, sequence: int, wanted: Wanted = EVERYTHING) -> Facts:
    """All records visible at ``sequence`` that are wanted, each type in the order of its rows' arrival."""
    if wanted.since is None:
        frames = _frames(connection, organization_id, sequence, wanted.columns)
        return read_states_beside(connection, organization_id, sequence, frames)
    window = Window(connection, organization_id, sequence, wanted)
    frames = _frames_within(connection, window, wanted.columns)
    states = to_frame(read_states(connection, organization_id, sequence, wanted.since))
    read = {name for name, frame in {**frames, UPTIME_CHECK.name: states}.items() if len(frame)}
    return Facts(frames, states, window.delivered(read))


def read_states_beside(
    connection: Connection, organization_id: str, sequence: int, frames: Mapping[str, pd.DataFrame]
) -> Facts:
    """The same where the records of ``sequence`` are at hand: between deliveries only states change."""
    return Facts(frames, to_frame(read_states(connection, organization_id, sequence)))


def _frames(connection: Connection, organization_id: str, sequence: int, columns: Columns) -> dict[str, pd.DataFrame]:
    bulk = bulk_of(connection)
    mine = {name: (t.c.organization_id == organization_id) & visible(t, sequence) for name, t in RECORD_TABLES.items()}
    return _with_checks({name: _read(bulk, name, columns, condition) for name, condition in mine.items()})


def _frames_within(connection: Connection, window: Window, columns: Columns) -> dict[str, pd.DataFrame]:
    bulk = bulk_of(connection)
    frames = {name: _read(bulk, name, columns, window.condition(name)) for name in RECORD_TABLES}
    strays = _strays(frames)
    if strays:  # whose they are hangs on all tickets of that number
        import pandas as pd

        others = _read(bulk, "ticket", columns, window.tickets_of(strays))
        both = pd.concat([frames["ticket"], others]).drop_duplicates("row_id")
        frames["ticket"] = both.sort_values("row_id", ignore_index=True)
    return _with_checks(frames)


def _strays(frames: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """Numbers of tickets that were read and that a hold or cycle names whose own source's ticket was not."""
    found = frozenset[str]()
    for name in ("hold", "ticket_cycle"):
        named = frames[name][_OWN]
        if len(named):
            near = frames["ticket"][_OWN].merge(named[["ticket_no"]].drop_duplicates(), on="ticket_no")
            told = named.merge(near, how="left", on=_OWN, indicator=True)
            found |= frozenset(told["ticket_no"][told["_merge"] == "left_only"]) & frozenset(near["ticket_no"])
    return found


def _with_checks(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    checks = empty_frame(UPTIME_CHECK)  # their index answers for them
    for name, example in (("row_id", "int64"), ("source", "string"), ("natural_key", "string"), ("flags", "string")):
        checks[name] = _empty(example)
    frames[UPTIME_CHECK.name] = checks
    return frames


def _empty(kind: str) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series([], dtype=f"{kind}[pyarrow]")


def _read(bulk: Bulk, name: str, columns: Columns, condition: ColumnElement[bool]) -> pd.DataFrame:
    names = (*RECORDS[name].names, "row_id", "source", "natural_key", "flags") if columns is None else columns[name]
    return to_frame(bulk.read_records(RECORD_TABLES[name], names, condition))


def tickets_query(organization_id: str, source: str, since: int) -> Select[Any]:
    """The numbers of the source's tickets that were reported at ``since`` (UTC seconds) or later, as known now."""
    tickets = RECORD_TABLES["ticket"]
    mine = (tickets.c.organization_id == organization_id) & (tickets.c.source == source)
    return select(tickets.c.ticket_no).where(mine, tickets.c.known_until.is_(None), tickets.c.reported_at >= since)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """A pandas frame of Arrow columns with the dtypes of ``metrics.records``."""
    import pandas as pd

    dtypes = {
        pa.large_string(): pd.StringDtype("pyarrow"),
        pa.int64(): pd.ArrowDtype(pa.int64()),
        pa.bool_(): pd.ArrowDtype(pa.bool_()),
        pa.float64(): pd.ArrowDtype(pa.float64()),
    }
    frame: pd.DataFrame = table.to_pandas(types_mapper=dtypes.get)
    return frame


def read_lineage(connection: Connection, organization_id: str, record: str, row_ids: Iterable[int]) -> pd.DataFrame:
    """The lineage of these rows in the order of ``row_id``; ``row_hash`` as 32 hexadecimal digits."""
    table = RECORD_TABLES[record]
    query = (
        select(
            table.c.row_id,
            table.c.source,
            deliveries.c.name,
            deliveries.c.content_hash,
            table.c.sheet,
            table.c.row_no,
            table.c.row_hash,
            table.c.known_from,
            deliveries.c.recorded_at,
        )
        .join_from(table, deliveries, table.c.delivery_id == deliveries.c.delivery_id)
        .where(table.c.organization_id == organization_id, among(connection, table.c.row_id, row_ids))
        .order_by(table.c.row_id)
    )
    found = bulk_of(connection).read(query)
    digits = [digest.hex() for digest in found["row_hash"].to_pylist()]
    at = found.schema.get_field_index("row_hash")
    return to_frame(found.set_column(at, "row_hash", pa.array(digits, pa.large_string())))


def register_query(organization_id: str) -> Select[Any]:
    """The current assets."""
    asset = RECORD_TABLES["asset"].c
    return (
        select(asset.asset_no, asset.name, asset.aliases)
        .where(asset.organization_id == organization_id, asset.known_until.is_(None))
        .order_by(asset.asset_no, asset.source)
    )


def longest_staleness(connection: Connection, organization_id: str) -> int:
    """As :meth:`collector.store.overview.Overview.longest_staleness` says."""
    longest = select(func.max(check_series.c.staleness_seconds))
    return connection.scalar(longest.where(check_series.c.organization_id == organization_id)) or 0


def first_check(connection: Connection, organization_id: str, sequence: int) -> int | None:
    """As :meth:`collector.store.overview.Overview.first_check` says."""
    series = select(check_series.c.series_id).where(check_series.c.organization_id == organization_id)
    known = {
        state_intervals: visible(state_intervals, sequence),
        open_intervals: open_intervals.c.known_from <= sequence,
    }
    firsts = (
        connection.scalar(select(func.min(table.c.first_at)).where(table.c.series_id.in_(series), condition))
        for table, condition in known.items()
    )
    return min((first for first in firsts if first is not None), default=None)
