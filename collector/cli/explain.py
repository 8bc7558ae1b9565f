"""``yunwei explain``: the rule, the arithmetic and every record behind one figure."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import (
    as_of_option,
    console,
    known_at_option,
    open_workspace,
    period_argument,
    workspace_option,
)
from collector.cli.common import command as chinese_command


@chinese_command(
    help="说明一个指标结果：口径、用真实数字写出的算式、目标与结论，以及分子和分母背后的每条记录及其文件、行号和哈希。\n\n"
    "默认按保存的结果当时的数据、配置和截止时间重算，并说明现在是否已经不同；"
    "写 --as-of 或 --known-at 则按所写的时间计算。"
)
@workspace_option
@click.argument("indicator", metavar="指标", help="指标代码")
@period_argument
@click.option("--project", metavar="代码", help="运维项目；只有一个项目有这个指标时不必写")
@click.option("--dimension", metavar="维度=值", help="只看一个分项，如 vendor=甲公司")
@click.option("--revision", type=click.IntRange(1), metavar="版次", help="说明已封账周期的第几版")
@as_of_option
@known_at_option
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="把全部依据写成 CSV"
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, metavar="数目", help="在终端最多列几条")
def command(
    workspace: Path,
    indicator: str,
    period: str,
    project: str | None,
    dimension: str | None,
    revision: int | None,
    as_of: str | None,
    known_at: str | None,
    csv_path: Path | None,
    limit: int,
) -> None:
    """Explain one figure."""
    from collector.explain import Question, explain
    from collector.outputs import parse_dimension
    from collector.publish.explanation import print_explanation, write_csv
    from metrics.errors import UsageError
    from metrics.period import parse_period

    name, value = parse_dimension(dimension) if dimension else ("total", "")
    if revision is not None and (as_of or known_at):
        raise UsageError("--revision 不与 --as-of、--known-at 同用：一版的截止时间和知悉时间已经固定")
    if value is None:
        raise UsageError(f"--dimension 应写出值，如 {name}=甲公司")
    opened = open_workspace(workspace)
    explained = explain(
        opened.settings,
        opened.store,
        Question(indicator, parse_period(period), name, value, project),
        now=opened.clock(),
        as_of=opened.moment(as_of),
        known_at=opened.moment(known_at),
        revision_no=revision,
    )
    print_explanation(console(), explained, limit)
    if csv_path is not None:
        write_csv(csv_path, explained)
        click.echo(f"已把全部 {len(explained.rows):,} 条记录写到 {csv_path}")
