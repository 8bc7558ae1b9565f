"""What a figure over checks cites: how many of each target and day, and the hash of the file that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from collector.store.check_log import CheckLog, Part, day_of
from collector.store.facts import visible
from collector.store.schema import check_partitions, deliveries

_COLUMNS = pa.schema(
    [
        ("asset_no", pa.large_string()),
        ("day", pa.large_string()),
        ("check_count", pa.int64()),
        ("path", pa.large_string()),
        ("sha256", pa.large_string()),
        ("name", pa.large_string()),
        ("content_hash", pa.large_string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Cited:
    """Which checks: of these assets of a source, of ``[first_at, last_at]`` (UTC seconds), known at ``sequence``."""

    organization_id: str
    source: str
    assets: Iterable[str]
    first_at: int
    last_at: int
    sequence: int


def checks_by_day(connection: Connection, log: CheckLog, cited: Cited) -> pa.Table:
    """By asset, UTC day and file the number of checks; the file's delivery is ``name`` and ``content_hash``."""
    wanted = pa.array(sorted(set(cited.assets)), pa.string())
    rows = [
        (asset, part.day, count, part.path, part.sha256, name, content_hash)
        for part, name, content_hash in _parts(connection, cited)
        for asset, count in _counts(log.read(part), wanted, cited)
    ]
    rows.sort()
    return pa.Table.from_pylist([dict(zip(_COLUMNS.names, row, strict=True)) for row in rows], _COLUMNS)


def _parts(connection: Connection, cited: Cited) -> list[tuple[Part, str, str]]:
    table = check_partitions.c
    query = (
        select(*(table[name] for name in Part.__dataclass_fields__), deliveries.c.name, deliveries.c.content_hash)
        .join_from(check_partitions, deliveries, table.delivery_id == deliveries.c.delivery_id)
        .where(
            visible(check_partitions, cited.organization_id, cited.sequence),
            table.source == cited.source,
            table.day.between(day_of(cited.first_at), day_of(cited.last_at)),
        )
    )
    return [(Part(*row[:-2]), row[-2], row[-1]) for row in connection.execute(query)]


def _counts(checks: pa.Table, wanted: pa.Array, cited: Cited) -> list[tuple[str, int]]:
    at, asset = checks["checked_at"], checks["asset_no"].cast(pa.string())
    inside = pc.and_(pc.greater_equal(at, cited.first_at), pc.less_equal(at, cited.last_at))
    chosen = pa.table({"asset_no": asset}).filter(pc.and_(inside, pc.is_in(asset, wanted)))
    counted = chosen.group_by("asset_no").aggregate([([], "count_all")])
    return list(zip(counted["asset_no"].to_pylist(), counted["count_all"].to_pylist(), strict=True))
