"""丁公司: counts per month only."""

from __future__ import annotations

from tests.adapters.writing import xlsx_file

ROWS = (
    ("庭审保障统计",),
    ("序号", "法庭楼", "保障项目", "1月", "2月", "3月", "一季度合计", "4月", "备注"),
    (1, "A座", "庭审", 600, 580.0, "1,203", 2383, "612次", ""),
    (2, "A座", "远程庭审保障", 3, "-", "", 3, 0, "2月无"),
    (3, "B座", "庭审", "", "", "", 0, "", ""),
    ("合计", "", "", 603, 580, 1203, 2386, 612, ""),
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    return {"2023年保障统计.xlsx": xlsx_file({"保障": ROWS})}
