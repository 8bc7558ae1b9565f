"""Any JSON API (adapter ``rest``): what is asked, how it pages and what a record is stands in the configuration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.cursors import position_of
from adapters.http_client import Client, Question, Reply
from adapters.json_paths import search, text_of
from adapters.json_rows import objects_at, preview_objects, read_objects, reread_objects
from adapters.paging import Pager, pager_of
from adapters.replies import Spool, reply_json
from adapters.rest_config import Incremental, RestConfig
from metrics.errors import InputError
from metrics.period import midnight

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Position:
    """How far a load has come.

    Attributes:
        until: UTC seconds when the load began, by the earlier of the server's clock and ours: the next one asks from
            there on. Clocks that differ make it earlier by as much.
        since: UTC seconds from which on this load asks; None: for everything.
        next: the page to go on with; None: the load came to its end.
        asked: what was asked, as a hash: a load is not continued with another question.
    """

    until: int
    since: int | None = None
    next: str | None = None
    asked: str = ""

    @classmethod
    def of(cls, cursor: str | None) -> Position | None:
        """From a cursor; None where there is none."""
        told = position_of(cursor, ["until"])
        return cls(told["until"], told.get("since"), told.get("next"), told.get("asked", "")) if told else None

    def cursor(self) -> str:
        """As it is stored."""
        return json.dumps({name: value for name, value in asdict(self).items() if value not in (None, "")})


class RestAdapter:
    """Asks a server for JSON and maps the objects in it."""

    name: ClassVar[str] = "rest"
    label: ClassVar[str] = "JSON 接口"
    config: ClassVar[type[BaseModel]] = RestConfig

    def discover(self, config: RestConfig, context: Context) -> Iterator[Blob]:
        """Nothing: a server is asked."""
        return iter(())

    def fetch(self, config: RestConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """Page after page, each with the position of the one after it; the last with the end of the load."""
        asked = _asked(config)
        stood = Position.of(ask.cursor) if ask.since is None else None
        goes_on = stood is not None and stood.next is not None and stood.asked == asked
        with Client(config, context, ask) as client:
            load = _Load(config, context, client, ask, asked)
            if stood is None:
                since, start = ask.since, None
            elif goes_on:
                since, start = stood.since, stood.next
            else:  # finished, or begun with another question
                since, start = (stood.since, None) if stood.next else (stood.until, None)
            yield from load.pages(since, start, stood.until if stood is not None and goes_on else None)

    def greet(self, config: RestConfig, context: Context, ask: Fetch) -> Greeting:
        """The first page, and how many objects it holds."""
        with Client(config, context, ask) as client:
            load = _Load(config, context, client, ask, "")
            reply, data, pager = load.first()
            count = len(objects_at(config.tables[0], data))
            total = pager.total(data)
            lines = [f"{reply.address} 回答 {reply.status}，第一页 {count} 条" + (f"，共 {total} 条" if total else "")]
            server = reply.headers.get("server")
            if server:
                lines.insert(0, f"服务器 {client.shown(server)}")
            return Greeting(tuple(lines), (Spool(ask.spool).keep(reply.address, reply.body, reply.at),))

    def read(self, config: RestConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """Table after table out of one reply."""
        data = reply_json(blob)
        for table in config.tables:
            yield from read_objects(table, config, context, objects_at(table, data))

    def reread(self, config: RestConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_objects(config.tables, config, rows, context)

    def preview(self, config: RestConfig, blob: Blob, context: Context) -> list[Preview]:
        data = reply_json(blob)
        return [preview_objects(table, config, context, blob, objects_at(table, data)[:20]) for table in config.tables]


class _Load:
    """The pages of one load."""

    def __init__(self, config: RestConfig, context: Context, client: Client, ask: Fetch, asked: str) -> None:
        self._config, self._context, self._client, self._ask, self._asked = config, context, client, ask, asked
        self._spool = Spool(ask.spool)

    def first(self) -> tuple[Reply, Any, Pager]:
        """The first page of everything."""
        pager = pager_of(self._config, None)
        reply, data = self._answer(pager, None)
        return reply, data, pager

    def pages(self, since: int | None, start: str | None, until: int | None) -> Iterator[Page]:
        """From ``start`` (None: the first page) to the end.

        ``until``: when the load that is continued began; None: it begins now.
        """
        pager = pager_of(self._config, start)
        if since is None and self._config.incremental is not None and self._config.incremental.start is not None:
            since = midnight(self._config.incremental.start, self._context.zone)
        while True:
            reply, data = self._answer(pager, since)
            if until is None:  # by the earlier clock, and earlier still by what the two differ
                until = reply.at - abs(self._client.skew)
            pager.take(reply, data)
            more = pager.place is not None
            position = Position(until, since if more else None, pager.place, self._asked if more else "")
            empty = not any(objects_at(table, data) for table in self._config.tables)
            blob = None if empty else self._spool.keep(reply.address, reply.body, reply.at, data)
            yield Page(blob, position.cursor())
            if not more:
                return

    def _answer(self, pager: Pager, since: int | None) -> tuple[Reply, Any]:
        config = self._config
        params = {name: text_of(value) for name, value in config.request.params.items()}
        if since is not None and config.incremental is not None:
            params[config.incremental.param] = self._since(config.incremental, since)
        params |= pager.params()
        address = pager.address() or config.request.path
        if pager.address():
            question = Question(address)
        elif config.request.method == "POST":
            question = Question(address, body={**config.request.params, **params})
        else:
            question = Question(address, params)
        reply, data = self._client.send_json(question)
        self._check(reply, data)
        objects_at(config.tables[0], data)
        return reply, data

    def _since(self, incremental: Incremental, since: int) -> str:
        """The parameter's value; an ordinary load overlaps the one before."""
        if self._ask.since is None:
            since -= incremental.overlap
        return incremental.template.format(spelled(since, incremental.format, self._context))

    def _check(self, reply: Reply, data: Any) -> None:
        request = self._config.request
        if request.success is None or search(request.success, data) is True:
            return
        told = text_of(search(request.message, data)) if request.message else ""
        said = f"，对方说的是“{self._client.shown(told)[:120]}”" if told else ""
        raise InputError(f"{reply.address} 的回答不符合 success“{request.success}”{said}")


def spelled(moment: int, form: str, context: Context) -> str:
    """UTC seconds as the server wants them; a pattern is filled with local time of the source."""
    if form == "epoch":
        return str(moment)
    if form == "epoch_ms":
        return str(moment * 1000)
    if form == "iso":
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return datetime.fromtimestamp(moment, context.zone).strftime(form)


def _asked(config: RestConfig) -> str:
    """A hash of the question: the address, the parameters, the way of paging."""
    parts: Mapping[str, Any] = config.model_dump(mode="json", include={"url", "request", "paging", "incremental"})
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


ADAPTER = RestAdapter()
