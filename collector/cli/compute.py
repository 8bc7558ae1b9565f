"""``yunwei compute``: from records to indicator results."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.common import (
    as_of_option,
    console,
    known_at_option,
    open_workspace,
    periods_argument,
    show_moment,
    workspace_option,
)
from collector.cli.common import command as chinese_command

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from collector.compute import ComputeReport, Progress

_COUNTED = {"met": "达标", "missed": "未达标", "low_coverage": "覆盖不足", "not_due": "未到期", "no_data": "无数据"}


@chinese_command(
    help="计算各周期的绩效指标并保存结果。\n\n"
    "不写周期时计算每个合同已经开始的各月、季、半年、年和整个合同期（见配置 compute.periods）。"
    "同样的数据、配置和截止时间总是得出同样的结果。"
)
@workspace_option
@periods_argument
@as_of_option
@known_at_option
@click.option("--only-affected", is_flag=True, help="不重算自上次计算以来没有变化的指标和周期")
@click.option("--project", "projects", multiple=True, metavar="代码", help="只计算这个运维项目；可写多次")
@click.option("--indicator", "indicators", multiple=True, metavar="代码", help="只计算这个指标；可写多次")
def command(
    workspace: Path,
    periods: tuple[str, ...],
    as_of: str | None,
    known_at: str | None,
    only_affected: bool,
    projects: tuple[str, ...],
    indicators: tuple[str, ...],
) -> None:
    """Compute, store, and sum up."""
    from collector.compute import Asked, compute
    from metrics.period import parse_period

    asked = Asked(tuple(parse_period(period) for period in periods), projects, indicators)
    opened = open_workspace(workspace)
    with progress_line() as progress:
        report = compute(
            opened.settings,
            opened.store,
            asked,
            now=opened.clock(),
            as_of=opened.moment(as_of),
            known_at=opened.moment(known_at),
            only_affected=only_affected,
            progress=progress,
        )
    for line in summary(report, opened.zone):
        click.echo(line)


def summary(report: ComputeReport, zone: ZoneInfo) -> Iterator[str]:
    """What was computed, how it came out, and what could not be computed and why."""
    indicators = len({(result.project, result.indicator) for result in report.results})
    periods = len({result.figure.period for result in report.results})
    yield (
        f"第 {report.run_id} 次运行：{indicators} 个指标、{periods} 个周期，共 {len(report.results):,} 个结果；"
        f"截止时间 {show_moment(report.as_of, zone)}，知悉序号 {report.known_sequence}"
    )
    if report.unaffected:
        yield f"另有 {report.unaffected:,} 项（指标 × 周期）自上次计算以来没有变化，没有重算"
    counted = [f"{word} {report.count(outcome):,}" for outcome, word in _COUNTED.items() if report.count(outcome)]
    if counted:
        yield "结论：" + "，".join(counted)
    for missing in report.not_computed:
        yield f"未能计算“{missing.definition.name}”：{missing.reason}"
    yield "用 yunwei results 周期 查看结果，用 yunwei explain 指标 周期 查看依据"


@contextmanager
def progress_line(verb: str = "计算") -> Iterator[Progress | None]:
    """A moving line on a terminal's stderr; None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    with Bar(
        TextColumn(verb + " {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)
