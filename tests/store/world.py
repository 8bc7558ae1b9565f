"""Small deliveries for the store's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pandas as pd

from adapters.base import REJECTION_COLUMNS
from collector.store import Delivery, Store
from collector.store.deliveries import Kind, Totals
from metrics.records import RECORDS, frame_of

Row = dict[str, Any]


def ticket(no: str, reported_at: int = 1_000, **more: Any) -> Row:
    return {"ticket_no": no, "reported_at": reported_at, **more}


def check(asset_no: str, checked_at: int, state: str = "up", **more: Any) -> Row:
    return {"asset_no": asset_no, "checked_at": checked_at, "state": state, **more}


def frame(record: str, *rows: Row, first_row: int = 2) -> pd.DataFrame:
    """Rows as an adapter hands them over, from row ``first_row`` of sheet ``表``."""
    given = frame_of(RECORDS[record], [{k: v for k, v in row.items() if k != "flags"} for row in rows])
    given["sheet"] = pd.Series(["表"] * len(rows), dtype="string[pyarrow]")
    given["row_no"] = pd.Series(range(first_row, first_row + len(rows)), dtype="int64[pyarrow]")
    given["flags"] = pd.Series([row.get("flags") for row in rows], dtype="string[pyarrow]")
    return given


def rejection(row_no: int, **more: Any) -> Row:
    told = {"record": "ticket", "sheet": "表", "header": "报障时间", "field": "reported_at", "value": "昨天"}
    return {**told, "code": "not_a_time", "reason": "不是时间", "raw": "{}", "row_no": row_no, **more}


def rejections(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame([{name: row.get(name) for name in REJECTION_COLUMNS} for row in rows])


@contextmanager
def delivery(
    store: Store,
    content: str = "c1",
    mapping: str = "m1",
    source: str = "a",
    kind: Kind = "file",
) -> Iterator[Delivery]:
    """An open delivery of a run of its own, of a file named after its content."""
    with (
        store.run("ingest", "hash", "{}", "0.1") as run,
        store.delivery(
            run,
            source=source,
            name=f"{content}.xlsx",
            content_hash=content,
            mapping_hash=mapping,
            size=10,
            modified_at=5,
            kind=kind,
        ) as opened,
    ):
        yield opened


def deliver(store: Store, record: str, *rows: Row, **identity: Any) -> Totals:
    """One whole delivery of these rows; what is withdrawn is withdrawn."""
    with delivery(store, **identity) as opened:
        opened.write(record, frame(record, *rows))
        opened.withdraw_other_mappings()
        return opened.finish(len(rows), {})


class StopError(Exception):
    """What ends a delivery after its last row and before its commit."""


def deliver_and_stop(store: Store, record: str, *rows: Row, **identity: Any) -> None:
    """A delivery like :func:`deliver` that fails at the last moment."""
    with suppress(StopError), delivery(store, **identity) as opened:
        opened.write(record, frame(record, *rows))
        opened.finish(len(rows), {})
        raise StopError


def known(store: Store, record: str, *columns: str, **moment: Any) -> list[tuple[Any, ...]]:
    """The visible rows' values of these columns, sorted by the first."""
    facts = store.facts(**moment).frames[record]
    lists = [[None if value is pd.NA else value for value in facts[name]] for name in columns]
    return sorted(zip(*lists, strict=True))


def states(store: Store, *columns: str, **moment: Any) -> list[tuple[Any, ...]]:
    """The visible state intervals' values of these columns, in order."""
    found = store.facts(**moment).states
    return list(zip(*(found[name].tolist() for name in columns), strict=True))
