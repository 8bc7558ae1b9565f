"""示例甲科技, tickets: engineers in the courthouse who draw their workbooks by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from collector.demo import spelling, writers
from collector.demo.layout import Grid, Row, Word, renamed, shuffled
from collector.demo.post import Post
from collector.demo.spelling import Spelling
from collector.demo.ticket_life import REASONS, Ticket
from collector.demo.world import DAY, VENDORS, YEAR, last_day, local

FOLDER = VENDORS["a"]
KINDS = {"incident": "故障", "service_request": "需求"}
CHANNELS = {"on_site": "现场", "remote": "远程"}
LEVELS = {"紧急": "一级", "一般": "二级", "低": "三级"}
SIDES = {"court": "法院", "third_party": "第三方", "vendor": "服务商"}
SPELLINGS: dict[int, tuple[Spelling, str]] = {
    **dict.fromkeys((1, 2, 3, 11, 12), (spelling.excel_date, "excel_date")),
    **dict.fromkeys((4, 5), (spelling.serial, "serial")),
    **dict.fromkeys((6, 7, 8), (spelling.chinese, "chinese_date")),
    9: (spelling.slashed, "slashed_date"),
    10: (spelling.mixed(spelling.excel_date, spelling.chinese, spelling.serial), "excel_date serial chinese_date"),
}
TICKET_WORDS = (
    Word("no", "工单编号", "基本信息"),
    Word("kind", "类型", "基本信息"),
    Word("priority", "级别", "基本信息"),
    Word("cancelled", "是否作废", "基本信息"),
    Word("reported", "报障时间", "报障信息"),
    Word("reporter", "报障人", "报障信息"),
    Word("site", "法庭", "报障信息"),
    Word("asset", "设备", "报障信息"),
    Word("channel", "处理方式", "处理信息"),
    Word("engineer", "工程师", "处理信息"),
    Word("responded", "响应时间", "处理信息"),
    Word("arrived", "到场时间", "处理信息"),
    Word("restored", "恢复时间", "处理信息"),
    Word("resolved", "解决时间", "处理信息"),
    Word("closed", "关单时间", "处理信息"),
    Word("hold_from", "开始", "挂起"),
    Word("hold_to", "结束", "挂起"),
    Word("side", "责任方", "挂起"),
    Word("reason", "原因", "挂起"),
    Word("unusable", "是否停用"),
    Word("title", "故障描述"),
    Word("status", "进度"),
)


def deliver(tickets: list[Ticket], post: Post) -> None:
    """A workbook a month."""
    for month in range(1, 13):
        _put_month([ticket for ticket in tickets if local(ticket.reported).month == month], month, post)


def _put_month(tickets: list[Ticket], month: int, post: Post) -> None:
    path = f"{FOLDER}/工单/{YEAR}年{month:02d}月数字法庭工单.xlsx"
    sent = last_day(month) + timedelta(days=4)
    messes = _ticket_messes(month)
    if month in (2, 8) and len({ticket.site for ticket in tickets}) < len(tickets):
        messes += " merged_body"
    if month == 3:
        wrong = _mistyped(tickets)
        post.refuse("order")
        post.put(path, _ticket_book(wrong, month, post), sent, messes + " resolved_before_reported")
        path, sent = path.replace(".xlsx", "（更正）.xlsx"), sent + timedelta(days=9)
        messes += " corrected"
    content = _ticket_book(tickets, month, post)
    post.put(path, content, sent, messes)
    if month == 5:
        post.put(path.replace(".xlsx", " - 副本.xlsx"), content, sent + timedelta(days=2), messes + " sent_twice")


def _ticket_messes(month: int) -> str:
    own = {
        2: "unknown_asset",
        6: "repeated_header excel_error blank_rows",
        7: "alias column_order",
        10: "unknown_word blank_rows",
    }
    common = "xlsx sheet_by_name title_rows two_row_header merged_header total_row notes unmatched yes_no status_words"
    return f"{common} {SPELLINGS[month][1]} {own.get(month, '')}"


def _mistyped(tickets: list[Ticket]) -> list[Ticket]:
    """The month as first sent: the last two are missing, some are wrong, one was solved before it was reported."""
    wrong = list(tickets[:-2])
    for number in range(0, len(wrong), 40):
        wrong[number] = replace(wrong[number], priority="低" if wrong[number].priority != "低" else "紧急")
    number = next(n for n, t in enumerate(wrong) if t.resolved and t.closed and n % 40 and not t.cancelled)
    wrong[number] = replace(wrong[number], resolved=wrong[number].reported - 3 * DAY, restored=None, closed=None)
    return wrong


def _ticket_book(tickets: list[Ticket], month: int, post: Post) -> bytes:
    words = list(TICKET_WORDS)
    if month >= 7:
        words = renamed(words, reported="故障申报时间", arrived="到达现场时间", priority="紧急程度", no="工单号")
        words = shuffled(words, "title unusable") if month % 2 else shuffled(words, "no reported reporter site asset")
    spell = SPELLINGS[month][0]
    rows = [_ticket_row(ticket, spell) for ticket in tickets]
    if month in (2, 8):
        rows.sort(key=lambda row: str(row["site"]))
    rows += _bad_tickets(month, rows, post)
    grid = _ticket_grid(words, rows, month)
    about = Grid("说明", [["本表由驻场工程师填写，按月报送。"], ["报障以书记员来电为准。"]])
    summary = Grid("汇总", [["月份", "件数"], [f"{month}月", len(tickets)]])
    return writers.xlsx([about, grid, summary])


def _ticket_grid(words: list[Word], rows: list[Row], month: int) -> Grid:
    grid = Grid("工单明细")
    titles = (FOLDER, f"{YEAR}年{month}月数字法庭运维工单明细", "单位：件　　填表：驻场组")
    for title in titles[: 1 + month % 3]:
        grid.title(title, len(words))
    grid.header(words)
    first = len(grid.rows)
    for number, row in enumerate(rows, start=1):
        grid.data(words, row)
        if month == 6 and number % max(5, len(rows) // 4) == 0:
            grid.header(words)
        if month in (6, 10) and number % max(4, len(rows) // 6) == 0:
            grid.line()
    if month in (2, 8):
        grid.merge_equal([word.name for word in words].index("site"), first)
    grid.line("合计", None, None, f"{len(rows)}件")
    grid.line()
    grid.line("注：到场时间以签到为准；远程处理的不填到场时间。")
    grid.line("制表人：陈工　　审核人：周工")
    return grid


def _ticket_row(ticket: Ticket, spell: Spelling) -> Row:
    hold = ticket.holds[0] if ticket.holds else None
    return {
        "no": ticket.no,
        "kind": KINDS[ticket.kind],
        "priority": LEVELS[ticket.priority],
        "cancelled": "是" if ticket.cancelled else None,
        "reported": spell(ticket.reported),
        "reporter": ticket.reporter,
        "site": ticket.site,
        "asset": ticket.asset.name if ticket.asset else None,
        "channel": CHANNELS[ticket.channel],
        "engineer": ticket.engineer,
        "responded": spell(ticket.responded),
        "arrived": spell(ticket.arrived),
        "restored": spell(ticket.restored),
        "resolved": spell(ticket.resolved),
        "closed": spell(ticket.closed),
        "hold_from": spell(hold.start) if hold else None,
        "hold_to": spell(hold.end) if hold else None,
        "side": SIDES[hold.side] if hold else None,
        "reason": REASONS[hold.side] if hold else None,
        "unusable": "是" if ticket.unusable else "否",
        "title": ticket.title,
        "status": {"done": "已办结", "open": "处理中", "cancelled": "重复报障"}[ticket.status],
    }


def _bad_tickets(month: int, rows: list[Row], post: Post) -> list[Row]:
    """Rows that must be refused; each is like a true one but for its number and one cell."""
    faults: dict[int, tuple[str, list[dict[str, str]]]] = {
        2: ("unknown_asset", [{"asset": "老审判楼法庭庭审主机"}, {"asset": "法警室旧对讲机"}]),
        6: ("excel_error", [{"reported": "#N/A"}]),
        10: ("unknown_word", [{"channel": "托人捎去"}]),
    }
    code, cells = faults.get(month, ("", []))
    if cells:
        post.refuse(code, len(cells))
    sample = next(row for row in rows if row["hold_from"] is None and row["cancelled"] is None)
    return [{**sample, "no": f"SZFT{YEAR}-9{month:02d}{n}", **cell} for n, cell in enumerate(cells, start=1)]
