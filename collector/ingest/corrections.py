"""The rows of a corrected workbook as batches, as if the adapter of their source had delivered them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from adapters.base import PLACE_COLUMNS, Batch, Context
from adapters.faults import rejections
from adapters.workbooks import open_workbook
from collector.ingest.reread import reread
from collector.rejections.corrections import Corrections, by_source, origins_of, read_rows
from collector.rejections.marks import with_marks
from collector.settings import SourceSettings
from collector.store import Store
from metrics.records import RECORDS, empty_frame

_XLS = b"\xd0\xcf\x11\xe0"  # an office program may have saved it in the old format


def read_corrections(store: Store, path: Path) -> dict[str, Corrections]:
    """Source → what the workbook at ``path``, in the archive under its hash, corrects.

    Raises:
        InputError: it is no workbook, or none of ours.
    """
    rows = read_rows(_sheets(path))
    return by_source(rows, origins_of(with_marks(store.rejections(open_only=False)), path.name))


def correction_batches(source: SourceSettings, context: Context, corrections: Corrections) -> Iterator[Batch]:
    """Rows set aside, rows without a mark, then the corrected rows through the mapping of ``source``."""
    for record, counts in corrections.set_aside.items():
        yield Batch(record, _no_rows(record), rejections(), counts.total(), counts)
    for key, unmarked in corrections.unmarked.groupby("record"):
        yield Batch(str(key), _no_rows(str(key)), unmarked, len(unmarked))
    if len(corrections.again):
        yield from reread(source, context, corrections.again)


def _no_rows(record: str) -> pd.DataFrame:
    return empty_frame(RECORDS[record]).assign(**dict.fromkeys(PLACE_COLUMNS))


def _sheets(path: Path) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Every sheet of a workbook as rows of text, from its first row on."""
    with path.open("rb") as file:
        old = file.read(len(_XLS)) == _XLS
        file.seek(0)
        for sheet in open_workbook(file, "", old):
            columns = [[column.to_pylist() for column in block.columns] for block in sheet.blocks(0)]
            yield sheet.title, [row for block in columns for row in zip(*block, strict=True)]
