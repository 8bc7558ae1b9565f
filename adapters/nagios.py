"""Nagios (adapter ``nagios``): its archived logs as uptime checks, its downtimes as exclusions.

A page is one log file, after a first line of our own: the downtimes that had begun before it. So a downtime that runs
over midnight is whole, and an archived page can be read again by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.nagios_config import NagiosConfig
from adapters.nagios_log import Lines, downtimes_after, read_log
from adapters.own_rows import preview_own, reread_own
from adapters.replies import reply_bytes
from metrics.errors import InputError, PassingError

if TYPE_CHECKING:
    import pandas as pd

_ARCHIVE = re.compile(r"nagios-(\d\d)-(\d\d)-(\d{4})-(\d\d)\.log")
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Position:
    """Archives that were read, the last of them in time, and the downtimes open at its end (object → UTC seconds)."""

    done: tuple[str, ...] = ()
    last: str = ""
    open: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: str | None) -> Position:
        """From a cursor; the beginning where there is none."""
        data = json.loads(cursor) if cursor else {}
        return cls(tuple(data.get("done", ())), data.get("last", ""), data.get("open", {}))


class NagiosAdapter:
    """Reads the logs in a folder."""

    name: ClassVar[str] = "nagios"
    label: ClassVar[str] = "Nagios 日志"
    config: ClassVar[type[BaseModel]] = NagiosConfig

    def discover(self, config: NagiosConfig, context: Context) -> Iterator[Blob]:
        """Nothing: logs are asked for with what went before them."""
        return iter(())

    def fetch(self, config: NagiosConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """Archives that are new, in the order of time, and the current log up to its last whole line."""
        position = Position.of(ask.cursor)
        for key, path in archives(config, context):
            if ask.since is not None and path.stat().st_mtime < ask.since:
                continue
            if ask.since is None and path.name in position.done:
                continue
            content = _content(config, path)
            if key < position.last and ask.since is None:
                ask.say(f"日志 {path.name} 比已读的早而后到；跨过它的停机维护可能没有配上")
            before = position.open if key > position.last else {}
            after = downtimes_after(before, content)
            ahead = Position((*position.done, path.name), key, after)
            position = ahead if key > position.last else Position(ahead.done, position.last, position.open)
            yield Page(_page(ask, path.name, before, content), json.dumps(asdict(position)))
        if config.current is not None:
            path = context.workspace / config.current
            whole = _content(config, path).rpartition(b"\n")[0]
            if whole:
                yield Page(_page(ask, path.name, position.open, whole + b"\n"), None)

    def greet(self, config: NagiosConfig, context: Context, ask: Fetch) -> Greeting:
        """How many logs there are, and the newest."""
        found = archives(config, context)
        lines = [f"归档日志 {len(found):,} 个" + (f"，{found[0][1].name} 至 {found[-1][1].name}" if found else "")]
        newest = [_page(ask, path.name, {}, _content(config, path)) for _, path in found[-1:]]
        return Greeting(tuple(lines), tuple(newest))

    def read(self, config: NagiosConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """One log."""
        head, _, content = reply_bytes(blob.path).partition(b"\n")
        try:
            before = {str(name): int(at) for name, at in json.loads(head)["open"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError("不是从 Nagios 取得的日志") from None
        yield from read_log(config, context, Lines(content), before)

    def reread(self, config: NagiosConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        for batch in reread_own(rows, context):
            batch.rhythm = (None, config.staleness)
            yield batch

    def preview(self, config: NagiosConfig, blob: Blob, context: Context) -> list[Preview]:
        return preview_own(blob, self.read(config, blob, context))


def archives(config: NagiosConfig, context: Context) -> list[tuple[str, Path]]:
    """Rotated logs by the moment of their rotation (``2026-10-01-00``); their names sort by month instead.

    Raises:
        PassingError: the folder is not there: nothing must look as if nothing had been logged.
    """
    folder = context.workspace / config.folder
    try:
        names = [(path, _ARCHIVE.fullmatch(path.name)) for path in folder.iterdir()]
    except OSError:
        raise PassingError(f"文件夹“{folder}”不存在或打不开，请接好共享盘，或改正 folder") from None
    return sorted((f"{name[3]}-{name[1]}-{name[2]}-{name[4]}", path) for path, name in names if name)


def _content(config: NagiosConfig, path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > config.max_megabytes * _MEGABYTE:
            raise InputError(f"日志 {path.name} 有 {size / 1e6:.0f} MB，超过 max_megabytes 的 {config.max_megabytes}")
        return path.read_bytes()
    except OSError:
        raise PassingError(f"日志“{path}”打不开，请检查权限和共享盘") from None


def _page(ask: Fetch, name: str, before: dict[str, int], content: bytes) -> Blob:
    path = ask.spool / name
    head = json.dumps({"open": dict(sorted(before.items()))}, ensure_ascii=False)
    path.write_bytes(head.encode() + b"\n" + content)
    lines = Lines(content)
    return Blob(name, path, lines.first_at)


ADAPTER = NagiosAdapter()
