"""``yunwei report``: the workbook and the Word report of a period."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import open_workspace, periods_argument, workspace_option


@chinese_command(
    help="写出一个周期的工作簿（xlsx）和报告（docx），数字取自最近一次计算或封账。\n\n"
    "写月份得月度的，写年份得年度的，季、半年、合同期也可以；没有封账的，每页都标明草稿。"
    "报告可用本单位自己的 Word 模板：先用 --write-template 写出一份，换上版头，再用 --template 或配置的 "
    "outputs.template 指定。"
)
@workspace_option
@periods_argument
@click.option("--project", metavar="代码", help="只写这个运维项目")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="目录", help="写到这个目录（默认 paths.output）"
)
@click.option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="Word 模板（默认用配置中的，没有则用程序自带的）",
)
@click.option(
    "--rows", type=click.IntRange(min=1), metavar="行数", help="工作簿里每个指标最多列出多少行依据（默认 200）"
)
@click.option(
    "--write-template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="写出自带的模板供修改，不写报告",
)
def command(
    workspace: Path,
    periods: tuple[str, ...],
    project: str | None,
    out: Path | None,
    template: Path | None,
    rows: int | None,
    write_template: Path | None,
) -> None:
    """Write both papers of every period asked for and say where they are."""
    if write_template is not None:
        from collector.publish.word import write_template as write

        click.echo(f"已写出模板 {write(write_template)}")
        return
    from collector.period_papers import write_both
    from metrics.errors import UsageError
    from metrics.period import parse_period

    if not periods:
        raise UsageError("请写明周期，如 yunwei report 2023-03 或 yunwei report 2023")
    asked = [parse_period(period) for period in periods]
    opened = open_workspace(workspace)
    for path in write_both(opened.settings, opened.store, asked, project, out, template, rows):
        click.echo(f"已写出 {path}")
