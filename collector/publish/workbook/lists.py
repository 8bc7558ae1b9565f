"""The sheets 故障区间 and 人员与链路."""

from __future__ import annotations

from fractions import Fraction

from collector.publish.workbook.book import Book, Day, Moment, Sheet

_OUTAGES = (
    *(("指标", 31), ("设备编号", 16), ("设备名称", 22), ("开始", 19), ("结束", 19), ("服务时间（秒）", 16)),
    *(("服务时间（小时）", 18), ("起因", 38), ("终因", 38)),
)
_PRESENCES = (
    *(
        ("指标", 20),
        ("类别", 20),
        ("最少一天", 11),
        ("合同数", 10),
        ("最多一天", 11),
        ("不足天数", 11),
        ("不足明细", 56),
    ),
)
_ENTRIES = ("指标", "类别", "数量", "开始日期", "截止日期", "运维服务商", "名称")
_HOUR = 3600


def outages(book: Book, sheet: Sheet) -> None:
    """Down time as it counts: merged by asset, without what is excluded, cut at the period."""
    sheet.page([width for _, width in _OUTAGES])
    sheet.title(
        f"{book.heading} 故障区间",
        "同一设备重叠的故障合为一段，扣除已批准的豁免，在统计周期的起止处截断；服务时间是其中落在服务时间内的部分。",
    )
    lines = [
        [
            outage.indicator,
            outage.asset_no,
            outage.asset,
            Moment(outage.start_at),
            Moment(outage.end_at),
            outage.service_seconds,
            round(Fraction(outage.service_seconds, _HOUR), 2),
            outage.opened_by,
            outage.ended_by,
        ]
        for outage in book.dossier.outages
    ]
    first = sheet.table([label for label, _ in _OUTAGES], lines, freeze=2)
    if lines:
        sheet.made.autofilter(first - 1, 0, sheet.row - 1, len(_OUTAGES) - 1)


def presences(book: Book, sheet: Sheet) -> None:
    """Kinds against the contract, then every person and line."""
    sheet.page([width for _, width in _PRESENCES])
    sheet.title(f"{book.heading} 人员与链路")
    lines = [
        [
            one.indicator,
            one.kind or "合计",
            one.least,
            one.contract,
            None if one.most is None else int(one.most),
            None if one.shortfall_days is None else int(one.shortfall_days),
            one.shortfall,
        ]
        for one in book.dossier.presences
    ]
    sheet.table([label for label, _ in _PRESENCES], lines, freeze=1)
    sheet.gap()
    sheet.title("本期在册名单")
    sheet.table(
        _ENTRIES,
        [
            [one.indicator, one.kind, one.quantity, Day(one.from_on), Day(one.until_on), one.vendor, one.name]
            for one in book.dossier.entries
        ],
    )
