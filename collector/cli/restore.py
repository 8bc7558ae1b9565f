"""``yunwei restore``: a workspace out of a backup."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import now, workspace_option


@chinese_command(
    help="恢复：由 yunwei backup 写出的文件夹重新建立工作区，逐个核对散列值和数据库的指纹。\n\n"
    "工作区里还没有 yunwei.yaml 时用备份中的配置；已有时照现有的，例如写着另一个数据库（SQLite 或 PostgreSQL 都可以）。"
    "那个数据库里不能已有本单位的数据。"
)
@click.argument("folder", metavar="备份文件夹", type=click.Path(path_type=Path, exists=True, file_okay=False))
@workspace_option
def command(folder: Path, workspace: Path) -> None:
    """Copy back, compare, and say so."""
    from collector.backup import restore

    made = restore(folder, workspace, now())
    click.echo(
        f"已恢复到 {workspace.resolve()}：原件 {made.archived_files:,} 个，拨测日志 {made.check_files:,} 个，"
        f"与备份一致（指纹 {made.fingerprint[:12]}）"
    )
    for path in made.damaged:
        click.echo(f"备份时就已缺失或损坏：{path}", err=True)
