"""One organisation's whole content into another database: the move to PostgreSQL, a backup, a restore.

Rows keep their physical numbers where the other database is empty; beside other organisations all of them are
moved up by the same, which changes no order. What was copied is compared before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Column, Connection, Engine, Table, func, select, text, update

from collector.store.bulk import bulk_of
from collector.store.engine import connect, reading, writing
from collector.store.faults import place
from collector.store.fingerprint import fingerprint
from collector.store.schema import check_series, metadata, organizations
from collector.store.versions import bring_up_to_date
from metrics.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

_ROWS = 50_000  # at a time
_ANY = "row_id"  # every record table has one of its own


def copy_into(source: Engine, address: str, organization_id: str) -> tuple[dict[str, int], str]:
    """Copy into the database at ``address``, created or migrated where needed; rows by table, and the fingerprint.

    Raises:
        UsageError: the other database holds something of this organisation already, or is this very one.
        PassingError, ConfigError: one of the databases cannot be reached or used.
    """
    target = connect(address)
    try:
        if target.url.set(password=None) == source.url.set(password=None):
            raise UsageError("来源和目标是同一个数据库")
        bring_up_to_date(target)
        with reading(source) as taking, writing(target) as giving:
            counts = _copy(taking, giving, organization_id)
            print_of_copy = fingerprint(giving, organization_id)
            if print_of_copy != fingerprint(taking, organization_id):
                raise RuntimeError(f"the copy of {organization_id} differs from what was copied")
            return counts, print_of_copy
    finally:
        target.dispose()


def copy_file(source: Engine, path: Path) -> None:
    """The whole SQLite database as it is at this moment, into a new file; writers go on meanwhile."""
    import sqlite3

    with reading(source) as connection:
        driver: Any = connection.connection.driver_connection
        held: sqlite3.Connection = driver
        other = sqlite3.connect(path)
        try:
            held.backup(other)
            other.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        finally:
            other.close()


def _copy(taking: Connection, giving: Connection, organization_id: str) -> dict[str, int]:
    _lock(giving)
    _refuse_second(giving, organization_id)
    offsets = {table.name: _highest(giving, table) for table in metadata.sorted_tables if _number(table) is not None}
    counts = {}
    for table in metadata.sorted_tables:
        if table is organizations:
            _copy_organization(taking, giving, organization_id)
        else:
            counts[table.name] = _copy_table(taking, giving, table, organization_id, offsets)
    _set_counters(giving)
    return counts


def _lock(giving: Connection) -> None:
    """Nobody else writes there meanwhile; on SQLite the transaction holds the lock already."""
    if giving.dialect.name == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        giving.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


def _refuse_second(giving: Connection, organization_id: str) -> None:
    for table in metadata.sorted_tables:
        if "organization_id" not in table.c or table is organizations:
            continue
        held = select(table.c.organization_id).where(table.c.organization_id == organization_id).limit(1)
        if giving.execute(held).first() is not None:
            raise UsageError(f"{place(giving.engine.url)}里已有本单位（{organization_id}）的数据，不能再搬进去")


def _copy_organization(taking: Connection, giving: Connection, organization_id: str) -> None:
    mine = organizations.c.organization_id == organization_id
    row = taking.execute(select(organizations).where(mine)).mappings().one()
    if giving.execute(update(organizations).where(mine).values(dict(row))).rowcount == 0:
        giving.execute(organizations.insert().values(dict(row)))


def _copy_table(
    taking: Connection, giving: Connection, table: Table, organization_id: str, offsets: dict[str, int]
) -> int:
    count, bulk = 0, bulk_of(giving)
    moved = {column.name: offset for column in table.columns if (offset := _offset(column, offsets))}
    for block in _blocks(taking, table, organization_id):
        columns = {name: _plain(name, block[name]) for name in block.column_names}
        for name, offset in moved.items():
            columns[name] = pc.add(columns[name], offset)
        bulk.insert(table, {}, columns)
        count += len(block)
    return count


def _blocks(taking: Connection, table: Table, organization_id: str) -> Iterator[pa.Table]:
    """The organisation's rows in the order of their numbers, or all at once where they have none."""
    number = _number(table)
    query = select(table)
    if "organization_id" not in table.c:  # intervals, many and narrow, name their series only
        query = query.join(check_series, table.c.series_id == check_series.c.series_id)
    own = table.c if "organization_id" in table.c else check_series.c
    query = query.where(own.organization_id == organization_id)
    if number is None:
        block = bulk_of(taking).read(query)
        if len(block):
            yield block
        return
    after = -1
    while len(block := bulk_of(taking).read(query.where(number > after).order_by(number).limit(_ROWS))):
        yield block
        after = block[number.name][-1].as_py()


def _plain(name: str, column: pa.ChunkedArray) -> pa.Array:
    """As the bulk writers take columns: in one piece, hashes of a fixed width."""
    whole = column.combine_chunks()
    if pa.types.is_binary(whole.type) and name == "row_hash":
        return pa.array(whole.to_pylist(), pa.binary(16))
    return whole


def _number(table: Table) -> Column[Any] | None:
    """The column that the database numbers its rows by; None where the key is another."""
    return table.autoincrement_column


def _offset(column: Column[Any], offsets: dict[str, int]) -> int:
    """By how much a column's numbers move: those of its own table, or of the one it names."""
    if column is _number(column.table):
        return offsets.get(column.table.name, 0)
    for key in column.foreign_keys:
        if key.column.name != "organization_id" and len(key.constraint.elements if key.constraint else ()) == 1:
            return offsets.get(key.column.table.name, 0)
    return offsets.get(_NUMBERED_BY.get(column.name, ""), 0)  # record tables name deliveries without a key


def _highest(giving: Connection, table: Table) -> int:
    number = _number(table)
    assert number is not None
    return int(giving.scalar(select(func.max(number))) or 0)


def _set_counters(giving: Connection) -> None:
    """Let PostgreSQL number on from the highest."""
    if giving.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        number = _number(table)
        highest = _highest(giving, table) if number is not None else 0
        if number is not None and highest:
            sequence = func.pg_get_serial_sequence(table.name, number.name)
            giving.execute(select(func.setval(sequence, highest)))


#: Name of a number → its table, for those that only one table has.
_NUMBERED_BY = {
    number.name: table.name
    for table in metadata.sorted_tables
    if (number := _number(table)) is not None and number.name != _ANY
}
