"""Satisfaction = satisfied answers / valid answers or / all answers, with the sample size (semantics 5)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from metrics.formulas import FORMULAS
from metrics.formulas.params import SatisfactionParams
from metrics.indicators import Where
from tests.metrics.event_facts import ask, by_value, counts, facts, line, measure, roles, total

WORLD = facts(
    survey=[
        {"answered_on": "2023-11-01", "question": "总体", "answer": "满意", "quantity": 180},
        {"answered_on": "2023-11-01", "question": "总体", "answer": "基本满意", "quantity": 12},
        {"answered_on": "2023-11-30", "question": "总体", "answer": "不满意", "quantity": 6},
        {"answered_on": "2023-11-30", "question": "总体", "answer": "不了解", "quantity": 2},
        {"answered_on": "2023-12-01", "question": "响应速度", "answer": "满意", "quantity": 50},
        {"answered_on": "2023-11-30", "question": "总体", "quantity": 50},
    ]
)
SATISFIED = {"satisfied": ("满意", "基本满意"), "questions": ("总体",)}
PARTS = ("sample_count", "valid_count", "invalid_count")


def test_blank_sheets_are_not_valid_and_leave_the_denominator() -> None:
    figure = total(ask("satisfaction", WORLD, "2023", params=SATISFIED))

    assert line(figure) == (180 + 12, 180 + 12 + 6 + 2)
    assert figure.actual == Fraction(96, 100)
    assert counts(figure, *PARTS) == (250, 200, 50)


def test_the_valid_options_may_be_named() -> None:
    valid = {**SATISFIED, "valid": ("满意", "基本满意", "不满意")}

    assert line(total(ask("satisfaction", WORLD, "2023", params=valid))) == (192, 198)


def test_all_sheets_may_be_the_denominator() -> None:
    everyone = {**SATISFIED, "denominator": "all"}

    assert line(total(ask("satisfaction", WORLD, "2023", params=everyone))) == (192, 250)


def test_an_answer_belongs_to_the_period_of_its_date() -> None:
    figures = measure(ask("satisfaction", WORLD, "2023-11", "2023-12", params={"satisfied": ("满意",)}))

    assert [line(figure) for figure in figures] == [(180, 200), (50, 50)]


def test_the_kind_of_an_answer_is_its_question() -> None:
    kinds = by_value(ask("satisfaction", WORLD, "2023", params={"satisfied": ("满意",)}, by=["kind"]))
    speed = total(ask("satisfaction", WORLD, "2023", params={"satisfied": ("满意",)}, where=Where(kind=("响应*",))))

    assert {kind: line(figure) for kind, figure in kinds.items()} == {"总体": (180, 200), "响应速度": (50, 50)}
    assert line(speed) == (50, 50)


def test_every_answer_stands_in_the_evidence_with_its_role() -> None:
    request = ask("satisfaction", WORLD, "2023-11", params=SATISFIED)

    assert [(role, value) for role, _, value in roles(request)] == [
        *[("both", "180"), ("both", "12")],
        *[("denominator", "6"), ("denominator", "2"), ("beside", "50")],
    ]


def test_which_options_are_satisfied_has_to_be_configured() -> None:
    with pytest.raises(ValidationError):
        SatisfactionParams()  # type: ignore[call-arg]


def test_the_rule_in_words_names_the_options() -> None:
    request = ask("satisfaction", facts(), "2023", params=SATISFIED)

    assert FORMULAS["satisfaction"].words(request.definition) == (
        "满意度 = 选“满意”或“基本满意”的答卷数 ÷ 有效答卷数（非空白的答卷）；仅统计题目“总体”；按填写日期归属周期。"
    )
