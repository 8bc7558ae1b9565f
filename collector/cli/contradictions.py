"""``yunwei contradictions``: where two sources say what cannot both be true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.cli.common import (
    as_of_option,
    console,
    known_at_option,
    open_workspace,
    periods_argument,
    show_moment,
    workspace_option,
)
from collector.cli.common import command as chinese_command

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import pandas as pd
    from rich.table import Table

_COLUMNS = {
    "project": "运维项目",
    "period": "周期",
    "kind": "矛盾",
    "asset_no": "设备编号",
    "at": "时间",
    "text": "内容",
    "source": "数据来源",
    "name": "文件",
    "sheet": "工作表",
    "row_no": "行号",
    "row_hash": "行哈希",
}


@chinese_command(
    help="列出数据来源之间的矛盾：关单时拨测仍失败、故障未结束而巡检正常、到场早于报障、同一工单出自两家服务商。\n\n"
    "矛盾只列出，不改变任何指标。不写周期时列出合同期内每个月的。"
    "其他系统（如 Zabbix 的 SLA 报告）算出的正常运行率作为第二意见列在末尾，与本系统的并排。"
)
@workspace_option
@periods_argument
@as_of_option
@known_at_option
@click.option("--project", metavar="代码", help="只看这个运维项目")
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="把全部矛盾写成 CSV"
)
@click.option("--limit", type=click.IntRange(0), default=50, show_default=True, metavar="数目", help="在终端最多列几条")
def command(
    workspace: Path,
    periods: tuple[str, ...],
    as_of: str | None,
    known_at: str | None,
    project: str | None,
    csv_path: Path | None,
    limit: int,
) -> None:
    """Print them, counted by kind, and write them all where asked."""
    from collector.contradictions import find_contradictions
    from collector.publish.csv_file import write_rows
    from collector.second_opinions import second_opinions
    from metrics.contradictions import CONTRADICTION_LABELS
    from metrics.period import parse_period

    opened = open_workspace(workspace)
    found = find_contradictions(
        opened.settings,
        opened.store,
        [parse_period(period) for period in periods],
        now=opened.clock(),
        as_of=opened.moment(as_of),
        known_at=opened.moment(known_at),
        project=project,
    )
    rows = _rows(found, opened.zone)
    counted = [
        f"{label} {count:,}"
        for kind, label in CONTRADICTION_LABELS.items()
        if (count := int((found["kind"] == kind).sum()))
    ]
    click.echo(f"共 {len(rows)} 条矛盾" + (f"：{'，'.join(counted)}" if counted else ""))
    if rows[:limit]:
        console().print(_table(rows[:limit]))
    if len(rows) > limit:
        click.echo(f"…其余 {len(rows) - limit} 条没有列出；用 --limit 多列，或用 --csv 写出全部")
    opinions = second_opinions(opened.store, [parse_period(period) for period in periods], opened.moment(known_at))
    if opinions:
        click.echo(f"第二意见 {len(opinions)} 条（其他系统对同一设备同一个月的说法）：")
    for opinion in opinions:
        click.echo(f"  {opinion.line()}")
    if csv_path is not None:
        cells = ([row[name] if row[name] is not None else "" for name in _COLUMNS] for row in rows)
        write_rows(csv_path, list(_COLUMNS.values()), cells)
        click.echo(f"已写出 {csv_path}")


def _rows(found: pd.DataFrame, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Lines by column, with words for the kind, local time, and None for what is missing."""
    from metrics.contradictions import CONTRADICTION_LABELS

    rows = []
    for row in found.astype(object).where(found.notna(), None).to_dict("records"):
        row_no = None if row["row_no"] is None else int(row["row_no"])
        words = {"kind": CONTRADICTION_LABELS[row["kind"]], "at": show_moment(int(row["at"]), zone), "row_no": row_no}
        rows.append({**{str(name): value for name, value in row.items()}, **words})
    return rows


def _table(rows: list[dict[str, Any]]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from collector.trace import place

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for header in ("周期", "矛盾", "内容", "来源"):
        table.add_column(header, overflow="fold", no_wrap=header == "周期")
    for row in rows:
        table.add_row(*(Text(cell) for cell in (row["period"], row["kind"], row["text"], place(row))))
    return table
