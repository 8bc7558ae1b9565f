"""Papers that the tests write themselves, with the values that published ones carry (E3); names of projects too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import docx
import xlsxwriter

from adapters.papers import Line, Paper, Table
from collector.targets import Import, Known, import_targets

Row = tuple[str, str, str, str, str]  # both levels, name, value of the term, value of the year
FIRST: tuple[Row, ...] = (
    ("1-产出指标", "11-数量", "运维人员数量", "5人", "5人"),
    ("1-产出指标", "12-质量", "等级保护2.0测评得分", "≥70分", "≥70分"),
    ("1-产出指标", "12-质量", "应用系统正常运行率", "≥99%", "≧99%"),
    ("1-产出指标", "12-质量", "网络设备及服务器正常运行率", "≥99%", "≥99%"),
    ("1-产出指标", "13-时效", "系统故障平均响应时间", "≤1小时", "≤1小时"),
    ("2-效益指标", "22-社会效益", "工作效率", "增强", "增强"),
    ("3-满意度指标", "31-服务对象满意度", "用户满意度", "95或以上", "90%或以上"),
)
SECOND: tuple[Row, ...] = (
    ("1-产出指标", "11-数量", "物业管理面积", "11733.38平方米", "11733.38平方米"),
    ("1-产出指标", "12-质量", "等级保护测评", "达标（2级；以报告为准。）", "达标（2级；以报告为准。）"),
    ("1-产出指标", "13-时效", "重大故障及时处置率", "待单位补充...", "100%，如未发生重大故障，以完成认定"),
    ("1-产出指标", "13-时效", "系统维护时间", "7天", "当年预计值"),
    ("1-产出指标", "12-质量", "系统故障次数", "0", "0"),
    ("2-效益指标", "24-可持续影响", "应用系统正常运行率", "100%（公式：正常时间；应运行时间）", "≥99%"),
)
NAMES = ("信息化运维项目（2023-2024）", "信息化运维项目（2024-2025）")
AMOUNTS = ("137.46", "152.00")
GOALS = ("保障全院信息系统和网络稳定运行，故障及时处置。", "保障设备、系统和链路7×24小时运行，满足审判需要。")


def running(rows: Sequence[Row]) -> str:
    """The running form of some indicators, numbered from 1."""
    return "".join(
        f"{number}、{one}；{two}；{name}；实施周期指标值:{term}；年度指标值:{year}。"
        for number, (one, two, name, term, year) in enumerate(rows, start=1)
    )


def detached() -> str:
    """Two projects as a paper has them whose table was copied column by column."""
    head = "某某法院2024年项目支出绩效目标表单位：万元项目名称预算金额绩效目标绩效指标"
    return head + "".join((*NAMES, *AMOUNTS, *GOALS, running(FIRST), running(SECOND)))


def paper(lines: Iterable[str] = (), *tables: Sequence[Sequence[str]]) -> Paper:
    """A paper of these lines and tables, without a file."""
    return Paper(
        tuple(Line(f"第 {number} 行", text) for number, text in enumerate(lines, start=1)),
        tuple(Table(f"表 {number}", tuple(map(tuple, rows))) for number, rows in enumerate(tables, start=1)),
    )


def read(given: Paper, known: Known | None = None) -> Import:
    """What is proposed from a paper."""
    return import_targets(given, "绩效目标表", known or Known())


def rows_of(found: Import) -> list[list[Row]]:
    """The indicators of every project without their places."""
    return [
        [(e.levels[0], e.levels[-1], e.name, e.term, e.year) for e in project.group.entries]
        for project in found.projects
    ]


def without_places(found: Import) -> list[tuple[object, ...]]:
    """All that is proposed, whatever place it has in the paper."""
    return [
        (p.id, p.target, p.of_term, p.suggestion, p.remarks, replace(p.entry, place="", number=None))
        for p in found.proposals()
    ]


def write_docx(path: Path, projects: Sequence[tuple[str, str, str, Sequence[Row]]]) -> Path:
    """The printed form, a table a project, levels in merged cells."""
    document = docx.Document()
    document.add_paragraph("项目支出绩效目标表")
    for name, amount, goal, rows in projects:
        table = document.add_table(rows=4 + len(rows), cols=6)
        for at, (label, text) in enumerate((("项目名称", name), ("预算金额（万元）", amount), ("总体目标", goal))):
            table.cell(at, 0).text = label
            table.cell(at, 1).merge(table.cell(at, 5)).text = text
        table.cell(3, 0).merge(table.cell(3 + len(rows), 0)).text = "绩效\n指标"
        heads = ("一级指标", "二级指标", "三级指标", "实施周期指标值", "年度指标值")
        for column, text in enumerate(heads, start=1):
            table.cell(3, column).text = text
        for level in (0, 1):
            for first, last in _stretches([row[: level + 1] for row in rows]):
                merged = table.cell(4 + first, 1 + level).merge(table.cell(4 + last, 1 + level))
                merged.text = "\n".join((rows[first][level][:4], rows[first][level][4:]))
        for at, row in enumerate(rows):
            for column in (2, 3, 4):
                table.cell(4 + at, 1 + column).text = row[column]
    document.save(str(path))
    return path


def write_xlsx(path: Path, projects: Sequence[tuple[str, str, str, Sequence[Row]]]) -> Path:
    """The printed form, a sheet a project, levels in merged cells."""
    with xlsxwriter.Workbook(path) as book:
        for number, (name, amount, goal, rows) in enumerate(projects, start=1):
            sheet = book.add_worksheet(f"项目{number}")
            sheet.merge_range(0, 0, 0, 4, "项目支出绩效目标表")
            for at, (label, text) in enumerate(
                (("项目名称", name), ("预算金额（万元）", amount), ("总体目标", goal)), 1
            ):
                sheet.write(at, 0, label)
                sheet.merge_range(at, 1, at, 4, text)
            sheet.write_row(4, 0, ["一级指标", "二级指标", "三级指标", "实施周期指标值", "年度指标值"])
            for at, row in enumerate(rows, start=5):
                sheet.write_row(at, 2, row[2:])
            for level in (0, 1):
                for first, last in _stretches([row[: level + 1] for row in rows]):
                    if first == last:
                        sheet.write(5 + first, level, rows[first][level])
                    else:
                        sheet.merge_range(5 + first, level, 5 + last, level, rows[first][level])
    return path


def _stretches(keys: Sequence[object]) -> list[tuple[int, int]]:
    """First and last index of every stretch of equal keys."""
    starts = [at for at, key in enumerate(keys) if at == 0 or key != keys[at - 1]]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), len(keys) - 1], strict=True))
