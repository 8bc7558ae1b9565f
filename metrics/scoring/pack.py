"""A rule pack: how a fiscal system gives marks. Data of ``config``, part of the effective configuration.

Shares and marks stand as people write them (``80%``, ``7.5``); the properties read them exactly.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from metrics.errors import ConfigError
from metrics.indicators import Strict
from metrics.numbers import Rounding
from metrics.quantities import normalise, parse_number, parse_share

Missed = Literal["linear_to_twice", "ratio", "pass_line"]
Grade = Literal["achieved", "partly", "not"]

GRADE_LABELS: dict[Grade, str] = {"achieved": "达成", "partly": "部分达成", "not": "未达成"}
WHOLE = Fraction(100)
_CODE = re.compile(r"^[\d.]+[-—－、.]?")


def _is_mark(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise ValueError(f"“{text}”不是分值，应为不小于 0 的数字，如 10 或 7.5")
    return text


def _is_share(text: str) -> str:
    try:
        parse_share(text)
    except ConfigError as error:
        raise ValueError(error.fact) from None
    return text


def _is_excess(text: str) -> str:
    if _excess(text) <= 1:
        raise ValueError(f"“{text}”应为大于 100% 的比例，如 130%")
    return text


def _excess(text: str) -> Fraction:
    clean = normalise(text)
    number = parse_number(clean.removesuffix("%")) or Fraction(0)
    return number / 100 if clean.endswith("%") else number


Marks = Annotated[str, AfterValidator(_is_mark)]
Share = Annotated[str, AfterValidator(_is_share)]
Excess = Annotated[str, AfterValidator(_is_excess)]


def plain_level(text: str) -> str:
    """A level without its code and the word 指标: ``1-产出指标`` and ``产出`` are the same level."""
    return _CODE.sub("", normalise(text)).removesuffix("指标")


class Section(Strict):
    """A part of the 100 marks."""

    levels: tuple[str, ...] = Field(min_length=1, description="归入这一部分的一级或二级指标，如 [产出指标]；代码不计")
    weight: Marks = Field(description="这一部分的分值合计")
    with_execution: bool = Field(False, description="true：这一部分的分值里包含预算执行率的分值")

    @property
    def name(self) -> str:
        """Its levels in words."""
        return "、".join(self.levels)

    def takes(self, levels: tuple[str, ...]) -> bool:
        """Whether an indicator of these levels belongs here."""
        return bool({plain_level(level) for level in self.levels} & {plain_level(level) for level in levels})


class Bands(Strict):
    """From so many marks on a band holds; below the last it is 差."""

    excellent: Marks = Field("90", description="优：总分不低于")
    good: Marks = Field("80", description="良：总分不低于")
    fair: Marks = Field("60", description="中：总分不低于；以下为差")

    def word(self, total: Fraction) -> str:
        """优, 良, 中 or 差."""
        limits = ((self.excellent, "优"), (self.good, "良"), (self.fair, "中"))
        return next((word for least, word in limits if total >= Fraction(least)), "差")

    @property
    def words(self) -> str:
        """``≥90 优，≥80 良，≥60 中，其余差``."""
        return f"≥{self.excellent} 优，≥{self.good} 良，≥{self.fair} 中，其余差"


class Over(Strict):
    """What becomes of a target that was far exceeded."""

    explain_from: Excess = Field("130%", description="完成值达到指标值的多少起，要说明原因")
    compared_with: Literal["first", "adjusted"] = Field(
        "first", description="与哪个指标值比：first 年初设定的年度指标值，adjusted 调整后指标值"
    )
    costs: Literal["nothing", "in_proportion"] = Field(
        "nothing", description="nothing 只要求说明；in_proportion 按超出的比例扣分：分值 × 上限 ÷ 完成比例"
    )

    @property
    def limit(self) -> Fraction:
        """As a ratio of actual to target, above 1."""
        return _excess(self.explain_from)


class RulePack(Strict):
    """Everything that decides a mark."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="评分规则的短代码，供 self_evaluation 引用")
    name: str = Field(min_length=1, description="评分规则的名称，印在自评表上")
    basis: str = Field("", description="依据的文件，如 财预〔2020〕10号")
    execution: Marks = Field("10", description="预算执行率的分值")
    sections: tuple[Section, ...] = Field(min_length=1, description="其余分值怎么分")
    missed: Missed = Field(
        description="定量指标没有达到时怎么计分：linear_to_twice 按偏离的比例扣，偏离一倍为 0；"
        "ratio 按完成的比例；pass_line 完成六成以下为 0，六成至十成按比例"
    )
    achieved_from: Share = Field("80%", description="定性指标“达成”至少得分值的多少")
    partly_from: Share = Field(
        "60%", description="定性指标“部分达成”至少得分值的多少，不到“达成”的下限；再低为“未达成”"
    )
    over: Over = Field(Over(), description="超额完成")
    bands: Bands = Field(Bands(), description="等级")
    rounding: Rounding = Field("half_up", description="得分的进位：half_up 四舍五入，truncate 截去")
    decimals: int = Field(2, ge=0, le=4, description="得分保留几位小数")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        inside = any(section.with_execution for section in self.sections)
        parts = [Fraction(section.weight) for section in self.sections] + ([] if inside else [Fraction(self.execution)])
        if sum(parts, Fraction(0)) != WHOLE:
            raise ValueError(f"sections 与 execution 的分值相加为 {float(sum(parts)):g}，应为 100")
        if parse_share(self.partly_from) > parse_share(self.achieved_from):
            raise ValueError("partly_from 不能高于 achieved_from")
        return self

    def section(self, levels: tuple[str, ...]) -> Section | None:
        """The part that an indicator of these levels belongs to; the nearer level decides, None if none takes it."""
        for level in reversed(levels):
            found = next((section for section in self.sections if section.takes((level,))), None)
            if found:
                return found
        return None

    def for_indicators(self, section: Section) -> Fraction:
        """The marks that the indicators of a section share: its own without those for execution."""
        return Fraction(section.weight) - (Fraction(self.execution) if section.with_execution else 0)

    def band(self, weight: Fraction, grade: Grade) -> tuple[Fraction, Fraction]:
        """Least and most marks of a qualitative grade; the most of 部分达成 and 未达成 is not included."""
        achieved, partly = (weight * parse_share(share) for share in (self.achieved_from, self.partly_from))
        return {"achieved": (achieved, weight), "partly": (partly, achieved), "not": (Fraction(0), partly)}[grade]

    def within(self, weight: Fraction, grade: Grade, mark: Fraction) -> bool:
        """Whether a person's mark lies in the band of the grade."""
        least, most = self.band(weight, grade)
        return least <= mark <= weight and (grade == "achieved" or mark < most or (mark == most == 0))
