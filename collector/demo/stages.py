"""Progress of the demo: a bar per stage on a terminal, a line per stage elsewhere, and the seconds each one took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from rich.console import Console

    from collector.ingest import DeliveryReport

_WIDTH = 46  # of what is being done; a longer name keeps its end, which tells more


@dataclass
class Step:
    """What a stage is told while it works; also what ingest tells its progress to."""

    progress: Progress
    task: TaskID
    result: str = ""
    _name: str = ""
    _rows: int = 0

    def next(self, name: str) -> None:
        """One more thing is begun."""
        if self._name:
            self.progress.advance(self.task)
        self._show(name)

    def begin(self, source_name: str, name: str) -> None:
        """A file is about to be read."""
        self._rows = 0
        self.next(name)

    def rows(self, count: int) -> None:
        """So many more rows of it were read."""
        self._rows += count
        self._show(self._name, f"{self._rows:,} 行")

    def end(self, report: DeliveryReport) -> None:
        """The file was taken or refused; the next one will say so."""

    def done(self, result: str) -> None:
        """Everything is done, and this came of it."""
        self.result = result

    def _show(self, name: str, more: str = "") -> None:
        self._name = name
        short = name if len(name) <= _WIDTH else f"…{name[1 - _WIDTH :]}"
        self.progress.update(self.task, doing=f"{short} {more}")


@dataclass
class Stages:
    """The stages of a run, shown on ``console``; ``seconds`` by stage."""

    console: Console
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Step]:
        """Show that ``name`` is under way, and afterwards what came of it in how many seconds."""
        began = time.monotonic()
        if not self.console.is_terminal:
            self.console.print(f"{name} ……")
        with self._bar(name) as progress:
            step = Step(progress, progress.add_task(name, total=total, doing=""))
            yield step
        self.seconds[name] = time.monotonic() - began
        self.console.print(f"{name}完成：{step.result}（{self.seconds[name]:.1f} 秒）")

    def _bar(self, name: str) -> Progress:
        return Progress(
            TextColumn(name),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[doing]}"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
