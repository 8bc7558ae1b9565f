"""``yunwei run``: the daemon in the foreground."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from collector.cli.common import command as chinese_command
from collector.cli.common import now, workspace_option


@chinese_command(
    help="值守：按时拨测、采集、计算、发布、维护，直到被停止（Ctrl-C 或 SIGTERM，几秒内结束）。\n\n"
    "停机期间漏掉的任务在启动后补做一次。SIGHUP 重新读取配置，配置有误时不予采用，照旧运行。"
    "同一个 PostgreSQL 上可以在两台服务器上各运行一个：一个主持，另一个待命，主持的停了由它接替。"
    "日志写到标准错误；作为系统服务安装见 yunwei unit。"
)
@workspace_option
def command(workspace: Path) -> None:
    """Run until stopped."""
    from collector.daemon.making import make_pages, make_recorder
    from collector.daemon.service import Service

    service = Service(workspace, now, make_recorder, make_pages)
    service.run()
    if service.jobs_given_up:  # threads that still run would keep the process; they can write nothing any more
        logging.shutdown()
        os._exit(0)
