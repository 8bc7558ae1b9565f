"""The running form: what it says does not depend on where its lines break."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.papers import Line, Paper
from collector.targets import import_targets
from collector.targets.proposals import Known
from metrics.errors import InputError
from tests.targets.papers import FIRST, SECOND, detached, paper, read, rows_of, running, without_places

WHOLE = detached()


def test_every_indicator_is_read_as_written() -> None:
    assert rows_of(read(paper([WHOLE]))) == [list(FIRST), list(SECOND)]


def test_a_break_at_any_one_position_changes_nothing() -> None:
    expected = without_places(read(paper([WHOLE])))
    for at in range(1, len(WHOLE)):
        assert without_places(read(paper([WHOLE[:at], WHOLE[at:]]))) == expected, WHOLE[at - 5 : at + 5]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(1, len(WHOLE) - 1), max_size=200), st.sampled_from(["", " ", "\u3000", "\u200b"]))
def test_breaks_at_any_positions_with_any_blanks_change_nothing(cuts: set[int], blank: str) -> None:
    stops = [0, *sorted(cuts), len(WHOLE)]
    lines = [f"{WHOLE[a:b]}{blank}" for a, b in pairwise(stops)]
    assert without_places(read(paper(lines))) == without_places(read(paper([WHOLE])))


def test_a_line_for_every_character_changes_nothing() -> None:
    found = read(paper(WHOLE))
    assert without_places(found) == without_places(read(paper([WHOLE])))
    assert [claim.text for project in found.projects for claim in project.group.amounts] == ["137.46万元", "152.00万元"]


def test_the_place_of_an_indicator_is_where_its_lines_stand() -> None:
    text = running(FIRST[:2])
    first, second = (
        project.place for project in read(paper([text[:10], text[10:40], text[40:]])).projects[0].group.entries
    )
    assert (first, second) == ("第 1 行至第 3 行", "第 3 行")


def test_half_width_punctuation_and_dashes_of_any_length_are_the_same() -> None:
    text = running(FIRST).translate(str.maketrans("；:-", ";：—"))
    [rows] = rows_of(read(paper([text])))
    assert [row[2:] for row in rows] == [row[2:] for row in FIRST]
    assert rows[0][:2] == ("1—产出指标", "11—数量")  # kept as written


def test_without_codes_and_with_one_value_only() -> None:
    found = read(paper(["1.产出指标；质量指标；系统可用率；指标值：≥99%。2.产出指标；时效指标；到场时间；≤2小时。"]))
    assert rows_of(found) == [
        [("产出指标", "质量指标", "系统可用率", "", "≥99%"), ("产出指标", "时效指标", "到场时间", "", "≤2小时")]
    ]


def test_page_numbers_and_repeated_heads_do_not_get_into_a_target() -> None:
    text = running(FIRST)
    cut = text.index("70分") + 1
    lines = [
        *(
            Line("第 1 页第 1 行", "某某法院部门预算公开"),
            Line("第 1 页第 2 行", text[:cut]),
            Line("第 1 页第 3 行", "11"),
        ),
        *(
            Line("第 2 页第 1 行", "某某法院部门预算公开"),
            Line("第 2 页第 2 行", text[cut:]),
            Line("第 2 页第 3 行", "12"),
        ),
        Line("第 2 页第 4 行", "— 12 —"),
    ]
    found = import_targets(Paper(tuple(lines), ()), "x", Known())
    assert rows_of(found) == [list(FIRST)]
    assert found.furniture == 4
    assert [stray.text for stray in found.strays] == ["某某法院部门预算公开"]


def test_a_broken_target_at_the_end_of_a_page_is_no_page_number() -> None:
    text = running(FIRST)
    cut = text.index("99%")
    lines = (Line("第 1 页第 1 行", text[:cut]), Line("第 1 页第 2 行", "9"), Line("第 2 页第 1 行", text[cut + 1 :]))
    assert rows_of(import_targets(Paper(lines, ()), "x", Known())) == [list(FIRST)]


def test_what_stands_between_indicators_is_told_with_its_place() -> None:
    lines = ["关于公开的说明", running(FIRST[:1]), "注：本表由单位填报", running(SECOND[:1]).replace("1、", "2、", 1)]
    strays = [(stray.place, stray.text) for stray in read(paper(lines)).strays]
    assert strays == [("第 1 行", "关于公开的说明"), ("第 3 行", "注：本表由单位填报")]


def test_an_indicator_without_a_name_is_told_and_not_guessed() -> None:
    found = read(paper([running(FIRST[:1]), "2、1-产出指标；12-质量；；年度指标值:≥9%。"]))
    [stray] = found.strays
    assert stray.why == "像一条指标，但没有名称"
    assert "≥9%" in stray.text


def test_codes_that_do_not_belong_together_are_pointed_out() -> None:
    [proposal] = read(paper(["1、1-产出指标；22-社会效益；系统可用率；年度指标值:≥99%。"])).proposals()
    assert proposal.remarks == ("二级代码 22 与一级代码 1 不是一类，原文如此",)


def test_a_paper_without_indicators_is_refused_in_one_sentence() -> None:
    with pytest.raises(InputError, match=r"^文件“绩效目标表”：没有找到绩效指标：既没有"):
        read(paper(["部门预算公开说明"]))
