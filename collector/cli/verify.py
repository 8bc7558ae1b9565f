"""``yunwei verify``: recompute a filled 自评表 or report from itself and beside our results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import console, open_workspace
from metrics.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from metrics.papers.paper import Finding, Report

DISAGREES = 3
_MANIFEST = "yunwei.yaml"


@chinese_command(
    help="核对一份填好的自评表或报告（docx、xlsx、带文字层的 pdf、文本）：得分相加、执行率、比率、得分与分值、等级、"
    "各月合计、舍入、超额完成和扣分的原因；在有结果的工作区里还与系统结果逐一比较。\n\n"
    "有不符时退出码为 3；认不出的地方照实列出，不作猜测。"
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="文件")
@click.option(
    "-C",
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    metavar="目录",
    help="与这个工作区的结果比较（默认当前目录，如果它是工作区）",
)
@click.option("--period", metavar="周期", help="文件所说的周期，如 2023；不写时从文件中认出年度")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def command(file: Path, workspace: Path | None, period: str | None, as_json: bool) -> None:
    """Print the findings; exit with 3 if something does not agree."""
    from collector.papers import document, verify_file
    from metrics.period import parse_period

    label = parse_period(period).label if period else None
    results = _results(workspace)
    facts = verify_file(file, results, label)
    if as_json:
        click.echo(json.dumps(document(file, facts, results is not None), ensure_ascii=False, indent=1))
    else:
        _print(facts.report, facts.figures, results is not None)
    if facts.report.count("error"):
        click.get_current_context().exit(DISAGREES)


def _results(workspace: Path | None) -> pd.DataFrame | None:
    """Stored totals; None where no workspace was named and this folder is none, or nothing was computed."""
    if workspace is None and not Path(_MANIFEST).exists():
        return None
    opened = open_workspace(workspace or Path())
    found = opened.store.results(dimension="total")
    if not len(found):
        if workspace is not None:
            raise UsageError("工作区中还没有结果，请先运行 yunwei compute；只核对文件本身时不要写 -C")
        return None
    return found


def _print(report: Report, figures: int, compared: bool) -> None:
    from metrics.papers.paper import KIND_LABELS

    counted = "，".join(f"{label} {report.count(kind)}" for kind, label in KIND_LABELS.items())
    click.echo(f"核对了 {figures} 个数：{counted}；未能核对 {len(report.unrecognised)} 处")
    if not compared:
        click.echo("没有与系统结果比较：不在有结果的工作区里（用 -C 指定）")
    order = list(KIND_LABELS)
    found = sorted(report.findings, key=lambda one: order.index(one.kind))
    if found:
        console().print(_table(found))
    for place, text in report.unrecognised:
        click.echo(f"未核对  {place}：{text}")
    if not figures and not report.findings:
        click.echo("没有认出可以核对的数；请确认这是填好的自评表或报告")


def _table(findings: list[Finding]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from metrics.papers.paper import CHECK_LABELS, KIND_LABELS

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for header in ("结论", "核对", "位置", "内容"):
        table.add_column(header, overflow="fold", no_wrap=header in ("结论", "核对"))
    for found in findings:
        cells = (KIND_LABELS[found.kind], CHECK_LABELS[found.check], found.place, found.text)
        table.add_row(*(Text(cell) for cell in cells))
    return table
