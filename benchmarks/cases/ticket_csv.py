"""Read and store a csv of a million tickets: parse, validate, hash, history, accounting."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from benchmarks.cases._tickets import HEADS, write_tickets
from benchmarks.cases._workspace import deliver, make_workspace, open_parts, take
from benchmarks.harness import Case, Goal, Measured, timed

ROWS = 1_000_000
INSTANTS = ("报障时间", "响应时间", "到场时间", "解决时间")


def prepare(fixture: Path) -> None:
    """One file of a million rows."""
    write_tickets(fixture / "tickets.csv", ROWS)


def ours(fixture: Path, scratch: Path) -> Measured:
    """``yunwei ingest`` into a new embedded database."""
    make_workspace(scratch / "court")
    deliver(scratch / "court", fixture / "tickets.csv")
    parts, measured = open_parts(scratch / "court"), Measured()
    with timed(measured):
        report = take(parts)
    if report.exit_code:
        raise RuntimeError(str(report.as_json())[:2000])
    database = sqlite3.connect(scratch / "court" / "data" / "yunwei.db")
    measured.content = _content(database, "ticket", "resolved_at - reported_at")
    measured.numbers["数据库 MiB"] = (scratch / "court" / "data" / "yunwei.db").stat().st_size / 2**20
    return measured


def read_csv_to_sql(fixture: Path, scratch: Path) -> Measured:
    """What an analyst would write: everything as text, no validation, no history."""
    import pandas as pd

    measured = Measured()
    with sqlite3.connect(scratch / "peer.db") as database, timed(measured):
        pd.read_csv(fixture / "tickets.csv", dtype=str).to_sql("ticket", database, index=False, chunksize=100_000)
    measured.content = _content(database, "ticket", "unixepoch(解决时间) - unixepoch(报障时间)")
    return measured


def raw_insert(fixture: Path, scratch: Path) -> Measured:
    """The limit: typed tuples already in memory into a table without any index."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    convert = pacsv.ConvertOptions(
        column_types={name: pa.timestamp("s") if name in INSTANTS else pa.string() for name in HEADS.split()},
        strings_can_be_null=True,
    )
    table = pacsv.read_csv(fixture / "tickets.csv", convert_options=convert)
    columns = [
        (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist()
        for column in table.columns
    ]
    rows, measured = list(zip(*columns, strict=True)), Measured()
    database = sqlite3.connect(scratch / "raw.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    names = ", ".join(HEADS.split())
    database.execute(f"CREATE TABLE ticket ({names})")
    marks = ", ".join("?" * len(columns))
    with timed(measured):
        database.execute("BEGIN IMMEDIATE")
        database.executemany(f"INSERT INTO ticket VALUES ({marks})", rows)
        database.execute("COMMIT")
    measured.content = _content(database, "ticket", "解决时间 - 报障时间")
    return measured


def _content(database: sqlite3.Connection, table: str, seconds: str) -> str:
    """How many rows there are and how long they took to resolve, together."""
    count, total = database.execute(f"SELECT COUNT(*), SUM({seconds}) FROM {table}").fetchone()
    database.close()
    return f"{count} rows, {total} s"


CASE = Case(
    name="ticket_csv",
    title="100 万行工单 CSV：读取、校验、入库、留痕、记账（SQLite）",
    prepare=prepare,
    roles={"ours": ours, "read_csv + to_sql": read_csv_to_sql, "raw insert": raw_insert},
    goals=(
        Goal("ours / 无索引裸插入", "ours", "raw insert", 1.5),
        Goal("ours / read_csv + to_sql", "ours", "read_csv + to_sql", 0.5),
    ),
    memory_goal_mib={"ours": 600},
)
