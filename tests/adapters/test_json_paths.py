"""Fields out of the objects of a reply: what is walked or read by the column is what JMESPath says, one by one."""

from __future__ import annotations

import json
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.json_paths import search, text_of, texts_at
from metrics.errors import InputError

KEYS = ("a", "b", "设备 编号", "x.y", "true")
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(["", "甲", "0", " "])
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
)
OBJECTS = st.lists(VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES), max_size=5)
PATHS = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3).map(
    lambda keys: ".".join(key if key in ("a", "b", "true") else json.dumps(key, ensure_ascii=False) for key in keys)
)
OTHERS = st.sampled_from(["@", "a[0]", "a[].b", "a || b", "(a.b).a", "*", "a.*.b", "'甲'", "`3`", "a == b", "type(a)"])


@given(PATHS | OTHERS, OBJECTS)
def test_a_search_finds_what_jmespath_finds(expression: str, objects: list[Any]) -> None:
    assert [search(expression, item) for item in objects] == [jmespath.search(expression, item) for item in objects]


@given(st.lists(PATHS | OTHERS, min_size=1, max_size=3), OBJECTS)
def test_columns_hold_the_first_text_of_each_object(expressions: list[str], objects: list[Any]) -> None:
    def first(item: Any) -> str:
        texts = (text_of(jmespath.search(expression, item)) for expression in expressions)
        return next((text for text in texts if text), "")

    assert texts_at(expressions, objects).to_pylist() == [first(item) for item in objects]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, None, 10**30], ["1", "", str(10**30)]),
        ([1, True, 2.5], ["1", "true", "2.5"]),
        ([1.0, -0.0], ["1.0", "-0.0"]),
        (["甲", None, ""], ["甲", "", ""]),
        ([["甲", None, 3], {"a": [1]}], ["甲、3", '{"a":[1]}']),
        ([], []),
    ],
)
def test_values_are_spelled_as_cells(values: list[Any], texts: list[str]) -> None:
    assert texts_at(["a"], [{"a": value} for value in values]).to_pylist() == texts


def test_an_expression_that_does_not_fit_is_named() -> None:
    with pytest.raises(InputError, match="表达式“length\\(a\\)”无法用于这份回答"):
        texts_at(["length(a)"], [{"a": 3}])
