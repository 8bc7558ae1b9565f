"""CSV that Excel opens: UTF-8 with BOM, Chinese headers, cells that could run as formulas escaped."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from collector.publish.columns import CODE_LABELS, RESULT_COLUMNS, ResultColumn
from collector.publish.files import whole
from collector.publish.publication import Publication, Result

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def write(publication: Publication, path: Path) -> None:
    """All columns of all results, one line a result."""
    header = [column.label for column in RESULT_COLUMNS]
    write_rows(path, header, ([_cell(result, column) for column in RESULT_COLUMNS] for result in publication.results))


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file that appears whole; texts are made safe, numbers (int) stay as they are."""
    with whole(path) as beside, beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe(cell) for cell in header])
        writer.writerows([safe(cell) for cell in row] for row in rows)


def safe(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets a leading apostrophe; a plain negative number does not."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-[0-9]+(\.[0-9]+)?%?", text) is not None


def _cell(result: Result, column: ResultColumn) -> Any:
    value = result[column.name]
    if value is None:
        return ""
    match column.kind:
        case "code":
            return CODE_LABELS[column.name][value]
        case "list":
            return "；".join(result.notes if column.name == "notes" else result.level_codes)
        case "parts":
            return "；".join(f"{name}={part}" for name, part in result.parts.items())
    return value
