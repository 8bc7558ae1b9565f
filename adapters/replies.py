"""Replies of a server as files: one reply as it came, or several that belong together in one file.

A bundle holds, for each reply, one line ``{"address": …, "bytes": n}``, the n bytes as they came, and a line feed:
lossless and readable in any editor. Nothing in it depends on when it was asked, so the same answers are the same
delivery.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from adapters.base import Blob
from metrics.errors import InputError

_ALMOST_END = 6  # a word like ``false`` that is cut begins so near the end


class Spool:
    """Writes pages into the spool folder of one load, each under a file name of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def keep(self, name: str, body: bytes, at: int, parsed: Any = None) -> Blob:
        """One reply as a blob called ``name`` (the address, without secrets); ``at``: UTC seconds.

        ``parsed``: what :func:`parse_json` made of the body, which need not be done again then.
        """
        self._count += 1
        path = self._folder / f"{self._count:06d}"
        path.write_bytes(body)
        return Blob(name, path, at, parsed)

    def bundle(self, name: str, replies: Iterable[tuple[str, bytes]], at: int) -> Blob:
        """Several replies (address, body) as one blob."""
        self._count += 1
        path = self._folder / f"{self._count:06d}"
        with path.open("wb") as file:
            for address, body in replies:
                head = json.dumps({"address": address, "bytes": len(body)}, ensure_ascii=False)
                file.write(f"{head}\n".encode())
                file.write(body)
                file.write(b"\n")
        return Blob(name, path, at)


def reply_bytes(path: Path) -> bytes:
    """The bytes of a page, out of the spool or out of the archive, where it lies compressed (``.gz``)."""
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise InputError(f"回答的原文读不出来（{error}）") from error


def reply_json(blob: Blob) -> Any:
    """A page's content.

    Raises:
        InputError: it is not JSON.
    """
    if blob.parsed is not None:
        return blob.parsed
    body = reply_bytes(blob.path)
    try:
        return parse_json(body)
    except ValueError:
        raise InputError(f"不是 JSON，开头是“{' '.join(body[:80].decode('utf-8', 'replace').split())}”") from None


def bundled(blob: Blob) -> Iterator[tuple[str, Any]]:
    """Address and JSON of each reply of a bundle, in order.

    Raises:
        InputError: it is no bundle, or a reply in it is not JSON.
    """
    body = reply_bytes(blob.path)
    at = 0
    while at < len(body):
        end = body.find(b"\n", at)
        try:
            head = json.loads(body[at:end])
            address, size = str(head["address"]), int(head["bytes"])
        except (ValueError, KeyError, TypeError):
            raise InputError(f"不是成束存下的回答：第 {at} 字节处没有“地址与字节数”一行") from None
        try:
            yield address, parse_json(body[end + 1 : end + 1 + size])
        except ValueError:
            raise InputError("不是 JSON").within(address) from None
        at = end + 1 + size + 1


def parse_json(body: bytes) -> Any:
    """UTF-8 with or without a mark, else GB18030; ValueError if it is not JSON."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise
        text = body.decode("gb18030")
    return json.loads(text)


def is_cut_short(body: bytes, error: ValueError) -> bool:
    """Whether JSON that ``parse_json`` refused began well and only ends too early, or did not even begin."""
    if not body.strip():
        return True
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return False
    if isinstance(error, json.JSONDecodeError):
        near_end = error.pos >= len(error.doc.rstrip()) - _ALMOST_END
        return near_end or error.msg.startswith("Unterminated string")
    return isinstance(error, UnicodeDecodeError) and error.reason in (
        "unexpected end of data",
        "incomplete multibyte sequence",
    )
