"""What one sees while deliveries are taken: a line for each on stdout, a moving line on a terminal's stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from collector.cli.common import console

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from collector.ingest import DeliveryReport, IngestReport

_REFUSED = "应请服务商重新交付，或用 yunwei check 检查数据来源的设置"


class DeliveryLines:
    """Prints each delivery's accounting when it is taken; nothing with ``quiet``."""

    def __init__(self, quiet: bool, bar: Bar | None) -> None:
        self._quiet = quiet
        self._bar = bar
        self._task = bar.add_task("", total=None) if bar else None

    def begin(self, source_name: str, name: str) -> None:
        """Name the file on the moving line."""
        if self._bar is not None and self._task is not None:
            self._bar.reset(self._task, description=f"{source_name} {name}")

    def rows(self, count: int) -> None:
        """Count its rows there."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, count)

    def end(self, report: DeliveryReport) -> None:
        """Print its line."""
        if not self._quiet:
            click.echo(report.line())


@contextmanager
def delivery_lines(*, quiet: bool = False) -> Iterator[DeliveryLines]:
    """Show progress as the terminal allows."""
    if not sys.stderr.isatty():
        yield DeliveryLines(quiet, None)
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f} 行"), TimeElapsedColumn())
    together = sys.stdout.isatty()  # only then do the two streams share a screen
    with Progress(*columns, console=console(stderr=True), transient=True, redirect_stdout=together) as bar:
        yield DeliveryLines(quiet, bar)


def print_summary(report: IngestReport, known_text: str) -> None:
    """The total of a run, what was left, and what to do about what was refused.

    Args:
        known_text: what to say of ``{count}`` files whose bytes were known.
    """
    from collector.ingest.report import accounting

    for fetched in report.fetched:
        click.echo(fetched.line())
    if report.deliveries:
        click.echo(f"合计 {len(report.deliveries)} 批：{accounting(report)}")
    if report.known:
        click.echo(known_text.format(count=report.known))
    for file in report.left:
        click.echo(file.line())
    if report.unclaimed:
        listed = _listed(report.unclaimed)
        click.echo(f"{len(report.unclaimed)} 个文件没有数据来源要读：{listed}；若应读入，请检查数据来源的 files")
    for note in report.notes:
        click.echo(f"注意：{note}", err=True)
    for failure in report.failures:
        click.echo(f"没有采集到，{failure}", err=True)
    for sentence in _advice(report):
        click.echo(sentence, err=True)


def _listed(names: list[str]) -> str:
    return "、".join(names[:5]) + (" 等" if len(names) > 5 else "")


def _advice(report: IngestReport) -> Iterator[str]:
    if report.refused:
        yield f"{len(report.refused)} 个文件无法读取：{_REFUSED}"
    if report.unreadable:
        yield f"{len(report.unreadable)} 个以前无法读取的文件仍在原处（{_listed(report.unreadable)}）：{_REFUSED}"
    if report.open_rejections:
        now = f"本次拒绝 {report.rejected:,} 行，" if report.rejected else ""
        yield (
            f"{now}待处理的不合格行共 {report.open_rejections:,} 行：用 yunwei rejections list 查看原因，"
            "用 yunwei rejections export 不合格行.xlsx 导出，改正后用 yunwei rejections replay 不合格行.xlsx 交回"
        )
