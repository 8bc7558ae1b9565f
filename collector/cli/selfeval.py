"""``yunwei selfeval``: the 项目支出绩效自评表 as Word document and workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import open_workspace, workspace_option
from metrics.errors import UsageError

UNFINISHED = 3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collector.selfeval.model import SelfEvaluation


@chinese_command(
    help="写出项目支出绩效自评表（docx 和 xlsx）：资金、目标、各项指标的完成值和得分、总分和等级、绩效分析、得分说明。"
    "\n\n算得出的由系统填，要由人定的（定性指标的得分、偏差原因、目标完成情况）取自 self_evaluation/ 中的配置，"
    "没有写就空着。不写 --final 写出草稿，每页都有标记，并列出还缺什么；缺着的时候不能定稿。"
)
@workspace_option
@click.argument("year", required=False, metavar="[年度]", help="如 2025；不写为配置了的所有年度")
@click.option("--project", metavar="代码", help="只写这个运维项目的")
@click.option("--final", is_flag=True, help="定稿：得分和原因都齐、分值合计无误才写出，否则列出所缺并以 3 退出")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="目录", help="写到这个目录（默认 paths.output）"
)
@click.option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="本单位的 Word 模板（由 yunwei report --write-template 写出的改成；默认用程序自带的）",
)
def command(
    workspace: Path, year: str | None, project: str | None, final: bool, out: Path | None, template: Path | None
) -> None:
    """Build the forms, refuse unfinished final ones as a whole, write and say what is lacking."""
    from collector.selfeval.build import build, chosen
    from collector.selfeval.write import write

    opened = open_workspace(workspace)
    settings = opened.settings
    models = chosen(settings, _year(year), project)
    evaluations = [build(settings, opened.store, model, final=final) for model in models]
    if final and any(evaluation.missing for evaluation in evaluations):
        _refuse(evaluations)
    for evaluation, paths in write(evaluations, out or settings.output, template):
        for path in paths:
            click.echo(f"已写出 {path}")
        for line in _summary(evaluation):
            click.echo(line)


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if len(text) == 4 and text.isascii() and text.isdigit():
        return int(text)
    raise UsageError(f"“{text}”不是年度，应写作 2025")


def _refuse(evaluations: list[SelfEvaluation]) -> None:
    """Say everything that is lacking and end with 3; nothing is written."""
    for evaluation in evaluations:
        if evaluation.missing:
            lines = [f"错误：{_title(evaluation)}还不能定稿，还缺 {len(evaluation.missing)} 处："]
            click.echo("\n".join([*lines, *_numbered(evaluation.missing)]), err=True)
    click.echo("没有写出任何文件；不写 --final 可以先写出草稿", err=True)
    click.get_current_context().exit(UNFINISHED)


def _title(evaluation: SelfEvaluation) -> str:
    return f"“{evaluation.project}”{evaluation.year} 年自评表"


def _numbered(texts: Sequence[str]) -> list[str]:
    return [f"  {number}. {text}" for number, text in enumerate(texts, 1)]


def _summary(evaluation: SelfEvaluation) -> list[str]:
    """Total and band, or what is lacking; then what may still be filled in."""
    lines = []
    if evaluation.total is not None:
        lines.append(f"{_title(evaluation)}：总分 {evaluation.total}，{evaluation.band}；评分规则：{evaluation.rule}")
    if evaluation.missing:
        lines += [f"{_title(evaluation)}是草稿，定稿前还缺 {len(evaluation.missing)} 处："]
        lines += _numbered(evaluation.missing)
    if evaluation.blanks:
        lines.append(f"还可以在 self_evaluation/ 中填写：{'、'.join(evaluation.blanks)}")
    return lines
