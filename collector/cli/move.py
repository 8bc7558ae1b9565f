"""``yunwei move``: everything of this organisation into another database."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import command as chinese_command
from collector.cli.common import open_workspace, workspace_option


@chinese_command(
    help="搬家：把本单位的全部数据复制到另一个数据库（SQLite 与 PostgreSQL 之间，方向不限），核对一致后才提交。\n\n"
    "新地址写 env:环境变量名 或 file:文件（内容是完整的地址，可以带口令），不带口令的地址可以直接写。"
    "原来的数据库不动；核对一致后把 yunwei.yaml 的 database.url 改成新地址即可。搬之前先停下 yunwei run。"
)
@click.argument("address", metavar="新地址")
@workspace_option
def command(address: str, workspace: Path) -> None:
    """Copy, compare, and say what to change."""
    from collector.configuration.references import has_password
    from metrics.errors import PassingError, UsageError

    opened = open_workspace(workspace)
    if has_password(address):
        raise UsageError("口令不要写在命令行上，请把完整的地址放进环境变量，写 env:变量名，或放进文件，写 file:文件")
    claim = opened.store.leadership()
    if not claim.acquire():
        raise PassingError(f"yunwei run 正在运行（{claim.leader()}），请先停下再搬")
    try:
        counts, fingerprint = opened.store.upkeep.copy_into(_resolved(address, opened.settings.workspace))
    finally:
        claim.release()
    rows, tables = sum(counts.values()), sum(map(bool, counts.values()))
    click.echo(f"已复制 {rows:,} 行（{tables} 张表），两边一致，指纹 {fingerprint[:12]}")
    click.echo(
        f"接下来：把 yunwei.yaml 的 database.url 改成 {_written(address)}，再运行 yunwei check、yunwei results 核对"
    )


def _resolved(address: str, workspace: Path) -> str:
    """The address itself, read from where it is kept."""
    from adapters.secrets import Secret

    kind, _, name = address.partition(":")
    if kind == "env":
        return Secret(env=name).read(workspace)
    if kind == "file":
        return Secret(file=name).read(workspace)
    scheme, mark, rest = address.partition(":///")
    return f"{scheme}:///{workspace / rest}" if mark and scheme.startswith("sqlite") else address


def _written(address: str) -> str:
    kind, _, name = address.partition(":")
    return f"{{{kind}: {name}}}" if kind in ("env", "file") else address
