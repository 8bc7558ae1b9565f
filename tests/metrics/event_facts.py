"""Small worlds for the tests of formulas over event records: rows in, a request out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from metrics.formulas import FORMULAS
from metrics.indicators import Contract, Dimension, Facts, Figure, IndicatorDefinition, Request, Where
from metrics.period import parse_period
from metrics.records import RECORDS, frame_of
from metrics.service_calendar import ServiceCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CONTRACT = Contract("ops", date(2023, 1, 1), date(2023, 12, 31), ZONE)

Row = Mapping[str, Any]


def at(text: str) -> int:
    """UTC seconds of a local time, e.g. ``2023-03-01 09:30`` or ``2023-03-01``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def facts(**rows: Iterable[Row]) -> Facts:
    """Facts out of rows by record type; ``source`` and ``flags`` may be among a row's values."""
    return Facts({name: _frame(name, list(rows.get(name, ()))) for name in RECORDS}, pd.DataFrame())


def _frame(record: str, rows: list[Row]) -> pd.DataFrame:
    """Instants may be written as local times; row ids count from 1."""
    lineage = ("source", "flags")
    frame = frame_of(RECORDS[record], [_plain(record, row, lineage) for row in rows])
    frame["row_id"] = pd.Series(range(1, len(rows) + 1), dtype="int64")
    frame["source"] = pd.Series([row.get("source", "vendor_a") for row in rows], dtype="string[pyarrow]")
    frame["natural_key"] = pd.Series([str(number) for number in range(len(rows))], dtype="string[pyarrow]")
    frame["flags"] = pd.Series([row.get("flags") for row in rows], dtype="string[pyarrow]")
    return frame


def _plain(record: str, row: Row, lineage: Sequence[str]) -> dict[str, Any]:
    kinds = {column.name: column.kind for column in RECORDS[record].columns}
    values = {name: value for name, value in row.items() if name not in lineage}
    for number, name in enumerate(RECORDS[record].key):
        values.setdefault(name, None if number else f"{record}-{id(row)}")
    for column in RECORDS[record].columns:
        if column.default is not None:
            values.setdefault(column.name, column.default)
    return {name: at(v) if kinds[name] == "instant" and isinstance(v, str) else v for name, v in values.items()}


def ask(
    formula: str,
    world: Facts,
    *periods: str,
    params: Mapping[str, Any] | None = None,
    where: Where | None = None,
    by: Sequence[Dimension] = (),
    as_of: str | int = "2024-06-01",
    calendars: Mapping[str, ServiceCalendar] | None = None,
    contract: Contract = CONTRACT,
    **definition: Any,
) -> Request:
    """A request for an indicator of ``formula`` over ``periods``."""
    model = FORMULAS[formula].params
    settings = IndicatorDefinition(
        id="asked",
        name="所问指标",
        project="ops",
        formula=formula,
        params=None if params is None else model(**params),
        where=where or Where(),
        **definition,
    )
    return Request(
        settings,
        world,
        contract,
        calendars or {},
        [parse_period(period) for period in periods],
        by,
        at(as_of) if isinstance(as_of, str) else as_of,
    )


def measure(request: Request) -> list[Figure]:
    """The figures of the request."""
    return FORMULAS[request.definition.formula].measure(request)


def total(request: Request) -> Figure:
    """The one figure of the total of a request with one period."""
    (figure,) = (figure for figure in measure(request) if figure.dimension == "total")
    return figure


def by_value(request: Request) -> dict[str, Figure]:
    """The breakdown's figures of a request with one period and one dimension."""
    return {figure.dimension_value: figure for figure in measure(request) if figure.dimension != "total"}


def roles(request: Request, dimension_value: str = "") -> list[tuple[str, str, str | None]]:
    """Role, record and value of every line of evidence."""
    rows = FORMULAS[request.definition.formula].evidence(request, dimension_value).rows
    return [
        (role, record, None if pd.isna(value) else value)
        for role, record, value in zip(rows["role"], rows["record"], rows["value"], strict=True)
    ]


def line(figure: Figure) -> tuple[Any, Any]:
    """Numerator and denominator."""
    return figure.numerator, figure.denominator


def counts(figure: Figure, *names: str) -> tuple[Any, ...]:
    """Parts by name; None where the figure does not have one."""
    return tuple(figure.parts.get(name) for name in names)
