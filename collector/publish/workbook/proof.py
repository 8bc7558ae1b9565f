"""The sheet 依据: for each figure the rows behind it, with file, sheet, row and hashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.publish.explanation import ROLE_LABELS
from collector.publish.workbook.book import Book, Link, Sheet
from metrics.records import RECORDS

EVIDENCE = "依据"
OVERVIEW = "指标总览"
_COLUMNS = (
    *(("角色", 9), ("记录", 11), ("记录编号", 20), ("计入", 26), ("数值", 12), ("来源文件", 34), ("工作表", 13)),
    *(("行号", 8), ("行哈希", 18), ("文件哈希", 18), ("记录内容", 60)),
)
_HASH_SHOWN = 16


def evidence(book: Book, sheet: Sheet) -> dict[str, int]:
    """Write a block per figure; returns indicator → the row (from 0) in which its block begins."""
    sheet.page([width for _, width in _COLUMNS])
    sheet.title(
        f"{book.heading} 依据",
        "每个指标列出起决定作用的若干行；全部依据见佐证材料包，或用 yunwei explain 指标 周期 --csv 文件 写出。",
    )
    sheet.head([label for label, _ in _COLUMNS], freeze=0)
    begins = {}
    for result in book.totals:
        begins[result["indicator"]] = sheet.row
        found = book.dossier.evidence(result)
        listed = "" if found.number == len(found.rows) else f"，列出 {len(found.rows):,} 条"
        block = f"{result['name']}　{result['printed']}　共 {found.number:,} 条{listed}"
        sheet.line([Link(block, OVERVIEW, 0, columns=len(_COLUMNS) - 1)])
        sheet.lines(_cells(row) for row in found.rows)
        sheet.gap()
    # A long content reaches beyond its column on the screen; printed it would make everything else tiny.
    sheet.made.print_area(0, 0, sheet.row, len(_COLUMNS) - 1)
    return begins


def _cells(row: Mapping[str, Any]) -> list[int | str | None]:
    value = row["value"]
    return [
        ROLE_LABELS[row["role"]],
        RECORDS[row["record"]].label,
        row["natural_key"],
        row["note"],
        _number(value),
        row["name"] or row["source"],
        row["sheet"],
        None if row["row_no"] is None else int(row["row_no"]),
        (row["row_hash"] or "")[:_HASH_SHOWN],
        (row["content_hash"] or "")[:_HASH_SHOWN],
        row["content"],
    ]


def _number(value: str | None) -> int | str | None:
    """Whole seconds and quantities are numbers, amounts stay as they were read."""
    return int(value) if value is not None and value.lstrip("-").isdecimal() else value
