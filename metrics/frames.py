"""Columns of record frames as plain NumPy arrays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metrics.period import midnight

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

#: Moments before and after everything, small enough to be added to and packed beside an owner.
FAR_PAST = -(1 << 40)
FAR_FUTURE = 1 << 40


def integers(series: pd.Series[Any], missing: int) -> Ints:
    """A whole-number column (instants too) as int64, null as ``missing``."""
    return series.to_numpy(dtype=np.int64, na_value=missing)


def texts(series: pd.Series[Any]) -> Texts:
    """A text column as Python strings, null as None."""
    values: Texts = series.to_numpy(dtype="object", copy=True)
    values[series.isna().to_numpy(dtype="bool")] = None
    return values


def true(series: pd.Series[Any]) -> NDArray[np.bool_]:
    """A yes/no column as bool, null as no."""
    return series.to_numpy(dtype=np.bool_, na_value=False)


def midnights(series: pd.Series[Any], zone: ZoneInfo, missing: int) -> Ints:
    """A date column as UTC seconds of local midnight, null as ``missing``."""
    at = {day: midnight(date.fromisoformat(day), zone) for day in series.dropna().unique()}
    return np.array([at.get(day, missing) for day in texts(series)], np.int64)


def local_days(moments: Ints, zone: ZoneInfo) -> Ints:
    """UTC seconds of every local midnight from the day of the first moment to the end of that of the last."""
    if not len(moments):
        return np.empty(0, np.int64)
    first, last = (datetime.fromtimestamp(int(edge), zone).date() for edge in (moments.min(), moments.max()))
    days = (first + timedelta(days=number) for number in range((last - first).days + 2))
    return np.array([midnight(day, zone) for day in days], np.int64)
