"""YAML as we take it: core scalars, lines, bounds."""

from __future__ import annotations

import random
from typing import Any

import pytest

from collector.configuration.nodes import MAX_BYTES, Node, read_nodes


def parsed(text: str | bytes) -> Node:
    root, problems = read_nodes(text.encode() if isinstance(text, str) else text, "a.yaml")
    assert not problems
    assert root is not None
    return root


def complaint(text: str | bytes) -> str:
    _, problems = read_nodes(text.encode() if isinstance(text, str) else text, "a.yaml")
    return "\n".join(map(str, problems))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("08:30", "08:30"),  # no sexagesimal numbers
        ("1:30:00", "1:30:00"),
        ("yes", "yes"),
        ("on", "on"),
        ("2023-03-05", "2023-03-05"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("0o17", 15),
        ("0x1f", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("1_000", "1_000"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("=", "="),
        ("12345678901234567890", "12345678901234567890"),
        ("| \n  两\n  行\n", "两\n行\n"),
    ],
)
def test_a_scalar_follows_the_core_schema(written: str, value: Any) -> None:
    assert parsed(f"a: {written}").value() == {"a": value}


def test_keys_are_always_text() -> None:
    assert parsed("{1: a, true: b, 08:30: c, ~: d}").value() == {"1": "a", "true": "b", "08:30": "c", "~": "d"}


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    assert parsed(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").value() == {"a": 1, "b": 2}


def test_every_value_knows_its_line() -> None:
    root = parsed("a:\n  b:\n    - x\n    - c: 1\n      d: 2\n")
    assert root.line_of(("a",)) == 1
    assert root.line_of(("a", "b")) == 2
    assert root.line_of(("a", "b", 0)) == 3
    assert root.line_of(("a", "b", 1, "d")) == 5


def test_the_line_of_what_is_missing_is_that_of_what_should_hold_it() -> None:
    assert parsed("a:\n  b:\n    c: 1\n").line_of(("a", "b", "d", "e")) == 2


def test_an_alias_stands_for_what_was_named() -> None:
    assert parsed("a: &x {n: 1}\nb: *x\nc: [*x]\n").value() == {"a": {"n": 1}, "b": {"n": 1}, "c": [{"n": 1}]}


def test_an_alias_cannot_name_what_it_lies_in() -> None:
    assert complaint("a: &x [*x]") == "a.yaml:1: “*x”所引用的“&x”不存在；若是通配，请加引号"


def test_aliases_that_multiply_are_refused_before_they_are_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert "超过 100000 个值" in complaint("\n".join(lines))


def test_deep_nesting_is_refused_and_does_not_end_the_process() -> None:
    assert complaint("[" * 100_000) == "a.yaml:1: 嵌套超过 40 层"
    assert complaint("{a: " * 100_000) == "a.yaml:1: 嵌套超过 40 层"


def test_other_encodings_are_named_with_the_line() -> None:
    assert complaint("a: 1\nb: 法院\n".encode("gb18030")) == "a.yaml:2: 不是 UTF-8 编码，请用编辑器另存为 UTF-8"
    assert "UTF-8" in complaint("a: 1\n".encode("utf-16"))


def test_a_control_character_is_named_with_its_line() -> None:
    assert complaint("a: 法院\nb: x\x07y\n") == "a.yaml:2: 含有不可见的控制字符（U+0007），请删去"


def test_a_huge_file_is_refused_unread() -> None:
    assert "配置文件最多" in complaint(b"a: " + b"x" * MAX_BYTES)


def test_a_key_given_twice_is_a_problem_and_the_first_one_stays() -> None:
    root, problems = read_nodes(b"a: 1\nb: {c: 1, c: 2}\na: 3\n", "a.yaml")
    assert root is not None
    assert root.value() == {"a": 1, "b": {"c": 1}}
    assert [problem.key for problem in problems] == ["b.c", "a"]


def test_a_key_that_is_no_text_is_refused() -> None:
    assert complaint("a: {[1, 2]: x}") == "a.yaml:1: a 的键应为文字"
    assert complaint("[1, 2]: x") == "a.yaml:1: 键应为文字"


def test_an_unknown_directive_of_the_format_still_gets_a_sentence() -> None:
    assert complaint("%YAML x\n---\na: 1") == "a.yaml:1: 不符合 YAML 格式，请核对缩进、引号和冒号"


def test_random_bytes_give_problems_and_never_an_exception() -> None:
    good = "a: [1, 'x', {b: 法院}]\nc: &x\n  - \"y\\n\"\n  - *x2\n".encode()
    dice = random.Random(7)
    for _ in range(2000):
        mutated = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            mutated[dice.randrange(len(mutated))] = dice.choice(b"\t\n :-[]{}'\"*&!|>%@`\x00\xff0a#,?")
        root, problems = read_nodes(bytes(mutated), "a.yaml")
        assert root is not None or problems or not mutated.strip()
        if root is not None:
            root.value()
