"""pydantic's error types in Chinese."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, StringConstraints
from pydantic_core import ErrorDetails

from collector.configuration.nodes import read_nodes
from collector.configuration.problems import Problem, key_text, nearest, unknown_name
from collector.configuration.validate import Place, validated
from collector.configuration.wording import WORDS, fact_of
from metrics.indicators import Strict


class Colour(Enum):
    RED = "red"


class Inner(Strict):
    n: int = 0


class Kinds(Strict):
    text: str = ""
    whole: int = 0
    number: float = 0.0
    yes: bool = False
    day: date = date(2023, 1, 1)
    clock: time = time(8)
    span: timedelta = timedelta(0)
    money: Decimal = Decimal(0)
    texts: tuple[str, ...] = ()
    listed: list[int] = Field(default_factory=list)
    named: dict[str, int] = Field(default_factory=dict)
    inner: Inner = Inner()
    colour: Colour = Colour.RED
    word: Literal["left", "right"] = "left"
    small: Annotated[int, Field(gt=1, lt=5)] = 2
    bounded: Annotated[int, Field(ge=1, le=5)] = 2
    even: Annotated[int, Field(multiple_of=2)] = 2
    short: Annotated[str, StringConstraints(min_length=2, max_length=3)] = "ab"
    some: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1,)
    either: str | Inner | tuple[int, ...] = ""
    fixed: Annotated[Decimal, Field(max_digits=3, decimal_places=1)] = Decimal(0)


def said(text: str) -> list[str]:
    root, problems = read_nodes(text.encode(), "a.yaml")
    assert root is not None
    validated(Kinds, Place("a.yaml", root), problems)
    return [f"{problem.key}: {problem.fact}" for problem in problems]


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("text: [1]", "text: 应为文字"),
        ("text: true", "text: 应为文字"),
        ("text:", "text: 没有填写，应为文字"),
        ("whole: 一", "whole: 应为整数"),
        ("whole: 1.5", "whole: 应为整数"),
        ("number: 一", "number: 应为数字"),
        ("yes: 1", "yes: 应为 true 或 false"),
        ("day: 3月5日", "day: “3月5日”不是日期，应写作 2023-03-05"),
        ("day: 5", "day: 应为日期，写作 2023-03-05"),
        ("clock: 八点", "clock: 应为时刻，写作 08:30"),
        ("span: 一会儿", "span: 应为时长"),
        ("money: 一元", "money: 应为数字"),
        ("texts: 甲", "texts: 应为列表，写作 [甲, 乙] 或逐行“- ”"),
        ("texts: {a: b}", "texts: 应为列表，写作 [甲, 乙] 或逐行“- ”"),
        ("listed: 1", "listed: 应为列表，写作 [甲, 乙] 或逐行“- ”"),
        ("named: [1]", "named: 应为“键: 值”"),
        ("inner: 1", "inner: 应为“键: 值”"),
        ("inner: {m: 1}", "inner.m: 没有这个键；可用：n"),
        ("colour: rad", "colour: 不认识“rad”，应为 red；是否想写“red”"),
        ("word: rigth", "word: 不认识“rigth”，应为 left、right 之一；是否想写“right”"),
        ("word: 3", "word: 应为 left、right 之一"),
        ("small: 1", "small: 应大于 1"),
        ("small: 5", "small: 应小于 5"),
        ("bounded: 0", "bounded: 不得小于 1"),
        ("bounded: 6", "bounded: 不得大于 5"),
        ("even: 3", "even: 应为 2 的倍数"),
        ("short: a", "short: 至少要有 2 个字"),
        ("short: abcd", "short: 最多 3 个字"),
        ("some: []", "some: 至少要有 1 项"),
        ("some: [1, 2, 3]", "some: 最多 2 项"),
        ("fixed: '1.25'", "fixed: 最多 1 位小数"),
        ("either: {m: 1}", "either.m: 没有这个键；可用：n"),
        ("either: true", "either: 应为文字，或者应为“键: 值”，或者应为列表，写作 [甲, 乙] 或逐行“- ”"),
        ("wholes: 1", "wholes: 没有这个键，是否想写“whole”；可用：" + "、".join(Kinds.model_fields)),
    ],
)
def test_every_kind_of_mistake_has_its_sentence(written: str, fact: str) -> None:
    assert said(written) == [fact]


def test_all_mistakes_of_a_file_are_said_at_once() -> None:
    assert said("whole: 一\ninner: {n: 二}\nsome: [三]") == [
        "whole: 应为整数",
        "inner.n: 应为整数",
        "some[1]: 应为整数",
    ]


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_a_sentence_is_chinese_and_its_blanks_are_names(kind: str) -> None:
    assert re.search("[\u4e00-\u9fff]", WORDS[kind])
    assert all(name.isidentifier() for name in re.findall(r"{(.*?)}", WORDS[kind]))


def test_an_error_without_a_sentence_of_its_own_is_still_chinese() -> None:
    error: dict[str, Any] = {**ErrorDetails(type="url_parsing", loc=("a",), msg="bad", input="x")}
    assert fact_of(error, ["a"], ()) == "值不符合要求"


def test_numbers_where_text_belongs_are_taken_as_they_are_written() -> None:
    root, problems = read_nodes(b"{text: 0123, texts: [1.50, 7, x], either: 08}", "a.yaml")
    assert root is not None
    kinds = validated(Kinds, Place("a.yaml", root), problems)
    assert kinds is not None
    assert (kinds.text, kinds.texts, kinds.either) == ("0123", ("1.50", "7", "x"), "08")


def test_paths_count_list_items_from_one() -> None:
    assert key_text(("tables", 0, "columns", "ticket_no")) == "tables[1].columns.ticket_no"
    assert key_text((2, "id")) == "[3].id"


def test_problems_print_without_line_or_key_where_there_is_none() -> None:
    assert str(Problem("a.yaml", 0, "", "文件是空的")) == "a.yaml: 文件是空的"


def test_the_nearest_name_ignores_case_and_is_none_for_strangers() -> None:
    assert nearest("Tabel", ["json", "table"]) == "table"
    assert nearest("甲", ["json", "table"]) is None


def test_a_wrong_name_where_none_is_right_says_so() -> None:
    assert unknown_name("数据来源", "a", []) == "没有名为“a”的数据来源，配置中尚未定义任何数据来源"
