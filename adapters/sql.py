"""A vendor's database (adapter ``sql``): a table or a query, read-only, page by page, by what changed.

A page is a JSON object with the names of the columns and the rows as texts: what the database said, in a form that can
be archived and read again. Pages go by (changed, key), never by a number of rows passed over, so rows that change
meanwhile are read later and not missed; rows without a moment of change are read in every load.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.json_mapping import JsonMapping
from adapters.json_rows import preview_objects, read_objects, reread_objects
from adapters.replies import Spool, reply_json
from adapters.sql_config import SqlConfig, SqlMapping
from metrics.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


class SqlAdapter:
    """Rows of a database."""

    name: ClassVar[str] = "sql"
    label: ClassVar[str] = "数据库"
    config: ClassVar[type[BaseModel]] = SqlConfig

    def discover(self, config: SqlConfig, context: Context) -> Iterator[Blob]:
        """Nothing: a database is asked."""
        return iter(())

    def fetch(self, config: SqlConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """Page after page from where the last load ended, less the overlap."""
        from adapters.sql_reading import Database, Place

        spool = Spool(ask.spool)
        with Database(config, context) as database:
            place: Place | None = database.beginning(ask)
            while place is not None:
                found = database.page(place, ask)
                blob = None
                if found.rows:
                    blob = spool.keep(found.name, _page(found.columns, found.rows), ask.clock())
                place = found.following
                yield Page(blob, found.cursor)

    def greet(self, config: SqlConfig, context: Context, ask: Fetch) -> Greeting:
        """The server's version, whether the account could write, the first rows."""
        from adapters.sql_reading import Database

        with Database(config, context) as database:
            lines = database.about()
            found = database.first(20)
            blob = Spool(ask.spool).keep(found.name, _page(found.columns, found.rows), ask.clock())
            return Greeting((*lines, f"列：{'、'.join(found.columns)}"), (blob,))

    def read(self, config: SqlConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """Table after table out of the rows of one page."""
        rows = _objects(config, blob)
        for table in config.tables:
            yield from read_objects(_as_json(table), config, context, rows)

    def reread(self, config: SqlConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_objects([_as_json(table) for table in config.tables], config, rows, context)

    def preview(self, config: SqlConfig, blob: Blob, context: Context) -> list[Preview]:
        rows = _objects(config, blob)
        return [preview_objects(_as_json(table), config, context, blob, rows) for table in config.tables]


def _page(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """One row a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"columns": {json.dumps(columns, ensure_ascii=False)},\n"rows": [\n{lines}\n]}}\n'.encode()


def _objects(config: SqlConfig, blob: Blob) -> list[dict[str, Any]]:
    """The rows of a page by the names of their columns.

    Raises:
        InputError: it is no page, or a column that is asked for is not there.
    """
    data = reply_json(blob)
    try:
        columns, rows = [str(name) for name in data["columns"]], data["rows"]
        found = [dict(zip(columns, row, strict=True)) for row in rows]
    except (KeyError, TypeError, ValueError):
        raise InputError("不是数据库的一页，应有 columns 和 rows") from None
    for table in config.tables:
        for word in _words(table):
            if word not in columns:
                raise InputError(f"查询结果中没有“{word}”列，有 {'、'.join(columns)}；请核对 columns")
    return found


def _words(table: SqlMapping) -> Iterator[str]:
    for listed in table.columns.values():
        yield from listed
    for rule in table.derived.values():
        for words in rule.model_dump(exclude={"after", "unit"}).values():
            yield from words


def _as_json(table: SqlMapping) -> JsonMapping:
    """The same mapping with each name as the expression that means just this name."""
    data = table.model_dump(mode="json")
    data["columns"] = {name: [_quoted(word) for word in words] for name, words in table.columns.items()}
    for rule in data["derived"].values():
        for part in {"duration", "date", "time"} & rule.keys():
            rule[part] = [_quoted(word) for word in rule[part]]
    return JsonMapping.model_validate_json(json.dumps(data))


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


ADAPTER = SqlAdapter()
