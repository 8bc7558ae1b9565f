"""A corrected workbook as it comes back: rows by their mark, whatever else was done to it.

Rows may be missing or in another order, columns added or moved, the file saved by any office program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from adapters.faults import rejections
from collector.rejections.marks import BESIDE, MARK_HEADER, cells_of, raw_of
from collector.rejections.workbook import OUR_HEADERS, UPPER_HEADER, shown
from metrics.errors import InputError

#: Code of rows whose mark says nothing to us.
UNMARKED = "unmarked_row"

_HEADER_WITHIN = 20


@dataclass(frozen=True)
class CorrectedRow:
    """One row of the workbook: ``cells`` header → text without our own columns; ``row_no`` as the sheet shows it."""

    sheet: str
    row_no: int
    mark: str
    cells: dict[str, str]


@dataclass
class Origin:
    """One row that was once refused: where the vendor wrote it.

    ``waiting`` are the ids of its open rejections; ``refused`` the texts with which it was refused, oldest first: the
    vendor's own, then those of earlier corrections.
    """

    source: str
    record: str
    name: str
    sheet: str | None
    waiting: list[int] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)

    def untouched(self, cells: dict[str, str]) -> bool:
        """The row comes back as it went out, so it says nothing new, settled or not."""
        return any(_equal(cells, before) for before in self.refused)

    def restored(self, cells: dict[str, str]) -> dict[str, str]:
        """``cells``, with what no workbook holds (very long text, notes of the adapter) from the newest rejection."""
        newest = self.refused[-1] if self.refused else {}
        beside = {name: newest[name] for name in BESIDE if name in newest}
        whole = {
            name: newest[name] if name in newest and shown(newest[name]) == text else text
            for name, text in cells.items()
        }
        return whole | beside


@dataclass
class Corrections:
    """What one workbook holds for one source.

    Attributes:
        again: rows to map again: ``record``, ``raw``, ``origin_name``, ``origin_sheet``, ``sheet``, ``row_no``.
        set_aside: by record type, rows that were emptied or left as they were.
        unmarked: rejections of rows whose mark is missing or unknown.
        settles: open rejections that ``again`` decides anew.
    """

    again: pd.DataFrame
    set_aside: Mapping[str, Counter[str]]
    unmarked: pd.DataFrame
    settles: list[int]


def origins_of(marked: pd.DataFrame, workbook: str = "") -> dict[str, Origin]:
    """Mark → origin, from all rejections, settled ones too, with their marks.

    ``workbook``: the content hash of the workbook to be read. What was refused of it in an earlier reading, with
    another mapping, does not make its rows known.
    """
    found: dict[str, Origin] = {}
    for line in marked.sort_values("rejection_id").to_dict("records"):
        sheet = None if pd.isna(line["origin_sheet"]) else line["origin_sheet"]
        new = Origin(line["source"], line["record"], line["origin_name"], sheet)
        origin = found.setdefault(line["mark"], new)
        if pd.isna(line["resolved_by"]):
            origin.waiting.append(int(line["rejection_id"]))
        if line["content_hash"] != workbook:
            origin.refused.append(cells_of(line["raw"]))
    return found


def read_rows(sheets: Iterable[tuple[str, Sequence[Sequence[str]]]]) -> list[CorrectedRow]:
    """The rows of every sheet that has our column of marks; other sheets are the officer's own.

    Raises:
        InputError: no sheet has it.
    """
    rows: list[CorrectedRow] = []
    recognised = False
    for name, lines in sheets:
        at = _header_at(lines)
        if at is not None:
            recognised = True
            rows += _rows_below(name, lines, at)
    if not recognised:
        raise InputError(f"这不是 yunwei rejections export 写出的工作簿：没有一张表有“{MARK_HEADER}”列")
    return rows


def by_source(rows: Sequence[CorrectedRow], origins: Mapping[str, Origin]) -> dict[str, Corrections]:
    """Source → its corrections. A row without a known mark goes with the rows around it.

    Raises:
        InputError: not one row is known, so that nobody can say whose they are.
    """
    owned: dict[str, list[tuple[str, CorrectedRow]]] = {}
    for (source, record), row in zip(_owners(rows, origins), rows, strict=True):
        owned.setdefault(source, []).append((record, row))
    return {source: _corrections(mine, origins) for source, mine in owned.items()}


def _header_at(lines: Sequence[Sequence[str]]) -> int | None:
    for number, line in enumerate(lines[:_HEADER_WITHIN]):
        if MARK_HEADER in (text.strip() for text in line):
            return number
    return None


def _headers(lines: Sequence[Sequence[str]], at: int) -> list[str]:
    """The names in row ``at``, joined with the row above where the vendor's table has two header rows."""
    names = [text.strip() for text in lines[at]]
    above = [text.strip() for text in lines[at - 1]] if at else []
    mark_at = names.index(MARK_HEADER)
    if above[mark_at : mark_at + 1] != [UPPER_HEADER]:
        return names
    above[mark_at] = ""
    pairs = zip(names, [*above, *[""] * len(names)], strict=False)
    return [f"{upper}/{name}" if upper else name for name, upper in pairs]


def _rows_below(sheet: str, lines: Sequence[Sequence[str]], at: int) -> Iterator[CorrectedRow]:
    headers = _headers(lines, at)
    # a vendor may use the same words; ours stand on the right
    ours = {len(headers) - 1 - headers[::-1].index(name): name for name in OUR_HEADERS if name in headers}
    mark_at = next(column for column, name in ours.items() if name == MARK_HEADER)
    theirs = [(column, name) for column, name in enumerate(headers) if name and column not in ours]
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        texts = [text.strip() for text in line] + [""] * (len(headers) - len(line))
        cells: dict[str, str] = {}
        for column, name in theirs:
            cells[name] = cells.get(name) or texts[column]
        if any(texts):
            yield CorrectedRow(sheet, number, texts[mark_at], cells)


def _owners(rows: Sequence[CorrectedRow], origins: Mapping[str, Origin]) -> Iterator[tuple[str, str]]:
    """Source and record type of each row: by its mark, else as the first known row of its sheet, or of any."""
    by_sheet: dict[str, tuple[str, str]] = {}
    for row in rows:
        known = origins.get(row.mark)
        if known is not None:
            by_sheet.setdefault(row.sheet, (known.source, known.record))
    if rows and not by_sheet:
        raise InputError("工作簿里没有一行的行标记属于本单位的不合格行，认不出它们改的是哪些行")
    for row in rows:
        origin = origins.get(row.mark)
        yield (origin.source, origin.record) if origin else by_sheet.get(row.sheet, next(iter(by_sheet.values())))


def _corrections(rows: Iterable[tuple[str, CorrectedRow]], origins: Mapping[str, Origin]) -> Corrections:
    again, unmarked, marks = [], [], set()
    set_aside: dict[str, Counter[str]] = {}
    for record, row in rows:
        origin = origins.get(row.mark)
        if not any(row.cells.values()):
            set_aside.setdefault(record, Counter())["blank"] += 1
        elif origin is None:
            unmarked.append(_unmarked(record, row))
        elif origin.untouched(row.cells):
            set_aside.setdefault(record, Counter())["not_applicable"] += 1
        else:
            marks.add(row.mark)
            raw = raw_of(origin.restored(row.cells), row.mark)
            again.append((record, raw, origin.name, origin.sheet, row.sheet, row.row_no))
    columns = ["record", "raw", "origin_name", "origin_sheet", "sheet", "row_no"]
    settles = {number for mark in marks for number in origins[mark].waiting}
    return Corrections(
        pd.DataFrame(again, columns=columns),
        set_aside,
        rejections(unmarked),
        sorted(settles),
    )


def _unmarked(record: str, row: CorrectedRow) -> tuple[object, ...]:
    fact = f"行标记“{row.mark}”不属于本单位的不合格行" if row.mark else "这一行没有行标记"
    reason = f"{fact}，认不出改的是哪一行；新增的行应写进服务商的文件，改正的行应保留导出时的行标记"
    raw = raw_of(row.cells, None)
    return (record, row.sheet, row.row_no, MARK_HEADER, None, row.mark, UNMARKED, reason, raw, None)


def _equal(cells: Mapping[str, str], old: Mapping[str, str]) -> bool:
    """The vendor's columns read the same; columns that were added do not count."""
    theirs = ((name, text) for name, text in old.items() if name not in BESIDE)
    return all(cells.get(name, "") == shown(text).strip() for name, text in theirs)
