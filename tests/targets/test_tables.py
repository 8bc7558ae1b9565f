"""The table form: merged cells, several heads, several projects; the same proposals as from the running form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from adapters.papers import read_paper
from collector.targets import Known
from collector.targets.writing import write
from metrics.errors import InputError
from tests.targets.papers import (
    AMOUNTS,
    FIRST,
    GOALS,
    NAMES,
    SECOND,
    Row,
    detached,
    paper,
    read,
    rows_of,
    running,
    without_places,
    write_docx,
    write_xlsx,
)

Project = tuple[str, str, str, Sequence[Row]]
PROJECTS: list[Project] = list(zip(NAMES, AMOUNTS, GOALS, (FIRST, SECOND), strict=True))
HEAD = ["一级指标", "二级指标", "三级指标", "指标值"]


@pytest.mark.parametrize("writer", [write_docx, write_xlsx])
def test_table_and_running_text_give_the_same_proposals(
    writer: Callable[[Path, list[Project]], Path], tmp_path: Path
) -> None:
    found = read(read_paper(writer(tmp_path / "表", PROJECTS)))
    assert rows_of(found) == [list(FIRST), list(SECOND)]
    assert without_places(found) == without_places(read(paper([detached()])))


def test_what_stands_in_the_same_table_is_most_likely_its_own(tmp_path: Path) -> None:
    groups = [project.group for project in read(read_paper(write_docx(tmp_path / "a", PROJECTS))).projects]
    said = [[(c.text, c.confidence) for c in (*g.names, *g.amounts, *g.goals)] for g in groups]
    assert said[1] == [(NAMES[1], "高"), ("152.00万元", "高"), (GOALS[1], "高")]
    assert said[0][0] == (NAMES[0], "高")


def test_a_list_of_projects_may_hold_running_text_in_its_cells() -> None:
    rows = [
        ["序号", "项目名称", "预算金额", "绩效目标", "绩效指标"],
        ["1", NAMES[0], AMOUNTS[0], GOALS[0], running(FIRST).replace("指标值", "指标\n值")],
        ["2", NAMES[1], AMOUNTS[1], GOALS[1], running(SECOND)],
    ]
    found = read(paper([], rows))
    assert rows_of(found) == [list(FIRST), list(SECOND)]
    assert [group.group.names[0].text for group in found.projects] == list(NAMES)
    assert [(stray.place, stray.text) for stray in found.strays] == [("表 1 第 2 行", "1"), ("表 1 第 3 行", "2")]


def test_a_table_goes_on_after_a_page_break_without_its_head() -> None:
    first = [HEAD, ["产出指标", "质量指标", "系统可用率", "≥99%"]]
    found = read(paper([], first, [["", "", "网络可用率", "≥98%"], ["", "时效指标", "到场时间", "≤2小时"]]))
    [rows] = rows_of(found)
    assert [row[:3] for row in rows[1:]] == [
        ("产出指标", "质量指标", "网络可用率"),
        ("产出指标", "时效指标", "到场时间"),
    ]


def test_a_head_of_two_rows_says_which_value_is_the_years() -> None:
    rows = [
        [*HEAD, ""],
        ["", "", "", "实施周期", "年度"],
        ["产出指标", "质量指标", "系统可用率", "≥99%", "≥98%"],
    ]
    assert rows_of(read(paper([], rows))) == [[("产出指标", "质量指标", "系统可用率", "≥99%", "≥98%")]]


def test_sign_number_unit_and_marks_in_columns_of_their_own() -> None:
    rows = [
        [*HEAD[:3], "符号", "指标值", "计量单位", "分值"],
        ["产出指标", "质量指标", "系统可用率", "≥", "99", "%", "7.5"],
    ]
    [proposal] = read(paper([], rows)).proposals()
    assert proposal.target is not None
    assert (proposal.target.printed, proposal.entry.weight) == ("≥99%", "7.5")


def test_a_new_first_level_does_not_take_the_old_second_one() -> None:
    rows = [HEAD, ["产出指标", "质量指标", "系统可用率", "≥99%"], ["效益指标", "", "用户投诉", "0次"]]
    second = list(read(paper([], rows)).proposals())[1]
    assert second.entry.levels == ("效益指标",)
    assert "一级或二级指标空白，请补全级别" in second.remarks


def test_nothing_in_a_table_gets_lost() -> None:
    rows = [
        ["主管部门", "某某法院", "", ""],
        [*HEAD[:3], "指标值"],
        ["产出指标", "质量指标", "", "≥99%"],
        ["", "", "系统可用率", "≥99%"],
        ["", "", "系统可用率", "≥99%"],
    ]
    strays = [(stray.place, stray.text, stray.why) for stray in read(paper([], rows)).strays]
    assert strays == [
        ("表 1 第 1 行", "主管部门：某某法院", ""),
        ("表 1 第 3 行", "≥99%", "有指标值，没有三级指标的名称"),
        ("表 1 第 5 行", "系统可用率", "与表 1 第 4 行完全相同，只取一次"),
    ]


def test_tabbed_text_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    lines = [
        "项目名称：信息化运维项目",
        "\t".join(HEAD),
        "产出指标\t质量指标\t系统可用率\t≥99%",
        "\t\t网络可用率\t≥98%",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read(read_paper(path))
    assert [row[2] for row in rows_of(found)[0]] == ["系统可用率", "网络可用率"]
    assert found.projects[0].group.names[0].text == "信息化运维项目"
    assert found.strays == ()


def test_a_table_that_lost_its_lines_is_guessed_and_says_so() -> None:
    text = "一级指标 二级指标 三级指标 指标值 产出指标 质量指标 应用系统正|常运行率 ≥9|9% 等级保护2.0测评得分 ≥70分 "
    text += "时效指标 故障响应时间 2小时内 维护时间 7天 效益指标 社会效益指标 工作效率 增强"
    found = read(paper(text.split("|")))
    said = [(p.entry.levels[1], p.entry.name, p.entry.year) for p in found.proposals()]
    assert said == [
        ("质量指标", "应用系统正常运行率", "≥99%"),
        ("质量指标", "等级保护2.0测评得分", "≥70分"),
        ("时效指标", "故障响应时间", "2小时内"),
        ("时效指标", "维护时间", "7天"),
    ]
    assert all("推断" in p.remarks[0] for p in found.proposals())
    assert "有 Word、Excel 原件时请改用原件" in write(found, Known())
    assert [(stray.text, stray.why) for stray in found.strays] == [("工作效率增强", "分不清名称和指标值")]


def test_two_values_of_a_table_that_lost_its_lines() -> None:
    text = "三级指标实施周期指标值年度指标值产出指标质量指标系统可用率≥99%≥98%网络可用率≥97%≥96%"
    assert [(p.entry.term, p.entry.year) for p in read(paper([text])).proposals()] == [
        ("≥99%", "≥98%"),
        ("≥97%", "≥96%"),
    ]


def test_values_that_came_in_another_order_get_no_name_made_up() -> None:
    text = "三级指标指标值产出指标质量指标≥99%95或以上90%或以上用户满意度"
    with pytest.raises(InputError, match="没有找到绩效指标"):
        read(paper([text]))
    found = read(paper([text + running(FIRST)]))
    assert [(stray.text, stray.why) for stray in found.strays] == [
        ("≥99%", "指标值之前没有名称"),
        ("95或以上", "指标值之前没有名称"),
        ("90%或以上", "指标值之前没有名称"),
        ("用户满意度", "分不清名称和指标值"),
    ]
