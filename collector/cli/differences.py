"""``yunwei differences``: what changed between two revisions of a closed period, or since the newest."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import console, open_workspace, period_argument, workspace_option


@chinese_command(
    help="比较已封账周期的两版：哪个数字、从多少到多少、因为哪些行（新增、更正、撤回，连同文件、行号和哈希），"
    "以及哪些配置项变了。\n\n不写 --from、--to 时，把最新一版与现在的数据和配置相比，即再次封账会更正什么。"
)
@workspace_option
@period_argument
@click.option("--project", metavar="代码", help="只看这个运维项目")
@click.option("--from", "before_no", type=click.IntRange(1), metavar="版次", help="从第几版")
@click.option("--to", "after_no", type=click.IntRange(1), metavar="版次", help="到第几版；不写为现在")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="把差异表写成工作簿（xlsx）"
)
@click.option(
    "--limit", type=click.IntRange(0), default=10, show_default=True, metavar="数目", help="每个数字最多列几行"
)
def command(
    workspace: Path,
    period: str,
    project: str | None,
    before_no: int | None,
    after_no: int | None,
    out: Path | None,
    limit: int,
) -> None:
    """Compare, print, and write where asked."""
    from collector.closing.differences import differences, revised_projects
    from collector.publish.difference_sheet import print_differences, write
    from metrics.errors import UsageError
    from metrics.period import parse_period

    asked = parse_period(period)
    opened = open_workspace(workspace)
    projects = revised_projects(opened.settings, opened.store, asked, project)
    if out is not None and len(projects) > 1:
        raise UsageError(
            f"{asked.label} 有多个运维项目封过账，写差异表时请用 --project 指明其一：{'、'.join(projects)}"
        )
    for name in projects:
        found = differences(
            opened.settings, opened.store, name, asked, now=opened.clock(), before_no=before_no, after_no=after_no
        )
        title = opened.settings.project(name).name
        print_differences(console(), found, title, opened.zone, limit)
        if out is not None:
            write(found, out, title, opened.zone)
            click.echo(f"已写出 {out}")
