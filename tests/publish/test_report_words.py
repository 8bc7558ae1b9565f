"""The report's sentences: right for every outcome, and their numbers add up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.publish.changes import change_words
from collector.publish.publication import Result
from collector.publish.report.words import gap_words, missed_words, period_words, quality, summary
from metrics.period import parse_period
from tests.publish.results import NO_DATA, dossier, result

_SHOWN: dict[str, dict[str, Any]] = {
    "met": {"outcome": "met", "actual": "0.96", "printed": "96.00%"},
    "missed": {"outcome": "missed"},
    "low_coverage": {"outcome": "low_coverage", "coverage": "0.2"},
    "no_data": NO_DATA,
    "not_due": {"outcome": "not_due"},
    "": {"outcome": "", "target": None, "printed_target": "—"},
}


def _of(*outcomes: str) -> list[Result]:
    return [result(**_SHOWN[name], indicator=f"i{n}", name=f"指标{n}") for n, name in enumerate(outcomes)]


def _said(*outcomes: str) -> list[str]:
    return list(summary(dossier(), _of(*outcomes)))


def test_all_met() -> None:
    assert _said("met", "met") == ["2023年3月共统计指标 2 项，其中达标 2 项。", "作出结论的指标全部达标。"]


def test_each_outcome_has_its_sentence() -> None:
    assert _said("met", "missed", "low_coverage", "no_data", "not_due", "") == [
        "2023年3月共统计指标 6 项，其中达标 1 项，未达标 1 项，覆盖不足 1 项，无数据 1 项，未到期 1 项；"
        "其余 1 项不在本月考核或没有数值目标，只列数值。",
        "未达标的指标：“指标1”完成值 94.996%，目标 ≥95%。",
        "覆盖不足、不作结论的指标：“指标2”（覆盖率 20.00%）。",
        "没有数据的指标：“指标3”。没有数据既不算达标，也不算未达标。",
        "考核周期尚未结束的指标：“指标4”，所列为截至目前的数值。",
    ]


def test_a_period_that_judges_nothing_says_so() -> None:
    assert _said("", "") == ["2023年3月共统计指标 2 项，均不在本月考核，只列数值。"]


def test_no_data_is_never_called_met() -> None:
    assert not any("全部达标" in sentence for sentence in _said("no_data", ""))


@given(st.lists(st.sampled_from(list(_SHOWN)), min_size=1, max_size=12))
def test_the_numbers_of_the_first_sentence_add_up(outcomes: list[str]) -> None:
    first, *rest = _said(*outcomes)
    whole, *parts = [int(number) for number in re.findall(r"(\d+) 项", first)]
    assert whole == len(outcomes)
    assert sum(parts) == (whole if parts else 0)
    assert ("全部达标" in "".join(rest)) == ("met" in outcomes and "missed" not in outcomes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "比目标少 0.004 个百分点"),  # 94.996% of ≥95%: two decimals would read 0.00
        ({"actual": "0.89", "printed": "89.00%"}, "比目标少 6 个百分点"),
        (
            {"target": "<2小时", "measure_unit": "hours", "actual": "7200", "printed": "2.00小时"},
            "恰好等于目标值，而目标不含此值",
        ),
        ({"target": "≤2小时", "measure_unit": "hours", "actual": "9000", "printed": "2.50小时"}, "比目标多 0.50 小时"),
        ({"target": "≥6000次", "measure_unit": "count", "actual": "5990", "printed": "5990次"}, "比目标少 10"),
    ],
)
def test_the_gap_is_said_in_the_printed_unit(changes: dict[str, Any], said: str) -> None:
    assert gap_words(result(**changes)) == said


def test_low_coverage_is_no_miss() -> None:
    thin = result(**_SHOWN["low_coverage"])
    assert missed_words(dossier(), thin, None) == "完成值 94.996%，目标 ≥95%，覆盖率 20.00%，不作结论。"


@pytest.mark.parametrize(
    ("printed", "said"),
    [("90.00%", "较上月上升 4.996 个百分点"), ("94.996%", "与上月持平"), ("95.00%", "较上月下降 0.004 个百分点")],
)
def test_the_change_has_a_direction(printed: str, said: str) -> None:
    earlier = result(actual="0.9", printed=printed)
    assert change_words(result(), earlier, "上月") == said


def test_what_cannot_be_compared_has_no_change() -> None:
    assert change_words(result(), None, "上月") == ""
    assert change_words(result(), result(**NO_DATA), "上月") == ""


def test_coverage_and_bounds_are_said_in_words() -> None:
    said = list(quality(dossier(), [result(), result(coverage="1")]))
    assert said == [
        "“硬件设备正常运作率”：覆盖率 99.999%，其余时间没有应有的检测；完成值在 94.99%（未知全按故障计）至 "
        "95.00%（未知全按正常计）之间；正常时间中 80.00% 有检测或巡检佐证，20.00% 只是推定正常，即没有记录表明故障。",
        "“硬件设备正常运作率”：应计时间都能判断是否正常，覆盖率 100%；正常时间中 80.00% 有检测或巡检佐证，"
        "20.00% 只是推定正常，即没有记录表明故障。",
        "不同来源之间没有发现矛盾。",
    ]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2023-03", "2023年3月"),
        ("2023Q2", "2023年第2季度"),
        ("2023H2", "2023年下半年"),
        ("2023", "2023年度"),
        ("2022-11-01..2025-10-31", "2022年11月1日至2025年10月31日"),
    ],
)
def test_periods_are_named_as_people_say_them(label: str, said: str) -> None:
    assert period_words(parse_period(label)) == said


def test_a_year_speaks_of_the_year() -> None:
    year = replace(dossier(), period=parse_period("2023"))
    assert next(summary(year, _of(""))) == "2023年度共统计指标 1 项，均不在本年考核，只列数值。"
