"""示例甲科技, inspections of the courtrooms and support of hearings."""

from __future__ import annotations

from datetime import timedelta

from collector.demo import spelling, writers
from collector.demo.a_tickets import FOLDER
from collector.demo.inspections import IN_COURT, MEETING, REMOTE, ROOM_ROUND, Inspection, Support
from collector.demo.layout import Grid, Word
from collector.demo.post import Post
from collector.demo.spelling import Cell
from collector.demo.truth import Truth
from collector.demo.world import YEAR, last_day, local

SUPPORT_KINDS = {IN_COURT: "现场庭审", REMOTE: "远程庭审", MEETING: "会议"}
ROUND_WORDS = (
    Word("line", "序号"),
    Word("no", "巡检编号"),
    Word("inspected", "巡检日期"),
    Word("site", "法庭"),
    Word("asset", "设备名称"),
    Word("result", "结果"),
    Word("quantity", "次数"),
    Word("engineer", "巡检人"),
)
SUPPORT_WORDS = (
    Word("no", "保障编号"),
    Word("kind", "类别"),
    Word("started", "开庭时间"),
    Word("length", "时长"),
    Word("site", "法庭"),
    Word("case_no", "案号"),
    Word("engineer", "保障人"),
    Word("quantity", "场次"),
    Word("remark", "备注"),
)


def deliver(truth: Truth, post: Post) -> None:
    """A workbook of inspections and a file of hearings each quarter."""
    rounds = [item for item in truth.inspections if item.kind == ROOM_ROUND]
    for quarter in range(1, 5):
        _put_rounds(rounds, quarter, post)
        _put_support([item for item in truth.support if (local(item.started).month + 2) // 3 == quarter], quarter, post)


def _put_rounds(rounds: list[Inspection], quarter: int, post: Post) -> None:
    """One sheet a month; the year stands in the file's name, in the last quarter in the sheets' names."""
    grids = []
    for month in range(quarter * 3 - 2, quarter * 3 + 1):
        own = [item for item in rounds if local(item.inspected).month == month]
        grids.append(_round_grid(own, f"{YEAR}年{month}月" if quarter == 4 else f"{month}月", quarter, post))
    grids.append(Grid("填表要求", [["每月5日前报送"], ["结果填正常或异常"]]))
    name = "第四季度法庭巡检" if quarter == 4 else f"{YEAR}年第{'一二三'[quarter - 1]}季度法庭巡检"
    messes = "xlsx sheet_by_pattern title_rows merged_body date_without_year full_width total_row unmatched"
    messes += " unknown_asset" if quarter == 1 else " excel_error" if quarter == 3 else ""
    post.put(f"{FOLDER}/巡检/{name}.xlsx", writers.xlsx(grids), last_day(quarter * 3) + timedelta(days=3), messes)


def _round_grid(rounds: list[Inspection], name: str, quarter: int, post: Post) -> Grid:
    grid = Grid(name)
    grid.title(f"数字法庭设备巡检记录（{name}）", len(ROUND_WORDS))
    grid.header(ROUND_WORDS)
    first = len(grid.rows)
    ordered = sorted(rounds, key=lambda item: (local(item.inspected).date(), item.site, item.no))
    rows = [_round_row(number, item) for number, item in enumerate(ordered, start=1)]
    for row in [*rows, *_bad_rounds(name, rows, post)]:
        grid.data(ROUND_WORDS, row)
    grid.merge_equal(3, first)
    grid.line("合计", None, None, None, None, None, len(rows))
    return grid


def _round_row(number: int, item: Inspection) -> dict[str, Cell]:
    return {
        "line": number,
        "no": item.no,
        "inspected": spelling.without_year(item.inspected),
        "site": item.site,
        "asset": item.asset.name if item.asset else None,
        "result": "正常" if item.normal else "异常",
        "quantity": spelling.full_width(str(item.quantity)),
        "engineer": item.engineer,
    }


def _bad_rounds(name: str, rows: list[dict[str, Cell]], post: Post) -> list[dict[str, Cell]]:
    if name == "2月":
        post.refuse("unknown_asset")
        return [{**rows[-1], "no": f"XJS{YEAR}90001", "asset": "模拟法庭投影机"}]
    if name == "8月":
        post.refuse("excel_error")
        return [{**rows[-1], "no": f"XJS{YEAR}90002", "quantity": "#REF!"}]
    return []


def _put_support(events: list[Support], quarter: int, post: Post) -> None:
    """Four quarters, four formats: what the engineer's machine happened to save."""
    rows: list[list[Cell]] = [[word.word for word in SUPPORT_WORDS]]
    for number, event in enumerate(events, start=1):
        rows.append([_support_row(event, number).get(word.name) for word in SUPPORT_WORDS])
    rows.append(["合计", *[None] * (len(SUPPORT_WORDS) - 3), len(events), None])
    name, sent = f"{FOLDER}/庭审保障/庭审保障_{YEAR}Q{quarter}", last_day(quarter * 3) + timedelta(days=5)
    messes = "quotes line_breaks slashed_date total_row status_words unmatched "
    messes += spelling.duration_messes(row[3] for row in rows)
    if quarter == 1:
        post.put(f"{name}.csv", writers.delimited(rows, ",", "utf-8-sig"), sent, f"{messes} csv comma utf8_bom")
    elif quarter == 2:
        post.put(f"{name}.csv", writers.delimited(rows, ";", "gb18030"), sent, f"{messes} csv semicolon gb18030")
    elif quarter == 3:
        post.put(f"{name}.tsv", writers.delimited(rows, "\t", "utf-8"), sent, f"{messes} tsv tab utf8")
    else:
        content = writers.gzipped(writers.delimited(rows, ",", "utf-8"))
        post.put(f"{name}.csv.gz", content, sent, f"{messes} csv gzip comma utf8")


def _support_row(event: Support, number: int) -> dict[str, Cell]:
    remarks = {0: "书记员说“声音小”，\n已调麦克风", 1: '更换"备用"话筒; 正常', 2: "无"}
    return {
        "no": event.no,
        "kind": SUPPORT_KINDS[event.kind],
        "started": spelling.slashed(event.started),
        "length": spelling.duration(event.ended - event.started),
        "site": event.site,
        "case_no": event.case_no or None,
        "engineer": event.engineer,
        "quantity": event.quantity,
        "remark": remarks.get(number % 9),
    }
