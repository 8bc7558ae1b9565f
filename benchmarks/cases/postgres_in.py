"""Store a million tickets in PostgreSQL, beside plain COPY of the same rows without an index."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cases._tickets import HEADS, write_tickets
from benchmarks.cases._workspace import deliver, make_workspace, open_parts, take
from benchmarks.harness import Case, Goal, Measured, timed

ROWS = 1_000_000


def prepare(fixture: Path) -> None:
    """One file of a million rows."""
    write_tickets(fixture / "tickets.csv", ROWS)


def _server() -> object:
    from tests.servers import postgres_binaries, postgres_server

    binaries = postgres_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL server is installed")
    return postgres_server(binaries)


def ours(fixture: Path, scratch: Path) -> Measured:
    """``yunwei ingest`` into an empty database of a private server."""
    import psycopg

    measured = Measured()
    with _server() as url:  # type: ignore[attr-defined]
        make_workspace(scratch / "court", url)
        deliver(scratch / "court", fixture / "tickets.csv")
        parts = open_parts(scratch / "court")
        with timed(measured):
            report = take(parts)
        if report.exit_code:
            raise RuntimeError(str(report.as_json())[:2000])
        parts[1].close()
        with psycopg.connect(url) as connection:
            measured.content = _content(connection, "ticket", "resolved_at - reported_at")
    return measured


def plain_copy(fixture: Path, scratch: Path) -> Measured:
    """The limit: the file itself, streamed into a table of texts that has no index."""
    import psycopg

    measured = Measured()
    names = HEADS.split()
    with _server() as url, psycopg.connect(url) as connection:  # type: ignore[attr-defined]
        connection.execute(f"CREATE TABLE ticket ({', '.join(f'{name} text' for name in names)})")
        connection.commit()
        with timed(measured):
            with (
                (fixture / "tickets.csv").open("rb") as file,
                connection.cursor().copy("COPY ticket FROM STDIN (FORMAT csv, HEADER)") as copy,
            ):
                while piece := file.read(1 << 20):
                    copy.write(piece)
            connection.commit()
        measured.content = _content(
            connection, "ticket", "extract(epoch from 解决时间::timestamp - 报障时间::timestamp)::bigint"
        )
    return measured


def _content(connection: object, table: str, seconds: str) -> str:
    count, total = connection.execute(f"SELECT count(*), sum({seconds}) FROM {table}").fetchone()  # type: ignore[attr-defined]
    return f"{count} rows, {total} s"


CASE = Case(
    name="postgres_in",
    title="100 万行工单 CSV：读取、校验、入库、留痕、记账（PostgreSQL）",
    prepare=prepare,
    roles={"ours": ours, "plain COPY": plain_copy},
    goals=(Goal("ours / 裸 COPY", "ours", "plain COPY", 2.0),),
)
