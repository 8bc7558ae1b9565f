"""The court's own papers: register, plan, people and lines, questionnaires, measured values, money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from collector.demo import spelling, writers
from collector.demo.assets import CODES, Register
from collector.demo.inspections import Plan
from collector.demo.layout import Grid
from collector.demo.papers import Answer, Booking, Measured, RosterEntry
from collector.demo.post import Post
from collector.demo.spelling import Cell
from collector.demo.truth import Truth
from collector.demo.world import VENDORS, YEAR

FOLDER = "信息科"
MONEY = {"budget": "年初预算", "adjustment": "预算调整", "received": "到位", "paid": "支付"}


def deliver(truth: Truth, post: Post) -> None:
    """Six papers."""
    _put_register(truth.register, post)
    _put_plan(truth.plan, post)
    _put_roster(truth.roster, post)
    _put_answers(truth.answers, post)
    _put_measured(truth.measured, post)
    _put_bookings(truth.bookings, post)


def _table(name: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Grid:
    grid = Grid(name)
    grid.title(title, len(head))
    grid.line(*head)
    for row in rows:
        grid.line(*row)
    return grid


def _put_register(register: Register, post: Post) -> None:
    """Classes are merged cells; dates are Excel dates and text; the probe's dates only where there is a probe."""
    head = (
        "设备类别",
        "设备编号",
        "设备名称",
        "别名",
        "安装位置",
        "维护单位",
        "启用日期",
        "报废日期",
        "是否拨测",
        "拨测起始",
    )
    rows = [
        (
            asset.kind,
            asset.no,
            asset.name,
            asset.alias,
            asset.site,
            VENDORS[asset.vendor],
            asset.start,
            spelling.cn_day(asset.until) if asset.until else None,
            "是" if asset.probed else "否",
            asset.probed_from,
        )
        for asset in register.assets
    ]
    grid = _table("设备台账", f"{YEAR}年设备台账", head, rows)
    grid.merge_equal(0, 2)
    grid.line("总计", len(rows))
    changes = [
        (asset.no, part.start, part.until, VENDORS[part.vendor], part.site)
        for asset in register.assets
        for part in asset.assignments
    ]
    moved = _table("归属变更", "设备归属变更", ("设备编号", "自", "至", "维护单位", "安装位置"), changes)
    about = _table("编号规则", "设备编号规则", ("前缀", "类别"), [(code, kind) for kind, code in CODES.items()])
    post.put(
        f"{FOLDER}/设备台账{YEAR}.xlsx",
        writers.xlsx([about, grid, moved]),
        date(YEAR, 12, 31),
        "xlsx sheet_by_name title_rows merged_body excel_date chinese_date yes_no total_row",
    )


def _put_plan(plan: list[Plan], post: Post) -> None:
    """One line was typed with the due date before the first day."""
    head = ("计划编号", "巡检类别", "应检起", "应检止", "设备编号", "位置", "应检次数")
    rows: list[Sequence[Cell]] = [
        (
            item.no,
            item.kind,
            item.start,
            item.end,
            item.asset.no if item.asset else None,
            item.site or None,
            item.quantity,
        )
        for item in plan
    ]
    rows.append(("JH-JF-13", "机房巡检", date(YEAR, 6, 30), date(YEAR, 6, 1), None, "中心机房", 20))
    post.refuse("order")
    grid = _table("计划", f"{YEAR}年巡检计划", head, rows)
    post.put(
        f"{FOLDER}/巡检计划{YEAR}.xlsx", writers.xlsx([grid]), date(YEAR, 1, 8), "xlsx sheet_by_content excel_date"
    )


def _put_roster(roster: list[RosterEntry], post: Post) -> None:
    people = [entry for entry in roster if entry.no.startswith("RY")]
    lines = [entry for entry in roster if not entry.no.startswith("RY")]
    first = _table(
        "驻场人员",
        "驻场人员名册",
        ("编号", "岗位", "姓名", "进场日期", "离场日期"),
        [(e.no, e.kind, e.name, spelling.cn_day(e.start), spelling.cn_day(e.end) if e.end else "至今") for e in people],
    )
    first.line("RY-07", "桌面驻场", "（待定）", "待定", None)
    post.refuse("unreadable")
    second = _table(
        "租用线路",
        "租用线路台账",
        ("编号", "线路类型", "名称", "带宽", "条数", "起租", "退租"),
        [(e.no, e.kind, e.name, e.bandwidth or None, f"{e.quantity}条", e.start, e.end) for e in lines],
    )
    messes = "xlsx sheet_by_name chinese_date excel_date notes"
    post.put(f"{FOLDER}/人员与线路{YEAR}.xlsx", writers.xlsx([first, second]), date(YEAR, 12, 30), messes)


def _put_answers(answers: list[Answer], post: Post) -> None:
    rows: list[Sequence[Cell]] = [("问卷编号", "填写日期", "部门", "总体评价", "意见")]
    rows += [
        (item.no, item.day.isoformat(), item.department, item.answer or None, _opinion(number))
        for number, item in enumerate(answers)
    ]
    rows.append((f"WJ{YEAR}9001", f"{YEAR}-06-31", "刑庭", "满意", None))
    post.refuse("unreadable")
    content = writers.delimited(rows, ",", "utf-8-sig")
    messes = "csv comma utf8_bom iso_date quotes line_breaks impossible_date unmatched"
    post.put(f"{FOLDER}/满意度问卷{YEAR}.csv", content, date(YEAR, 12, 25), messes)


def _opinion(number: int) -> str | None:
    return '建议：\n1. 加派人手；\n2. "周末值班"' if number % 37 == 0 else None


def _put_measured(measured: list[Measured], post: Post) -> None:
    head = ("编号", "填报项目", "日期", "数值", "计量单位", "填报人", "填报时间", "佐证文件")
    rows = [
        (m.no, m.kind, m.day, f"{m.value}分", m.measure_unit, m.entered_by, spelling.chinese(m.entered), m.document)
        for m in measured
    ]
    grid = _table("填报", f"{YEAR}年填报值", head, rows)
    post.put(f"{FOLDER}/填报值{YEAR}.xlsx", writers.xlsx([grid]), date(YEAR, 12, 26), "xlsx excel_date chinese_date")


def _put_bookings(bookings: list[Booking], post: Post) -> None:
    """Money in 万元; one line has an amount that is none."""
    head = ("凭证", "编号", "日期", "类别", "金额（万元）", "资金来源", "收款方")
    rows: list[Sequence[Cell]] = [
        (b.document, b.no, b.day, MONEY[b.kind], str(Decimal(b.amount) / 10_000), b.funds, VENDORS.get(b.vendor))
        for b in bookings
    ]
    rows.append(("未付", "ZF-51", date(YEAR, 12, 30), MONEY["paid"], "待结算", "本级财政", VENDORS["c"]))
    post.refuse("unreadable")
    grid = _table("收支", f"{YEAR}年运维经费收支", head, rows)
    grid.line("合计", None, None, None, None)
    post.put(
        f"{FOLDER}/预算与支出{YEAR}.xlsx",
        writers.xlsx([grid]),
        date(YEAR + 1, 1, 5),
        "xlsx units excel_date total_row unreadable_number status_words",
    )
