"""Fetchers: adapters that bring files into the drop folder, where the sources of tables read them.

A fetcher yields what a mailbox or a server offers and has not been brought before, each file whole on disk; where it
lands, whether its content is known already and what is remembered of it is the collector's affair.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, Field

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Preview
from adapters.mapping import Name, Names, Seconds
from metrics.errors import InputError
from metrics.indicators import Strict

if TYPE_CHECKING:
    import pandas as pd

MEGABYTE = 1 << 20
_LONGEST_NAME = 180  # bytes; file systems take 255, and a suffix may follow
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class DropConfig(Strict):
    """Keys that every fetcher has."""

    into: Name = Field(description="放进投递文件夹下的哪个文件夹")
    names: Names = Field(("*",), description="只取名称符合的文件，如 “*.xlsx”；不写为全部")
    max_megabytes: int = Field(50, ge=1, le=2048, description="一个文件（邮件）最大多少兆字节，更大的不取并报告")
    connect_timeout: Seconds = Field(10, gt=0, description="建立连接的时限，如 10秒")
    timeout: Seconds = Field(30, gt=0, description="对方多久没有应答算断开，如 30秒")
    longest: Seconds = Field(600, gt=0, description="取一个文件最长多久，如 10分钟")

    @property
    def records(self) -> set[str]:
        """Files are brought, no records read."""
        return set()

    @property
    def limit(self) -> int:
        """Bytes of the largest file."""
        return self.max_megabytes * MEGABYTE


@dataclass(frozen=True, slots=True)
class Brought:
    """One thing that was looked at.

    Attributes:
        key: what tells it from everything else in its source; an item whose key is known is not brought again.
        name: the path below ``into``, safe on every system; "" for a thing that holds no file (a mail without one).
        origin: where it lay, in words that find it again.
        sender: who sent it, where that is known; nobody vouches for it.
        arrived_at: when it came to lie there, UTC seconds.
        path: the file, whole; the collector moves it. None where there is none.
        refused: why it was not brought, one Chinese clause.
    """

    key: str
    name: str = ""
    origin: str = ""
    sender: str | None = None
    arrived_at: int | None = None
    path: Path | None = None
    refused: str | None = None


class DropAdapter(ABC):
    """A fetcher; one file in ``adapters``, one line in ADAPTERS. Nothing is read from it but files."""

    name: ClassVar[str]
    label: ClassVar[str]
    config: ClassVar[type[BaseModel]]

    @abstractmethod
    def bring(self, config: Any, context: Context, known: Collection[str], scratch: Path) -> Iterator[Brought]:
        """What is there and not ``known`` by its key, oldest first; files are written below ``scratch``.

        Raises:
            PassingError: nobody answers, the connection broke; what was yielded is whole, a later run goes on.
            ConfigError: the other side is not who it should be, or refuses us.
        """

    @abstractmethod
    def greet(self, config: Any, context: Context, ask: Fetch) -> Greeting:
        """Connect and look, bring nothing, for ``yunwei check``; raises as ``bring``."""

    def discover(self, config: Any, context: Context) -> Iterator[Blob]:
        """Nothing: the files lie in the drop folder, for sources of tables."""
        return iter(())

    def read(self, config: Any, blob: Blob, context: Context) -> Iterator[Batch]:
        """No delivery has this source."""
        raise InputError("这个来源只取文件，不读记录")

    def reread(self, config: Any, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        """No rejection has this source."""
        raise InputError("这个来源只取文件，不读记录")

    def preview(self, config: Any, blob: Blob, context: Context) -> list[Preview]:
        """Nothing to preview."""
        return []


def safe_name(text: str) -> str:
    """A file name that cannot leave its folder, hide, or confuse a system; what people see of it stays."""
    normal = unicodedata.normalize("NFC", text)
    shown = "".join("_" if unicodedata.category(letter)[0] == "C" else letter for letter in normal)
    plain = _FORBIDDEN.sub("_", shown).strip(" .\t")
    plain = f"_{plain}" if _RESERVED.fullmatch(plain) or plain.startswith("~$") else plain
    return _shortened(plain) or "无名"


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = name, "", ""
    room = _LONGEST_NAME - len(f"{dot}{ending}".encode())
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}"


def save(chunks: Iterable[bytes], path: Path, limit: int) -> bool:
    """Write a file as it comes; False, and no file, when it is longer than ``limit`` bytes."""
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                break
            file.write(chunk)
    if size > limit:
        path.unlink()
    return size <= limit


class Watch:
    """Cuts the connection when one step lasts longer than ``seconds``: a server that drips would hold us for ever."""

    def __init__(self, seconds: int) -> None:
        self.fired = False
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def arm(self, cut: Callable[[], object]) -> None:
        """A step begins."""
        self.disarm()

        def fire() -> None:
            self.fired = True
            cut()

        self._timer = threading.Timer(self._seconds, fire)
        self._timer.daemon = True
        self._timer.start()

    def disarm(self) -> None:
        """The step is over."""
        if self._timer is not None:
            self._timer.cancel()

    def fact(self, otherwise: str) -> str:
        """Why the connection ended."""
        return f"对方太慢，超过 {self._seconds} 秒（longest）" if self.fired else otherwise
