"""The finance office's list, amounts in 万元."""

from __future__ import annotations

from datetime import date

from tests.adapters.writing import xlsx_file

ROWS = (
    ("", "2023年运维经费"),
    ("", "凭证号", "日期", "收支类别", "金额（万元）", "资金来源"),
    ("", "B-1", date(2023, 1, 5), "年初预算", 156, "市级财政"),
    ("", "B-2", "2023年6月30日", "调减", "（0.5）", "市级财政"),
    ("", "B-3", "45290", "支付", 140.58, "市级财政"),
    ("", "B-4", "2023/12/31", "支付", "12,345.60元", "自筹"),
    ("", "总计", "", "", 297.3, ""),
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    return {"经费/2023.xlsx": xlsx_file({"明细": ROWS})}
