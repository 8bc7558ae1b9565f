"""What is said of an indicator beside its target: assumptions, doubts, and which of two values was taken."""

from __future__ import annotations

import pytest

from collector.targets.proposals import Proposal
from tests.targets.papers import paper, read, running


def _proposal(name: str, year: str, term: str = "") -> Proposal:
    [proposal] = read(paper([running((("1-产出指标", "12-质量", name, term, year),))])).proposals()
    return proposal


@pytest.mark.parametrize(
    ("name", "target", "remark"),
    [
        ("系统故障次数", "0", "目标“0”未写符号，按“等于”理解"),
        ("平均维修时间", "7天", "目标“7天”未写符号，按“不超过”理解"),
        ("运维人员数量", "12个", "目标“12个”未写符号，按“不低于”理解"),
        ("物业管理水平", "物业管理水平良好情况100%", "目标“物业管理水平良好情况100%”未写符号，按“不低于”理解"),
        ("用户满意度", "95或以上", "目标“95或以上”未写单位，按 95% 理解"),
    ],
)
def test_what_was_assumed_is_said(name: str, target: str, remark: str) -> None:
    assert _proposal(name, target).remarks == (remark,)


@pytest.mark.parametrize("target", ["≥99%", "≤1小时", "90%以上", "2小时内", ">85%"])
def test_what_was_written_is_not_said_to_be_assumed(target: str) -> None:
    assert not any("未写" in remark for remark in _proposal("某项", target).remarks)


@pytest.mark.parametrize(
    ("name", "target", "word"),
    [("平均响应时间", "≥8小时", "越小越好"), ("应用系统正常运行率", "≤99%", "越大越好")],
)
def test_a_target_that_looks_the_wrong_way_is_pointed_out(name: str, target: str, word: str) -> None:
    [remark] = _proposal(name, target).remarks
    assert word in remark


def test_a_time_that_is_not_called_a_mean_may_be_meant_for_every_ticket() -> None:
    [remark] = _proposal("故障响应时间", "2小时内").remarks
    assert remark.endswith("改用 timely_rate（及时率），时限写在 limits 里")
    assert _proposal("系统故障平均响应时间", "≤1小时").remarks == ()


@pytest.mark.parametrize(
    ("year", "term", "taken", "of_term"),
    [
        ("≥99%", "≥98%", "≥99%", False),
        ("当年预计值", "≥98%", "≥98%", True),
        ("", "≥98%", "≥98%", True),
        ("待单位补充...", "达标", "待单位补充...", False),
    ],
)
def test_the_years_value_is_taken_unless_only_the_terms_can_be_compared(
    year: str, term: str, taken: str, of_term: bool
) -> None:
    proposal = _proposal("系统可用率", year, term)
    assert proposal.target is not None
    assert (proposal.target.text, proposal.of_term) == (taken, of_term)


def test_spellings_of_one_value_are_no_difference() -> None:
    assert _proposal("系统可用率", "≧99％", "≥99%").remarks == ()


@pytest.mark.parametrize("text", ["达标（2级）", "增强", "维持", "待单位补充...", "及时", "提升", "当年预计值"])
def test_words_are_left_to_people(text: str) -> None:
    proposal = _proposal("应用系统正常运行率", text)
    assert (proposal.qualitative, proposal.computed, proposal.entry.year) == (True, False, text)
