"""What a figure over checks cites: how many of each target and day, and the hash of the file that holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Select, select

from collector.store.check_log import CheckLog, Part, day_of
from collector.store.known_states import visible
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
_READ = ["asset_no", "checked_at", "known_from"]  # the last in files of a whole day only


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
    """By asset, UTC day and file the number of checks; the file's delivery is ``name`` and ``content_hash``.

    A check that a later file corrects counts there only, so that the numbers add up to the checks that hold.
    """
    wanted = pa.array(sorted(set(cited.assets)), pa.string())
    rows = []
    for day, files in groupby(_files(connection, cited), key=lambda file: file.part.day):
        pieces = _pieces(connection, log, list(files), cited)
        for asset, place, count in _counts([table for _, table in pieces], wanted, cited):
            file = pieces[place][0]
            rows.append((asset, day, count, file.part.path, file.part.sha256, file.name, file.content_hash))
    rows.sort()
    return pa.Table.from_pylist([dict(zip(_COLUMNS.names, row, strict=True)) for row in rows], _COLUMNS)


@dataclass(frozen=True, slots=True)
class _File:
    part: Part
    name: str
    content_hash: str


def _files(connection: Connection, cited: Cited) -> list[_File]:
    """The files of the span by day, the later ones last."""
    table = check_partitions.c
    query = (
        select(*(table[name] for name in Part.__dataclass_fields__), deliveries.c.name, deliveries.c.content_hash)
        .join_from(check_partitions, deliveries, table.delivery_id == deliveries.c.delivery_id)
        .where(
            table.organization_id == cited.organization_id,
            visible(check_partitions, cited.sequence),
            table.source == cited.source,
            table.day.between(day_of(cited.first_at), day_of(cited.last_at)),
        )
        .order_by(table.day, table.known_from, table.partition_id)
    )
    return [_File(Part(*row[:-2]), row[-2], row[-1]) for row in connection.execute(query)]


def _pieces(connection: Connection, log: CheckLog, files: list[_File], cited: Cited) -> list[tuple[_File, pa.Table]]:
    """What each delivery brought, the later ones last; a file made of a whole day's is taken apart again."""
    found: list[tuple[int, _File, pa.Table]] = []
    for file in files:
        table = log.read(file.part, _READ if file.part.is_day else _READ[:-1])
        if not file.part.is_day:
            found.append((file.part.known_from, file, table))
            continue
        sequences = [s for s in table["known_from"].unique().to_pylist() if s <= cited.sequence]
        for row in connection.execute(_delivered(cited.organization_id, sequences)):
            sequence, name, content_hash = row
            piece = table.filter(pc.equal(table["known_from"], sequence))
            found.append((sequence, _File(file.part, name, content_hash), piece))
    found.sort(key=lambda item: item[0])
    return [(file, table) for _, file, table in found]


def _delivered(organization_id: str, sequences: list[int]) -> Select[Any]:
    row = deliveries.c
    mine = (row.organization_id == organization_id) & row.sequence.in_(sequences)
    return select(row.sequence, row.name, row.content_hash).where(mine)


def _counts(tables: list[pa.Table], wanted: pa.Array, cited: Cited) -> list[tuple[str, int, int]]:
    """Asset, place in ``tables`` and number of the checks for which that table is the last to speak."""
    parts = []
    if not tables:
        return []
    for place, table in enumerate(tables):
        at, asset = table["checked_at"], table["asset_no"].cast(pa.string())
        inside = pc.and_(pc.greater_equal(at, cited.first_at), pc.less_equal(at, cited.last_at))
        chosen = pa.table({"asset_no": asset, "at": at}).filter(pc.and_(inside, pc.is_in(asset, wanted)))
        parts.append(chosen.append_column("place", pa.repeat(pa.scalar(place), len(chosen))))
    last = parts[0].rename_columns({"place": "place_max"})
    if len(parts) > 1:  # within one file a moment of an asset stands once
        last = pa.concat_tables(parts).group_by(["asset_no", "at"]).aggregate([("place", "max")])
    counted = last.group_by(["asset_no", "place_max"]).aggregate([([], "count_all")])
    return list(zip(*(counted[name].to_pylist() for name in ("asset_no", "place_max", "count_all")), strict=True))
