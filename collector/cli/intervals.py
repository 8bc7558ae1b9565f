"""``yunwei intervals``: what the checks say about a target, and the index over them made anew from their log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from collector.cli.chinese import ChineseCommand, ListingGroup
from collector.cli.common import console, open_workspace, show_moment, workspace_option
from metrics.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from collector.store.checks import Correction

_STATES = {"up": "正常", "down": "失败", "unknown": "未知"}
_SHOWN = 20


@click.group(cls=ListingGroup, help="状态区间：查看一台设备的正常与失败时段，或由拨测日志重建。")
def command() -> None:
    """The group itself does nothing."""


@command.command("show", cls=ChineseCommand, help="列出一台设备的状态区间：从何时到何时、多少次检测；最近的在最后。")
@workspace_option
@click.argument("asset", metavar="设备编号")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, metavar="数目", help="最多列几段")
def show_command(workspace: Path, asset: str, limit: int) -> None:
    """List the intervals of one asset."""
    opened = open_workspace(workspace)
    states = opened.store.live.states()
    mine = states[states["asset_no"] == asset]
    if mine.empty:
        from collector.configuration.problems import unknown_name

        raise UsageError(unknown_name("拨测设备", asset, dict.fromkeys(states["asset_no"].unique())))
    console().print(_table(mine.tail(limit).to_dict("records"), opened.zone))
    if len(mine) > limit:
        click.echo(f"共 {len(mine):,} 段，只列出最近 {limit} 段；--limit 可列出更多")


@command.command(
    "rebuild",
    cls=ChineseCommand,
    help="由拨测日志重建全部状态区间，与原有的比较。没有差异退出码为 0；有差异则改正、逐条列出，退出码为 3。",
)
@workspace_option
@click.pass_context
def rebuild_command(ctx: click.Context, workspace: Path) -> None:
    """Make the index anew and say what was wrong with it."""
    opened = open_workspace(workspace)
    corrections = opened.store.live.rebuild()
    if not corrections:
        states = opened.store.live.states()
        click.echo(f"已由拨测日志重建：{len(states):,} 段状态区间，{states['check_count'].sum():,} 次检测，没有差异")
        return
    for one in corrections[:_SHOWN]:
        click.echo(_line(one, opened.zone))
    more = f"（只列出前 {_SHOWN} 处）" if len(corrections) > _SHOWN else ""
    click.echo(f"状态区间与拨测日志有 {len(corrections):,} 处不符，已按日志改正{more}；运行 yunwei compute 更新结果")
    ctx.exit(3)


def _line(one: Correction, zone: ZoneInfo) -> str:
    what = "补上" if one.missing else "去掉"
    span = f"{show_moment(one.first_at, zone)} 至 {show_moment(one.last_at, zone)}"
    return f"{what}：{one.source} {one.asset_no} {_STATES[one.state]}，{span}，{one.check_count:,} 次检测"


def _table(rows: list[dict[Any, Any]], zone: ZoneInfo) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for label in ("数据来源", "状态", "第一次检测", "最后一次检测"):
        table.add_column(label, no_wrap=True)
    for label in ("检测次数", "间隔（秒）", "最长代表（秒）"):
        table.add_column(label, justify="right")
    for row in rows:
        moments = (show_moment(row[name], zone) for name in ("first_at", "last_at"))
        numbers = (f"{row[name]:,}" for name in ("check_count", "interval_seconds", "staleness_seconds"))
        table.add_row(row["source"], _STATES[row["state"]], *moments, *numbers)
    return table
