"""示例丙网络, beside tickets: the probe's log, inspections since July, counts of netcasts, maintenance."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.csv

from collector.demo import spelling, writers
from collector.demo.c_tickets import FOLDER
from collector.demo.checks import MONTHS, Checks, build_line_checks, build_system_checks
from collector.demo.inspections import NETWORK_ROUND, SERVER_ROUND, Inspection
from collector.demo.layout import Grid, Word
from collector.demo.post import Post
from collector.demo.spelling import Cell
from collector.demo.story import Waiver
from collector.demo.truth import Truth
from collector.demo.world import HANDOVER, VENDORS, YEAR, last_day, local

RETIRED = "SFQ-YY-9999"  # a target that the probe still looks at and the register does not have
RETIRED_CHECKS = 12
STATES = pa.array(["OK", "FAIL", "N/A"])
WAIVER_WORDS = (
    Word("no", "编号"),
    Word("kind", "范围", "对象"),
    Word("asset", "设备", "对象"),
    Word("start", "开始", "时间"),
    Word("end", "结束", "时间"),
    Word("cause", "原因"),
    Word("approved", "是否批准", "审批"),
    Word("approver", "批准人", "审批"),
    Word("document", "文号", "审批"),
    Word("registered", "登记时间"),
)
CAUSES = {"planned_maintenance": "计划维护", "force_majeure": "不可抗力", "court_side": "院方原因"}


def deliver(truth: Truth, post: Post) -> None:
    """Everything but tickets."""
    _put_checks(truth, post)
    late = (SERVER_ROUND, NETWORK_ROUND)
    _put_inspections([i for i in truth.inspections if i.kind in late and local(i.inspected).date() >= HANDOVER], post)
    _put_netcast(truth.netcast, post)
    _put_waivers(truth.waivers, post)


def _put_checks(truth: Truth, post: Post) -> None:
    systems = build_system_checks(truth.register, truth.seed)
    for month in MONTHS:
        content = writers.gzipped(_log(systems.month(month), retired=month == MONTHS[0]), level=1)
        messes = "csv gzip comma utf8 epoch status_words" + (" unknown_asset" if month == MONTHS[0] else "")
        messes += " closed_while_failing" if month == 11 else ""
        post.put(f"{FOLDER}/拨测/拨测_{YEAR}-{month}.csv.gz", content, last_day(month) + timedelta(days=1), messes)
    post.refuse("unknown_asset", RETIRED_CHECKS)
    lines = build_line_checks(truth.register, truth.seed)
    rows: list[list[Cell]] = [["线路", "检测时间", "结果", "耗时"]]
    for number, instant in enumerate(lines.times.tolist()):
        for column, target in enumerate(lines.targets):
            state = ("通", "断", "未知")[int(lines.states[number, column])]
            rows.append([target.name, spelling.iso(instant), state, int(lines.latency[number, column])])
    content = writers.gzipped(writers.delimited(rows, "\t", "gb18030"))
    messes = "tsv gzip tab gb18030 iso_date status_words"
    post.put(f"{FOLDER}/拨测/专线检测_{YEAR}Q4.tsv.gz", content, date(YEAR + 1, 1, 2), messes)


def _log(checks: Checks, retired: bool) -> bytes:
    """Lines ``target,time,result,ms`` in the order in which the probe wrote them."""
    size = len(checks.targets)
    names = pa.array([target.no for target in checks.targets])
    table = pa.table(
        {
            "target": names.take(pa.array(np.tile(np.arange(size), len(checks.times)))),
            "timestamp": pa.array(np.repeat(checks.times, size)),
            "result": STATES.take(pa.array(checks.states.reshape(-1))),
            "ms": pa.array(checks.latency.reshape(-1)),
        }
    )
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink, pyarrow.csv.WriteOptions(quoting_style="none"))
    written = bytes(sink.getvalue())
    if retired:
        first = checks.times[:RETIRED_CHECKS].tolist()
        written += b"".join(f"{RETIRED},{instant},FAIL,5000\n".encode() for instant in first)
    return written


def _put_inspections(inspections: list[Inspection], post: Post) -> None:
    rows: list[list[Cell]] = [["id", "type", "time", "ci", "ok", "by"]]
    for item in inspections:
        asset = item.asset.no if item.asset else None
        rows.append(
            [item.no, item.kind, spelling.iso(item.inspected), asset, "Y" if item.normal else "N", item.engineer]
        )
    content = writers.gzipped(writers.delimited(rows, ";", "utf-8"))
    messes = "csv gzip semicolon utf8 iso_date yes_no"
    post.put(f"{FOLDER}/巡检/inspection_{YEAR}H2.csv.gz", content, date(YEAR + 1, 1, 3), messes)


def _put_netcast(counts: dict[str, list[int]], post: Post) -> None:
    """A cross table: kinds down, months across, totals on both sides, and one cell that is no number."""
    grid = Grid("统计表")
    grid.title(f"{YEAR}年互联网庭审及直播保障统计表", 14)
    grid.line("保障类别", *[f"{month}月" for month in range(1, 13)], "合计")
    for kind, months in counts.items():
        grid.line(kind, *months, sum(months))
    grid.line("公众开放日直播", *[None] * 8, "约30", None, None, None, None)
    totals = [sum(months[month] for months in counts.values()) for month in range(12)]
    grid.line("合计", *totals, sum(totals))
    grid.line("说明：不含内网视频会议。")
    post.refuse("unreadable")
    messes = "xlsx sheet_by_content title_rows cross_table total_row notes date_without_year unreadable_number"
    path = f"{FOLDER}/互联网保障/{YEAR}年互联网保障统计.xlsx"
    post.put(path, writers.xlsx([grid]), date(YEAR + 1, 1, 4), messes)


def _put_waivers(waivers: tuple[Waiver, ...], post: Post) -> None:
    grid = Grid("维护与豁免")
    grid.title("维护窗口与豁免登记", len(WAIVER_WORDS))
    grid.header(WAIVER_WORDS)
    for waiver in waivers:
        cells: dict[str, Cell] = {
            "no": waiver.no,
            "kind": waiver.kind or None,
            "asset": waiver.asset.name if waiver.asset else None,
            "start": spelling.chinese(waiver.start),
            "end": spelling.chinese(waiver.end),
            "cause": CAUSES[waiver.cause],
            "approved": "是" if waiver.approved else "否",
            "approver": waiver.approver or None,
            "document": waiver.document or None,
            "registered": spelling.chinese(waiver.registered),
        }
        grid.data(WAIVER_WORDS, cells)
    messes = "xlsx sheet_by_content title_rows two_row_header merged_header chinese_date yes_no status_words"
    post.put(f"{VENDORS['c']}/维护/维护窗口登记{YEAR}.xlsx", writers.xlsx([grid]), date(YEAR + 1, 1, 4), messes)
