"""``yunwei results``: the indicator table in the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import console, open_workspace, show_moment, workspace_option

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from collector.publish.publication import Publication, Result


@chinese_command(
    help="查看最近一次计算的指标结果：目标、完成值、分子/分母、覆盖率、下限和上限、结论，以及说明和口径。\n\n"
    "下限把未知时间全部按故障计，上限全部按正常计。已封账的周期显示最新一版。"
)
@workspace_option
@click.argument("period", required=False, metavar="[周期]", help="只看这个周期，如 2023-03、2023；不写为全部周期")
@click.option("--indicator", metavar="代码", help="只看这个指标")
@click.option(
    "--dimension",
    metavar="维度[=值]",
    help="看分项：asset_class、site、vendor、kind、asset、channel、priority；默认只看合计",
)
@click.option("--revision", type=click.IntRange(1), metavar="版次", help="看已封账周期的第几版；须写明周期")
@click.option("--run", "run_id", type=click.IntRange(1), metavar="编号", help="看某一次运行的结果，如回头重算的那次")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，结构同 yunwei export --format json")
def command(
    workspace: Path,
    period: str | None,
    indicator: str | None,
    dimension: str | None,
    revision: int | None,
    run_id: int | None,
    as_json: bool,
) -> None:
    """Print stored results."""
    from collector.outputs import Choice, parse_dimension, publication, stored_results
    from collector.publish.json_file import document
    from collector.publish.table import print_results
    from metrics.period import parse_period

    asked = parse_dimension(dimension) if dimension else ("total", None)
    periods = [parse_period(period).label] if period else []
    opened = open_workspace(workspace)
    results = stored_results(opened.store, periods, indicator, asked, Choice(revision, run_id))
    whole = publication(opened.settings, opened.store, results)
    if as_json:
        click.echo(json.dumps(document(whole), ensure_ascii=False, indent=1))
        return
    if not results:
        click.echo("没有这样的分项；指标的 breakdowns 决定按哪些维度分列")
        return
    out = console()
    print_results(out, results)
    out.print(basis_line(results, opened.zone))
    for line in standing_lines(whole):
        out.print(line)


def standing_lines(whole: Publication) -> Iterator[str]:
    """Which of the periods shown are closed, as which revision, and that the others are drafts."""
    drafts = [one for one in whole.standings.values() if one.is_draft]
    for standing in whole.standings.values():
        if not standing.is_draft or standing.newest_no or len(drafts) == 1:
            yield standing.sentence
    if len(drafts) > 1:
        yield f"{len(drafts)} 个周期尚未封账，数字为草稿，可能变动"


def basis_line(results: list[Result], zone: ZoneInfo) -> str:
    """On what the figures rest: run, moments, configuration."""
    from collector.result_rows import from_iso

    parts = []
    for result in {result["run_id"]: result for result in results}.values():
        as_of, known_at = (show_moment(from_iso(result[name]), zone) for name in ("as_of", "known_at"))
        parts.append(
            f"第 {result['run_id']} 次运行：截止时间 {as_of}，知悉时间 {known_at}"
            f"（序号 {result['known_sequence']}），配置 {result['configuration_hash'][:12]}"
        )
    return "\n".join(parts)
