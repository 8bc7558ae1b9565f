"""``yunwei demo``: a year of an invented court, from the vendors' files to the figures."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import Workspace, console
from collector.cli.common import command as chinese_command


@chinese_command(
    help="演示：在一个新文件夹里生成虚构法院一年的交付文件（三家服务商，乱象俱全），走完采集、计算、导出，"
    "列出年度指标、行数核对、退回的行和矛盾。对同一文件夹再次运行不会改变什么。"
)
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path))
@click.option(
    "--scale",
    type=click.FloatRange(min=0.01, max=100),
    default=1.0,
    show_default=True,
    metavar="倍数",
    help="数据量的倍数；10 为基准测试所用",
)
@click.option("--replace", is_flag=True, help="先删去这个文件夹里以前的演示，从头再来")
def command(folder: Path, scale: float, replace: bool) -> None:
    """Make the demo workspace, run it and tell what came of it."""
    from collector.demo.run import run
    from collector.demo.stages import Stages
    from collector.demo.summary import tell

    outcome = run(Workspace(folder), scale, Stages(console(stderr=True)), replace=replace)
    tell(outcome, console())
