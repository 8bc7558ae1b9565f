"""The difference sheet (差异表): between two revisions which figure changed from what to what, and because of what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console

from collector.publish.columns import CODE_LABELS, RESULT_COLUMNS
from collector.publish.plain_book import PlainBook
from collector.publish.standing import revision_words
from collector.text import wrap
from metrics.formulas import FORMULAS

if TYPE_CHECKING:
    from collector.closing.causes import Cause
    from collector.closing.differences import Change, Differences, Side

_COLUMNS = {column.name: column for column in RESULT_COLUMNS}
_LONGEST_LINE = 120
_ROW_SHOWN = 60  # characters of a whole row in the terminal; the sheet has all of it
_FIGURES = ("周期", "指标", "维度", "维度值", "栏目", "原为", "现为", "因为（行数）", "其他原因")
_ROWS = (
    "指标",
    "维度值",
    "变化",
    "记录",
    "编号",
    "原内容",
    "现内容",
    "原作用",
    "现作用",
    "来源",
    "行哈希",
    "文件哈希",
    "入库时间",
)
_KEYS = ("配置项", "原为", "现为")


def figure_name(row: Mapping[str, Any]) -> str:
    """``平均到场时间（甲公司）``."""
    return f"{row['name']}（{row['dimension_value']}）" if row["dimension_value"] else str(row["name"])


def figure_lines(found: Differences) -> Iterator[tuple[Any, ...]]:
    """One line a column that changed, the printed figure first; of a figure that came or went its printed value."""
    for change in found.changes:
        row = change.row
        head = (found.period, row["name"], CODE_LABELS["dimension"][row["dimension"]], row["dimension_value"])
        columns = sorted(change.columns, key=lambda name: name != "printed")
        for name in columns or ("printed",):
            texts = (
                _parts(change) if name == "parts" else [_shown(side, name) for side in (change.before, change.after)]
            )
            yield (*head, _label(name), *texts, len(change.rows), "；".join(change.others))


def _parts(change: Change) -> list[str]:
    """The further numbers that differ: ``中位数=1530；最长=1860`` on either side."""
    sides = [json.loads((side or {}).get("parts") or "{}") for side in (change.before, change.after)]
    changed = [name for name in {**sides[0], **sides[1]} if sides[0].get(name) != sides[1].get(name)]
    words = {name: word for formula in FORMULAS.values() for name, word in formula.part_labels.items()}
    return ["；".join(f"{words.get(name, name)}={side.get(name, '')}" for name in changed) for side in sides]


def _label(name: str) -> str:
    return "说明和口径" if name == "notes" else _COLUMNS[name].label


def _shown(row: Mapping[str, Any] | None, name: str) -> str:
    if row is None:
        return "（没有）"
    value = row[name]
    if value is None:
        return ""
    return CODE_LABELS[name].get(value, value) if name in CODE_LABELS else str(value)


def row_lines(found: Differences, zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    """One line for each row behind a change."""
    for change in found.changes:
        for cause in change.rows:
            yield (change.row["name"], change.row["dimension_value"], *_cause_cells(cause, zone))


def _cause_cells(cause: Cause, zone: ZoneInfo) -> tuple[str, ...]:
    taken = "" if cause.recorded_at is None else _moment(cause.recorded_at, zone)
    return (
        cause.kind,
        cause.record,
        cause.key,
        cause.before,
        cause.after,
        cause.used_before,
        cause.used_after,
        cause.place,
        cause.row_hash,
        cause.content_hash,
        taken,
    )


def side_words(side: Side, zone: ZoneInfo) -> str:
    """What identifies a side."""
    if side.revision is not None:
        return f"{side.name}：{revision_words(side.revision, zone)}"
    basis = side.computation.basis
    return f"现在：数据到知悉序号 {basis.sequence}，配置 {basis.configuration_hash[:12]}，程序 {side.program_version}"


def write(found: Differences, path: Path, title: str, zone: ZoneInfo) -> None:
    """Sheets 差异 (figures), 原因 (rows), 配置 (keys) and 说明 (what was compared)."""
    with PlainBook.made(path) as book:
        book.table("差异", _FIGURES, (10, 24, 10, 16, 14, 24, 24, 12, 40), figure_lines(found))
        widths = (24, 16, 12, 12, 18, 40, 40, 24, 24, 40, 34, 66, 20)
        book.table("原因", _ROWS, widths, row_lines(found, zone))
        book.table("配置", _KEYS, (50, 40, 40), ((key.key, key.before, key.after) for key in found.configuration))
        lines = [("对象", title), ("周期", found.period)]
        lines += [("原为", side_words(found.before, zone)), ("现为", side_words(found.after, zone))]
        book.table("说明", ("项目", "内容"), (12, 110), lines)


def print_differences(console: Console, found: Differences, title: str, zone: ZoneInfo, limit: int) -> None:
    """The same for the terminal; at most ``limit`` rows a figure."""
    width = min(console.width, _LONGEST_LINE)
    console.print(
        f"{title} {found.period}：{found.before.name} 与 {found.after.name} 相比，{len(found.changes)} 个数字有变化"
    )
    for side in (found.before, found.after):
        console.print("  " + wrap(side_words(side, zone), width - 2, "    "))
    totals = {change.row["indicator"] for change in found.changes if change.row["dimension"] == "total"}
    for change in found.changes:
        if change.row["dimension"] == "total" or change.row["indicator"] not in totals:
            _print_change(console, change, width, limit)
            _print_parts(console, change, found.changes, width, limit)
    own = {other for change in found.changes for other in change.others}
    rest = [key for key in found.configuration if not any(key.key in sentence for sentence in own)]
    if rest:
        console.print(f"配置还有 {len(rest)} 处变化，与这些数字无关：{'、'.join(key.key for key in rest[:limit])}")


def _print_change(console: Console, change: Change, width: int, limit: int) -> None:
    row = change.row
    texts = [_shown(side, "printed") for side in (change.before, change.after)]
    console.print(f"{figure_name(row)}：{texts[0]} → {texts[1]}", style="bold")
    more = [
        f"{_label(name)} {_shown(change.before, name)} → {_shown(change.after, name)}"
        for name in change.columns
        if name not in ("printed", "notes", "parts", "actual")
    ]
    if more:
        console.print("  " + wrap("；".join(more), width - 2, "  "))
    for other in change.others:
        console.print("  因为 " + wrap(other, width - 7, "       "))
    for cause in change.rows[:limit]:
        console.print("  因为 " + wrap(_cause_sentence(cause), width - 7, "       "))
    if len(change.rows) > limit:
        console.print(f"  …其余 {len(change.rows) - limit} 行没有列出；用 --limit 多列，或用 --out 写出全部")


def _print_parts(console: Console, total: Change, changes: Sequence[Change], width: int, limit: int) -> None:
    """The breakdowns that changed with their total, in one paragraph."""
    row = total.row
    parts = [one for one in changes if one.row["indicator"] == row["indicator"] and one.row["dimension"] != "total"]
    if row["dimension"] != "total" or not parts:
        return
    shown = [
        f"{one.row['dimension_value']} {_shown(one.before, 'printed')} → {_shown(one.after, 'printed')}"
        for one in parts[:limit]
    ]
    more = f" 等 {len(parts)} 项" if len(parts) > limit else ""
    console.print("  分项随之变化：" + wrap("，".join(shown) + more, width - 2, "  "))


def _cause_sentence(cause: Cause) -> str:
    if cause.before and cause.after:
        what = f"：{cause.before} → {cause.after}"
    else:
        whole_row = cause.after or cause.before
        what = f"：{whole_row[:_ROW_SHOWN]}{'…' if len(whole_row) > _ROW_SHOWN else ''}" if whole_row else ""
    use = (
        f"（{cause.used_before or '不计'} → {cause.used_after or '不计'}）"
        if cause.used_before != cause.used_after
        else ""
    )
    return f"{cause.kind} {cause.record} {cause.key}{what}{use}；{cause.place}"


def _moment(seconds: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")
