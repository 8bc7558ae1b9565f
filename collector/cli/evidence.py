"""``yunwei evidence``: build the evidence pack of a period, or check one anywhere."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.chinese import ChineseCommand, ListingGroup
from collector.cli.common import open_workspace, period_argument, workspace_option


@click.group(cls=ListingGroup, help="佐证材料：打包一个周期各项指标的数字、口径、算式、依据和来源文件，或核对一个包。")
def command() -> None:
    """The group itself does nothing."""


@command.command(
    "build",
    cls=ChineseCommand,
    help="把一个周期各项指标的佐证材料打成一个 zip：每个指标一个文件夹（说明、计算表），另有来源文件原件和目录。\n\n"
    "同样的数据和结果打两次，包逐字节相同。没有封账的周期也能打，每页标明草稿。",
)
@workspace_option
@period_argument
@click.option("--project", metavar="代码", help="运维项目；不写为每个有结果的项目各打一个包")
@click.option("--indicator", "indicators", multiple=True, metavar="代码", help="只打这个指标；可写多次")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="写成这个文件（默认 paths.output 下的 佐证材料_周期_项目.zip）",
)
def build(workspace: Path, period: str, project: str | None, indicators: tuple[str, ...], out: Path | None) -> None:
    """Build a pack for each project."""
    from collector.archive import Archive
    from collector.cli.compute import progress_line
    from collector.evidence.build import build as build_pack
    from collector.evidence.build import file_name, projects_with_results
    from metrics.errors import InputError, UsageError
    from metrics.period import parse_period

    asked = parse_period(period)
    opened = open_workspace(workspace)
    settings, store = opened.settings, opened.store
    projects = projects_with_results(settings, store, asked, project)
    if out is not None and len(projects) > 1:
        raise UsageError(f"有多个运维项目，写 --out 时请用 --project 指明其一：{'、'.join(projects)}")
    unequal = []
    for name in projects:
        path = out or settings.output / file_name(settings, name, asked)
        with progress_line("打包") as progress:
            report = build_pack(
                settings, store, Archive(settings.archive), name, asked, path, indicators=indicators, progress=progress
            )
        click.echo(
            f"已写出 {report.path}：{report.figures} 个指标，{report.rows:,} 条依据，{report.files} 个文件，"
            f"{report.size / 1e6:.1f} MB"
        )
        click.echo(f"  {report.standing}")
        click.echo(f"  指纹（SHA256SUMS 的 SHA-256）：{report.fingerprint}")
        unequal += report.unequal
    if unequal:
        raise InputError("；".join(unequal))


@command.command(
    "check",
    cls=ChineseCommand,
    help="核对一个佐证材料包（zip，或解压出的文件夹），不需要数据库和工作区：缺少、被改动、多出的文件逐一指出，"
    "每个数字的算式用包里的内容重算。\n\n没有 yunwei 的电脑，解压后运行 sha256sum -c SHA256SUMS 可核对文件。",
)
@click.argument("pack", type=click.Path(path_type=Path, exists=True), metavar="包")
def check(pack: Path) -> None:
    """Check a pack; code 3 when anything is wrong."""
    from collector.evidence.check import check as check_pack
    from metrics.errors import InputError

    report = check_pack(pack)
    for finding in report.findings:
        click.echo(finding)
    click.echo(
        f"{report.title}：{report.files} 个文件与清单相符，{report.figures} 个指标，"
        f"其中 {report.recounted} 个分子或分母由各行重新合计"
    )
    click.echo(f"指纹（SHA256SUMS 的 SHA-256）：{report.fingerprint}，应与提交时写下的相同")
    if report.findings:
        raise InputError(f"佐证材料包“{pack}”有 {len(report.findings)} 处不符")
