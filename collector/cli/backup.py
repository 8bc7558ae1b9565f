"""``yunwei backup``: the workspace as one folder to put away."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import open_workspace, workspace_option


@chinese_command(
    help="备份：把数据库、原件存档、拨测日志和配置复制到一个新的文件夹，逐个核对散列值；yunwei run 不必停。\n\n"
    "数据库是同一时刻的完整副本（PostgreSQL 也写成一个 SQLite 文件）。口令和 inbox 不在备份里。"
    "有原件缺失或损坏时照样完成其余部分，并以退出码 3 说明。恢复用 yunwei restore。"
)
@click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))
@workspace_option
@click.pass_context
def command(ctx: click.Context, folder: Path, workspace: Path) -> None:
    """Copy, and say what was copied."""
    from collector.backup import back_up

    opened = open_workspace(workspace)
    made = back_up(opened.settings, opened.store, folder, opened.clock())
    click.echo(
        f"已备份到 {folder}：原件 {made.archived_files:,} 个，拨测日志 {made.check_files:,} 个，"
        f"共 {made.bytes / 1e6:,.1f} MB，指纹 {made.fingerprint[:12]}"
    )
    for path in made.damaged:
        click.echo(f"缺失或已损坏，没有备份：{path}", err=True)
    ctx.exit(3 if made.damaged else 0)
