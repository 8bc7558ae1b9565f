"""SQLite: the driver's own calls, many rows a statement, keys in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, literal_column, select

from collector.store.bulk import Versions, no_versions, schema_of, versions_of
from collector.store.sqlite_cells import can_be_cut, cell_statements, run_cells
from collector.store.sqlite_values import insert_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FETCH = 50_000
_CURRENT = "organization_id = ? AND source = ? AND known_until IS NULL"
_FIELD, _ROW = "\x1f", "\x1e"  # no stored text holds them
_VERSIONS = pa.schema([("natural_key", pa.large_string()), ("row_hash", pa.large_string()), ("row_id", pa.int64())])
_LINES_AWAY, _LINES_BACK = bytes.maketrans(b"\n\r\x1e", b"\x1d\x1c\n"), (("\x1d", "\n"), ("\x1c", "\r"))


class SqliteBulk:
    """See :class:`collector.store.bulk.Bulk`."""

    def __init__(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        self._driver: sqlite3.Connection = driver
        self._dialect = connection.dialect

    def current(self, table: Table, organization_id: str, source: str, keys: pa.Array) -> Versions:
        """Reads the keys' range in order, or key by key where the range holds many others."""
        scope = (organization_id, source)
        first, last, few = keys[0].as_py(), keys[-1].as_py(), 4 * len(keys) + 1000
        within = f"{table.name} WHERE {_CURRENT} AND natural_key BETWEEN ? AND ?"
        count = self._scalar(f"SELECT count(*) FROM (SELECT 1 FROM {within} LIMIT ?)", (*scope, first, last, few))
        if count == 0:
            return no_versions()
        wanted = f"SELECT {_joined(_VERSIONS.names)} FROM (SELECT natural_key, hex(row_hash) AS row_hash, row_id FROM"
        if count < few:
            text = self._scalar(f"{wanted} {within})", (*scope, first, last))
        else:
            each = f"json_each(?) CROSS JOIN {table.name} ON natural_key = value WHERE {_CURRENT}"
            text = self._scalar(f"{wanted} {each})", (json.dumps(keys.to_pylist(), ensure_ascii=False), *scope))
        return no_versions() if text is None else versions_of(_cut(text, _VERSIONS))

    def insert(self, table: Table, constants: Mapping[str, Any], columns: Mapping[str, pa.Array]) -> None:
        """See :meth:`insertion`."""
        self.insertion(table, constants, columns)()

    def insertion(
        self, table: Table, constants: Mapping[str, Any], columns: Mapping[str, pa.Array]
    ) -> Callable[[], None]:
        """Columns that are wholly null are left out, those of one value are bound once a statement.

        Many rows go in column by column: a quarter less time than value by value, and hardly any with Python's lock.
        """
        shared = {**constants, **{name: column[0].as_py() for name, column in columns.items() if _is_constant(column)}}
        varying = {name: c for name, c in columns.items() if name not in shared and c.null_count < len(c)}
        length = len(next(iter(columns.values())))
        if can_be_cut(varying, length):
            return partial(run_cells, self._driver, list(cell_statements(table.name, shared, varying, length)))
        return partial(insert_values, self._driver, table.name, shared, varying, length)

    def close(self, table: Table, row_ids: NDArray[np.int64], sequence: int) -> None:
        """One statement a row, by its row_id."""
        statement = f"UPDATE {table.name} SET known_until = ? WHERE row_id = ?"
        self._driver.executemany(statement, ((sequence, row_id) for row_id in row_ids.tolist()))

    def read(self, query: Select[Any]) -> pa.Table:
        """Fetched in blocks, each turned into columns at once."""
        schema, (statement, parameters) = schema_of(query), self._compiled(query)
        cursor = self._driver.execute(statement, parameters)
        blocks = []
        while rows := cursor.fetchmany(_FETCH):
            columns = zip(*rows, strict=True)
            arrays = [_column(values, kind) for values, kind in zip(columns, schema.types, strict=True)]
            blocks.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
        return pa.Table.from_batches(blocks, schema)

    def read_records(self, table: Table, names: Sequence[str], wanted: ColumnElement[bool]) -> pa.Table:
        """Many rows come as one text, which Arrow cuts into columns beside: a third of the time of objects.

        All rows are read in their order, whatever index there is: few organisations share a file.
        """
        schema = schema_of(select(*(table.c[name] for name in names)))
        bounds = table.c.row_id.between(bindparam("low"), bindparam("high"))
        query: Select[Any] = select(literal_column(_joined(names))).select_from(table).where(bounds, wanted)
        compiled = query.compile(dialect=self._dialect)
        statement = str(compiled).replace(f"FROM {table.name} ", f"FROM {table.name} NOT INDEXED ")
        blocks: list[Future[pa.Table]] = []
        with ThreadPoolExecutor(1) as beside:
            for low in range(0, 1 + (self._scalar(f"SELECT max(row_id) FROM {table.name}") or 0), _FETCH):
                values = {**compiled.params, "low": low, "high": low + _FETCH - 1}
                text = self._scalar(statement, [values[name] for name in compiled.positiontup or ()])
                if text is not None:
                    blocks.append(beside.submit(_cut, text, schema))
                if len(blocks) > 2:
                    blocks[-3].result()  # no more than a few blocks wait as text
        return pa.concat_tables([schema.empty_table(), *(block.result() for block in blocks)])

    def _scalar(self, statement: str, values: Sequence[Any] = ()) -> Any:
        return self._driver.execute(statement, values).fetchone()[0]

    def _compiled(self, query: Select[Any]) -> tuple[str, tuple[Any, ...]]:
        compiled = query.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})
        return str(compiled), tuple(compiled.params[name] for name in compiled.positiontup or ())


def _joined(names: Sequence[str]) -> str:
    """SQL for all rows as one text: SQLite makes it without asking for Python's lock once."""
    return f"CAST(group_concat(printf('{_FIELD.join(['%s'] * len(names))}', {', '.join(names)}), '{_ROW}') AS BLOB)"


def _cut(text: bytes, schema: pa.Schema) -> pa.Table:
    """Rows of fields as columns; an empty field is null, for no stored text of a record is empty."""
    broken = b"\n" in text or b"\r" in text
    table = arrow_csv.read_csv(
        pa.BufferReader(text.translate(_LINES_AWAY)),
        arrow_csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=len(text) + 1),
        arrow_csv.ParseOptions(delimiter=_FIELD, quote_char=False, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,  # it is what we wrote
        ),
    )
    return _with_lines(table) if broken else table


def _with_lines(table: pa.Table) -> pa.Table:
    for at, column in enumerate(table.columns):
        if pa.types.is_large_string(column.type):
            for away, back in _LINES_BACK:
                column = pc.replace_substring(column, away, back)
            table = table.set_column(at, table.field(at), column)
    return table


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(kind):
        return pa.array(values, pa.int8()).cast(kind)
    return pa.array(values, kind)


def _is_constant(column: pa.Array) -> bool:
    if column.null_count or not len(column) or pa.types.is_fixed_size_binary(column.type):
        return False
    return column[0] == column[-1] and bool(pc.all(pc.equal(column, column[0])).as_py())
