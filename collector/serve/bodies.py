"""Answers prepared beforehand: bytes, the same packed, and a tag by which a reader knows that it has them already."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True)
class Body:
    """One prepared answer."""

    content: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes:
        """The content as gzip, always the same for the same content."""
        return gzip.compress(self.content, compresslevel=5, mtime=0)

    @cached_property
    def tag(self) -> str:
        """A strong ETag."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    def prepared(self) -> Body:
        """Itself, with everything worked out now and not when somebody asks."""
        _ = self.packed, self.tag
        return self

    def answer(self, request: Request) -> Response:
        """304 to who has it, else the content, packed for who takes that."""
        headers = {"ETag": self.tag, "Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
        known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
        if self.tag in known or "*" in known:
            return Response(status_code=304, headers=headers)
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            return Response(self.packed, media_type=self.media_type, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        if coding in ("gzip", "*"):
            return not any(
                parameter.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for parameter in parameters
            )
    return False
