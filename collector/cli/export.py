"""``yunwei export``: results as files."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import open_workspace, periods_argument, workspace_option
from collector.publish import PUBLISHERS


@chinese_command(
    help="把最近一次计算的结果写成文件：JSON、CSV，以及每月、每年一份的工作簿和 Word 报告。\n\n"
    "不写 --format 时写出配置 outputs 中的各项；没有配置时每种都写。不写周期时，工作簿和报告只写已经结束的周期。"
    "各种文件与终端显示的是同一组数字。"
)
@workspace_option
@periods_argument
@click.option(
    "--format",
    "name",
    type=click.Choice([*PUBLISHERS, "all"]),
    metavar="格式",
    help="json、csv、workbook、report 或 all",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="目录", help="写到这个目录（默认 paths.output）"
)
def command(workspace: Path, periods: tuple[str, ...], name: str | None, out: Path | None) -> None:
    """Write the outputs and say where they are."""
    from collector.outputs import export, stored_results
    from metrics.period import parse_period

    formats = [] if name is None else list(PUBLISHERS) if name == "all" else [name]
    labels = [parse_period(period).label for period in periods]
    opened = open_workspace(workspace)
    results = stored_results(opened.store, labels)
    for path in export(opened.settings, opened.store, results, formats, out, unfinished=bool(labels)):
        click.echo(f"已写出 {path}")
