"""The hour of checks that a live source delivers: JSON lines in gzip, one check a line, the same bytes each time.

A line says all that reading needs, also the rhythm the check was made in, so that configuring the source anew does
not change what past hours mean.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapters.assemble import TableReader
from adapters.base import Batch, Blob, Context, Preview
from adapters.choose import match_names
from adapters.faults import raw_json, rejections
from adapters.fields import Surroundings
from adapters.grid import block_of
from adapters.mapping import TableConfig
from adapters.patterns import stem
from metrics.errors import InputError
from metrics.records import UPTIME_CHECK

if TYPE_CHECKING:
    import pandas as pd

_RHYTHM = ("interval_seconds", "staleness_seconds")
#: Keys of a line in their order; beyond the record's own the rhythm, whole seconds or absent, and, of a check that
#: came after its hour was sealed, when (UTC seconds).
KEYS = (*UPTIME_CHECK.names, *_RHYTHM, "received_at")
_RECORD = UPTIME_CHECK.name
_LINES = 50_000  # in one block
_CONFIG = TableConfig.model_validate_json(
    json.dumps({"files": "*", "tables": [{"record": _RECORD, "columns": {name: name for name in UPTIME_CHECK.names}}]})
)
_TABLE = _CONFIG.tables[0]

Line = tuple[int, dict[str, Any]]
Rhythm = tuple[int | None, int | None]


def sealed_name(source: str, hour: int) -> str:
    """What the delivery of the hour that begins at ``hour`` (UTC seconds) is called."""
    return f"{source}/{datetime.fromtimestamp(hour, UTC):%Y-%m-%dT%H}Z.jsonl.gz"


def sealed_bytes(checks: pd.DataFrame) -> bytes:
    """An hour of checks as it is delivered; columns from ``KEYS``, in any order of rows.

    Two hours with the same checks give the same bytes.
    """
    names = [name for name in KEYS if name in checks.columns]
    ordered = checks[names].sort_values(["checked_at", "asset_no"], kind="stable")
    columns = [ordered[name].astype(object).where(ordered[name].notna(), None).tolist() for name in names]
    moments = names.index("checked_at")
    columns[moments] = [_instant(at) for at in columns[moments]]
    lines = (_line(names, values) for values in zip(*columns, strict=True))
    return gzip.compress("".join(lines).encode(), mtime=0)


def _line(names: list[str], values: tuple[Any, ...]) -> str:
    known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")) + "\n"


def _instant(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_sealed(blob: Blob, context: Context) -> Iterator[Batch]:
    """Batches of checks, one for each rhythm in a block of lines.

    Raises:
        InputError: the bytes are no gzip, or end too early.
    """
    try:
        with gzip.open(blob.path, "rb") as file:
            numbered = enumerate(file, start=1)
            while lines := list(islice(numbered, _LINES)):
                yield from _block(lines, blob.name, context)
    except (OSError, EOFError, zlib.error):
        raise InputError("gzip 压缩文件不完整，可能没有传完或已损坏") from None


def reread_sealed(rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
    """Kept rows again: ``row_no`` and ``raw`` as given."""
    kept = [(int(row_no), str(raw).encode()) for row_no, raw in zip(rows["row_no"], rows["raw"], strict=True)]
    yield from _block(kept, "", context)


class SealedAdapter:
    """What adapters have in common whose checks come by themselves: nothing lies about, hours are delivered."""

    def discover(self, config: Any, context: Context) -> Iterator[Blob]:
        """Nothing: what was checked is handed over when its hour is sealed."""
        return iter(())

    def read(self, config: Any, blob: Blob, context: Context) -> Iterator[Batch]:
        return read_sealed(blob, context)

    def reread(self, config: Any, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_sealed(rows, context)

    def preview(self, config: Any, blob: Blob, context: Context) -> list[Preview]:
        """Nothing lies in the drop folder that could be previewed."""
        return []


def read_checks(
    checks: list[dict[str, Any]], row_nos: list[int], name: str, context: Context, states: Mapping[str, str]
) -> Batch:
    """Checks as somebody writes them, keys of ``UPTIME_CHECK``; ``states``: further words for a state."""
    table = _TABLE.model_copy(update={"words": {"state": dict(states)}}) if states else _TABLE
    rows = [[_text(check.get(key)) for key in KEYS] for check in checks]
    reader = TableReader(table, *_reading(context, name)[1:])
    return reader.read(block_of(rows, row_nos) if rows else block_of([], [], len(KEYS)))


def _block(lines: Iterable[tuple[int, bytes]], name: str, context: Context) -> Iterator[Batch]:
    groups: dict[Rhythm, list[Line]] = {}
    refused: list[tuple[Any, ...]] = []
    blank = 0
    for row_no, line in lines:
        if not line.strip():
            blank += 1
            continue
        check = _parsed(line)
        if check is None:
            text = line.decode("utf-8", errors="replace").strip()
            reason = "不是一行 JSON，应为如 {“asset_no”: …, “checked_at”: …, “state”: …}"
            refused.append((_RECORD, stem(name), row_no, "", "", text, "line", reason, raw_json({"": text}), None))
        else:
            groups.setdefault(_rhythm(check), []).append((row_no, check))
    if refused or blank:
        nothing = TableReader(*_reading(context, name)).read(block_of([], [], len(KEYS)))
        yield Batch(
            _RECORD,
            nothing.frame,
            rejections(refused),
            len(refused) + blank,
            Counter({"blank": blank} if blank else {}),
        )
    for rhythm, checks in groups.items():
        rows = [[_text(check.get(key)) for key in KEYS] for _, check in checks]
        batch = TableReader(*_reading(context, name)).read(block_of(rows, [row_no for row_no, _ in checks]))
        batch.rhythm = rhythm
        yield batch


def _reading(context: Context, name: str) -> tuple[Any, ...]:
    """What a reader of lines is made with: their keys stand for a header."""
    match = match_names(KEYS, _TABLE)
    assert match is not None
    return _TABLE, match.header, _CONFIG, context, Surroundings(stem(name), stem(name), name)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        check = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return check if isinstance(check, dict) else None


def _rhythm(check: dict[str, Any]) -> Rhythm:
    interval, staleness = (check.get(key) for key in _RHYTHM)
    return _seconds(interval), _seconds(staleness)


def _seconds(value: Any) -> int | None:
    """Whole seconds; a kept row has them as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
