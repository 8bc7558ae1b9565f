"""``yunwei rejections``: rows that were refused; out as a workbook, and back in corrected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.cli.chinese import ChineseCommand, ListingGroup
from collector.cli.common import Workspace, console, open_workspace, workspace_option
from collector.cli.progress import delivery_lines, print_summary

if TYPE_CHECKING:
    from rich.table import Table

    from collector.store import Store

_source_option = click.option("--source", metavar="代码", help="只取这个数据来源的")


@click.group(cls=ListingGroup, help="不合格行：列出原因，导出成服务商原样的工作簿，收回改好的工作簿。")
def command() -> None:
    """The group itself does nothing."""


@command.command("list", cls=ChineseCommand, help="列出待处理的不合格行及其原因。")
@workspace_option
@_source_option
@click.option("--all", "everything", is_flag=True, help="已经了结的也列出")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, metavar="数目", help="最多列几行")
def list_command(workspace: Path, source: str | None, everything: bool, limit: int) -> None:
    """List rejections, the newest last."""
    store = _opened(workspace, source).store
    number = _number(store, source, open_only=not everything)
    if not number:
        click.echo("没有不合格行" if everything else "没有待处理的不合格行")
        return
    newest = store.rejection_log().rows(source=source, open_only=not everything, skip=max(0, number - limit))
    console().print(_table(newest.to_dict("records")))
    if number > limit:
        click.echo(f"共 {number:,} 行，只列出最近 {limit} 行；--limit 可列出更多")


@command.command(
    "export", cls=ChineseCommand, help="把待处理的不合格行写成工作簿：服务商的原样，错处着色，末列是原因。"
)
@workspace_option
@_source_option
@click.argument("file", metavar="文件.xlsx", type=click.Path(path_type=Path, dir_okay=False), help="写到哪里")
def export_command(workspace: Path, source: str | None, file: Path) -> None:
    """Write the open rejections as a workbook."""
    from adapters.mapping import TableConfig
    from collector.rejections.workbook import write_workbook

    opened = _opened(workspace, source)
    if not _number(opened.store, source, open_only=True):
        click.echo("没有待处理的不合格行，没有写出工作簿")
        return
    sources = opened.settings.sources
    two_rows = {
        (item.id, table.record)
        for item in sources
        if isinstance(item.config, TableConfig)
        for table in item.config.tables
        if table.header.rows == 2
    }
    count = write_workbook(
        file, opened.store.rejection_log().by_place(source), {item.id: item.name for item in sources}, two_rows
    )
    click.echo(f"已写出 {count:,} 行到“{file}”；改正红底单元格并保存后，用 yunwei rejections replay {file} 交回")


@command.command("replay", cls=ChineseCommand, help="收回改好的工作簿：改对的行入库，仍有误的行留下并给出新的原因。")
@workspace_option
@click.argument(
    "file",
    metavar="文件.xlsx",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="改好的工作簿",
)
@click.pass_context
def replay_command(ctx: click.Context, workspace: Path, file: Path) -> None:
    """Take a corrected workbook back."""
    from collector.archive import Archive
    from collector.ingest import replay

    opened = open_workspace(workspace)
    with delivery_lines() as progress:
        report = replay(opened.settings, opened.store, Archive(opened.settings.archive), file, progress=progress)
    print_summary(report, "这个工作簿已经交回过，没有再读入")
    ctx.exit(report.exit_code)


def _opened(folder: Path, source: str | None) -> Workspace:
    opened = open_workspace(folder)
    if source is not None:
        opened.settings.source(source)  # says so if there is none
    return opened


def _number(store: Store, source: str | None, *, open_only: bool) -> int:
    counts = store.rejection_log().counts(open_only)
    return sum(counts.values()) if source is None else counts.get(source, 0)


def _table(rows: list[dict[Any, Any]]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(
        "数据来源",
        "出处",
        "列",
        "值",
        "原因",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style="bold",
    )
    for row in rows:
        settled = "" if _missing(row["resolved_by"]) else "（已了结）"
        sheet = "" if _missing(row["sheet"]) else f" {row['sheet']}"
        place = f"{row['name']}{sheet} 第 {row['row_no']} 行{settled}"
        table.add_row(row["source"], place, _text(row["header"]), _text(row["value"]), row["reason"])
    return table


def _missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value))


def _text(value: Any) -> str:
    return "" if _missing(value) else str(value)
