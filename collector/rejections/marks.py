"""How a rejected row is recognised when it comes back in a workbook: a mark made of where it first stood.

The mark follows from source, record type, content hash, sheet and row number, so the same row has the same mark
after a corrected mapping, in a restored database, and through any number of corrections that were still wrong:
what a corrected workbook has refused keeps the mark of its origin inside ``raw``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from adapters.assemble import SERIALS_HEADER, YEAR_HEADER

#: What an adapter keeps beside a row, so that it can be read again; no columns of the vendor.
BESIDE = (YEAR_HEADER, SERIALS_HEADER)
#: Header of the column that carries the mark, in workbooks and inside ``raw``.
MARK_HEADER = "行标记（请勿改动）"

_PLACE = ("source", "record", "content_hash", "sheet", "row_no")


def cells_of(raw: str) -> dict[str, str]:
    """The row as the vendor wrote it, header → text, without our mark."""
    cells = json.loads(raw)
    return {header: text or "" for header, text in cells.items() if header != MARK_HEADER}


def raw_of(cells: dict[str, str], mark: str | None) -> str:
    """The whole row as a rejection keeps it, with the mark of its origin."""
    marked = cells if mark is None else {**cells, MARK_HEADER: mark}
    return json.dumps(marked, ensure_ascii=False)


def mark_of(rejection: Mapping[str, Any]) -> str:
    """The mark of one rejection (as the store gives it): that of its origin, or its own."""
    return _kept_mark(rejection["raw"]) or _own_mark(tuple(rejection[name] for name in _PLACE))


def with_marks(rejections: pd.DataFrame) -> pd.DataFrame:
    """``rejections`` (as the store gives them) with ``mark``, and ``origin_name`` and ``origin_sheet``: the file and
    sheet of the vendor from which the row first came, as far as ``rejections`` goes back that far.
    """
    own = [_own_mark(place) for place in zip(*(rejections[name] for name in _PLACE), strict=True)]
    kept = [_kept_mark(raw) for raw in rejections["raw"]]
    places = zip(own, rejections["name"], rejections["sheet"], strict=True)
    origins = {mark: (name, sheet) for mark, name, sheet in places}
    marks = [inherited or mark for inherited, mark in zip(kept, own, strict=True)]
    found = [origins.get(mark) or origins[fallback] for mark, fallback in zip(marks, own, strict=True)]
    return rejections.assign(
        mark=marks, origin_name=[name for name, _ in found], origin_sheet=[sheet for _, sheet in found]
    )


def _own_mark(place: tuple[object, ...]) -> str:
    text = json.dumps([None if pd.isna(part) else str(part) for part in place])  # type: ignore[call-overload]
    return "R" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _kept_mark(raw: str) -> str | None:
    if MARK_HEADER not in raw:
        return None
    mark = json.loads(raw).get(MARK_HEADER)
    return str(mark) if mark else None
