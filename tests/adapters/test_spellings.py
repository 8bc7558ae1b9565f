"""Durations, numbers, words and months, one at a time."""

from __future__ import annotations

import pytest

from adapters.durations import parse_duration
from adapters.mapping import TableMapping
from adapters.numbers import read_decimal, read_integer
from adapters.words import look_up, words_for
from adapters.years import month_of, year_in


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1小时20分", 4800),
        ("１小时２０分钟", 4800),
        ("1小时零5分", 3900),
        ("90分钟", 5400),
        ("1.5h", 5400),
        ("1h 20m", 4800),
        ("两小时", 7200),
        ("半小时", 1800),
        ("2个半小时", 9000),
        ("约2小时", 7200),
        ("1天2小时", 93_600),
        ("01:20:00", 4800),
        ("1:20", 4800),
        ("26:00:30", 93_630),
        ("2天3:00:00", 183_600),
        ("1 day, 2:00:00", 93_600),
        ("PT1H20M", 4800),
        ("0", 0),
    ],
)
def test_a_duration_in_any_spelling(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


def test_a_bare_number_takes_the_unit_of_its_column() -> None:
    assert parse_duration("90", "分钟") == 5400
    assert parse_duration("1.5", "小时") == 5400
    assert parse_duration("1小时", "分钟") == 3600


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("90", "时长没有单位，应写作 90分钟、1.5小时，或在配置中写明单位"),
        ("一会儿", "应为时长，如 1小时20分、90分钟、1.5h、01:20:00"),
        ("-1小时", "应为时长，如 1小时20分、90分钟、1.5h、01:20:00"),
        ("3个工作日", "应为时长，如 1小时20分、90分钟、1.5h、01:20:00"),
        ("99999天", "时长超过一百年"),
    ],
)
def test_what_is_no_duration_is_refused(text: str, clause: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the whole text is compared)
        parse_duration(text)
    assert str(caught.value) == clause


@pytest.mark.parametrize(
    ("text", "scale", "value"),
    [
        ("1,234.50", 1, "1234.5"),
        ("￥1,234", 1, "1234"),
        ("140.58", 10_000, "1405800"),
        ("140.58万元", 1, "1405800"),
        ("5元", 10_000, "5"),
        ("（5）", 1, "-5"),
        ("-0.00", 1, "0"),
        ("１２．５", 1, "12.5"),
        ("85.5分", 1, "85.5"),
        ("0.1", 10_000, "1000"),
    ],
)
def test_a_decimal_is_exact(text: str, scale: int, value: str) -> None:
    assert read_decimal(text, scale) == value


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("1,23", "不是数字，应为如 1200 或 140.58"),
        ("1.234,50", "不是数字，应为如 1200 或 140.58"),
        ("若干", "不是数字，应为如 1200 或 140.58"),
        ("1.41E+06", "是科学计数法，可能已丢失位数，应把列设为“数值”格式后重新导出"),
        ("95%", "带百分号，应为不带百分号的数"),
        ("1" * 21, "超过 20 位，应核对数字"),
    ],
)
def test_what_is_no_decimal_is_refused(text: str, clause: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the whole text is compared)
        read_decimal(text)
    assert str(caught.value) == clause


def test_whole_numbers_may_carry_a_counting_word() -> None:
    assert [read_integer(text) for text in ("1,200", "12 次", "5.0", "３人")] == [1200, 12, 5, 3]


@pytest.mark.parametrize(
    ("text", "clause"), [("1.5", "不是整数"), ("-1", "是负数"), ("5万元", "是金额"), ("9" * 17, "太大")]
)
def test_what_is_no_count_is_refused(text: str, clause: str) -> None:
    with pytest.raises(ValueError, match=clause):
        read_integer(text)


def test_measured_milliseconds_are_rounded() -> None:
    assert read_integer("0.0315", 1000, rounded=True) == 32


def ticket(words: dict[str, dict[str, str | bool | int]]) -> TableMapping:
    return TableMapping(record="ticket", columns={"ticket_no": ("号",), "reported_at": ("时",)}, words=words)


def test_yes_and_no_have_usual_words() -> None:
    table = ticket({})
    known = words_for(table, table.column("asset_unusable"))
    assert [look_up(word, known) for word in ("是", "Y", "√", "１", "否", "无", "×", "FALSE")] == [True] * 4 + [
        False
    ] * 4
    assert look_up("也许", known) is None


def test_the_mappings_words_come_before_the_usual_ones() -> None:
    table = ticket({"channel": {"电话": "on_site", "代码7": "remote"}})
    known = words_for(table, table.column("channel"))
    assert [look_up(word, known) for word in ("电 话", "代码7", "现场", "remote")] == [
        "on_site",
        "remote",
        "on_site",
        "remote",
    ]


def test_a_word_with_a_star_stands_for_all_that_begin_so() -> None:
    table = ticket({"cancelled": {"作废*": True, "作废（误）": False, "*": False}})
    known = words_for(table, table.column("cancelled"))
    assert [look_up(word, known) for word in ("作废：重复", "作废（误）", "处理中")] == [True, False, False]


@pytest.mark.parametrize(
    ("header", "month"),
    [
        ("3月", (None, 3)),
        ("三月份", (None, 3)),
        ("十二月", (None, 12)),
        ("2023年3月", (2023, 3)),
        ("2023-03", (2023, 3)),
        ("202303", (2023, 3)),
        ("2023-03-01 00:00:00", (2023, 3)),
        ("13月", None),
        ("3", None),
        ("合计", None),
    ],
)
def test_headers_may_be_months(header: str, month: tuple[int | None, int] | None) -> None:
    assert month_of(header) == month


@pytest.mark.parametrize(
    ("names", "year"),
    [
        (["甲公司/2023年3月工单.xlsx"], 2023),
        (["tickets_20230305.csv"], 2023),
        (["工单2023.xlsx"], 2023),
        (["2022-2023年度"], None),
        (["GB20984.csv"], None),
        (["编号1202312.csv"], None),
        (["工单.xlsx"], None),
    ],
)
def test_a_year_is_taken_from_names_that_say_just_one(names: list[str], year: int | None) -> None:
    assert year_in(names) == year
