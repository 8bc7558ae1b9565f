"""``yunwei serve``: the pages without the daemon, for a machine that only shows what another one collects."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import now, open_workspace, show_moment, workspace_option


@chinese_command(
    help="提供网页：状态页、/metrics（供 Prometheus 抓取）、/results.json，定时重新准备，按 Ctrl-C 停止。\n\n"
    "地址、口令、证书和间隔写在 yunwei.yaml 的 serve 中。只读，不采集也不计算，适合只看结果的机器；"
    "yunwei run 自己会提供同样的网页。"
)
@workspace_option
def command(workspace: Path) -> None:
    """Serve until interrupted or terminated."""
    from collector.serve import Server
    from metrics.errors import PassingError

    opened = open_workspace(workspace)
    stopped = threading.Event()
    server = Server(opened.settings, opened.store)
    server.start()
    try:
        # after start: before it, Ctrl-C ends the command at once
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        click.echo(f"网页在 {server.address}，按 Ctrl-C 停止")
        while not stopped.is_set():
            moment = now()
            try:
                server.refresh(moment)
            except PassingError as error:
                click.echo(f"{show_moment(moment, opened.zone)} 没有更新：{error}", err=True)
            stopped.wait(server.refresh_seconds)
    finally:
        server.stop()
