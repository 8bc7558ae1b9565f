"""For each mess, how one sees that a file really has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from tests.demo.deliveries import Seen

Detector = Callable[[Seen], bool]


def _matches(pattern: str) -> Detector:
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda seen: compiled.search(seen.text) is not None


def _suffix(*suffixes: str) -> Detector:
    return lambda seen: any(part in seen.suffix for part in suffixes)


def _encoded(name: str) -> Detector:
    return lambda seen: seen.encoding == name


def _separated(delimiter: str) -> Detector:
    return lambda seen: not seen.is_workbook and seen.text.splitlines()[1].count(delimiter) >= 2


def _has_date_cell(seen: Seen) -> bool:
    if seen.suffix == ".xls":
        return re.search(r"2025-\d\d-\d\d", seen.text) is not None
    return any(isinstance(cell, datetime) for sheet in seen.book for row in sheet.values for cell in row)


def _has_serial(seen: Seen) -> bool:
    return any(
        isinstance(cell, float) and 45658 <= cell < 46023 for sheet in seen.book for row in sheet.values for cell in row
    )


def _sheet(pattern: str) -> Detector:
    return lambda seen: any(re.fullmatch(pattern, name) for name in seen.book.sheetnames)


def _nameless(seen: Seen) -> bool:
    return seen.suffix == ".xls" or all(name != "工单明细" for name in seen.book.sheetnames)


def _words_twice(seen: Seen) -> bool:
    """A header word stands in two different lines."""
    lines = [line for line in seen.text.splitlines() if "报障时间" in line or "报修时间" in line]
    return len(lines) > 1


def _blank_line(seen: Seen) -> bool:
    if seen.is_workbook:
        return any(not "".join(row) for row in seen.rows)
    return any(line and not line.strip(",;\t") for line in seen.text.splitlines())


DETECTORS: Mapping[str, Detector] = {
    "xlsx": lambda seen: seen.suffix == ".xlsx" and seen.raw[:2] == b"PK",
    "xls": lambda seen: seen.suffix == ".xls" and seen.raw[:4] == b"\xd0\xcf\x11\xe0",
    "csv": lambda seen: ".csv" in seen.suffix or seen.suffix == ".zip",
    "tsv": _suffix(".tsv"),
    "gzip": lambda seen: seen.raw[:2] == b"\x1f\x8b",
    "zip": lambda seen: seen.suffix == ".zip" and len(seen.members) > 1,
    "sheet_by_name": _sheet("工单明细|设备台账|驻场人员|挂起"),
    "sheet_by_pattern": _sheet(r"(2025年)?\d+月"),
    "sheet_by_content": _nameless,
    "title_rows": _matches("^示例甲科技|工单明细|巡检记录|登记|年设备台账|统计表|名册|季度|工单导出"),
    "two_row_header": _matches(r"处理信息|审批"),
    "merged_header": lambda seen: seen.suffix == ".xls" or seen.merged(above=True),
    "merged_body": lambda seen: seen.merged(above=False),
    "column_order": lambda seen: (
        re.search(r"^(工单状态|基本信息|报障信息|是否停用|故障描述)", seen.text, re.M) is not None
    ),
    "alias": _matches("故障申报时间|申报时间"),
    "unmatched": _matches("进度|回访|why|意见|序号|备注"),
    "utf8": _encoded("utf-8"),
    "utf8_bom": _encoded("utf-8-sig"),
    "gb18030": _encoded("gb18030"),
    "utf16": _encoded("utf-16"),
    "comma": _separated(","),
    "semicolon": _separated(";"),
    "tab": _separated("\t"),
    "quotes": _matches('""'),
    "line_breaks": _matches('"[^"\n]*\n'),
    "full_width": _matches("[０-９]"),
    "excel_date": _has_date_cell,
    "serial": _has_serial,
    "chinese_date": _matches(r"2025年\d+月\d+日( \d\d:\d\d)?"),
    "slashed_date": _matches(r"[2２][0０][2２][5５][/／]"),
    "date_without_year": _matches(r"(^|\t)\d+月\d+日|保障类别\t1月"),
    "iso_date": _matches(r"2025-\d\d-\d\d"),
    "epoch": _matches(r"\b17[3-6]\d{7}\b"),
    "duration_chinese": _matches(r"[\d０-９]+小时[\d０-９]+分"),
    "duration_minutes": _matches(r"[\d０-９]+分钟"),
    "duration_hours": _matches(r"[\d０-９]h"),
    "status_words": _matches("故障|上门|厂家|INC|现场庭审|OK|通|良好|计划维护|年初预算|第三方|甲方"),
    "yes_no": _matches("[是否]|\\b[YN]\\b"),
    "total_row": _matches("合计|小计|总计"),
    "repeated_header": _words_twice,
    "notes": _matches("^(注|备注|说明|制表人|RY-07)|至今"),
    "blank_rows": _blank_line,
    "cross_table": _matches("1月\t2月\t3月"),
    "no_number": lambda seen: "单号" not in seen.text and "编号" not in seen.text,
    "units": _matches("万元"),
    "corrected": lambda seen: "更正" in seen.path.name,
    "sent_twice": lambda seen: (seen.path.parent / seen.path.name.replace(" - 副本", "")).read_bytes() == seen.raw,
    "unknown_asset": _matches("老审判楼|法警室|SFQ-PC-9999|SFQ-YY-9999|模拟法庭"),
    "resolved_before_reported": _matches("SZFT2025|INC9000004"),
    "impossible_date": _matches("2025/2/30|2025-08-32|2025-06-31"),
    "missing_time": _matches(r"YX20250599,\w+,,"),
    "unknown_word": _matches("托人捎去|maybe"),
    "excel_error": _matches("#N/A|#REF!|NA\\(\\)|=1/0"),
    "unreadable_number": _matches("约30|待结算|半天左右"),
}
