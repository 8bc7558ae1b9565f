"""Times and dates in every spelling that was met, column by column.

What is written in full digits (``2023-03-05 14:05:09`` and its like) is read with NumPy; everything else once per
different text by :mod:`adapters.moments`.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from adapters.moments import FIRST_YEAR, LAST_YEAR, Rules, read_moment

DAY = 86_400
_WORTH_IT = 500  # texts from which a pass over whole columns is quicker than one by one
_TIME = r"(?:[ T]?(?P<H>\d{1,2}):(?P<M>\d{1,2})(?::(?P<S>\d{1,2}))?)?$"
_YEAR_FIRST = (
    r"^(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
    r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    r"^(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
)
_YEAR_LAST = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})"
_EPOCH = date(1970, 1, 1)


@dataclass
class Instants:
    """Parsed texts: UTC seconds, which of them are valid, and why the others are not (position → clause)."""

    seconds: NDArray[np.int64]
    valid: NDArray[np.bool_]
    faults: dict[int, str] = field(default_factory=dict)


def read_instants(texts: Any, rules: Rules, zone: ZoneInfo, cache: dict[str, Any]) -> Instants:
    """UTC seconds of each text; an empty text is neither valid nor a fault.

    ``cache`` keeps what was read slowly, from block to block; it must belong to these very rules.
    """
    local, quick = _fixed_width(texts)
    found = Instants(local, quick)
    in_utc = _machine_made(texts, found)
    slow = np.flatnonzero(~quick & (pc.binary_length(texts).to_numpy(zero_copy_only=False) > 0))
    if len(slow) > _WORTH_IT:
        slow = _by_patterns(texts, rules, found, slow)
    for position, text in zip(slow.tolist(), texts.take(pa.array(slow)).to_pylist(), strict=True):
        moment = cache.get(text)
        if moment is None:
            cache[text] = moment = _slowly(text, rules)
        if isinstance(moment, str):
            found.faults[position] = moment
        else:
            local[position], in_utc[position] = moment
            found.valid[position] = True
    naive = found.valid & ~in_utc
    local[naive] = to_utc(local[naive], zone)
    return found


def _machine_made(texts: Any, found: Instants) -> NDArray[np.bool_]:
    """Read ``2023-03-05T06:05:00Z`` and seconds since 1970 into ``found``, as programs write them; which are so."""
    open_ = np.flatnonzero(~found.valid)
    in_utc = np.zeros(len(found.seconds), dtype=bool)
    if not len(open_):
        return in_utc
    left = texts.take(pa.array(open_))
    for pattern, read in ((r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", _of_zulu), (r"^[1-7]\d{9}$", _of_epoch)):
        mask = pc.match_substring_regex(left, pattern).to_numpy(zero_copy_only=False)
        if mask.any():
            seconds, valid = read(left.filter(pa.array(mask)))
            rows = open_[mask][valid]
            found.seconds[rows], found.valid[rows], in_utc[rows] = seconds[valid], True, True
    return in_utc


def _of_zulu(texts: Any) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    return _fixed_width(pc.utf8_slice_codeunits(texts, 0, 19))


def _of_epoch(texts: Any) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    seconds = texts.cast(pa.int64()).to_numpy()
    first, last = (calendar.timegm((year, 1, 1, 0, 0, 0)) for year in (FIRST_YEAR, LAST_YEAR + 1))
    return seconds, (seconds >= first) & (seconds < last)


def _slowly(text: str, rules: Rules) -> tuple[int, bool] | str:
    try:
        return read_moment(text, rules)
    except ValueError as error:
        return str(error)


def _fixed_width(texts: Any) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds of ``YYYY-MM-DD[ HH:MM[:SS]]`` (also with ``/``, ``.``, ``T``) as if they were UTC, and which are so."""
    array = texts.cast(pa.string()) if texts.type != pa.string() else texts
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(array.buffers()[2] or b"", dtype=np.uint8)
    lengths = np.diff(offsets)
    seconds = np.zeros(len(array), dtype=np.int64)
    valid = np.zeros(len(array), dtype=bool)
    for length in (10, 16, 19):
        rows = np.flatnonzero(lengths == length)
        if len(rows) == len(array) > 0:  # the usual case: the texts lie as a matrix in memory already
            seconds, valid = _digits(data[offsets[0] : offsets[-1]].reshape(-1, length))
        elif len(rows):
            seconds[rows], valid[rows] = _digits(data[offsets[rows][:, None] + np.arange(length)])
    return seconds, valid


def _digits(chars: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    columns = np.ascontiguousarray(chars.T)
    width = len(columns)
    separator = columns[4]
    ok = (separator == columns[7]) & ((separator == ord("-")) | (separator == ord("/")) | (separator == ord(".")))
    if width > 10:
        ok &= ((columns[10] == ord(" ")) | (columns[10] == ord("T"))) & (columns[13] == ord(":"))
    if width > 16:
        ok &= columns[16] == ord(":")
    year = _number(columns, 0, 2, ok) * 100 + _number(columns, 2, 2, ok)
    parts = [year, *(_number(columns, place, 2, ok) if place < width else None for place in (5, 8, 11, 14, 17))]
    return _seconds_of(parts, ok)


def _seconds_of(
    parts: Sequence[NDArray[np.int32] | None], ok: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds of year, month, day, hour, minute, second as if they were UTC; what does not exist is not ok."""
    year, month, day, *clock = parts
    assert year is not None and month is not None and day is not None  # noqa: PT018
    ok = ok & (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    ok &= day <= _month_lengths(year, month)
    seconds = _days_from_civil(year, month, day).astype(np.int64) * DAY
    for number, size, most in zip(clock, (3600, 60, 1), (23, 59, 59), strict=True):
        if number is not None:
            ok &= number <= most
            seconds += number * size
    return seconds, ok


def _by_patterns(texts: Any, rules: Rules, found: Instants, slow: NDArray[np.int64]) -> NDArray[np.int64]:
    """Read what is written without leading zeros; returns the positions that are still unread."""
    patterns = _YEAR_FIRST if rules.day_first is None else (*_YEAR_FIRST, _YEAR_LAST)
    for pattern in patterns:
        parts = pc.extract_regex(texts.take(pa.array(slow)), pattern + _TIME)
        ok = parts.is_valid().to_numpy(zero_copy_only=False)
        if not ok.any():
            continue
        names = ("y", "m", "d") if pattern != _YEAR_LAST else ("y", "b", "a") if rules.day_first else ("y", "a", "b")
        seconds, ok = _seconds_of([_integers(parts, name) for name in (*names, "H", "M", "S")], ok)
        found.seconds[slow[ok]] = seconds[ok]
        found.valid[slow[ok]] = True
        slow = slow[~ok]
    return slow


def _integers(parts: Any, name: str) -> NDArray[np.int32]:
    texts = pc.fill_null(pc.struct_field(parts, name), "")
    numbers = pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int32())
    whole: NDArray[np.int32] = numbers.to_numpy(zero_copy_only=False)
    return whole


def _number(columns: NDArray[np.uint8], start: int, count: int, ok: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The number in some columns of characters; rows where one is no digit are taken out of ``ok``."""
    number = np.zeros(columns.shape[1], dtype=np.int32)
    for column in columns[start : start + count]:
        figure = column - np.uint8(ord("0"))  # wraps round for what is no digit
        ok &= figure <= 9
        number = number * 10 + figure
    return number


def _month_lengths(year: NDArray[np.int32], month: NDArray[np.int32]) -> NDArray[np.int32]:
    table = np.array([31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)
    lengths: NDArray[np.int32] = table[np.clip(month, 0, 12)]
    lengths[(month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))] = 29
    return lengths


def _days_from_civil(year: NDArray[np.int32], month: NDArray[np.int32], day: NDArray[np.int32]) -> NDArray[np.int32]:
    """Days since 1970-01-01, counting years from March so that the leap day comes last."""
    shifted = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return shifted * 365 + shifted // 4 - shifted // 100 + shifted // 400 + of_year - 719_468


def to_utc(local: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """UTC seconds of local seconds. A time that occurs twice when clocks go back is its first occurrence."""
    if not len(local):
        return local
    days = local // DAY
    first = int(days.min())
    seen = np.flatnonzero(np.bincount(days - first)) + first  # sane years span at most some 80,000 days
    offsets = np.zeros(int(seen[-1]) - first + 1, dtype=np.int64)
    changing = np.zeros(len(offsets), dtype=bool)
    for day in seen.tolist():
        start = datetime.combine(_EPOCH + timedelta(days=day), datetime.min.time())
        offsets[day - first] = _offset(start, zone)
        changing[day - first] = _offset(start + timedelta(days=1), zone) != offsets[day - first]
    shifts = offsets[days - first]
    for position in np.flatnonzero(changing[days - first]).tolist():
        shifts[position] = _offset(datetime(1970, 1, 1) + timedelta(seconds=int(local[position])), zone)
    return local - shifts


def to_local(utc: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Local seconds of UTC seconds; for values that are shown or cut to their day."""
    return np.array(
        [
            second + _seconds(datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset())
            for second in utc.tolist()
        ],
        dtype=np.int64,
    )


def _offset(local: datetime, zone: ZoneInfo) -> int:
    return _seconds(local.replace(tzinfo=zone).utcoffset())


def _seconds(offset: timedelta | None) -> int:
    return round(offset.total_seconds()) if offset is not None else 0


def dates_of(found: Instants, zone: ZoneInfo) -> Any:
    """The local days as an Arrow array of ``YYYY-MM-DD``, null where not valid."""
    days, where = np.unique(found.seconds[found.valid], return_inverse=True)
    texts = (to_local(days, zone) // DAY).astype("datetime64[D]").astype(str)
    result = np.full(len(found.seconds), None, dtype=object)
    result[found.valid] = texts[where]
    return pa.array(result, pa.string())


def shown(seconds: int, zone: ZoneInfo, precision: Literal["minutes", "seconds"] = "seconds") -> str:
    """An instant as people read it: local ``2023-03-05 14:05:00``."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone).replace(tzinfo=None).isoformat(" ", precision)
