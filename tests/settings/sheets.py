"""A file for a source, made from its own mapping: the first header word of every field and one plausible row."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from adapters.mapping import Elapsed, Joined, TableConfig, TableMapping

_VALUES = {
    "text": "甲-1",
    "date": "2023-03-05",
    "decimal": "1.5",
    "instant": "2023-03-05 14:05",
    "integer": "3",
    "boolean": "是",
}
#: Moments in the order in which they happen, so that no row runs backwards.
_MINUTES = ("reported_at", "opened_at", "started_at", "responded_at", "arrived_at", "restored_at", "resolved_at")


def write_file(folder: Path, config: TableConfig) -> Path:
    """Write a file that fits the source's first pattern."""
    name = config.files[0].replace("*", "2023年")
    if "." not in name.rpartition("/")[2]:
        name += ".xlsx"
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    sheets: dict[str, dict[str, str]] = {}
    for table in config.tables:
        title = (table.sheet or ("表",))[0].replace("*", "x")
        sheets.setdefault(title, {}).update(_cells(table))
    if path.suffix == ".csv":
        (cells,) = sheets.values()
        path.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", encoding="utf-8")
        return path
    _write_workbook(path, sheets, rows=config.tables[0].header.rows)
    return path


def _write_workbook(path: Path, sheets: dict[str, dict[str, str]], rows: int) -> None:
    with xlsxwriter.Workbook(path) as book:
        for title, cells in sheets.items():
            sheet = book.add_worksheet(title)
            for column, (header, value) in enumerate(cells.items()):
                upper, _, lower = header.rpartition("/")
                if rows == 2:
                    sheet.write(0, column, upper or "工单")
                sheet.write(rows - 1, column, lower if rows == 2 else header)
                sheet.write(rows, column, value)


def _cells(table: TableMapping) -> dict[str, str]:
    """Header → value of the one row."""
    cells = {words[0]: _value(table, field) for field, words in table.columns.items()}
    for rule in table.derived.values():
        if isinstance(rule, Elapsed):
            cells[rule.duration[0]] = "90"
        elif isinstance(rule, Joined):
            cells |= {rule.date[0]: "2023-03-05", rule.time[0]: "14:05"}
    if table.cross:
        cells |= {f"{month}月": str(month) for month in range(1, 13)}
    return cells


def _value(table: TableMapping, field: str) -> str:
    column = table.column(field)
    if field in _MINUTES:
        return f"2023-03-05 14:{_MINUTES.index(field):02d}"
    if field.endswith(("until", "until_on", "_to", "ended_at", "closed_at")):
        return "2023-12-31" if column.kind == "date" else "2023-03-05 18:00"
    if field in table.words:
        return next(iter(table.words[field]))
    if column.choices:
        return {"channel": "现场", "result": "正常", "kind": "故障"}.get(field, column.choices[0])
    return _VALUES[column.kind]
