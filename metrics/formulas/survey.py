"""Satisfaction = satisfied answers / valid answers, or / all answers (semantics 5)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, NamedTuple

import numpy as np

from metrics.evidence import evidence, listed
from metrics.formulas.counts import Counted, read_counted
from metrics.formulas.params import SatisfactionParams, params_of
from metrics.indicators import Evidence, Figure, IndicatorDefinition, Request, Side
from metrics.scope import Coded, Mask
from metrics.slicing import one_cell, sliced
from metrics.wording import sentence, where_words


class _Answers(NamedTuple):
    counted: Counted
    satisfied: Mask
    valid: Mask
    asked: Mask  # the denominator


class Satisfaction:
    """Satisfied answers over valid ones; the sample size goes with it."""

    part_labels: ClassVar[Mapping[str, str]] = {
        "sample_count": "样本量（全部答卷）",
        "valid_count": "有效答卷",
        "invalid_count": "无效答卷",
    }

    def words(self, definition: IndicatorDefinition) -> str:
        """The rule in Chinese words."""
        params = params_of(definition, SatisfactionParams)
        valid = f"选项为{'、'.join(params.valid)}的答卷" if params.valid else "非空白的答卷"
        bottom = "全部答卷数" if params.denominator == "all" else f"有效答卷数（{valid}）"
        return sentence(
            f"满意度 = 选“{'”或“'.join(params.satisfied)}”的答卷数 ÷ {bottom}",
            f"仅统计题目“{'”“'.join(params.questions)}”" if params.questions else "",
            "按填写日期归属周期",
            where_words(definition.where),
        )

    def sides(self, definition: IndicatorDefinition) -> tuple[Side, Side | None]:
        """What stands above and below the line."""
        everyone = params_of(definition, SatisfactionParams).denominator == "all"
        return Side("满意答卷", "count", "份"), Side("全部答卷" if everyone else "有效答卷", "count", "份")

    def measure(self, request: Request) -> list[Figure]:
        """Answers satisfied, answers that count, and the sample beside."""
        answers = _read(request)
        known = request.facts.has("survey")
        quantity = answers.counted.quantity
        figures = []
        for cells in sliced(request, answers.counted.events, answers.counted.at):
            good, bottom, valid, sample = (
                cells.sum(np.where(mask, quantity, 0))
                for mask in (answers.satisfied & answers.asked, answers.asked, answers.valid, quantity > 0)
            )
            rows = cells.last - cells.first
            for cell in cells.cells():
                numerator, denominator = Fraction(int(good[cell])), Fraction(int(bottom[cell]))
                figures.append(
                    Figure(
                        request.periods[cell[0]],
                        cells.dimension,
                        cells.values[cell[1]],
                        numerator=numerator if known else None,
                        denominator=denominator if known else None,
                        actual=numerator / denominator if denominator else None,
                        evidence_count=int(rows[cell]),
                        parts={
                            "sample_count": int(sample[cell]),
                            "valid_count": int(valid[cell]),
                            "invalid_count": int(sample[cell] - valid[cell]),
                        },
                    )
                )
        return figures

    def evidence(self, request: Request, dimension_value: str) -> Evidence:
        """Every answer of the cell, with how many sheets it stands for."""
        answers = _read(request)
        rows = one_cell(request, answers.counted.events, answers.counted.at, dimension_value)
        good = answers.satisfied[rows] & answers.asked[rows]
        roles = np.where(good, "both", np.where(answers.asked[rows], "denominator", "beside"))
        words = {"both": "满意", "denominator": "不计为满意", "beside": "无效答卷，不计入"}
        quantity = [str(number) for number in answers.counted.quantity[rows].tolist()]
        row_id = answers.counted.events.row_id[rows]
        return evidence(listed("survey", row_id, roles.tolist(), [words[role] for role in roles.tolist()], quantity))


def _read(request: Request) -> _Answers:
    params = params_of(request.definition, SatisfactionParams)
    counted = read_counted(request, "survey", None)
    if params.questions:
        asked = Coded.of(counted.events.column("question")).among(params.questions)
        counted = Counted(
            counted.events.take(asked), counted.at[asked], counted.quantity[asked], counted.cancelled[asked]
        )
    answer = Coded.of(counted.events.column("answer"))
    satisfied = answer.among(params.satisfied)
    valid = answer.among(params.valid) | satisfied if params.valid else answer.codes >= 0
    everyone = np.ones(len(valid), np.bool_)
    return _Answers(counted, satisfied, valid, everyone if params.denominator == "all" else valid)
