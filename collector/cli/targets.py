"""``yunwei targets``: what a published 绩效目标表 promises, proposed as indicators to be reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.chinese import ChineseCommand, ListingGroup
from collector.cli.common import workspace_option
from metrics.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collector.targets import Known


@click.group(cls=ListingGroup, help="绩效目标表：读入公开的或批复的目标，提出指标供审阅。")
def command() -> None:
    """The group itself does nothing."""


@command.command(
    "import",
    cls=ChineseCommand,
    help="读一份项目支出绩效目标表（docx、xlsx、pdf 或文本），提出指标的 YAML 供审阅；不改动配置。",
)
@workspace_option
@click.option(
    "--out",
    metavar="文件.yaml",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到哪里，如 indicators/imported.yaml（默认写到屏幕）；已有的文件不覆盖",
)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="绩效目标表")
def import_command(workspace: Path, out: Path | None, file: Path) -> None:
    """Write the proposal, or print it; what was found is said on the error channel."""
    from adapters.papers import read_paper
    from collector.publish.files import whole
    from collector.targets import import_targets
    from collector.targets.writing import summary, write

    if out is not None and out.exists():
        raise UsageError(f"“{out}”已经存在，不覆盖审阅过的内容；请换一个文件名")
    known = _known(workspace)
    found = import_targets(read_paper(file), file.name, known)
    text = write(found, known)
    if out is None:
        click.echo(text, nl=False)
        click.echo(summary(found), err=True)
        return
    with whole(out) as beside:
        beside.write_text(text, encoding="utf-8")
    click.echo(f"{summary(found)}。已写出“{out}”；选定其中标“【选】”的、核对标“【核】”的，再运行 yunwei check")


def _known(workspace: Path) -> Known:
    """What the workspace knows; nothing where there is none, or where it is not in order yet."""
    from collector.settings import load_settings
    from collector.targets import Known
    from collector.targets.proposals import Existing

    if not (workspace / "yunwei.yaml").is_file():
        return Known()
    try:
        settings = load_settings(workspace)
    except ConfigError:
        click.echo("工作区的配置有误（yunwei check 会列出），这次没有参照其中的项目和服务时间", err=True)
        return Known()
    existing = tuple(Existing(item.project, item.id, item.name, item.target) for item in settings.indicators)
    projects = {project.id: project.name for project in settings.projects}
    return Known(projects, tuple(settings.service_windows), existing)
