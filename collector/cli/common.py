"""What commands share: options with one wording, the opened workspace, moments in the organisation's zone.

A command file holds one ``command``::

    @command(help="…")
    @workspace_option
    @as_of_option
    def command(workspace: Path, as_of: str | None) -> None: ...
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from collector.cli.chinese import ChineseCommand
from metrics.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from collector.settings import Settings
    from collector.store import Store

#: Decorator for commands: Chinese help, and the name follows from COMMANDS.
command = partial(click.command, cls=ChineseCommand)

workspace_option = click.option(
    "-C",
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("."),
    metavar="目录",
    help="工作区目录（默认当前目录）",
)
period_argument = click.argument(
    "period", metavar="周期", help="2023-03、2023Q1、2023H1、2023 或 2022-11-01..2025-10-31"
)
periods_argument = click.argument(
    "periods", metavar="[周期]…", nargs=-1, help="2023-03、2023Q1、2023H1、2023 或 2022-11-01..2025-10-31；可写多个"
)
as_of_option = click.option(
    "--as-of", metavar="时间", help="截止时间：此后的事视为尚未发生；只写日期时含当日（默认现在）"
)
known_at_option = click.option(
    "--known-at", metavar="时间", help="知悉时间：只用当时已入库的数据和当时的配置；只写日期时含当日（默认现在）"
)

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?")


def parse_moment(text: str | None, zone: ZoneInfo) -> int | None:
    """UTC seconds of an ISO date or local time; None for None.

    A date alone means its end, because 截至某日 includes the day. 24:00 is midnight of the next day (semantics 1).

    Raises:
        UsageError: not a moment.
    """
    if text is None:
        return None
    found = _MOMENT.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        day, clock, seconds, offset = found[1], found[2], found[3] or "00", found[4] or ""
        if clock is None or (clock == "24:00" and seconds == "00"):
            moment = datetime.fromisoformat(f"{day}T00:00:00{offset}")
            # the next local midnight; adding 86,400 s would miss it where clocks change
            moment += timedelta(days=1)
        else:
            moment = datetime.fromisoformat(f"{day}T{clock}:{seconds}{offset}")
        return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())
    except ValueError:
        raise UsageError(f"“{text}”不是时间，应写作 2023-12-31 或 2023-12-31T18:00") from None


def parse_start(text: str | None, zone: ZoneInfo) -> int | None:
    """As :func:`parse_moment`, but a date alone means its beginning, because 自某日起 includes the day."""
    if text is not None and (found := _MOMENT.fullmatch(text.strip())) is not None and found[2] is None:
        text = f"{found[1]}T00:00"
    return parse_moment(text, zone)


def show_moment(seconds: int, zone: ZoneInfo) -> str:
    """Local time for people: ``2023-12-31 18:00:00``."""
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")


def now() -> int:
    """The clock, UTC seconds; the only one that commands read."""
    return int(time.time())


@dataclass
class Workspace:
    """A folder with its configuration and its store; each is loaded when it is first asked for."""

    path: Path
    clock: Callable[[], int] = field(default=now)

    @cached_property
    def settings(self) -> Settings:
        """The checked configuration; ConfigErrors lists everything that is wrong with it."""
        from collector.settings import load_settings

        return load_settings(self.path)

    @cached_property
    def store(self) -> Store:
        """The store, created or migrated as needed."""
        from collector.store import open_store

        settings = self.settings
        return open_store(
            settings.database_url(),
            settings.organization.id,
            checks=settings.checks,
            clock=self.clock,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return self.settings.zone

    def close(self) -> None:
        """Give the store's connections back, if it was opened."""
        if "store" in self.__dict__:
            self.store.close()

    def moment(self, text: str | None) -> int | None:
        """:func:`parse_moment` in the organisation's zone."""
        return parse_moment(text, self.zone)

    def start_of(self, text: str | None) -> int | None:
        """:func:`parse_start` in the organisation's zone."""
        return parse_start(text, self.zone)


def open_workspace(path: Path) -> Workspace:
    """The workspace in ``path``; its settings are read at once, so that a wrong folder is said first.

    It is closed when the command that opened it ends.
    """
    workspace = Workspace(path)
    _ = workspace.settings
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(workspace.close)
    return workspace


def console(*, stderr: bool = False) -> Console:
    """A rich console; its broken pipe is left to ``collector.cli.run``, and what is no terminal is very wide."""
    from rich.console import Console

    from collector.publish.table import PIPED_WIDTH

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    made = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = PIPED_WIDTH
    return made
