"""What holds for every answer: who may read, headers that keep browsers careful, errors as one sentence."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing is loaded from anywhere, nothing runs, nobody frames us; a page allows its own style by its hash.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SENTENCES: Mapping[int, str] = {
    404: "没有这个页面",
    405: "这个地址不接受这种请求",
    500: "程序内部出错，详见日志",
    503: "页面还没有准备好，请稍后再试",
}


class Guard:
    """Wraps the application; ``login`` is (user, password), or None where everybody may read.

    ``open_paths`` need no login: they say nothing, or have their own key.
    """

    def __init__(self, app: ASGIApp, login: tuple[str, str] | None, open_paths: tuple[str, ...]) -> None:
        self._app, self._open_paths = app, open_paths
        self._expected = None if login is None else f"{login[0]}:{login[1]}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or let the application answer, with our headers where it says nothing else."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if self._may_read(scope):
            await self._app(scope, receive, careful)
        else:
            challenge = {"WWW-Authenticate": 'Basic realm="yunwei", charset="UTF-8"'}
            refusal = PlainTextResponse("需要用户名和口令\n", 401, headers=challenge)
            await refusal(scope, receive, careful)

    def _may_read(self, scope: Scope) -> bool:
        if self._expected is None or scope["path"].startswith(self._open_paths):
            return True
        kind, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            said = base64.b64decode(given.strip(), validate=True) if kind.lower() == "basic" else b""
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(said, self._expected)


async def sentence(request: Request, error: Exception) -> Response:
    """An error as one sentence."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers: Any = error.headers if isinstance(error, HTTPException) else None
    return PlainTextResponse(_SENTENCES.get(status, "请求有误") + "\n", status, headers=headers)
