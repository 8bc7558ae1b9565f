"""Values of a database: as texts for a page, and as positions that a load can be continued from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from metrics.errors import ConfigError

_EPOCH = range(1_000_000_000, 4_000_000_000)


_MADE: Mapping[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "text": str,
}


def text_of(value: Any) -> Any:
    """A value as a page holds it: JSON's own kinds as they are, anything else as text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="auto")
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, bytes | memoryview | bytearray):
        return bytes(value).hex()
    return str(value)


def stored(value: Any) -> Any:
    """A value of the changed or key column as a cursor holds it; see :func:`restored`."""
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, str | int) or value is None:
        return value
    return {"text": str(value)}


def restored(value: Any) -> Any:
    """What :func:`stored` put down."""
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    return _MADE[kind](text)


def earlier(value: Any, seconds: int, number: int) -> Any:
    """A position less the overlap: a moment by seconds, a version by a number."""
    if isinstance(value, datetime):
        return value - timedelta(seconds=seconds)
    if isinstance(value, date):
        return value - timedelta(days=-(-seconds // 86_400))
    if isinstance(value, str):
        return _like(value, _moment(value) - timedelta(seconds=seconds))
    if _is_epoch(value):
        return value - seconds * _scale(value)
    return value - number


def at(sample: Any, seconds: int, zone: ZoneInfo) -> Any:
    """UTC seconds in the form in which ``sample`` is written.

    Raises:
        ConfigError: the column does not hold moments.
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    if isinstance(sample, datetime):
        return moment if sample.tzinfo is not None else moment.astimezone(zone).replace(tzinfo=None)
    if isinstance(sample, date):
        return moment.astimezone(zone).date()
    if isinstance(sample, str):
        local = _moment(sample)
        return _like(sample, moment if local.tzinfo is not None else moment.astimezone(zone).replace(tzinfo=None))
    if _is_epoch(sample):
        return seconds * _scale(sample)
    raise ConfigError("changes.column 不是时间，不能按时间取；版本号的列不写 start，也不用 --since")


def not_after(value: Any, seconds: int, zone: ZoneInfo) -> Any:
    """``value``, or the moment ``seconds`` where it is later; a version is left as it is."""
    try:
        return min(value, at(value, seconds, zone))
    except ConfigError:
        return value


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"changes.column 的“{text[:40]}”不是可以比较的时间，应为如 2026-03-05 14:05:00") from None


def _like(sample: str, moment: datetime) -> str:
    """``moment`` written as ``sample`` is, because texts are compared as texts."""
    if len(sample) == 10:
        return moment.date().isoformat()
    return moment.isoformat(sep=sample[10], timespec="auto" if "." in sample else "seconds")


def _is_epoch(value: Any) -> bool:
    return isinstance(value, int) and (value in _EPOCH or value // 1000 in _EPOCH)


def _scale(value: int) -> int:
    return 1 if value in _EPOCH else 1000
