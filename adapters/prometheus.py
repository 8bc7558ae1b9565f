"""Prometheus and VictoriaMetrics (adapter ``prometheus``): samples as uptime checks, gaps left as gaps.

Series that are stored are asked for as they are, with the moments of their samples: a query over a range of steps
would carry a value five minutes into a gap. Only an expression that computes something is evaluated at steps.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.cursors import position_of
from adapters.http_client import Client, Reply
from adapters.own_rows import Rows, check_batches, preview_own, reread_own
from adapters.prometheus_config import PrometheusConfig, is_selector
from adapters.replies import Spool, reply_json
from metrics.errors import InputError
from metrics.period import midnight

if TYPE_CHECKING:
    import pandas as pd

_MOST_POINTS = 10_000  # of a series in one answer; Prometheus refuses more than 11,000
_FIRST_LOAD = 30 * 86_400
_RECORD = "uptime_check"
#: What servers say when a question asks for too much at once.
_TOO_MUCH = ("too many samples", "exceeded maximum resolution", "cannot select more than", "too many points")


class PrometheusAdapter:
    """Asks for samples, a piece of time at once."""

    name: ClassVar[str] = "prometheus"
    label: ClassVar[str] = "Prometheus / VictoriaMetrics"
    config: ClassVar[type[BaseModel]] = PrometheusConfig

    def discover(self, config: PrometheusConfig, context: Context) -> Iterator[Blob]:
        """Nothing: a server is asked."""
        return iter(())

    def fetch(self, config: PrometheusConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """Piece after piece up to now; the position is the end of the last, with when a load began that goes on."""
        with Client(config, context, ask) as client:
            load = _Load(config, client, ask)
            until = load.now()
            begin = _begin(config, context, ask, until, client.skew)
            while begin < until:
                end, blob = load.piece(begin, until)
                yield Page(blob, json.dumps({"until": end} if end == until else {"until": end, "asked": until}))
                begin = end

    def greet(self, config: PrometheusConfig, context: Context, ask: Fetch) -> Greeting:
        """The version where it is told, the series that the query finds, the last hour's samples."""
        with Client(config, context, ask) as client:
            load = _Load(config, client, ask)
            until = load.now()
            _, built = client.get_json("api/v1/status/buildinfo")
            version = (built.get("data") or {}).get("version") if isinstance(built, dict) else None
            _, blob = load.piece(until - min(3600, config.chunk), until)
            found = _series(reply_json(blob)) if blob else []
            names = [str(one["metric"].get(config.asset, "？")) for one in found]
            lines = [
                f"Prometheus {version}" if version else "VictoriaMetrics 或兼容的服务（没有说版本）",
                f"{config.query}：最近一小时有 {len(found)} 个序列" + (f"（{'、'.join(names[:5])}）" if names else ""),
            ]
            return Greeting(tuple(lines), (blob,) if blob else ())

    def read(self, config: PrometheusConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """All series of one reply in one batch."""
        aside, refused = Rows(_RECORD), Rows(_RECORD)
        columns: list[tuple[str, Any, Any]] = []
        for one in _series(reply_json(blob)):
            asset = _asset(config, one["metric"])
            moments, values = _samples(one)
            if asset is None and config.others == "skip":
                aside.pass_over(count=len(moments))
            elif asset is None:
                labels = json.dumps(one["metric"], ensure_ascii=False)
                refused.refuse("asset_no", labels, f"序列 {labels} 没有标签“{config.asset}”，不知道是哪台设备")
                aside.pass_over(count=len(moments) - 1)
            else:
                columns.append((asset, moments, values))
        yield from aside.batches(context)
        yield from refused.batches(context)
        if columns:
            yield from _batches(config, context, columns)

    def reread(self, config: PrometheusConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        for batch in reread_own(rows, context):
            batch.rhythm = (config.interval, config.staleness)
            yield batch

    def preview(self, config: PrometheusConfig, blob: Blob, context: Context) -> list[Preview]:
        return preview_own(blob, self.read(config, blob, context))


@dataclass
class _Load:
    """The questions of one load."""

    config: PrometheusConfig
    client: Client
    ask: Fetch

    def __post_init__(self) -> None:
        self._spool = Spool(self.ask.spool)
        most = _MOST_POINTS * self.config.interval
        self._length = min(self.config.chunk, most)

    def now(self) -> int:
        """By the earlier of the server's clock and ours."""
        return self.client.get_json("api/v1/query", {"query": "1"})[0].at

    def piece(self, begin: int, until: int) -> tuple[int, Blob | None]:
        """Samples of ``[begin, end)``, and that end; halved while the server finds it too much."""
        while True:
            end = min(begin + self._length, until)
            if not is_selector(self.config.query) and self._first(begin) >= end:
                return end, None  # no step falls in it: what lies ahead must not be asked for
            reply, data = self._samples(begin, end)
            if reply is None:
                self._length //= 2
                continue
            blob = self._spool.keep(f"{reply.address}", reply.body, reply.at) if _series(data) else None
            return end, blob

    def _samples(self, begin: int, end: int) -> tuple[Reply | None, Any]:
        try:
            reply, data = self._question(begin, end)
        except InputError as error:
            if any(word in str(error) for word in _TOO_MUCH) and self._length >= 4 * self.config.interval:
                return None, None
            raise
        if data.get("status") != "success":
            raise InputError(f"{reply.address} 的回答不是 success：{data.get('error', '没有说明')}")
        return reply, data

    def _question(self, begin: int, end: int) -> tuple[Reply, Any]:
        """A range of stored samples leaves its first moment out, on some servers; so it begins a second before."""
        query = self.config.query.strip()
        if is_selector(query):
            params = {"query": f"{query}[{end - begin}s]", "time": str(end - 1)}
            return self.client.get_json("api/v1/query", params)
        steps = {"start": str(self._first(begin)), "end": str(end - 1), "step": str(self.config.interval)}
        return self.client.get_json("api/v1/query_range", {"query": query, **steps})

    def _first(self, begin: int) -> int:
        """The first step of a range: the same moments whenever it is asked for again."""
        return -(-begin // self.config.interval) * self.config.interval


def _begin(config: PrometheusConfig, context: Context, ask: Fetch, until: int, skew: int) -> int:
    """Only what lay within the overlap of a load's beginning could come late: before, a load goes on as it stood."""
    if ask.since is not None:
        return ask.since
    stood = position_of(ask.cursor, ["until"])
    if stood is not None:
        reached, asked = int(stood["until"]), int(stood.get("asked", stood["until"]))
        return min(reached, asked - config.overlap - abs(skew))
    return midnight(config.start, context.zone) if config.start else until - _FIRST_LOAD


def _series(data: Any) -> list[Any]:
    """The series of an answer.

    Raises:
        InputError: it is no answer of the API.
    """
    result = (
        data.get("data", {}).get("result") if isinstance(data, dict) and isinstance(data.get("data"), dict) else None
    )
    if not isinstance(result, list):
        raise InputError("回答中没有 data.result，应为 Prometheus 的 API；请核对 url")
    return [one for one in result if isinstance(one, dict) and one.get("values")]


def _samples(one: Any) -> tuple[Any, Any]:
    """Whole seconds (cut) and values of a series; values are texts, ``NaN`` among them."""
    try:
        moments, values = zip(*one["values"], strict=True)
        return np.array(moments, np.float64).astype(np.int64), np.array(values).astype(np.float64)
    except (ValueError, TypeError, IndexError):
        raise InputError(f"序列 {one.get('metric')} 的样本不是（时间, 值）") from None


def _asset(config: PrometheusConfig, metric: dict[str, str]) -> str | None:
    told = metric.get(config.asset)
    if told in config.assets:
        return config.assets[told]
    return told if config.others == "take" else None


def _batches(config: PrometheusConfig, context: Context, columns: list[tuple[str, Any, Any]]) -> Iterator[Batch]:
    """Columns throughout: a month of a hundred targets is millions of samples."""
    counts = [len(moments) for _, moments, _ in columns]
    assets = np.repeat(np.array([asset for asset, _, _ in columns], dtype=object), counts)
    moments = np.concatenate([moments for _, moments, _ in columns])
    values = np.concatenate([values for _, _, values in columns])
    states = np.where(np.isnan(values), "unknown", np.where(values == config.up, "up", "down")).astype(object)
    for batch in check_batches(context, assets, moments, states):
        batch.rhythm = (config.interval, config.staleness)
        yield batch


ADAPTER = PrometheusAdapter()
