"""Which rows of the record tables last into a time: the SQL behind :class:`metrics.wanted.Wanted`.

No index serves these conditions: one more on tickets would cost every load more than the scan costs a compute.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Table, Text, and_, any_, case, func, literal, or_, select

from collector.store.known_states import visible
from collector.store.schema import RECORD_TABLES, check_series, open_intervals, state_intervals
from metrics.records import RECORDS, UPTIME_CHECK
from metrics.wanted import Wanted

#: Types that are read in part: of the others there are few, or they say what the others mean.
_LASTING = frozenset(("ticket", "inspection", "support_event", "outage", "survey"))
OF_TICKETS = ("hold", "ticket_cycle")


class Window:
    """The conditions on rows that are visible at ``sequence`` and wanted."""

    def __init__(self, connection: Connection, organization_id: str, sequence: int, wanted: Wanted) -> None:
        assert wanted.since is not None
        self._connection, self._organization_id = connection, organization_id
        self._sequence, self._wanted, self._since = sequence, wanted, wanted.since
        self._uncleared = self._uncleared_assets() if wanted.until_cleared else frozenset()

    def condition(self, name: str) -> ColumnElement[bool]:
        """Of one type of record, but for holds and cycles."""
        table = RECORD_TABLES[name]
        if name in self._wanted.whole or name not in _LASTING:
            return self._mine(table)
        lasting = [self._lasts(table)]
        if name in ("ticket", "inspection") and self._uncleared:
            lasting.append(self._among(table.c.asset_no, self._uncleared))
        if name == "ticket" and (numbers := self._wanted.tickets | self._worked_on()):
            lasting.append(self._among(table.c.ticket_no, numbers))
        return self._mine(table) & or_(*lasting)

    def belonging(self, name: str, numbers: Iterable[str]) -> ColumnElement[bool]:
        """Holds, cycles or tickets of these ticket numbers."""
        table = RECORD_TABLES[name]
        if name in self._wanted.whole:
            return self._mine(table)
        return self._mine(table) & self._among(table.c.ticket_no, frozenset(numbers))

    def delivered(self) -> frozenset[str]:
        """The types of which there is any row, checks included."""
        series = select(check_series.c.series_id).where(check_series.c.organization_id == self._organization_id)
        settled = visible(state_intervals, self._sequence) & state_intervals.c.series_id.in_(series)
        open_ones = (open_intervals.c.known_from <= self._sequence) & open_intervals.c.series_id.in_(series)
        conditions = [(name, self._mine(table)) for name, table in RECORD_TABLES.items()]
        conditions += [(UPTIME_CHECK.name, settled), (UPTIME_CHECK.name, open_ones)]
        found = (
            (name, self._connection.execute(select(literal(1)).where(condition).limit(1)).first())
            for name, condition in conditions
        )
        return frozenset(name for name, row in found if row is not None)

    def _mine(self, table: Table) -> ColumnElement[bool]:
        return (table.c.organization_id == self._organization_id) & visible(table, self._sequence)

    def _lasts(self, table: Table) -> ColumnElement[bool]:
        """A moment at or after the window's first, or no end."""
        moments = [column for column in RECORDS[table.name].columns if column.kind in ("instant", "date")]
        reaching = [
            table.c[column.name] >= (self._since if column.kind == "instant" else self._day) for column in moments
        ]
        unfinished = _UNFINISHED.get(table.name, ())
        if unfinished:
            reaching.append(and_(*(table.c[name].is_(None) for name in unfinished)))
        return or_(*reaching)

    @property
    def _day(self) -> str:
        """A date that has ended before the window in every zone."""
        first: date = datetime.fromtimestamp(self._since, UTC).date() - timedelta(days=1)
        return first.isoformat()

    def _worked_on(self) -> frozenset[str]:
        """Numbers of the tickets whose cycles last into the window, whatever the ticket itself says."""
        cycle = RECORD_TABLES["ticket_cycle"]
        query = select(cycle.c.ticket_no).where(self._mine(cycle), self._lasts(cycle)).distinct()
        return frozenset(self._connection.scalars(query))

    def _uncleared_assets(self) -> frozenset[str]:
        """Assets found abnormal before the window and not normal since: what ends that may lie in it."""
        row = RECORD_TABLES["inspection"].c
        last = {
            result: func.max(case((row.result == result, row.inspected_at), else_=None))
            for result in ("abnormal", "normal")
        }
        query = (
            select(row.asset_no)
            .where(self._mine(RECORD_TABLES["inspection"]), row.inspected_at < self._since, row.asset_no.is_not(None))
            .group_by(row.asset_no)
            .having(last["abnormal"] >= func.coalesce(last["normal"], last["abnormal"]))
        )
        return frozenset(self._connection.scalars(query))

    def _among(self, column: ColumnElement[str], values: frozenset[str]) -> ColumnElement[bool]:
        """One of any number of texts, passed as one value."""
        listed: Any = sorted(values)
        if self._connection.dialect.name == "sqlite":
            texts = json.dumps(listed, ensure_ascii=False)
            return column.in_(select(func.json_each(texts).table_valued("value").c.value))
        return column == any_(literal(listed, ARRAY(Text())))


#: What is null in a record that goes on.
_UNFINISHED = {
    "ticket": ("restored_at", "resolved_at"),
    "ticket_cycle": ("restored_at", "resolved_at"),
    "outage": ("ended_at",),
}
