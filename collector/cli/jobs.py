"""``yunwei jobs``: what the daemon does, when it last did, and when it will."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.common import Workspace, console, open_workspace, show_moment, workspace_option
from collector.cli.common import command as chinese_command

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from collector.daemon.jobs import Job
    from collector.store import JobState

_OUTCOMES = {"running": "正在运行", "done": "成功", "failed": "失败", "interrupted": "中途被终止"}


@chinese_command(help="列出 yunwei run 的各项任务：何时运行，上次运行及结果，下次运行。")
@workspace_option
def command(workspace: Path) -> None:
    """List the jobs of the configuration and those of the past."""
    from rich import box
    from rich.table import Table

    from collector.daemon.due import due
    from collector.daemon.jobs import jobs_of

    opened = open_workspace(workspace)
    jobs, states = jobs_of(opened.settings), opened.store.jobs.states()
    at = opened.clock()
    waiting = {item.job for item in due(jobs, opened.store.jobs.last_slots(at), at, failing=states)}
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("任务", "名称", "何时运行", "上次运行", "用时", "结果", "下次运行"):
        table.add_column(heading, overflow="fold")
    for row in _probing(opened):
        table.add_row(*row)
    for job in jobs:
        state = states.get(job.name)
        table.add_row(
            job.name,
            job.label,
            job.text if job.enabled else f"{job.text}（停用）",
            show_moment(state.started_at, opened.zone) if state else "—",
            _took(state),
            _OUTCOMES[state.outcome] if state else "—",
            _next(job, at, opened.zone, job.name in waiting),
        )
    console().print(table)
    for state in states.values():
        if state.error:
            click.echo(f"{state.job} 上次失败：{state.error}")
    click.echo(_running(opened.store.leadership().leader()))


def _probing(opened: Workspace) -> Iterator[tuple[str, ...]]:
    """The sources that we probe ourselves: they have no slots, but a newest check."""
    from collector.probing.plans import plans_of

    states = opened.store.live.states()
    newest = states.groupby("source")["last_at"].max().to_dict() if len(states) else {}
    names = {source.id: source.name for source in opened.settings.sources}
    for plan in plans_of(opened.settings):
        rhythm = "、".join(f"{seconds} 秒" for seconds in sorted({target.interval for target in plan.targets}))
        last = show_moment(int(newest[plan.source]), opened.zone) if plan.source in newest else "—"
        count = f"{len(plan.targets)} 个目标"
        yield f"probe:{plan.source}", f"拨测 {names[plan.source]}", f"每 {rhythm}", last, "—", count, "一直运行"


def _took(state: JobState | None) -> str:
    return "—" if state is None or state.last_seconds is None else f"{state.last_seconds:.1f} 秒"


def _next(job: Job, at: int, zone: ZoneInfo, waiting: bool) -> str:
    if not job.enabled:
        return "—"
    following = show_moment(job.next_start(at), zone)
    return f"待补，其后 {following}" if waiting else following


def _running(leader: str) -> str:
    return f"yunwei run 正在运行（{leader}）" if leader else "yunwei run 没有在运行；待补的任务在它启动后补做"
