"""Rejected rows through the mapping once more, each keeping the place it is cited by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adapters import ADAPTERS
from adapters.base import Batch, Context
from collector.settings import SourceSettings


def reread(source: SourceSettings, context: Context, rows: pd.DataFrame) -> Iterator[Batch]:
    """Map ``rows`` again.

    Args:
        rows: ``record`` and ``raw``; ``origin_name`` and ``origin_sheet``, the vendor's file and sheet, from which a
            mapping may take a year or a site; ``sheet`` and ``row_no``, what the new records and rejections cite.
    """
    asked = pd.DataFrame(
        {
            "record": rows["record"].to_numpy(),
            "sheet": rows["origin_sheet"].to_numpy(),
            "row_no": np.arange(len(rows)),  # the adapter hands it back, and so tells which row it speaks of
            "raw": rows["raw"].to_numpy(),
            "name": rows["origin_name"].to_numpy(),
        }
    )
    for batch in ADAPTERS[source.adapter].reread(source.config, asked, context):
        yield _cited(batch, rows)


def _cited(batch: Batch, rows: pd.DataFrame) -> Batch:
    numbers = batch.frame["row_no"].to_numpy(dtype=np.int64)
    originals = batch.originals

    def kept(field: str, positions: NDArray[np.int64]) -> pd.DataFrame:
        assert originals is not None
        return originals(field, positions).assign(raw=rows["raw"].to_numpy()[numbers[positions]])

    refused = _placed(batch.rejections, rows)
    refused["raw"] = rows["raw"].to_numpy()[batch.rejections["row_no"].to_numpy(dtype=np.int64)]
    return replace(batch, frame=_placed(batch.frame, rows), rejections=refused, originals=originals and kept)


def _placed(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    places = rows[["sheet", "row_no"]].take(frame["row_no"].to_numpy(dtype=np.int64))
    placed = frame.copy(deep=False)
    for name in places:
        placed[name] = places[name].astype(frame[name].dtype).set_axis(frame.index)
    return placed
