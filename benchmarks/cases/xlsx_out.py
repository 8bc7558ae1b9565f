"""Write 100,000 rows of evidence into a workbook, beside XlsxWriter by itself; and a whole workbook around them."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness import Case, Goal, Measured, timed

ROWS, COLUMNS = 100_000, 15
_NUMBERS = (4, 7)  # columns that hold whole numbers


def prepare(fixture: Path) -> None:
    """Nothing to prepare: the rows are made one by one, as a dossier hands them over."""


def lines() -> Iterator[Sequence[int | str | None]]:
    """Rows of 15 cells: texts as evidence has them, two numbers, one that looks like a formula."""
    for row in range(ROWS):
        number = f"GD2025{row:08d}"
        yield (
            *(
                "分子、分母",
                "工单",
                number,
                "到场用时（秒）",
                row % 86_400,
                "甲公司/2025年03月数字法庭工单.xlsx",
                "工单明细",
            ),
            *(
                row + 2,
                "ab12cd34ef56ab78",
                "cd34ef56ab78ab12",
                f"工单号={number}；报障时间=2025-03-05 14:05:00；处理方式=现场",
            ),
            *("数字法庭设备", "第三审判庭", "=张工", "一般"),
        )


def sheet_writer(_: Path, scratch: Path) -> Measured:
    """The workbook's own writer of long lists, every cell made safe."""
    import xlsxwriter

    from collector.publish.workbook.book import Book, Sheet

    measured, path = Measured(), scratch / "ours.xlsx"
    with timed(measured):
        made = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        book = Book(made, *_published())
        Sheet(book, made.add_worksheet("依据")).lines(lines())
        made.close()
    measured.numbers["写完时峰值 MiB"] = _peak()
    measured.numbers["文件 MiB"] = path.stat().st_size / 2**20
    measured.content = _content(path)
    return measured


def bare(_: Path, scratch: Path) -> Measured:
    """XlsxWriter by itself: the fastest calls it has, the same borders, nothing made safe."""
    import xlsxwriter

    measured, path = Measured(), scratch / "bare.xlsx"
    with timed(measured):
        made = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        text = made.add_format({"border": 1, "valign": "top", "font_name": "宋体", "font_size": 10})
        number = made.add_format({"border": 1, "valign": "top", "num_format": "#,##0"})
        sheet = made.add_worksheet("依据")
        for row, cells in enumerate(lines()):
            for column, value in enumerate(cells):
                if column in _NUMBERS:
                    sheet.write_number(row, column, value, number)
                else:
                    sheet.write_string(row, column, value, text)
        made.close()
    measured.numbers["写完时峰值 MiB"] = _peak()
    measured.content = _content(path)
    return measured


def whole_workbook(_: Path, scratch: Path) -> Measured:
    """A period's workbook whose one figure has 100,000 rows of evidence, as ``yunwei report`` writes it."""
    from dataclasses import replace

    from collector.publish import PUBLISHERS
    from collector.publish.dossier import Evidence

    publication, dossier = _published()

    def evidence(_: Any) -> Evidence:
        return Evidence(ROWS, _Rows())

    measured = Measured()
    with timed(measured):
        made = replace(publication, dossier=replace(dossier, evidence=evidence))
        PUBLISHERS["workbook"].publish(made, scratch / "whole.xlsx")
    return measured


class _Rows(Sequence[dict[str, Any]]):
    """Rows of evidence that are made when they are asked for."""

    def __len__(self) -> int:
        return ROWS

    def __getitem__(self, row: Any) -> Any:
        if row >= ROWS:
            raise IndexError
        return {
            "role": "both",
            "record": "ticket",
            "natural_key": f"GD2025{row:08d}",
            "note": "到场用时（秒）",
            "value": str(row % 86_400),
            "source": "a_tickets",
            "name": "甲公司/2025年03月数字法庭工单.xlsx",
            "sheet": "工单明细",
            "row_no": row + 2,
            "row_hash": "ab12cd34" * 8,
            "content_hash": "cd34ef56" * 8,
            "content": f"工单号=GD2025{row:08d}；报障时间=2025-03-05 14:05:00；处理方式=现场",
        }


def _published() -> Any:
    """A publication of one figure and its dossier."""
    from collector.publish.columns import RESULT_COLUMNS
    from collector.publish.dossier import Dossier
    from collector.publish.publication import Publication, Result
    from metrics.period import parse_period

    values: dict[str, Any] = dict.fromkeys(column.name for column in RESULT_COLUMNS)
    filled = {
        "project": "ops",
        "indicator": "arrival",
        "name": "平均到场时间",
        "period": "2025-03",
        "dimension": "total",
    }
    codes = {
        "measure_unit": "hours",
        "target_period": "every",
        "outcome": "met",
        "run_id": 1,
        "as_of": "2026-01-01T00:00:00Z",
        "notes": "口径：略。",
    }
    result = Result({**values, **filled, **codes, "dimension_value": "", "printed": "1.36小时", "actual": "4896"})
    dossier = Dossier("ops", parse_period("2025-03"), history=[result])
    return Publication("court", "甲法院", {"ops": "信息化运维"}, [result], dossier=dossier), dossier


def _peak() -> float:
    """Of this process until now: reading back what was written takes more than writing it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _content(path: Path) -> str:
    """Rows and the sum of their numbers, by an independent reader."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        rows = list(book.get_sheet_by_index(0).iter_rows())
    total = sum(float(str(row[column])) for row in rows for column in _NUMBERS)
    return f"{len(rows)} rows of {len(rows[0])}, {total:.0f}, {rows[-1][13]}"


CASE = Case(
    name="xlsx_out",
    title="10 万行依据写成工作簿（15 列，逐行写出，单元格一律安全）",
    prepare=prepare,
    roles={"ours": sheet_writer, "bare XlsxWriter": bare, "整册工作簿": whole_workbook},
    goals=(Goal("ours / bare XlsxWriter", "ours", "bare XlsxWriter", 1.3),),
    memory_goal_mib={"整册工作簿": 80},
)
