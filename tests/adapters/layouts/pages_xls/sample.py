"""丙公司: one sheet for each place; every printed page begins with title and header again."""

from __future__ import annotations

from datetime import datetime

from tests.adapters.writing import xls_file

TITLE = ("设备巡检记录",)
HEADER = ("巡检单", "巡检项目", "巡检日期", "设备", "巡检结论", "巡检员", "备注")
COURT = (
    TITLE,
    HEADER,
    ("X-1", "数字法庭设备", datetime(2023, 5, 8, 8, 40), "D-11", "正常", "周", ""),
    ("X-2", "数字法庭设备", 45055.5, "D-12", "发现问题", "周", "话筒接触不良"),
    TITLE,
    HEADER,
    ("X-3", "数字法庭设备", "45056", "D-11", "良好", "吴", ""),
    ("本页小计", "", "", "", "", "", "3次"),
)
ROOM = (TITLE, HEADER, ("X-4", "服务器", "2023-05-09T09:00:00+08:00", "S-1", "运行正常", "吴", "/"), ())


def sample() -> dict[str, bytes]:
    """File name → content."""
    return {"丙公司/5月巡检.xls": xls_file({"第一法庭": COURT, "机房": ROOM, "填写说明": [("巡检单每日填写",)]})}
