"""``POST /push/{source}``: a vendor's monitor hands in checks and is told what became of each (adapter ``push``)."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from collector.live.push import RateLimit, accept_push, push_sources, token_matches
from metrics.errors import ConfigError, InputError, PassingError, YunweiError

if TYPE_CHECKING:
    from adapters.push_config import PushConfig
    from collector.live import Recorder
    from collector.settings import Settings
    from collector.store import Store

_LOG = logging.getLogger(__name__)
_BODY_SECONDS = 30.0  # in which a body has to arrive
_RETRY_SECONDS = 10  # after which a busy store is worth another try


class RefusedError(Exception):
    """The request as a whole is not taken; ``wait``: seconds after which it may be."""

    def __init__(self, status: HTTPStatus, sentence: str, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.wait = status, sentence, wait

    def answer(self) -> Response:
        """One sentence, as JSON."""
        headers = {"Connection": "close"} if self.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else {}
        if self.status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        if self.wait is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.wait)))
        return JSONResponse({"error": self.sentence}, self.status, headers=headers)


class PushDesk:
    """Takes pushes for the sources of one configuration; ``clock`` tells UTC seconds."""

    def __init__(self, settings: Settings, store: Store, recorder: Recorder, clock: Callable[[], float]) -> None:
        self._settings, self._store, self._recorder, self._clock = settings, store, recorder, clock
        self._sources = push_sources(settings)
        self._tokens = {source: self._token(source, config) for source, config in self._sources.items()}
        self._limits = {source: RateLimit(config.rate_limit) for source, config in self._sources.items()}

    def route(self) -> Route:
        """Where it listens."""
        return Route("/push/{source}", self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        try:
            source = request.path_params["source"]
            self._admit(source, request)
            body = await _body(request, self._sources[source].max_body)
            kind = request.headers.get("content-type", "")
            return await run_in_threadpool(self._accept, source, body, kind)
        except RefusedError as refusal:
            return refusal.answer()

    def _admit(self, source: str, request: Request) -> None:
        """RefusedError unless the token is right and its holder does not come too often."""
        if source not in self._sources:
            raise RefusedError(HTTPStatus.NOT_FOUND, f"没有接收推送的数据来源“{source}”")
        expected = self._tokens[source]
        if expected is None:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "接收方还没有配置好本来源的令牌，请联系接收方")
        kind, _, given = _utf8(request.headers.get("authorization", "")).partition(" ")
        if kind.lower() != "bearer" or not token_matches(expected, given.strip()):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "令牌不对，应写在请求头 Authorization: Bearer 令牌")
        wait = self._limits[source].wait(source, time.monotonic())
        if wait:
            most = self._sources[source].rate_limit
            raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, f"推送太频繁，每分钟最多 {most} 次，请稍后再送", wait)

    def _accept(self, source: str, body: bytes, kind: str) -> Response:
        """200 with what became of each row; 422 where none was taken."""
        now = int(self._clock())
        try:
            answer = accept_push(self._settings, self._store, self._recorder, source, body, kind, now)
        except InputError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from None
        except PassingError as error:
            _LOG.warning("推送暂时无法入库：%s", error)
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "暂时无法入库，请稍后原样再送", _RETRY_SECONDS) from None
        except YunweiError as error:
            raise RefusedError(HTTPStatus.NOT_FOUND, str(error)) from None
        nothing = answer.received > 0 and answer.accepted == 0
        return JSONResponse(answer.as_json(), HTTPStatus.UNPROCESSABLE_ENTITY if nothing else HTTPStatus.OK)

    def _token(self, source: str, config: PushConfig) -> str | None:
        """None if it cannot be read: this source's pushes wait, nothing else does."""
        try:
            return config.token.read(self._settings.workspace)
        except ConfigError as error:
            _LOG.error("来源 %s 不能接收推送：%s", source, error)
            return None


def _utf8(header: str) -> str:
    """A header's value as it was meant: bytes beyond ASCII arrive one character each."""
    return header.encode("latin-1").decode("utf-8", "replace")


async def _body(request: Request, most: int) -> bytes:
    """All of it, unless it is too much, packed, or does not come."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "正文不要压缩")
    too_large = RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"一次推送最多 {most} 字节，应分几次送")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise too_large
    except TimeoutError:
        raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, f"正文在 {_BODY_SECONDS:.0f} 秒内没有送完") from None
    except ClientDisconnect:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "连接在正文送完之前断开") from None
    return bytes(body)
