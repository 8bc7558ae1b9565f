"""``yunwei schema``: the JSON Schema by which editors help to write the configuration."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.common import command as declare


@declare(help="写出配置文件的 JSON Schema，编辑器据此提示、补全和检查。")
@click.option(
    "--out", metavar="文件", type=click.Path(path_type=Path, dir_okay=False), help="写入文件；不写则显示在终端"
)
def command(out: Path | None) -> None:
    """Print the schema or write it, whole."""
    from collector.configuration.profiles import schema_text

    if out is None:
        click.echo(schema_text(), nl=False)
        return
    from collector.publish.files import whole

    with whole(out) as beside:
        beside.write_text(schema_text(), encoding="utf-8", newline="\n")
    click.echo(f"已写入 {out}；在 yaml 文件的第一行写 # yaml-language-server: $schema=这个文件 即可启用")
