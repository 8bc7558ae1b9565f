"""An explained figure: in the terminal for people, and as CSV with every record behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.publish.arithmetic import arithmetic, beside, shares
from collector.publish.csv_file import write_rows
from collector.publish.publication import plain
from collector.text import wrap
from collector.trace import place
from metrics.indicators import DIMENSION_LABELS, OUTCOME_LABELS, IndicatorResult
from metrics.records import RECORDS
from metrics.spans import KIND_LABELS

if TYPE_CHECKING:
    import pandas as pd

    from collector.explain import Explanation

ROLE_LABELS: Mapping[str, str] = {
    "both": "分子、分母",
    "numerator": "分子",
    "denominator": "分母",
    "beside": "旁列",
}
#: What decides the figure comes first: the records above the line, the time that was lost.
_ROLE_ORDER = tuple(ROLE_LABELS)
_KIND_ORDER = ("down", "unknown", "excluded", "required")
_LONGEST_LINE = 120
_HASH_SHOWN = 12

#: The CSV's columns; the first says whether a line is a record, a span of time or a part of the log.
CSV_HEADER = (
    "部分",
    "角色",
    "记录类型",
    "记录编号",
    "说明",
    "数值",
    "设备编号",
    "时段类型",
    "开始",
    "结束",
    "服务秒数",
    "起因",
    "终因",
    "数据来源",
    "文件",
    "工作表",
    "行号",
    "行哈希",
    "文件哈希",
    "记录内容",
)


def print_explanation(console: Console, explained: Explanation, limit: int) -> None:
    """Rule, arithmetic, target and outcome, what stands beside, then at most ``limit`` records and spans."""
    width = min(console.width, _LONGEST_LINE)
    for label, text in _head(explained):
        console.print(f"{label}：" + wrap(text, width - 8, "      "))
    for remark in explained.remarks:
        console.print("注意：" + wrap(remark, width - 8, "      "))
    _print_rows(console, "依据的记录", _record_columns(), _records(explained), limit)
    if explained.spans is not None:
        zone = explained.basis.settings.zone
        _print_rows(console, "时段", _span_columns(zone), _spans(explained.spans), limit)
    if explained.log is not None:
        checks = sum(int(count) for count in explained.log["check_count"])
        files = explained.log["sha256"].nunique()
        console.print(f"拨测日志：{checks:,} 次检测，在 {files:,} 个日志文件中（每台设备每天的次数和文件哈希见 --csv）")


def _head(explained: Explanation) -> Iterator[tuple[str, str]]:
    result, zone = explained.result, explained.basis.settings.zone
    yield "指标", f"{_title(result)}，{result.figure.period.label}"
    yield "口径", result.words
    yield "算式", arithmetic(result, explained.above, explained.below)
    yield "目标", f"{result.printed_target or '无'}；结论：{OUTCOME_LABELS[result.outcome]}"
    together = [*shares(result.figure), *beside(result, explained.part_labels)]
    if together:
        yield "旁列", "；".join(together)
    if result.notes:
        yield "说明", "；".join(result.notes)
    run = "没有保存过，现在计算" if explained.stored_run is None else f"第 {explained.stored_run} 次运行的结果"
    moment = datetime.fromtimestamp(explained.basis.as_of, zone).strftime("%Y-%m-%d %H:%M:%S")
    digest = explained.basis.configuration_hash[:_HASH_SHOWN]
    yield "依据", f"{run}；截止时间 {moment}；知悉序号 {explained.basis.sequence}；配置 {digest}"


def _title(result: IndicatorResult) -> str:
    figure = result.figure
    if figure.dimension == "total":
        return result.name
    return f"{result.name}（{DIMENSION_LABELS[figure.dimension]}：{figure.dimension_value}）"


_Columns = Sequence[tuple[str, Any]]


def _record_columns() -> _Columns:
    return (
        ("角色", lambda row: ROLE_LABELS[row["role"]]),
        ("记录", lambda row: f"{RECORDS[row['record']].label} {row['natural_key'] or ''}"),
        ("数值", lambda row: row["value"] or ""),
        ("说明", lambda row: row["note"] or ""),
        ("来源", place),
        ("行哈希", lambda row: (row["row_hash"] or "")[:_HASH_SHOWN]),
    )


def _span_columns(zone: ZoneInfo) -> _Columns:
    return (
        ("设备", lambda row: row["asset_no"]),
        ("类型", lambda row: KIND_LABELS[row["kind"]]),
        ("开始", lambda row: _local(row["start_at"], zone)),
        ("结束", lambda row: _local(row["end_at"], zone)),
        ("服务秒数", lambda row: f"{row['service_seconds']:,}"),
        ("起因 → 终因", lambda row: f"{row['opened_by']} → {row['ended_by']}"),
        ("来源", place),
    )


def _print_rows(console: Console, title: str, columns: _Columns, rows: list[dict[str, Any]], limit: int) -> None:
    console.print(f"{title}：{len(rows):,} 条")
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for header, _ in columns:
        table.add_column(header, overflow="fold")
    for row in rows[:limit]:
        table.add_row(*(Text(str(cell(row))) for _, cell in columns))
    console.print(table)
    if len(rows) > limit:
        console.print(f"…其余 {len(rows) - limit:,} 条没有列出；用 --limit 多列，或用 --csv 写出全部")


def write_csv(path: Path, explained: Explanation) -> None:
    """Every record and span with its full hashes, in one file that Excel opens."""
    zone = explained.basis.settings.zone
    lines = [_record_line(row) for row in _records(explained)]
    if explained.spans is not None:
        lines += [_span_line(row, zone) for row in _spans(explained.spans)]
    if explained.log is not None:
        lines += [_log_line(row) for row in _dicts(explained.log)]
    write_rows(path, CSV_HEADER, ([line.get(header, "") for header in CSV_HEADER] for line in lines))


def _record_line(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "部分": "记录",
        "角色": ROLE_LABELS[row["role"]],
        "说明": row["note"] or "",
        "数值": row["value"] or "",
        **_lineage_cells(row),
    }


def _span_line(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "部分": "时段",
        "设备编号": row["asset_no"],
        "时段类型": KIND_LABELS[row["kind"]],
        "开始": _local(row["start_at"], zone),
        "结束": _local(row["end_at"], zone),
        "服务秒数": row["service_seconds"],
        "起因": row["opened_by"] or "",
        "终因": row["ended_by"] or "",
        **_lineage_cells(row),
    }


def _log_line(row: Mapping[str, Any]) -> dict[str, Any]:
    """A target's checks of a UTC day in one file of the log."""
    return {
        "部分": "拨测日志",
        "记录类型": RECORDS["uptime_check"].label,
        "说明": f"{row['day']}（UTC）的检测次数；日志文件 {row['path']}，哈希 {row['sha256']}",
        "数值": row["check_count"],
        "设备编号": row["asset_no"],
        "数据来源": row["source"],
        "文件": row["name"],
        "文件哈希": row["content_hash"],
    }


def _lineage_cells(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "记录类型": RECORDS[row["record"]].label,
        "记录编号": row["natural_key"] or "",
        "数据来源": row["source"] or "",
        "文件": row["name"] or "",
        "工作表": row["sheet"] or "",
        "行号": "" if row["row_no"] is None else row["row_no"],
        "行哈希": row["row_hash"] or "",
        "文件哈希": row["content_hash"] or "",
        "记录内容": row["content"] or "",
    }


def _records(explained: Explanation) -> list[dict[str, Any]]:
    return sorted(_dicts(explained.rows), key=lambda row: _ROLE_ORDER.index(row["role"]))


def _spans(spans: pd.DataFrame) -> list[dict[str, Any]]:
    return sorted(_dicts(spans), key=lambda row: _KIND_ORDER.index(row["kind"]))


def _dicts(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Rows with None where pandas says missing and whole numbers as ``int``."""
    for record in frame.to_dict("records"):
        yield {str(name): _whole(plain(value)) for name, value in record.items()}


def _whole(value: Any) -> Any:
    """Row numbers become floating point in a column that also has none."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _local(seconds: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")
