"""戊公司: a telephone list."""

from __future__ import annotations

from tests.adapters.writing import csv_file

ROWS = (
    ("来电日期", "来电时间", "房间", "问题描述", "关闭"),
    ("05/03/2023", "9:05", "501", "忘记密码", "05/03/2023 9:20"),
    ("06/03/2023", "下午3点", "?", "打印机卡纸", "?"),
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    return {"戊公司/来电.tsv": csv_file(ROWS, "utf-8", "\t")}
