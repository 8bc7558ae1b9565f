"""``yunwei unit``: the systemd unit of ``yunwei run``, filled in for this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import open_workspace, workspace_option
from metrics.errors import UsageError

_PROGRAM, _WORKSPACE, _USER = "/opt/yunwei/bin/yunwei", "/srv/yunwei", "User=yunwei"


@chinese_command(
    help="写出 systemd 服务单元：填好本机的程序、工作区和运行它的用户，其余照 config/deploy/yunwei.service。\n\n"
    "安装：yunwei unit -C 工作区 > /etc/systemd/system/yunwei.service，再 systemctl daemon-reload，"
    "systemctl enable --now yunwei。"
)
@workspace_option
@click.option("--user", default="yunwei", show_default=True, metavar="用户", help="运行服务的系统用户")
def command(workspace: Path, user: str) -> None:
    """Print the unit."""
    from collector.configuration.data import data_folder

    folder = str(open_workspace(workspace).settings.workspace)
    program = str(Path(sys.executable).parent / "yunwei")
    for path in (folder, program):
        if any(character.isspace() or character in "%\"'\\$" for character in path):
            raise UsageError(f"路径“{path}”含有空格或特殊字符，systemd 单元中不便使用，请换一个路径")
    unit = (data_folder() / "deploy" / "yunwei.service").read_text(encoding="utf-8")
    for old, new in ((_PROGRAM, program), (_WORKSPACE, folder), (_USER, f"User={user}")):
        unit = unit.replace(old, new)
    click.echo(unit, nl=False)
