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

#: Types that are read in part: of the others there are few, or they say what others mean, as holds do of tickets.
_LASTING = frozenset(("ticket", "inspection", "support_event", "outage", "survey"))


class Window:
    """The conditions on rows that are visible at ``sequence`` and wanted."""

    def __init__(self, connection: Connection, organization_id: str, sequence: int, wanted: Wanted) -> None:
        assert wanted.since is not None
        self._connection, self._organization_id = connection, organization_id
        self._sequence, self._wanted, self._since = sequence, wanted, wanted.since
        self._uncleared = self._uncleared_assets() if wanted.until_cleared else frozenset()

    def condition(self, name: str) -> ColumnElement[bool]:
        """Of one type of record."""
        table = RECORD_TABLES[name]
        if name in self._wanted.whole or name not in _LASTING:
            return self._mine(table)
        lasting = [self._lasts(table)]
        if name in ("ticket", "inspection") and self._uncleared:
            lasting.append(self._among(table.c.asset_no, self._uncleared))
        if name == "ticket" and (numbers := self._wanted.tickets | self._worked_on()):
            lasting.append(self._among(table.c.ticket_no, numbers))
        return self._mine(table) & or_(*lasting)

    def tickets_of(self, numbers: frozenset[str]) -> ColumnElement[bool]:
        """All tickets of these numbers."""
        ticket = RECORD_TABLES["ticket"]
        return self._mine(ticket) & self._among(ticket.c.ticket_no, numbers)

    def delivered(self, read: Iterable[str]) -> frozenset[str]:
        """The types, checks included, of which there is any row; ``read``: those of which one was wanted."""
        doubtful = (_LASTING - self._wanted.whole | {UPTIME_CHECK.name}) - set(read)
        return frozenset(read) | {name for name in doubtful if any(map(self._holds, self._rows(name)))}

    def _rows(self, name: str) -> list[ColumnElement[bool]]:
        if name != UPTIME_CHECK.name:
            return [self._mine(RECORD_TABLES[name])]
        series = select(check_series.c.series_id).where(check_series.c.organization_id == self._organization_id)
        settled = visible(state_intervals, self._sequence) & state_intervals.c.series_id.in_(series)
        return [settled, (open_intervals.c.known_from <= self._sequence) & open_intervals.c.series_id.in_(series)]

    def _holds(self, condition: ColumnElement[bool]) -> bool:
        return self._connection.execute(select(literal(1)).where(condition).limit(1)).first() is not None

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
