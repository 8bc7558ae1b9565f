"""``yunwei close``: freeze a period, or correct it by a further revision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.common import Workspace, console, open_workspace, periods_argument, show_moment, workspace_option
from collector.cli.common import command as chinese_command
from metrics.errors import InputError, UsageError

if TYPE_CHECKING:
    from collector.closing.freeze import Plan
    from collector.store import Revision

_SHOWN = 10


@chinese_command(
    help="封账：把一个周期的结果连同所用的数据、配置、日历和程序版本固定下来，此后的补报、更正不再改动它。\n\n"
    "已封账的周期有了变化时，再次封账就成为更正后的下一版，须写明理由；各版都保留，差异用 yunwei differences 查看。"
    "还有不合格行、矛盾等没有处理时，先列出来，确认后加 --yes 或 --reason。"
)
@workspace_option
@periods_argument
@click.option("--project", metavar="代码", help="只封这个运维项目的账；不写为合同期涉及该周期的全部项目")
@click.option("--reason", metavar="理由", help="更正的理由，或带着未处理事项封账的理由")
@click.option("--by", "closed_by", metavar="姓名", help="封账人，写入封账记录和各种结果")
@click.option("--yes", "accepted", is_flag=True, help="带着未处理的事项封账")
@click.option("--list", "listing", is_flag=True, help="列出已封账的周期和每一版")
@click.option("--check", "checking", is_flag=True, help="把每一版按它当时的数据和配置重算一遍，看是否分毫不差")
def command(
    workspace: Path,
    periods: tuple[str, ...],
    project: str | None,
    reason: str | None,
    closed_by: str | None,
    accepted: bool,
    listing: bool,
    checking: bool,
) -> None:
    """Close, list, or check."""
    opened = open_workspace(workspace)
    if listing or checking:
        chosen = _chosen(opened, periods, project)
        (_check if checking else _list)(opened, chosen)
        return
    if not periods:
        raise UsageError("应写明要封账的周期，如 yunwei close 2023-03；已封账的用 yunwei close --list 查看")
    for line in _close(opened, periods, project, reason, closed_by, accepted):
        click.echo(line)


def _close(
    opened: Workspace,
    periods: tuple[str, ...],
    project: str | None,
    reason: str | None,
    closed_by: str | None,
    accepted: bool,
) -> Iterator[str]:
    from collector.closing.freeze import Planner, close
    from metrics.period import parse_period

    planner = Planner(opened.settings, opened.store, opened.clock())
    plans = planner.plan([parse_period(text) for text in periods], project)
    needed = [plan for plan in plans if plan.is_needed]
    _refuse_silence(opened, needed, reason, accepted)
    for plan in plans:
        if not plan.is_needed:
            yield f"{_title(opened, plan)}：与第 {plan.revision_no - 1} 版相同，不需要更正"
    made = {
        (one.project, one.period): one
        for one in close(opened.settings, opened.store, needed, closed_by=closed_by, reason=reason)
    }
    for plan in needed:
        yield from _told(opened, plan, made[plan.project, plan.period.label])


def _refuse_silence(opened: Workspace, plans: list[Plan], reason: str | None, accepted: bool) -> None:
    """A correction needs its reason; what is still open needs a person's word.

    Raises:
        UsageError: neither was given.
    """
    lines = []
    for plan in plans:
        if plan.newest is not None and not reason:
            lines.append(
                f"{_title(opened, plan)} 已封账，更正须用 --reason 写明理由；有变化的是：{_some(plan.changed)}"
            )
        elif plan.warnings and not reason and not accepted:
            lines.append(f"{_title(opened, plan)}：{'；'.join(plan.warnings)}。确认仍要封账，加 --yes 或 --reason 理由")
    if lines:
        raise UsageError("\n".join(lines))


def _told(opened: Workspace, plan: Plan, revision: Revision) -> Iterator[str]:
    from collector.publish.standing import revision_words

    verb = "已封账" if plan.newest is None else "已更正"
    yield (
        f"{_title(opened, plan)} {verb}，第 {revision.revision_no} 版，{len(plan.rows):,} 个结果："
        f"{revision_words(revision, opened.zone)}"
    )
    for warning in plan.warnings:
        yield f"  封账时：{warning}"
    if plan.newest is not None:
        yield f"  变化：{_some(plan.changed)}；用 yunwei differences {revision.period} 查看因为哪些行"


def _title(opened: Workspace, plan: Plan) -> str:
    return f"“{opened.settings.project(plan.project).name}”{plan.period.label}"


def _some(changed: Iterable[str]) -> str:
    listed = list(changed)
    more = f" 等 {len(listed)} 处" if len(listed) > _SHOWN else ""
    return "；".join(listed[:_SHOWN]) + more


def _chosen(opened: Workspace, periods: tuple[str, ...], project: str | None) -> list[Revision]:
    from metrics.period import parse_period

    labels = {parse_period(text).label for text in periods}
    found = [one for one in opened.store.revisions(project) if not labels or one.period in labels]
    return sorted(found, key=lambda one: (one.project, parse_period(one.period).rank, one.revision_no))


def _list(opened: Workspace, revisions: list[Revision]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not revisions:
        click.echo("还没有封过账")
        return
    names = {project.id: project.name for project in opened.settings.projects}
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for header in ("运维项目", "周期", "版次", "封账时间", "封账人", "知悉序号", "输入", "配置", "程序", "理由"):
        table.add_column(header, overflow="fold", no_wrap=header == "周期")
    for one in revisions:
        cells = (
            names.get(one.project, one.project),
            one.period,
            f"第 {one.revision_no} 版",
            show_moment(one.closed_at, opened.zone),
            one.closed_by or "",
            str(one.sequence),
            one.inputs_hash[:12],
            one.configuration_hash[:12],
            one.program_version,
            one.reason or "",
        )
        table.add_row(*(Text(cell) for cell in cells))
    console().print(table)


def _check(opened: Workspace, revisions: list[Revision]) -> None:
    """Say of each revision whether it comes out again.

    Raises:
        InputError: one does not.
    """
    from collector.closing.again import again

    broken = 0
    for revision in revisions:
        found = again(opened.settings, opened.store, revision)
        broken += not found.holds
        words = "重算相同" if found.holds else "重算不同：" + _some(found.changed)
        if found.inputs_differ:
            words += "；所依据的交付已不是封账时的那些"
        click.echo(f"{revision.project} {revision.period} 第 {revision.revision_no} 版：{words}")
    if broken:
        raise InputError(f"{broken} 版与封账时不符；数据库可能被改动过，或程序已有改动")
    click.echo(f"共 {len(revisions)} 版，全部分毫不差" if revisions else "还没有封过账")
