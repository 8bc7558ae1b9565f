"""示例乙信息, inspections: servers and network until July, the machine room, desktops floor by floor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from collector.demo import spelling, writers
from collector.demo.b_tickets import FOLDER
from collector.demo.inspections import DESK_ROUND, HALL_ROUND, NETWORK_ROUND, SERVER_ROUND, Inspection
from collector.demo.layout import Grid, Word
from collector.demo.post import Post
from collector.demo.spelling import Cell, Spelling
from collector.demo.world import YEAR, local

ASSET_WORDS = (
    Word("no", "编号"),
    Word("kind", "巡检类型"),
    Word("inspected", "巡检时间"),
    Word("asset", "设备编号"),
    Word("site", "位置"),
    Word("result", "状况"),
    Word("engineer", "巡检员"),
)
PLACE_WORDS = (
    Word("no", "编号"),
    Word("kind", "巡检类型"),
    Word("inspected", "巡检时间"),
    Word("site", "位置"),
    Word("quantity", "台数"),
    Word("result", "状况"),
    Word("engineer", "巡检员"),
)


def deliver(inspections: list[Inspection], post: Post) -> None:
    """Old workbooks for servers and network, flat files for the rest."""
    for quarter in (1, 2):
        own = [
            item
            for item in inspections
            if item.kind in (SERVER_ROUND, NETWORK_ROUND) and (local(item.inspected).month + 2) // 3 == quarter
        ]
        _put_assets(own, quarter, post)
    _put_places([item for item in inspections if item.kind == HALL_ROUND], "机房巡检", post)
    _put_places([item for item in inspections if item.kind == DESK_ROUND], "桌面巡检", post)


def _put_assets(inspections: Sequence[Inspection], quarter: int, post: Post) -> None:
    grid = Grid("Sheet1")
    grid.line("服务器及网络设备巡检")
    grid.line(f"{YEAR}年第{quarter}季度")
    grid.header(ASSET_WORDS)
    for item in inspections:
        grid.data(ASSET_WORDS, _row(item, spelling.excel_date))
    grid.line("备注：状况填“良好”或“有问题”")
    empty = Grid("Sheet2", [["（空）"]])
    post.put(
        f"{FOLDER}/巡检/设备巡检{YEAR}Q{quarter}.xls",
        writers.xls([empty, grid]),
        date(YEAR, quarter * 3, 28) + timedelta(days=5),
        (
            "xls sheet_by_content title_rows excel_date notes status_words"
            + (" normal_on_fault_day" if quarter == 2 else "")
        ),
    )


def _put_places(inspections: Sequence[Inspection], name: str, post: Post) -> None:
    lines: list[list[Cell]] = [[word.word for word in PLACE_WORDS]]
    for item in inspections:
        row = _row(item, spelling.mixed(spelling.slashed, spelling.chinese))
        lines.append([row.get(word.name) for word in PLACE_WORDS])
    lines.append([None] * len(PLACE_WORDS))
    lines.append(["总计", None, None, None, sum(item.quantity for item in inspections)])
    if name == "桌面巡检":
        content, path, messes = writers.delimited(lines, "\t", "utf-16"), f"{name}{YEAR}.tsv", "tsv tab utf16"
    else:
        content, path, messes = writers.delimited(lines, ";", "gb18030"), f"{name}{YEAR}.csv", "csv semicolon gb18030"
    messes += " slashed_date full_width total_row blank_rows"
    post.put(f"{FOLDER}/巡检/{path}", content, date(YEAR + 1, 1, 4), messes)


def _row(item: Inspection, spell: Spelling) -> dict[str, Cell]:
    return {
        "no": item.no,
        "kind": item.kind,
        "inspected": spell(item.inspected),
        "asset": item.asset.no if item.asset else None,
        "site": item.site,
        "quantity": spelling.full_width(f"{item.quantity}台"),
        "result": "良好" if item.normal else "有问题",
        "engineer": item.engineer,
    }
