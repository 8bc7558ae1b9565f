"""From page to page: by number, by offset, by the server's own mark, by the address of the next page.

A page is the last when it is empty, when it is shorter than the first one, when as many objects came as there are, or
when the server names no next one. It is never the last because it is shorter than what was asked for: servers cut the
size of a page silently.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from adapters.http_client import Reply
from adapters.json_paths import search, text_of
from adapters.json_rows import objects_at
from adapters.rest_config import Paging, RestConfig
from metrics.errors import InputError

_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;]+)*)")


class Pager(ABC):
    """Where a load stands among its pages.

    ``place``: the page to ask for next as a text that can be stored; None before the first and after the last.
    """

    def __init__(self, config: RestConfig, place: str | None) -> None:
        self.config = config
        self.place = place
        self._before: Sequence[Any] = ()  # the objects of the page before
        self._first_count: int | None = None  # of the first page of this run
        self._seen = 0

    def params(self) -> dict[str, str]:
        """Parameters of the request for the page at ``place``."""
        return {}

    def address(self) -> str | None:
        """The whole address of the page, where the server gave one."""
        return None

    def total(self, data: Any) -> int | None:
        """How many objects there are in all, if the server says so."""
        paging = self.config.paging
        found = search(paging.total, data) if paging is not None and paging.total else None
        return int(found) if isinstance(found, int | str) and str(found).isdigit() else None

    def take(self, reply: Reply, data: Any) -> None:
        """Move on after a page."""
        objects = objects_at(self.config.tables[0], data)
        following = self.following(reply, data, len(objects))
        if following is not None and objects and _are_same(objects, self._before):
            raise InputError(f"{reply.address} 与前一页完全相同，翻页没有翻动；请核对 paging 的参数名")
        self._before = objects
        self.place = following

    @abstractmethod
    def following(self, reply: Reply, data: Any, count: int) -> str | None:
        """The place after a page of ``count`` objects; None if it was the last."""

    def is_last(self, count: int, total: int | None, seen: int) -> bool:
        """Whether no page can come after one of ``count`` objects; ``seen``: how many came up to and with it."""
        first, self._first_count = self._first_count, self._first_count or count
        short = first is not None and count < first
        return count == 0 or short or (total is not None and seen >= total)


class _OnePage(Pager):
    def following(self, reply: Reply, data: Any, count: int) -> str | None:
        return None


class _Numbered(Pager):
    """By the number of the page; ``place`` is ``number:objects seen before``."""

    def __init__(self, config: RestConfig, paging: Paging, place: str | None) -> None:
        super().__init__(config, place)
        self._paging = paging

    def params(self) -> dict[str, str]:
        return {**_sized(self._paging), str(self._paging.param): str(self._at()[0])}

    def following(self, reply: Reply, data: Any, count: int) -> str | None:
        number, seen = self._at()
        seen += count
        return None if self.is_last(count, self.total(data), seen) else f"{number + 1}:{seen}"

    def _at(self) -> tuple[int, int]:
        if self.place is None:
            return self._paging.first, 0
        number, _, seen = self.place.partition(":")
        return int(number), int(seen)


class _Offset(Pager):
    """By the number of objects that are passed by: as many as came, whatever the size that was asked for."""

    def __init__(self, config: RestConfig, paging: Paging, place: str | None) -> None:
        super().__init__(config, place)
        self._paging = paging

    def params(self) -> dict[str, str]:
        return {**_sized(self._paging), str(self._paging.param): self.place or "0"}

    def following(self, reply: Reply, data: Any, count: int) -> str | None:
        seen = int(self.place or 0) + count
        return None if self.is_last(count, self.total(data), seen) else str(seen)


class _Marked(Pager):
    """By a mark that the server gives with each page."""

    def __init__(self, config: RestConfig, paging: Paging, place: str | None) -> None:
        super().__init__(config, place)
        self._paging = paging

    def params(self) -> dict[str, str]:
        mark = {str(self._paging.param): self.place} if self.place is not None else {}
        return {**_sized(self._paging), **mark}

    def following(self, reply: Reply, data: Any, count: int) -> str | None:
        mark = text_of(search(str(self._paging.next), data))
        if mark and mark == self.place:
            raise InputError(f"{reply.address} 给出的下一页记号没有变（{mark[:60]}），应为新的记号或空")
        return mark or None


class _Linked(Pager):
    """By the next page's address, out of the body or out of the header ``Link``."""

    def __init__(self, config: RestConfig, paging: Paging, place: str | None) -> None:
        super().__init__(config, place)
        self._paging = paging

    def params(self) -> dict[str, str]:
        return _sized(self._paging)

    def address(self) -> str | None:
        return self.place

    def following(self, reply: Reply, data: Any, count: int) -> str | None:
        if self._paging.next is not None:
            link = text_of(search(self._paging.next, data))
        else:
            link = _next_link(reply.headers.get("link", ""))
        following = self._on_our_server(link) if link else None
        if following is not None and following == self.place:
            raise InputError(f"{reply.address} 给出的下一页就是它自己，应为新的地址或空")
        return following

    def _on_our_server(self, link: str) -> str:
        """The link's path and query on the server that we were told to ask: servers name themselves as they like."""
        base = urlsplit(self.config.url)
        whole = urlsplit(urljoin(f"{self.config.url.rstrip('/')}/{self.config.request.path.lstrip('/')}", link))
        return urlunsplit((base.scheme, base.netloc, whole.path, whole.query, ""))


_KINDS: Mapping[str, Callable[[RestConfig, Paging, str | None], Pager]] = {
    "page": _Numbered,
    "offset": _Offset,
    "cursor": _Marked,
    "link": _Linked,
}


def pager_of(config: RestConfig, place: str | None) -> Pager:
    """The pager that the configuration asks for, at ``place``."""
    paging = config.paging
    if paging is None:
        return _OnePage(config, None)
    return _KINDS[paging.by](config, paging, place)


def _sized(paging: Paging) -> dict[str, str]:
    return {paging.size_param: str(paging.size)} if paging.size_param else {}


def _are_same(objects: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether they say the same; pages that do not, do so in their first object already."""
    pairs = zip(objects, others, strict=False)
    return len(objects) == len(others) and all(_spelled(one) == _spelled(other) for one, other in pairs)


def _spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _next_link(header: str) -> str:
    """The target of ``rel="next"``; "" if there is none."""
    for target, more in _LINK.findall(header):
        if re.search(r"rel\s*=\s*\"?[^\";]*\bnext\b", more):
            return str(target)
    return ""
