"""示例乙信息, tickets: exports of a service desk, whose software was changed in July and again in October."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from collector.demo import spelling, writers
from collector.demo.layout import Grid, Row, Word, renamed, shuffled
from collector.demo.post import Post
from collector.demo.spelling import Cell, Spelling
from collector.demo.ticket_life import REASONS, Ticket
from collector.demo.world import VENDORS, YEAR, last_day, local

FOLDER = VENDORS["b"]
KINDS = {"incident": "故障", "service_request": "服务请求"}
CHANNELS = {"on_site": "上门", "remote": "远程协助"}
STATUS = {"done": "已完成", "open": "处理中", "cancelled": "已作废"}
SIDES = {"court": "甲方", "third_party": "厂家", "vendor": "乙方"}
WORDS = (
    Word("no", "单号"),
    Word("kind", "类别"),
    Word("reported", "报修时间"),
    Word("responded", "受理时间"),
    Word("arrived", "上门时间"),
    Word("length", "处理时长"),
    Word("asset", "设备编号"),
    Word("site", "地点"),
    Word("channel", "服务方式"),
    Word("priority", "紧急程度"),
    Word("status", "工单状态"),
    Word("title", "问题描述"),
    Word("engineer", "工程师"),
    Word("reporter", "报修人"),
    Word("unusable", "影响使用"),
    Word("remark", "回访"),
)
SECOND = renamed(
    WORDS, no="流水号", reported="申报时间", responded="响应时间", arrived="到达时间", length="耗时", asset="资产编号"
)
REMARKS = {1: "用户说\n“还是慢”", 2: '称"很好"，谢谢;'}
CODES = {"impossible_date": "unreadable", "unreadable_number": "unreadable", "missing_time": "missing"}
HOLD_WORDS = (
    Word("no", "单号"),
    Word("start", "挂起时间"),
    Word("end", "继续时间"),
    Word("side", "责任方"),
    Word("reason", "事由"),
)
HOTLINE_WORDS = (
    Word("reported", "来电时间"),
    Word("site", "部门"),
    Word("title", "事项"),
    Word("responded", "受理"),
    Word("resolved", "办结"),
    Word("engineer", "接线人"),
)


def deliver(tickets: list[Ticket], hotline: list[Ticket], post: Post) -> None:
    """Twelve exports, the log of holds, and the old register of calls."""
    for month in range(1, 13):
        own = [ticket for ticket in tickets if local(ticket.reported).month == month]
        post.put(*_export(own, month, post))
    _put_holds(tickets, post)
    for half in (1, 2):
        own = [ticket for ticket in hotline if (local(ticket.reported).month + 5) // 6 == half]
        _put_hotline(own, half, post)


def _export(tickets: list[Ticket], month: int, post: Post) -> tuple[str, bytes, date, str]:
    """Path, bytes, day and messes of one month."""
    spell, messes = _spelling(month)
    words: Sequence[Word] = (
        WORDS if month < 7 else SECOND if month < 10 else shuffled(SECOND, "status reported no site")
    )
    rows = [_row(ticket, spell, month) | {"remark": REMARKS.get(n % 9)} for n, ticket in enumerate(tickets)]
    bad, faults = _bad(month, rows, post)
    lines = _lines([*rows, *bad], words, month)
    messes += f" {faults} unmatched status_words yes_no quotes line_breaks"
    messes += " " + spelling.duration_messes(row["length"] for row in rows)
    name, sent = f"{FOLDER}/工单/工单导出_{YEAR}{month:02d}", last_day(month) + timedelta(days=3)
    if month < 7:
        messes += " csv comma gb18030 title_rows total_row" + (" repeated_header blank_rows" if month == 6 else "")
        return f"{name}.csv", writers.delimited(lines, ",", "gb18030"), sent, messes
    if month < 10:
        return f"{name}.csv", writers.delimited(lines, ";", "utf-8"), sent, f"{messes} csv semicolon utf8 alias"
    return f"{name}.tsv", writers.delimited(lines, "\t", "utf-16"), sent, f"{messes} tsv tab utf16 alias column_order"


def _spelling(month: int) -> tuple[Spelling, str]:
    if month == 4:
        return spelling.slashed_wide, "full_width slashed_date"
    if month < 7:
        return spelling.slashed, "slashed_date"
    return (spelling.iso, "iso_date") if month < 10 else (spelling.chinese, "chinese_date")


def _lines(rows: Sequence[Row], words: Sequence[Word], month: int) -> list[list[Cell]]:
    grid = Grid()
    if month < 7:
        grid.line(f"工单导出（{YEAR}年{month}月）")
    grid.header(words)
    for number, row in enumerate(rows, start=1):
        grid.data(words, row)
        if month == 6 and number % max(5, len(rows) // 4) == 0:
            grid.line(*[None] * len(words))
            grid.header(words)
    if month < 7:
        grid.line("合计", *[None] * (len(words) - 2), len(rows))
    return grid.rows


def _row(ticket: Ticket, spell: Spelling, month: int) -> dict[str, Cell]:
    seconds = None if ticket.resolved is None else ticket.resolved - ticket.reported
    length = spelling.duration(seconds)
    if month == 8 and isinstance(length, str):
        length = spelling.full_width(length)
    return {
        "no": ticket.no,
        "kind": KINDS[ticket.kind],
        "reported": spell(ticket.reported),
        "responded": spell(ticket.responded),
        "arrived": spell(ticket.arrived),
        "length": length,
        "asset": ticket.asset.no if ticket.asset else None,
        "site": ticket.site,
        "channel": CHANNELS[ticket.channel],
        "priority": ticket.priority,
        "status": STATUS[ticket.status],
        "title": ticket.title,
        "engineer": ticket.engineer,
        "reporter": ticket.reporter,
        "unusable": "Y" if ticket.unusable else "N",
    }


def _bad(month: int, rows: Sequence[Row], post: Post) -> tuple[list[Row], str]:
    """Rows that must be refused, each with one wrong cell."""
    faults: dict[int, tuple[str, dict[str, Cell]]] = {
        2: ("impossible_date", {"reported": f"{YEAR}/2/30 9:15"}),
        5: ("missing_time", {"reported": None}),
        9: ("unknown_word", {"channel": "托人捎去"}),
        11: ("unknown_asset", {"asset": "SFQ-PC-9999"}),
        12: ("unreadable_number", {"length": "半天左右"}),
    }
    if month not in faults:
        return [], ""
    mess, cells = faults[month]
    post.refuse(CODES.get(mess, mess))
    return [{**rows[-1], "no": f"YX{YEAR}{month:02d}99", **cells}], mess


def _put_holds(tickets: list[Ticket], post: Post) -> None:
    grid = Grid("挂起")
    grid.title(f"{YEAR}年工单挂起登记", len(HOLD_WORDS))
    grid.header(HOLD_WORDS)
    for ticket in tickets:
        for hold in ticket.holds:
            cells: Row = {
                "no": ticket.no,
                "start": spelling.chinese(hold.start),
                "end": spelling.chinese(hold.end),
                "side": SIDES[hold.side],
                "reason": REASONS[hold.side],
            }
            grid.data(HOLD_WORDS, cells)
    path = f"{FOLDER}/工单/挂起登记{YEAR}.xlsx"
    post.put(
        path, writers.xlsx([grid]), date(YEAR + 1, 1, 5), "xlsx sheet_by_name title_rows chinese_date status_words"
    )


def _put_hotline(calls: list[Ticket], half: int, post: Post) -> None:
    """The old register: no numbers, sheets called as the program called them."""
    grid = Grid(f"Sheet{half}")
    grid.title("热线电话登记表", len(HOTLINE_WORDS))
    grid.header(HOTLINE_WORDS)
    for call in calls:
        cells: Row = {
            "reported": spelling.excel_date(call.reported),
            "site": call.site,
            "title": call.title,
            "responded": spelling.excel_date(call.responded),
            "resolved": spelling.excel_date(call.resolved),
            "engineer": call.engineer,
        }
        grid.data(HOTLINE_WORDS, cells)
    grid.line("小计", None, None, None, None, len(calls))
    post.put(
        f"{FOLDER}/热线/热线登记{YEAR}{'上下'[half - 1]}半年.xls",
        writers.xls([grid]),
        date(YEAR, 7, 4) if half == 1 else date(YEAR + 1, 1, 5),
        "xls sheet_by_content title_rows merged_header excel_date no_number total_row",
    )
