"""Since which moment anything known has changed: what a later compute need not do again follows from it.

Per record type, and per sequence at which versions came or went, the earliest instant or date that those versions
name. Checks count by the first check of their intervals; a check that extends its open interval changes none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, select

from collector.store.schema import RECORD_TABLES, check_series, open_intervals, state_intervals
from metrics.frames import FAR_FUTURE, FAR_PAST
from metrics.records import RECORDS, UPTIME_CHECK

_DAY = 86_400
_EARLIEST_ZONE = 14 * 3600  # where a date begins first
#: What a record of these types changes is not bounded by its own moments: it says what other records mean.
_EVERYWHERE = frozenset(("asset", "asset_assignment"))
#: They belong to a ticket, which may have been reported long before.
OF_TICKETS = frozenset(("hold", "ticket_cycle"))


@dataclass(frozen=True)
class Touched:
    """``earliest``: record type → sequence → UTC seconds; ``begun``: record type → sequence of its first version.

    ``tickets``: record type → sequence → numbers of the tickets that holds and cycles which came or went belong to,
    and of tickets which came or went and have cycles.
    """

    earliest: Mapping[str, Mapping[int, int]]
    begun: Mapping[str, int]
    tickets: Mapping[str, Mapping[int, frozenset[str]]]

    def since(self, sequence: int) -> dict[str, int]:
        """Record type → earliest moment of what came or went after ``sequence``; absent where nothing did.

        The first rows ever of a type count from the beginning of time: until then it was told to be missing.
        """
        found = {}
        for record, by_sequence in self.earliest.items():
            later = [moment for at, moment in by_sequence.items() if at > sequence]
            if later:
                found[record] = min(later) if self.begun[record] <= sequence else FAR_PAST
        return found

    def tickets_since(self, sequence: int) -> frozenset[str]:
        """The numbers of tickets of which something that may lie far apart came or went after ``sequence``."""
        listed = (numbers for by in self.tickets.values() for at, numbers in by.items() if at > sequence)
        return frozenset[str]().union(*listed)


def read_touched(connection: Connection, organization_id: str, sequence: int) -> Touched:
    """What came or went after ``sequence``."""
    earliest: dict[str, dict[int, int]] = {}
    begun: dict[str, int] = {}
    tickets: dict[str, dict[int, frozenset[str]]] = {}
    for name, table in RECORD_TABLES.items():
        mine = table.c.organization_id == organization_id
        moved = _moved(connection, table, _moments(name, table), mine, sequence)
        if not moved:
            continue
        earliest[name] = moved
        first = select(table.c.known_from).where(mine).order_by(table.c.row_id).limit(1)
        begun[name] = connection.scalar(first) or 0
        if name in _EVERYWHERE:
            earliest[name] = dict.fromkeys(moved, FAR_PAST)
        if name in OF_TICKETS:
            tickets[name] = _numbers(connection, table, mine, sequence)
        elif name == "ticket":
            cycle = RECORD_TABLES["ticket_cycle"].c
            turns = select(cycle.ticket_no).where(cycle.organization_id == organization_id)
            tickets[name] = _numbers(connection, table, mine, sequence, table.c.ticket_no.in_(turns))
    if intervals := _intervals(connection, organization_id, sequence):
        earliest[UPTIME_CHECK.name], begun[UPTIME_CHECK.name] = intervals, _first_interval(connection, organization_id)
    return Touched(earliest, begun, tickets)


def _series(organization_id: str) -> Select[tuple[int]]:
    return select(check_series.c.series_id).where(check_series.c.organization_id == organization_id)


def _first_interval(connection: Connection, organization_id: str) -> int:
    """The sequence of the first interval; live checks change theirs in place and come without one of their own."""
    firsts = (
        connection.scalar(select(func.min(table.c.known_from)).where(table.c.series_id.in_(_series(organization_id))))
        for table in (state_intervals, open_intervals)
    )
    return min((first for first in firsts if first is not None), default=0)


def _intervals(connection: Connection, organization_id: str, sequence: int) -> dict[int, int]:
    """Of the index over checks."""
    series = _series(organization_id)
    found: dict[int, int] = {}
    for table in (state_intervals, open_intervals):
        for key, moment in _moved(
            connection, table, [table.c.first_at], table.c.series_id.in_(series), sequence
        ).items():
            found[key] = min(found.get(key, FAR_FUTURE), moment)
    return found


def _moments(name: str, table: Table) -> list[Column[Any]]:
    return [table.c[column.name] for column in RECORDS[name].columns if column.kind in ("instant", "date")]


def _moved(
    connection: Connection, table: Table, moments: list[Column[Any]], mine: ColumnElement[bool], sequence: int
) -> dict[int, int]:
    found: dict[int, int] = {}
    for name in ("known_from", "known_until"):
        if name not in table.c:
            continue
        at = table.c[name]
        query = select(at, *(func.min(column) for column in moments)).where(mine, at > sequence)
        if name == "known_from" and table.name in RECORD_TABLES:
            query = query.where(table.c.row_id > _last_of(connection, table, mine, sequence))
        for key, *values in connection.execute(query.group_by(at)):
            found[key] = min([found.get(key, FAR_FUTURE), *_instants(values)])
    return found


def _last_of(connection: Connection, table: Table, mine: ColumnElement[bool], sequence: int) -> int:
    """The last row stored by ``sequence``: an organisation's rows are numbered in the order of their sequences."""
    older = select(table.c.row_id).where(mine, table.c.known_from <= sequence)
    return connection.scalar(older.order_by(table.c.row_id.desc()).limit(1)) or 0


def _instants(values: Iterable[int | str | None]) -> list[int]:
    return [
        value if isinstance(value, int) else (date.fromisoformat(value) - date(1970, 1, 1)).days * _DAY - _EARLIEST_ZONE
        for value in values
        if value is not None
    ]


def _numbers(
    connection: Connection, table: Table, mine: ColumnElement[bool], sequence: int, *wanted: ColumnElement[bool]
) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    came = mine & (table.c.row_id > _last_of(connection, table, mine, sequence))
    for at, among in ((table.c.known_from, came), (table.c.known_until, mine)):
        query = select(at, table.c.ticket_no).where(among, at > sequence, *wanted)
        for key, number in connection.execute(query):
            found.setdefault(key, set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}
