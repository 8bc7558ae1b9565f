"""``yunwei init``: a commented workspace out of a ready-made profile."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.common import command as declare
from collector.cli.common import console
from metrics.errors import UsageError

if TYPE_CHECKING:
    from collector.configuration.profiles import Profile


@declare(help="从现成方案新建工作区：一个写满注释的文件夹，改成自己的即可使用。")
@click.argument("folder", metavar="目录", required=False, type=click.Path(path_type=Path))
@click.option("--profile", metavar="方案", default="blank", show_default=True, help="从哪个现成方案开始")
@click.option("--list", "listed", is_flag=True, help="列出现成方案并退出")
def command(folder: Path | None, profile: str, listed: bool) -> None:
    """Write the workspace, or list the profiles."""
    from collector.configuration import profiles

    if listed:
        _list(profiles.profiles().values())
        return
    if folder is None:
        raise UsageError("请写明新工作区放在哪个文件夹，如 yunwei init 我的法院")
    chosen = profiles.profile(profile)
    profiles.write_workspace(chosen, folder)
    click.echo(f"已在“{folder}”新建工作区（方案 {chosen.name}：{chosen.title}）。接下来：")
    for number, step in enumerate(_next_steps(folder), start=1):
        click.echo(f"  {number}. {step}")


def _next_steps(folder: Path) -> tuple[str, str, str]:
    return (
        f"打开 {folder / 'yunwei.yaml'}、sources、indicators，照注释改成自己的单位、服务商、合同、来源和指标",
        f"照 {folder / 'inbox' / 'README.md'} 的说明放入服务商交来的文件，运行 yunwei check -C {folder} 看会读到什么",
        f"运行 yunwei ingest -C {folder} 入库，再运行 yunwei compute -C {folder} 计算",
    )


def _list(known: Iterable[Profile]) -> None:
    from rich.table import Table

    table = Table("方案", "依据", "特点")
    for profile in known:
        table.add_row(profile.name, profile.title, profile.note)
    console().print(table)
