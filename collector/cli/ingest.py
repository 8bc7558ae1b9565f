"""``yunwei ingest``: read what the vendors delivered."""

from __future__ import annotations

import json
from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import open_workspace, workspace_option
from collector.cli.progress import delivery_lines, print_summary


@chinese_command(
    help="采集：读取收件文件夹里服务商交付的文件，向服务商的系统取数，并入库。\n\n"
    "同一份文件再次采集不会改变什么；更正的行取代旧行，旧行仍可查。"
    "每一批都列出：读取 = 接收 + 未变 + 更正 + 拒绝 + 另计。"
    "有行或文件被拒绝时退出码为 3；对方的系统暂时不答时为 4，已读到的保留，下次接着读。"
)
@workspace_option
@click.option("--source", "sources", multiple=True, metavar="代码", help="只采集这个数据来源；可写多次")
@click.option(
    "--since", metavar="时间", help="向服务器重新取这一时间以来的数据（如 2026-01-01）；不影响下次从哪里接着取"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出全部计数")
@click.pass_context
def command(ctx: click.Context, workspace: Path, sources: tuple[str, ...], since: str | None, as_json: bool) -> None:
    """Take what the sources offer and say what became of it."""
    from collector.archive import Archive
    from collector.ingest import ingest

    opened = open_workspace(workspace)
    with delivery_lines(quiet=as_json) as progress:
        report = ingest(
            opened.settings,
            opened.store,
            Archive(opened.settings.archive),
            sources=sources or None,
            since=opened.start_of(since),
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        if not (report.deliveries or report.known or report.left or report.unclaimed or report.failures):
            if report.asked:
                click.echo(f"{'、'.join(report.asked)}：没有新的数据")
            else:
                click.echo(f"收件文件夹“{opened.settings.inbox}”里没有要读的文件")
        print_summary(report, "{count} 份文件或回答没有变化，未再读入")
    ctx.exit(report.exit_code)
