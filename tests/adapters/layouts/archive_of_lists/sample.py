"""The court's own lists, packed together."""

from __future__ import annotations

from datetime import date

from tests.adapters.writing import csv_file, xlsx_file, zip_file

ASSETS = (
    ("资产编号", "资产名称", "资产类别", "启用", "停用", "纳入拨测"),
    ("S-1", "审判系统", "应用系统", "2020-01-01", "", "√"),
    ("S-2", "旧门户", "应用系统", "20150301", "2023年6月30日", "×"),
)
LINES = (
    ("线路类型", "台账号", "带宽", "条数", "开通日期", "到期日期"),
    ("专网", 20230305000123, "万兆", 6, date(2023, 1, 1), date(2023, 12, 31)),
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    members = {
        "清单/资产.csv": csv_file(ASSETS, "utf-16", "\t"),
        "清单/线路.xlsx": xlsx_file({"线路": LINES}),
        "~$线路.xlsx": b"lock",
        "读我.docx": b"no table",
    }
    return {"台账/2023.zip": zip_file(members)}
