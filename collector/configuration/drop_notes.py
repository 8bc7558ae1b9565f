"""``inbox/README.md``: what goes into the drop folder, said from the sources themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.mapping import Elapsed, TableConfig, TableMapping

if TYPE_CHECKING:
    from collector.configuration.models import SourceSettings
    from collector.settings import Settings

NOTES_FILE = "README.md"
_HEAD = """\
# 投递文件夹

把服务商和本单位各部门交来的文件原样放进这里，不改名、不另存、不删行；文件夹按下面的名称建。
能读 xlsx、xls、csv、tsv，以及 gz、zip 压缩包。同一个文件放两次不会重复计数；更正过的文件直接放进来，
以后来的为准，原来的版本保留可查。放好之后运行 `yunwei check`，看看会读到什么；再运行 `yunwei ingest`。
"""


def drop_notes(settings: Settings) -> str:
    """The whole file in Markdown; one section a source."""
    return "\n".join([_HEAD, *(_section(settings, source) for source in settings.sources)])


def _section(settings: Settings, source: SourceSettings) -> str:
    lines = [f"## {source.name}", ""]
    if source.vendor:
        lines.append(f"- 由谁交：{settings.vendor(source.vendor).name}")
    if isinstance(source.config, TableConfig):
        lines.append(f"- 文件：{'、'.join(f'`{pattern}`' for pattern in source.config.files)}（* 为任意文字）")
        lines.extend(line for table in source.config.tables for line in _table(table))
    lines.append(f"- 在配置中：`{source.id}`")
    return "\n".join([*lines, ""])


def _table(table: TableMapping) -> Iterator[str]:
    """What one table holds, the required columns first."""
    label = table.type.label
    sheet = f"（工作表 {'、'.join(table.sheet)}）" if table.sheet else ""
    if table.cross:
        heading = table.column(table.cross.heading).label
        rows, columns = ("月份", heading) if table.cross.rows == "month" else (heading, "月份")
        yield f"- {label}{sheet}：交叉表，行为{rows}，列为{columns}"
        return
    needed: list[str] = []
    others: list[str] = []
    for field, words in _columns(table):
        (needed if table.column(field).required else others).append(words)
    yield f"- {label}{sheet}：必须有 {'、'.join(needed) or '（没有必填的列）'}"
    if others:
        yield f"  还可以有 {'、'.join(others)}"


def _columns(table: TableMapping) -> Iterator[tuple[str, str]]:
    """Fields and the headers that they are read from."""
    for field, words in table.columns.items():
        yield field, _words(words)
    for field, rule in table.derived.items():
        if isinstance(rule, Elapsed):
            yield field, _words(rule.duration)
        else:
            yield field, f"{_words(rule.date)}和{_words(rule.time)}"


def _words(words: tuple[str, ...]) -> str:
    first, *others = words
    return f"{first}（或 {'、'.join(others)}）" if others else first
