"""Table files in the drop folder (adapter ``table``): from files to batches of records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from pydantic import BaseModel

from adapters import headers
from adapters.assemble import SERIALS_HEADER, YEAR_HEADER, TableReader, frame_of_columns
from adapters.base import Batch, Blob, Context, Preview
from adapters.choose import Choice, Match, choose, lacking, match_names, why_nothing
from adapters.cross import CrossReader
from adapters.faults import rejections
from adapters.fields import Surroundings
from adapters.files import opened
from adapters.grid import block_of
from adapters.headers import Rows
from adapters.jsonlines import JsonSheet
from adapters.mapping import TableConfig
from adapters.patterns import files_below, stem
from adapters.years import year_in
from metrics.errors import InputError
from metrics.records import RECORDS

_PREVIEW_ROWS = 5


class TableAdapter:
    """xlsx, xls, csv and tsv, also in gzip and zip."""

    name: ClassVar[str] = "table"
    label: ClassVar[str] = "表格文件"
    config: ClassVar[type[BaseModel]] = TableConfig

    def discover(self, config: TableConfig, context: Context) -> Iterator[Blob]:
        """Files that fit the patterns, ordered by their path below the drop folder."""
        for name, path in files_below(context.inbox, config.files):
            yield Blob(name, path, int(path.stat().st_mtime))

    def read(self, config: TableConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """Sheet after sheet, block after block; on a sheet that feeds several tables, each block for each of them.

        The rows of sheets that hold none of the tables are counted at the end, so that none is passed over in silence.
        """
        choices: list[Choice] = []
        read_any, beside = False, 0
        with _choices(config, blob) as found:
            for choice in found:
                with _placed(choice):
                    for batch in _read(choice, config, context, blob.name):
                        read_any = True
                        yield batch
                    beside += 0 if choice.chosen else _filled_rows(choice)
                choice.rows = []
                choices.append(choice)
        if not read_any:
            raise why_nothing(choices, config)
        if beside:
            yield _beside(config, beside)

    def preview(self, config: TableConfig, blob: Blob, context: Context) -> list[Preview]:
        """What would be read; a table that lacks a required column has no rows but says what is missing."""
        previews: list[Preview] = []
        choices: list[Choice] = []
        with _choices(config, blob) as found:
            for choice in found:
                choices.append(choice)
                with _placed(choice):
                    previews += [_incomplete(blob, choice, match) for match in choice.partial]
                    readers = choice.readers(config, context, blob.name)
                    pairs = zip(choice.chosen, readers, strict=True)
                    previews += [_preview(blob, choice, match, reader) for match, reader in pairs]
        if not previews:
            raise why_nothing(choices, config)
        return previews + [
            Preview(blob.name, choice.sheet.place, "", {}, (), (), [], unread=why)
            for choice in choices
            if (why := choice.unread(config)) and any(map(any, choice.rows))
        ]

    def reread(self, config: TableConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        """Map kept rows again; a batch per layout, ``sheet`` and ``row_no`` as given."""
        records = list(rows[["record", "name", "sheet", "row_no", "raw"]].itertuples(index=False, name=None))
        groups: dict[tuple[Any, ...], list[tuple[int, dict[str, str]]]] = {}
        for record, name, sheet, row_no, raw in records:
            cells = {str(header): str(text) for header, text in json.loads(raw).items()}
            said = (cells.get(YEAR_HEADER, ""), cells.get(SERIALS_HEADER, ""))
            groups.setdefault((record, name, sheet, tuple(cells), *said), []).append((int(row_no), cells))
        for (record, name, sheet, names, year, serials), kept in groups.items():
            yield _again(config, context, record, (str(name), str(sheet)), names, kept, (year, bool(serials)))


@contextmanager
def _choices(config: TableConfig, blob: Blob) -> Iterator[Iterator[Choice]]:
    def score(rows: Rows) -> int:
        found = (headers.find(rows, [], table) for table in config.tables)
        return max((len(header.columns) for header in found if header), default=0)

    with opened(blob, config, score) as sheets:
        yield (_chosen(sheet, config) for sheet in sheets)


def _chosen(sheet: Any, config: TableConfig) -> Choice:
    try:
        return choose(sheet, config)
    except InputError as error:
        raise error.within(f"工作表“{sheet.title}”") if sheet.named else error from None


@contextmanager
def _placed(choice: Choice) -> Iterator[None]:
    """An error about a worksheet says which one."""
    try:
        yield
    except InputError as error:
        place = f"工作表“{choice.sheet.title}”"
        raise error.within(place) if choice.sheet.named and place not in error.places else error from None


def _read(choice: Choice, config: TableConfig, context: Context, name: str) -> Iterator[Batch]:
    for match in choice.partial:
        raise lacking(choice, match)
    readers = choice.readers(config, context, name)
    if not readers:
        return
    has_header = not isinstance(choice.sheet, JsonSheet)  # keys stand for it there, and every line is a row
    if has_header:
        for reader in readers:
            yield reader.opening(choice.rows)
    starts = [reader.last_header_row if has_header else 0 for reader in readers]
    for block in choice.sheet.blocks(min(starts)):
        for reader, start in zip(readers, starts, strict=True):
            below = block.only(block.row_no > start)
            if len(below):
                yield reader.read(below)


def _filled_rows(choice: Choice) -> int:
    """How many rows of the sheet hold something; a sheet that nobody wants may be damaged from some row on."""
    count = 0
    with suppress(InputError):
        for block in choice.sheet.blocks(0):
            filled = np.zeros(len(block), dtype=bool)
            for index in range(len(block.columns)):
                filled |= pc.greater(pc.binary_length(block.column(index)), 0).to_numpy(zero_copy_only=False)
            count += int(filled.sum())
    return count


def _beside(config: TableConfig, count: int) -> Batch:
    """No records, but rows that are accounted for."""
    record = config.tables[0].record
    empty = frame_of_columns(RECORDS[record], {}, "", np.array([], np.int64), {})
    return Batch(record, empty, rejections(), count, Counter(other_sheet=count))


def _preview(blob: Blob, choice: Choice, match: Match, reader: TableReader) -> Preview:
    rows: list[dict[str, Any]] = []
    refused: list[str] = []
    for block in choice.sheet.blocks(reader.last_header_row):
        batch = reader.read(block)
        frame = batch.frame.head(_PREVIEW_ROWS - len(rows))
        places = zip(batch.rejections["row_no"], batch.rejections["reason"], strict=True)
        refused += [f"第 {row_no} 行：{reason}" for row_no, reason in places]
        shown = frame[list(match.table.type.names)].astype(object)
        listed = shown.where(shown.notna(), None).to_dict("records")
        rows += [{str(name): value for name, value in row.items()} for row in listed]
        if len(rows) == _PREVIEW_ROWS:
            break
    place, record = choice.sheet.place, match.table.record
    known, others = _recognised(match), _unmatched(match)
    return Preview(blob.name, place, record, known, others, (), rows, tuple(refused[:_PREVIEW_ROWS]))


def _incomplete(blob: Blob, choice: Choice, match: Match) -> Preview:
    place, record = choice.sheet.place, match.table.record
    return Preview(blob.name, place, record, _recognised(match), match.header.unmatched(), match.missing, [])


def _recognised(match: Match) -> dict[str, str]:
    """Header → field; a column that several fields take names them all."""
    recognised: dict[str, str] = {}
    for (name, _), column in match.header.columns.items():
        header = match.header.names[column]
        recognised[header] = f"{recognised[header]}、{name}" if header in recognised else name
    if match.crossed and match.table.cross:
        recognised.update({match.header.names[column]: match.table.cross.value for column in match.crossed.cells})
    return recognised


def _unmatched(match: Match) -> tuple[str, ...]:
    crossed = {match.header.names[column] for column in match.crossed.cells} if match.crossed else set()
    return tuple(name for name in match.header.unmatched() if name not in crossed)


def _again(
    config: TableConfig,
    context: Context,
    record: str,
    place: tuple[str, str],
    names: tuple[str, ...],
    kept: list[tuple[int, dict[str, str]]],
    said: tuple[str, bool],
) -> Batch:
    """One batch out of kept rows with the same headers from the same sheet."""
    name, sheet = place
    matches = [match_names(names, table) for table in config.tables if table.record == record]
    match = max((match for match in matches if match), key=lambda match: len(match.header.columns), default=None)
    if match is None:
        return _refused_again(record, sheet, kept)
    outside = year_in([name]) or year_in([sheet])
    year = outside or (int(said[0]) if said[0].isdigit() else None)
    member, _, title = sheet.rpartition("!")
    around = Surroundings(sheet, title, stem(member or name), said[1], year, bool(said[0]))
    listed = [header for header in names if header not in (YEAR_HEADER, SERIALS_HEADER)]
    block = block_of([[cells[header] for header in listed] for _, cells in kept], [row_no for row_no, _ in kept])
    return _reader(match, config, context, around).read(block)


def _reader(match: Match, config: TableConfig, context: Context, around: Surroundings) -> TableReader:
    if match.crossed:
        return CrossReader(match.table, match.crossed, config, context, around)
    return TableReader(match.table, match.header, config, context, around)


def _refused_again(record: str, sheet: str, kept: list[tuple[int, dict[str, str]]]) -> Batch:
    """Rows that no table of the configuration takes any more."""
    reason = f"现有配置中没有读取这些列的{RECORDS[record].label}表"
    rows = [
        (record, sheet, row_no, "", "", "", "unmapped", reason, json.dumps(cells, ensure_ascii=False), None)
        for row_no, cells in kept
    ]
    empty = frame_of_columns(RECORDS[record], {}, sheet, np.array([], np.int64), {})
    return Batch(record, empty, rejections(rows), len(rows))


ADAPTER = TableAdapter()
