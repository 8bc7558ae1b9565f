"""The rows behind a figure as one table: role, record, row_id, note, value (see ``indicators.Evidence``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from metrics.frames import Ints
from metrics.indicators import Evidence

if TYPE_CHECKING:
    import pandas as pd

Role = Literal["numerator", "denominator", "both", "beside"]


def listed(
    record: str, row_id: Ints, role: Role | Sequence[str], note: str | Sequence[str], value: Sequence[str] | None = None
) -> pd.DataFrame:
    """Lines of evidence; a single role or note holds for every row, ``value`` is text or absent."""
    import pandas as pd

    count = len(row_id)
    columns = {
        "role": [role] * count if isinstance(role, str) else list(role),
        "record": [record] * count,
        "note": [note] * count if isinstance(note, str) else list(note),
        "value": [None] * count if value is None else list(value),
    }
    typed = {name: pd.Series(values, dtype="string[pyarrow]") for name, values in columns.items()}
    frame = pd.DataFrame({**typed, "row_id": pd.Series(np.asarray(row_id), dtype="int64")})
    return frame[["role", "record", "row_id", "note", "value"]]


def evidence(*parts: pd.DataFrame) -> Evidence:
    """All parts one below the other."""
    import pandas as pd

    filled = [part for part in parts if len(part)]
    if not filled:
        return Evidence(listed("", np.empty(0, np.int64), "beside", ""))
    return Evidence(pd.concat(filled, ignore_index=True))
