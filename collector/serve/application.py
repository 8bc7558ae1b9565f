"""The addresses: what is prepared is handed out, nothing is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from collector.serve.bodies import Body
from collector.serve.guard import POLICY, Guard, sentence
from collector.serve.papers import Paper

#: Addresses that need no login.
OPEN_PATHS = ("/healthz", "/push/")


@dataclass(frozen=True)
class Pages:
    """Everything that can be read, of one moment. ``style_hash`` is what the page's own style is allowed by."""

    bodies: Mapping[str, Body] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    style_hash: str = ""


class Board:
    """Where the newest pages hang; exchanged as a whole."""

    def __init__(self) -> None:
        self.pages = Pages()


def application(board: Board, login: tuple[str, str] | None, more: tuple[Route, ...] = ()) -> ASGIApp:
    """The application; ``more`` are further routes."""

    async def body(request: Request) -> Response:
        found = board.pages.bodies.get(request.url.path)
        if found is None:
            raise HTTPException(503, headers={"Retry-After": "5"})
        answer = found.answer(request)
        if request.url.path == "/":
            answer.headers["Content-Security-Policy"] = f"{POLICY}; style-src '{board.pages.style_hash}'"
        return answer

    async def paper(request: Request) -> Response:
        found = board.pages.papers.get(request.path_params["name"])
        if found is None or not found.path.is_file():
            raise HTTPException(404)
        named = f"attachment; filename*=UTF-8''{quote(found.path.name)}"
        return FileResponse(found.path, media_type="application/octet-stream", headers={"Content-Disposition": named})

    async def health(request: Request) -> Response:
        """Alive; whether there is something to read yet is another question."""
        return PlainTextResponse("ok\n")

    routes = [Route(path, body) for path in ("/", "/metrics", "/results.json")]
    routes += [Route("/healthz", health), Route("/papers/{name:path}", paper), *more]
    starlette = Starlette(routes=routes, exception_handlers={HTTPException: sentence, 500: sentence})
    return Guard(starlette, login, OPEN_PATHS)
