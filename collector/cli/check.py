"""``yunwei check``: the whole configuration, and what every source would read from the files that lie there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from collector.cli.common import command as declare
from collector.cli.common import console, workspace_option

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from adapters.base import Preview
    from collector.preview import DropFolder, FilePreview, SourcePreview
    from collector.settings import ConfigErrors, Settings

_ROWS_SHOWN = 3


@declare(
    help="检查配置，预览各数据来源将从现有文件中读到什么；不写入任何内容。\n\n"
    "用 --source 指明的来源若要向服务器取数，则试着连接，列出对方的版本、可读的内容和头几条记录。"
)
@workspace_option
@click.option("--source", "sources", metavar="来源", multiple=True, help="只看这个数据来源（可多次）")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")
def command(workspace: Path, sources: tuple[str, ...], as_json: bool) -> None:
    """Exit 2 if the configuration or a login is wrong, 3 if a file cannot be read, 4 if a server is silent, else 0."""
    from collector.settings import ConfigErrors, load_settings

    try:
        settings = load_settings(workspace)
    except ConfigErrors as errors:
        if not as_json:
            raise
        _print_json({"ok": False, "errors": _errors(errors)})
        raise click.exceptions.Exit(errors.exit_code) from None
    from collector.preview import look

    found = look(settings, sources)
    if as_json:
        _print_json({"ok": not (found.faults or found.failures), "errors": [], **_as_data(settings, found)})
    else:
        _print(settings, found)
    if found.faults:
        raise click.exceptions.Exit(3)
    if found.failures:
        raise click.exceptions.Exit(min(failure.exit_code for failure in found.failures))


def _print_json(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _errors(errors: ConfigErrors) -> list[dict[str, Any]]:
    return [{"file": p.file, "line": p.line, "key": p.key, "fact": p.fact} for p in errors.problems]


def _as_data(settings: Settings, found: DropFolder) -> dict[str, Any]:
    from collector.configuration.reminders import reminders

    return {
        "reminders": reminders(settings),
        "sources": [
            {
                "id": item.source.id,
                "name": item.source.name,
                "files": [_file_data(file, settings.zone) for file in item.files],
                "server": None if item.greeting is None else list(item.greeting),
                "failure": str(item.failure) if item.failure else None,
            }
            for item in found.sources
        ],
        "unclaimed": found.unclaimed,
    }


def _file_data(file: FilePreview, zone: ZoneInfo) -> dict[str, Any]:
    from collector.preview import shown

    tables = [
        {
            "sheet": table.sheet,
            "record": table.record,
            "recognised": dict(table.recognised),
            "unmatched": list(table.unmatched),
            "missing": list(table.missing),
            "rows": [{k: shown(table.record, k, v, zone) for k, v in row.items()} for row in table.rows],
            "refused": list(table.refused),
        }
        for table in file.tables
    ]
    unread = [{"sheet": sheet.sheet, "reason": sheet.unread} for sheet in file.unread]
    return {"name": file.name, "fault": file.fault, "tables": tables, "unread": unread}


def _print(settings: Settings, found: DropFolder) -> None:
    from collector.configuration.reminders import reminders

    out = console()
    out.print(
        f"配置没有错误：{len(settings.vendors)} 家运维服务商，{len(settings.projects)} 个运维项目，"
        f"{len(settings.sources)} 个数据来源，{len(settings.indicators)} 个指标。"
    )
    _print_list(out, "提醒：", reminders(settings))
    for item in found.sources:
        if item.files or item.greeting is not None:
            _print_source(out, item, settings.zone)
    quiet = [item for item in found.sources if not item.files and item.greeting is None]
    _print_list(out, "还没有文件的数据来源：", [_named(item) for item in quiet if not item.has_server])
    _print_list(
        out,
        "向服务器取数的数据来源（用 yunwei check --source 代码 试着连接）：",
        [_named(item) for item in quiet if item.has_server],
    )
    _print_list(out, "没有数据来源认领的文件（核对 sources 中的 files）：", found.unclaimed)
    _print_list(out, "没有读的工作表：", [f"{name}，{_place(sheet)}：{sheet.unread}" for name, sheet in found.unread])
    _print_list(out, "不能读取的文件：", [f"{file.name}：{_why(file)}" for file in found.faults])
    _print_list(out, "连不上的数据来源：", [str(failure) for failure in found.failures])


def _named(item: SourcePreview) -> str:
    return f"{item.source.name}（{item.source.id}）"


def _why(file: FilePreview) -> str:
    if file.fault:
        return file.fault
    return "；".join(
        f"{_place(table)}缺少必填的列：{_labels(table, table.missing)}" for table in file.tables if table.missing
    )


def _print_list(out: Console, title: str, lines: Sequence[str]) -> None:
    if lines:
        out.print(f"\n{title}")
        for line in lines:
            out.print(f"  - {line}")


def _print_source(out: Console, item: SourcePreview, zone: ZoneInfo) -> None:
    """Tables that look alike are shown once, with the first file's rows."""
    if item.greeting is None:
        out.print(f"\n■ {_named(item)}：{len(item.files)} 个文件")
    else:
        out.print(f"\n■ {_named(item)}：{'没有连上' if item.failure else '已连上'}")
        for line in item.greeting:
            out.print(f"  {line}")
    for look, names in _looks(item.files):
        table = look.table
        others = f" 等 {len(names)} 个文件" if len(names) > 1 else ""
        out.print(f"  {names[0]}{others}，{_place(table)}→ {_record_label(table)}")
        if table.missing:
            out.print(f"  缺少必填的列：{_labels(table, table.missing)}")
        if look.unused:
            out.print(f"  没有用到的表头：{'、'.join(look.unused)}")
        for reason in table.refused[:_ROWS_SHOWN]:
            out.print(f"  将被退回：{reason}")
        if not (table.rows or table.refused or table.missing):
            out.print("  开头几行中没有这类记录")
        out.print(_grid(table, zone))


@dataclass(frozen=True)
class _Look:
    """A table, and the headers of its sheet that neither it nor another table of the source takes."""

    table: Preview
    unused: tuple[str, ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two tables look alike."""
        table = self.table
        return table.record, tuple(table.recognised.items()), self.unused, table.missing


def _looks(files: Sequence[FilePreview]) -> Iterator[tuple[_Look, list[str]]]:
    """Each different look of a table with the names of the files that have it."""
    found: dict[tuple[Any, ...], tuple[_Look, list[str]]] = {}
    for file in files:
        for table in file.tables:
            taken = {header for other in file.tables if other.sheet == table.sheet for header in other.recognised}
            look = _Look(table, tuple(header for header in table.unmatched if header not in taken))
            names = found.setdefault(look.key, (look, []))[1]
            if file.name not in names:
                names.append(file.name)
    yield from found.values()


def _place(table: Preview) -> str:
    return f"工作表“{table.sheet}”" if table.sheet else ""


def _record_label(table: Preview) -> str:
    from metrics.records import RECORDS

    return RECORDS[table.record].label


def _labels(table: Preview, fields: Sequence[str]) -> str:
    return "、".join(f"{_label(table, name)}（{name}）" for name in fields)


def _label(table: Preview, name: str) -> str:
    from metrics.records import RECORDS

    labels = {column.name: column.label for column in RECORDS[table.record].columns}
    return labels.get(name, name)


def _grid(table: Preview, zone: ZoneInfo) -> Table:
    """One line a field: the header it was recognised by and its first values."""
    from rich.table import Table

    from collector.preview import shown

    rows = table.rows[:_ROWS_SHOWN]
    grid = Table("表头", "字段", *(f"第 {number} 条" for number in range(1, len(rows) + 1)))
    headers: dict[str, list[str]] = {}
    for header, fields in table.recognised.items():
        for name in fields.split("、"):  # one column may fill several fields
            headers.setdefault(name, []).append(header)
    given = [name for row in rows for name, value in row.items() if value is not None]
    for name in dict.fromkeys([*headers, *given]):
        values = [shown(table.record, name, row.get(name), zone) for row in rows]
        if name in headers or any(values):
            grid.add_row("、".join(headers.get(name, ["—"])), f"{name} {_label(table, name)}", *values)
    return grid
