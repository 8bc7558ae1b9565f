"""乙公司: exports of a program of its own; the year stands only in the title, ends of work only as durations."""

from __future__ import annotations

from tests.adapters.writing import csv_file

ROWS = (
    ("运维事件清单（2024年2月）",),
    (),
    ("单号", "级别", "内容", "事件类型", "设备编码", "申报时刻", "响应用时", "处理用时", "单据状态"),
    ("00123", "Ⅰ级", "内网\n不通;重启无效", "故障", "ＳＷ－０１", "2月29日 上午9:05", "10", "1小时20分", "已关闭"),
    ("00124", "Ⅱ级", '显示"无信号"', "需求", "PC-7", "2月29日 下午1:30", "5", "1.5h", "处理中"),
    ("单号", "级别", "内容", "事件类型", "设备编码", "申报时刻", "响应用时", "处理用时", "单据状态"),
    ("00125", "Ⅱ级", "误报", "故障", "", "2月29日 24:00", "", "", "作废"),
    ("小计", "", "3", "", "", "", "", "", ""),
)


def sample() -> dict[str, bytes]:
    """File name → content."""
    return {"乙公司/清单.csv": csv_file(ROWS, "gb18030", ";")}
