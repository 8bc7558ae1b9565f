"""``yunwei deliveries``: what was taken, when, and what became of its rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import console, open_workspace, show_moment, workspace_option

if TYPE_CHECKING:
    from rich.table import Table

    from collector.store import Store

_COUNTS = {
    "read": "读取",
    "accepted": "接收",
    "unchanged": "未变",
    "superseding": "更正",
    "rejected": "拒绝",
    "set_aside": "另计",
}
_KINDS = {"file": "", "retry": "重试", "correction": "改正"}


@chinese_command(help="列出交付批次：文件、时间、各种结果的行数、内容散列值；最近的在最后。")
@workspace_option
@click.option("--source", metavar="代码", help="只列这个数据来源")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, metavar="数目", help="最多列几批")
def command(workspace: Path, source: str | None, limit: int) -> None:
    """List deliveries, the newest last."""
    opened = open_workspace(workspace)
    if source is not None:
        opened.settings.source(source)
    deliveries = opened.store.deliveries()
    if source is not None:
        deliveries = deliveries[deliveries["source"] == source]
    if deliveries.empty:
        click.echo("还没有交付批次；把文件放进收件文件夹后运行 yunwei ingest")
        return
    rows = deliveries.tail(limit).to_dict("records")
    console().print(_table(rows, opened.zone))
    if len(deliveries) > limit:
        click.echo(f"共 {len(deliveries)} 批，只列出最近 {limit} 批；--limit 可列出更多")
    for row in rows:
        if row["state"] == "refused":
            click.echo(f"第 {row['sequence']} 批 {row['name']} 无法读取：{row['refusal']}")
    _print_provenance(opened.store, rows, opened.zone)


def _print_provenance(store: Store, rows: list[dict[Any, Any]], zone: ZoneInfo) -> None:
    """Who sent what was fetched from a mailbox or a server, every time it came."""
    came = store.fetches().provenance({row["content_hash"] for row in rows}).to_dict("records")
    for row in rows:
        for fetched in (item for item in came if item["content_hash"] == row["content_hash"]):
            sender = f"{fetched['sender']}，" if isinstance(fetched["sender"], str) else ""
            moment = fetched["arrived_at"] if fetched["arrived_at"] == fetched["arrived_at"] else None
            time = f"{show_moment(int(moment), zone)}，" if moment is not None else ""
            click.echo(f"第 {row['sequence']} 批来自 {sender}{time}{fetched['origin']}")


def _table(rows: list[dict[Any, Any]], zone: ZoneInfo) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("批次", justify="right")
    table.add_column("时间", no_wrap=True)
    table.add_column("数据来源", overflow="fold")
    table.add_column("文件", overflow="fold")
    for label in _COUNTS.values():
        table.add_column(label, justify="right")
    table.add_column("散列值")
    for row in rows:
        kind = _KINDS[row["kind"]]
        name = f"{row['name']}（{kind}）" if kind else row["name"]
        counts = (f"{row[count]:,}" if row["state"] == "read" else "—" for count in _COUNTS)
        time = show_moment(row["recorded_at"], zone)
        table.add_row(str(row["sequence"]), time, row["source"], name, *counts, row["content_hash"][:12])
    return table
