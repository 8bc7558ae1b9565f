"""Names, amounts and goals in detached runs: an assignment is proposed with its confidence, never asserted."""

from __future__ import annotations

import pytest

from collector.targets.entries import Claim
from tests.targets.papers import AMOUNTS, FIRST, GOALS, NAMES, SECOND, detached, paper, read, running


def _told(claims: list[Claim]) -> list[tuple[str, str]]:
    return [(claim.text, claim.confidence) for claim in claims]


def test_detached_runs_are_assigned_in_order_and_never_with_high_confidence() -> None:
    first, second = (project.group for project in read(paper([detached()])).projects)
    assert (_told(first.names), _told(second.names)) == ([(NAMES[0], "中")], [(NAMES[1], "中")])
    assert (_told(first.amounts), _told(second.amounts)) == ([("137.46万元", "低")], [("152.00万元", "低")])
    assert (_told(first.goals), _told(second.goals)) == ([(GOALS[0], "低")], [(GOALS[1], "低")])
    assert first.amounts[0].reason == "预算金额与指标分在两处，数目相同，按先后次序对应"


def test_one_name_missing_makes_the_assignment_a_trial() -> None:
    text = detached().replace(NAMES[1], "")
    first, second = (project.group for project in read(paper([text])).projects)
    assert _told(first.names) == [(NAMES[0], "低")]
    assert second.names == []
    assert first.names[0].reason == "有 1 个项目名称、2 段指标，数目不同，按先后次序试配"


def test_one_name_too_many_is_told_and_given_to_nobody() -> None:
    found = read(paper([detached().replace(NAMES[1], f"{NAMES[1]}物业管理项目")]))
    assert ("物业管理项目", "像项目名称，没有与它对应的指标") in [(s.text, s.why) for s in found.strays]


def test_a_total_of_the_amounts_belongs_to_no_project() -> None:
    text = detached().replace("".join(AMOUNTS), "".join((*AMOUNTS, "289.46")))
    found = read(paper([text]))
    assert "289.46万元" in [stray.text for stray in found.strays]
    assert [_told(project.group.amounts) for project in found.projects] == [
        [("137.46万元", "低")],
        [("152.00万元", "低")],
    ]


def test_a_labelled_name_right_before_its_indicators_is_most_likely_theirs() -> None:
    parts = [
        f"项目名称：{name}预算金额：{amount}万元总体目标：{goal}{running(rows)}"
        for name, amount, goal, rows in zip(NAMES, AMOUNTS, GOALS, (FIRST, SECOND), strict=True)
    ]
    groups = [project.group for project in read(paper(parts)).projects]
    assert [_told([*g.names, *g.amounts, *g.goals]) for g in groups] == [
        [(name, "高"), (f"{amount}万元", "高"), (goal, "高")]
        for name, amount, goal in zip(NAMES, AMOUNTS, GOALS, strict=True)
    ]


def test_a_named_project_begins_a_new_run_even_if_the_numbers_go_on() -> None:
    text = (
        f"项目名称：{NAMES[0]}{running(FIRST[:1])}项目名称：{NAMES[1]}{running(FIRST[:2])[len(running(FIRST[:1])) :]}"
    )
    assert [len(project.proposals) for project in read(paper([text])).projects] == [1, 1]


@pytest.mark.parametrize(
    "goal", ["完成信息化运维项目建设，保障审判执行工作。", "确保运维服务费专款专用，保障系统运行。"]
)
def test_a_goal_that_speaks_of_a_project_is_no_name(goal: str) -> None:
    group = read(paper([f"{goal}{running(FIRST)}"])).projects[0].group
    assert group.names == []
    assert [claim.text for claim in group.goals] == [goal]


def test_a_name_in_a_paragraph_above_a_table_is_proposed_for_it() -> None:
    table = [["一级指标", "二级指标", "三级指标", "指标值"], ["产出指标", "质量指标", "系统可用率", "≥99%"]]
    group = read(paper([f"项目名称：{NAMES[0]}"], table)).projects[0].group
    assert _told(group.names) == [(NAMES[0], "中")]


def test_an_amount_behind_the_label_of_a_name_is_no_name() -> None:
    group = read(paper([f"项目名称137.46总体目标：{GOALS[0]}{running(FIRST)}"])).projects[0].group
    assert (group.names, [claim.text for claim in group.amounts]) == ([], ["137.46"])


def test_other_labels_end_a_name_and_are_told() -> None:
    text = (
        f"项目名称：审判系统运维服务主管部门：某某法院年度资金总额：32.53万元年度总体目标：保障运行。{running(FIRST)}"
    )
    found = read(paper([text]))
    group = found.projects[0].group
    assert _told([*group.names, *group.amounts, *group.goals]) == [
        ("审判系统运维服务", "高"),
        ("32.53万元", "高"),
        ("保障运行。", "高"),
    ]
    assert [stray.text for stray in found.strays] == ["主管部门：某某法院"]


def test_a_name_that_ends_in_the_word_project_before_a_label() -> None:
    found = read(paper([f"项目名称：物业管理项目年度资金总额：120.00万元{running(FIRST)}"]))
    assert _told(found.projects[0].group.names) == [("物业管理项目", "高")]


def test_a_goal_of_the_second_project_alone_is_not_given_to_the_first() -> None:
    text = f"项目名称：{NAMES[0]}{running(FIRST)}项目名称：{NAMES[1]}总体目标：{GOALS[1]}{running(SECOND)}"
    first, second = (project.group for project in read(paper([text])).projects)
    assert (first.goals, _told(second.goals)) == ([], [(GOALS[1], "高")])


def test_sentences_of_a_long_paper_are_not_taken_for_goals() -> None:
    sentences = [f"本院{what}工作按照年度计划有序推进。" for what in ("审判", "执行", "保障")]
    found = read(paper([*sentences, running(FIRST)]))
    assert found.projects[0].group.goals == []
    assert [stray.text for stray in found.strays] == sentences


def test_columns_of_labels_with_their_runs_below() -> None:
    text = (
        f"项目名称{NAMES[0]}{NAMES[1]}预算金额（万元）{AMOUNTS[0]}{AMOUNTS[1]}绩效指标{running(FIRST)}{running(SECOND)}"
    )
    groups = [project.group for project in read(paper([text])).projects]
    assert [_told(group.names) for group in groups] == [[(NAMES[0], "中")], [(NAMES[1], "中")]]
    assert [_told(group.amounts) for group in groups] == [[("137.46万元", "低")], [("152.00万元", "低")]]
