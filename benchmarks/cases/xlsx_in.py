"""Read an xlsx of a hundred thousand tickets into records, beside openpyxl reading the bare cells."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.cases._tickets import HEADS, write_tickets
from benchmarks.harness import Case, Goal, Measured, timed

ROWS = 100_000
#: Some stamps come as Excel's dates and some as text, as in vendors' sheets.
AS_DATES = ("报障时间", "解决时间")
REPORTED, RESOLVED = (HEADS.split().index(name) for name in AS_DATES)


def prepare(fixture: Path) -> None:
    """The tickets as one worksheet."""
    import pyarrow.csv as pacsv
    import xlsxwriter

    write_tickets(fixture / "tickets.csv", ROWS)
    columns = pacsv.read_csv(
        fixture / "tickets.csv",
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(HEADS.split(), "string")),
    ).to_pydict()
    with xlsxwriter.Workbook(fixture / "tickets.xlsx", {"constant_memory": True}) as book:
        sheet, stamp = book.add_worksheet("工单"), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.write_row(0, 0, HEADS.split())
        for row in range(ROWS):
            for place, name in enumerate(HEADS.split()):
                text = columns[name][row]
                if text and name in AS_DATES:
                    sheet.write_datetime(row + 1, place, datetime.fromisoformat(text), stamp)
                elif text:
                    sheet.write_string(row + 1, place, text)


def ours(fixture: Path, scratch: Path) -> Measured:
    """The adapter: recognised header, every cell read, checked and typed."""
    import json

    import yaml

    from adapters import ADAPTERS
    from adapters.base import Blob, Context
    from adapters.mapping import TableConfig
    from benchmarks.cases._workspace import SOURCE

    mapping = {key: value for key, value in yaml.safe_load(SOURCE).items() if key in ("tables", "files")}
    config = TableConfig.model_validate_json(json.dumps(mapping))
    context = Context("tickets", ZoneInfo("Asia/Shanghai"), fixture)
    adapter = ADAPTERS["table"]  # imported now
    blob, measured = Blob("tickets.xlsx", fixture / "tickets.xlsx", 0), Measured()
    count = total = 0
    with timed(measured):
        for batch in adapter.read(config, blob, context):
            count += len(batch.frame)
            total += int((batch.frame["resolved_at"] - batch.frame["reported_at"]).sum())
    measured.content = f"{count} rows, {total} s"
    return measured


def openpyxl_values(fixture: Path, scratch: Path) -> Measured:
    """openpyxl in its fastest mode, nothing cleaned."""
    from openpyxl import load_workbook

    measured = Measured()
    count, total = 0, timedelta()
    with timed(measured):
        book = load_workbook(fixture / "tickets.xlsx", read_only=True)
        rows = book.worksheets[0].iter_rows(min_row=2, values_only=True)
        for row in rows:
            count += 1
            reported, resolved = row[REPORTED], row[RESOLVED]
            if isinstance(reported, datetime) and isinstance(resolved, datetime):
                total += resolved.astimezone(UTC) - reported.astimezone(UTC)
        book.close()
    measured.content = f"{count} rows, {round(total.total_seconds())} s"
    return measured


def unzip(fixture: Path, scratch: Path) -> Measured:
    """The limit: the bytes have to be unpacked."""
    measured = Measured()
    with timed(measured), zipfile.ZipFile(fixture / "tickets.xlsx") as archive:
        for name in archive.namelist():
            archive.read(name)
    return measured


CASE = Case(
    name="xlsx_in",
    title="10 万行 15 列的 xlsx：认表头、逐格清洗、成为记录",
    prepare=prepare,
    roles={"ours": ours, "openpyxl": openpyxl_values, "unzip": unzip},
    goals=(Goal("ours / openpyxl 只读格子", "ours", "openpyxl", 1 / 6),),
)
