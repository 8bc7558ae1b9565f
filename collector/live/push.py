"""One request of a vendor's monitor: who may, how often, which rows are taken and why the others are not.

No HTTP here: :class:`RateLimit` and :func:`token_matches` are for whoever answers requests.
"""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from adapters.probes.base import State
from adapters.push_config import PushConfig
from collector.probing.plans import Check
from metrics.errors import InputError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from adapters.base import Batch
    from collector.live import Recorder
    from collector.settings import Settings, SourceSettings
    from collector.store import Store

_AHEAD = 300  # seconds that a vendor's clock may be fast
_LISTED = 100  # refused rows named in an answer
_MINUTE = 60.0


class RateLimit:
    """At most so many requests of each caller in any minute; for several threads."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._lock = threading.Lock()
        self._seen: dict[str, list[float]] = {}

    def wait(self, caller: str, now: float) -> float:
        """Seconds until the caller may come again; 0 admits and counts this request. ``now``: monotonic seconds."""
        with self._lock:
            seen = [at for at in self._seen.get(caller, ()) if at > now - _MINUTE]
            admitted = len(seen) < self._most
            self._seen[caller] = [*seen, now] if admitted else seen
            return 0.0 if admitted else seen[0] + _MINUTE - now


def token_matches(expected: str, given: str) -> bool:
    """Whether the token is the right one; takes the same time wherever they differ, and whatever their lengths."""
    return hmac.compare_digest(sha256(expected.encode()).digest(), sha256(given.encode()).digest())


def push_sources(settings: Settings) -> dict[str, PushConfig]:
    """The sources that take pushes, with what they may."""
    return {source.id: source.config for source in settings.sources if isinstance(source.config, PushConfig)}


@dataclass(frozen=True)
class RefusedRow:
    """A row that was not taken: its number (of the element or the line, from 1), what was wrong with what."""

    row_no: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class PushAnswer:
    """What became of a request. ``waiting``: taken rows whose asset is not in the register yet; kept until it is."""

    received: int
    accepted: int
    waiting: int
    refused: list[RefusedRow] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is answered; of the refused rows the first hundred."""
        rows = [
            {"row": row.row_no, "field": row.field, "value": row.value, "reason": row.reason}
            for row in self.refused[:_LISTED]
        ]
        counts = {"received": self.received, "accepted": self.accepted, "waiting": self.waiting}
        return {**counts, "refused": len(self.refused), "refusals": rows}


def accept_push(
    settings: Settings,
    store: Store,
    recorder: Recorder,
    source_id: str,
    body: bytes,
    content_type: str,
    received_at: int,
) -> PushAnswer:
    """Store the good rows of one request as a round and say what is wrong with the others.

    ``received_at`` in UTC seconds; checks more than five minutes ahead of it are refused, and those of time whose
    log was cleared. ``content_type`` is not relied on: what the body holds decides.

    Raises:
        UsageError: there is no source of that name that takes pushes.
        InputError: the body is too large or holds no checks; nothing was taken.
        PassingError: the store is locked, full or away; nothing was taken.
    """
    source, config = _source(settings, source_id)
    if len(body) > config.max_body:
        raise InputError(f"一次推送 {len(body)} 字节，超过上限 {config.max_body} 字节，应分几次送")
    from adapters.push import read_push

    batch, broken = read_push(body, config, settings.context(source))
    refused = [RefusedRow(row.row_no, "", "", row.reason) for row in broken]
    refused += _rejected(batch)
    earliest = store.live.retired_before(source_id)
    checks: list[Check] = []
    for row in _rows(batch.frame):
        fault = _fault(row, config, earliest, received_at)
        if fault is None:
            checks.append(_check(row, source_id, config))
        else:
            refused.append(fault)
    recorder.take(checks)
    waiting = recorder.unknown(checks)
    refused.sort(key=lambda row: row.row_no)
    return PushAnswer(len(checks) + len(refused), len(checks), waiting, refused)


def _source(settings: Settings, source_id: str) -> tuple[SourceSettings, PushConfig]:
    if source_id not in push_sources(settings):
        raise UsageError(f"没有接收推送的数据来源“{source_id}”")
    source = settings.source(source_id)
    assert isinstance(source.config, PushConfig)
    return source, source.config


def _rejected(batch: Batch) -> list[RefusedRow]:
    names = ("row_no", "field", "value", "reason")
    columns = (batch.rejections[name].astype(object).where(batch.rejections[name].notna(), "") for name in names)
    return [RefusedRow(int(row_no), *words) for row_no, *words in zip(*columns, strict=True)]


class _Row(NamedTuple):
    row_no: int
    asset_no: str
    checked_at: int
    state: State
    latency_ms: int | None


def _rows(frame: pd.DataFrame) -> list[_Row]:
    columns = (frame[name].astype(object).where(frame[name].notna(), None) for name in _Row._fields)
    return [_Row(*values) for values in zip(*columns, strict=True)]


def _fault(row: _Row, config: PushConfig, earliest: int, received_at: int) -> RefusedRow | None:
    if config.assets and row.asset_no not in config.assets:
        return RefusedRow(row.row_no, "asset_no", row.asset_no, f"本来源不收设备“{row.asset_no}”的检测")
    if row.checked_at > received_at + _AHEAD:
        return RefusedRow(row.row_no, "checked_at", _told(row), "检测时间晚于现在，请校准推送方的时钟")
    if row.checked_at < earliest:
        return RefusedRow(row.row_no, "checked_at", _told(row), "检测时间早于拨测日志的保留期，已不能并入")
    return None


def _told(row: _Row) -> str:
    return datetime.fromtimestamp(row.checked_at, UTC).isoformat()


def _check(row: _Row, source: str, config: PushConfig) -> Check:
    rhythm = (config.interval, config.held_for)
    return Check(source, row.asset_no, row.checked_at, row.state, row.latency_ms, "", None, *rhythm, None)
