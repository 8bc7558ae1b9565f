"""甲公司: a printed form. Words stand over groups of columns, the site is written once for several tickets."""

from __future__ import annotations

from datetime import datetime

from tests.adapters.writing import Merge, xlsx_file

UPPER = (
    "序号",
    "工单号",
    "地点",
    "故障现象",
    "处理方式",
    "报障",
    "",
    "响应",
    "到场",
    "",
    "解决",
    "",
    "挂起",
    "",
    "",
    "是否停用",
)
LOWER = ("", "", "", "", "", "时间", "报障人", "时间", "时间", "工程师", "时间", "结果", "开始", "结束", "责任", "")
BODY = (
    (1, "JF-0001", "第一法庭", "话筒无声", "现场", datetime(2023, 3, 1, 9, 0), "王", "9:05",
     datetime(2023, 3, 1, 9, 30), "张三", datetime(2023, 3, 1, 10, 0), "已修复", "", "", "", "是"),
    (2, "JF-0002", "", "投影偏色", "现场", "2023年3月1日 14:00", "李", "2023/3/1 14:2",
     "2023.3.1 14:20", "李四", 44986.75, "已修复", "2023-03-01 15:00", "2023-03-01 16:00", "法院", "否"),
    (3, "JF-0003", "机房", "交换机告警", "远程", "3月31日 23:30", "赵", "",
     "", "", "3月31日 24:00", "已修复", "", "", "", "否"),
)  # fmt: skip
TITLE = ("甲公司2023年第一季度工单表",)
TOTAL = ("合计", "3单")
NOTES = (("说明：响应指电话回复。",), ("1、时间为北京时间",))
MERGES: tuple[Merge, ...] = (
    (0, 0, 0, 15),
    *((1, column, 2, column) for column in (0, 1, 2, 3, 4, 15)),
    (1, 5, 1, 6),
    (1, 8, 1, 9),
    (1, 10, 1, 11),
    (1, 12, 1, 14),
    (3, 2, 4, 2),
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    rows = [TITLE, UPPER, LOWER, *BODY, (), TOTAL, *NOTES]
    rows[3] = (*rows[3][:7], datetime(2023, 3, 1, 9, 5), *rows[3][8:])
    return {"甲公司/一季度.xlsx": xlsx_file({"工单": rows}, {"工单": MERGES})}
