"""What the published papers of E1, E2 and E5 say, in the official layout and as running text with broken lines."""

from __future__ import annotations

import pytest

from metrics.papers.paper import Paper
from tests.papers.writing import E1, E1_TEXT, E2, E2_TEXT, E5, E5_TEXT, agreeing, errors, notes, of_rows, of_text


@pytest.mark.parametrize("paper", [of_rows(E2), of_text(E2_TEXT)], ids=["form", "text"])
def test_the_marks_of_e2_add_up_to_91_42(paper: Paper) -> None:
    (error,) = errors(paper)
    assert error == "得分合计写 92.42，各项相加 29.42 + 10 + 37 + 15 = 91.42，不符"


@pytest.mark.parametrize("paper", [of_rows(E2), of_text(E2_TEXT)], ids=["form", "text"])
def test_the_execution_of_e2_is_right(paper: Paper) -> None:
    assert any("94.24%，38.64 ÷ 41 = 94.2439…%，相符" in text for text in agreeing(paper))


@pytest.mark.parametrize("paper", [of_rows(E1), of_text(E1_TEXT)], ids=["form", "text"])
def test_the_execution_of_e1_was_cut_off(paper: Paper) -> None:
    (note,) = [text for text in notes(paper) if "执行率" in text]
    assert "写 90.11%，140.58 ÷ 156 = 90.1153…%，四舍五入应为 90.12%，原文是截去尾数" in note


@pytest.mark.parametrize("paper", [of_rows(E1), of_text(E1_TEXT)], ids=["form", "text"])
def test_100_marks_do_not_go_with_the_execution_of_e1(paper: Paper) -> None:
    impossible = [text for text in errors(paper) if "至多 99.01 分" in text]
    assert len(impossible) == 1
    assert "100 − 10 × (1 − 90.12%) = 99.01" in impossible[0]


def test_ten_marks_do_not_go_with_the_execution_of_e1() -> None:
    assert any(text.startswith("预算执行得分写 10，10 × 90.1153…% = 9.0115…") for text in errors(of_rows(E1)))


@pytest.mark.parametrize("paper", [of_rows(E5), of_text(E5_TEXT)], ids=["form", "text"])
def test_nothing_in_e5_is_wrong(paper: Paper) -> None:
    assert errors(paper) == []


def test_the_sums_of_e5_are_right() -> None:
    agreed = agreeing(of_rows(E5))
    assert "得分合计写 94.73，各项相加 9.73 + 20 + 10 + 10 + 8 + 27 + 10 = 94.73，相符" in agreed
    assert "分值合计写 100，各项相加 10 + 20 + 10 + 10 + 10 + 30 + 10 = 100，相符" in agreed
    assert "支出合计写 8273.92，各项相加 2900 + 5373.92 + 0 = 8273.92，相符" in agreed


@pytest.mark.parametrize("paper", [of_rows(E5), of_text(E5_TEXT)], ids=["form", "text"])
def test_in_e5_two_things_want_a_reason(paper: Paper) -> None:
    exceeded, taken_off = notes(paper)
    assert "6→17" in exceeded
    assert "17 ÷ 6 = 283.33…%，达到 130% 以上，没有说明原因" in exceeded
    assert "分值 30 得 27，扣 30 − 27 = 3 分，没有说明原因" in taken_off


@pytest.mark.parametrize("paper", [of_rows(E5), of_text(E5_TEXT)], ids=["form", "text"])
def test_the_execution_of_e5_earns_9_73_of_10(paper: Paper) -> None:
    assert "预算执行得分写 9.73，10 × 97.3402…% = 9.7340…，相符" in agreeing(paper)


def test_the_execution_of_e5_is_paid_by_received() -> None:
    agreed = agreeing(of_text(E5_TEXT))
    assert "执行率写 97.34%，8273.92 ÷ 8500 = 97.3402…%，相符（按支出 ÷ 到位，也按支出 ÷ 预算）" in agreed
    assert "结余写 226.08万元，8500 − 8273.92 = 226.08，相符" in agreed
    assert "到位率写 100%，8500 ÷ 8500 = 100%，相符（按到位 ÷ 预算）" in agreed
