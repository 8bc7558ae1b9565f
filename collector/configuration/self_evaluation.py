"""What a file of ``self_evaluation/`` may hold: one project's 自评表 of one year, with everything a person decides."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from collector.configuration.models import Identifier, Name
from metrics.indicators import Strict
from metrics.scoring.pack import Grade, Marks


class FundSource(Strict):
    """One row of the fund block."""

    name: Name = Field(description="资金来源在表中的叫法，如 中央资金")
    sources: tuple[Name, ...] = Field((), description="台账中“资金来源”的哪些写法归入这一行；不写即与 name 相同")

    @property
    def recorded(self) -> tuple[str, ...]:
        """How the records call it."""
        return self.sources or (self.name,)


class Goal(Strict):
    """One pair of 年度总体目标 and 实际完成情况."""

    expected: Name = Field(description="年初设定的年度总体目标")
    achieved: str = Field("", description="全年实际完成情况，由人填写")


class EvaluatedIndicator(Strict):
    """A row of the form: one of the project's indicators, or one that only people can judge."""

    indicator: Identifier | None = Field(None, description="指标的代码；不写则是只能由人评定的一行，须写 name")
    name: Name | None = Field(None, description="三级指标的名称；写了 indicator 时不写即用指标的名称")
    levels: tuple[Name, ...] = Field((), description="一级、二级指标（可带代码）；不写即用指标的 level_codes")
    weight: Marks | None = Field(None, description="分值；不写即用指标的 weight")
    target: Name | None = Field(None, description="年度指标值（年初设定）；不写即用指标的 target")
    adjusted_target: Name | None = Field(None, description="调整后指标值；没有调整过就不写")
    actual: Name | None = Field(None, description="实际完成值，只用于没有 indicator 的一行")
    grade: Grade | None = Field(None, description="定性指标的评定：achieved 达成，partly 部分达成，not 未达成")
    mark: Marks | None = Field(None, description="由人给的得分：定性的、无数据的、覆盖不足的指标才写")
    marked_by: Name | None = Field(None, description="由谁评定")
    marked_on: date | None = Field(None, description="评定的日期")
    reason: str = Field("", description="偏差原因分析及改进措施")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.indicator is None:
            for key, value in (("name", self.name), ("levels", self.levels), ("weight", self.weight)):
                if not value:
                    raise ValueError(f"没有 indicator 的一行要写 name、levels、weight，缺少 {key}")
        elif self.actual is not None:
            raise ValueError("actual 由系统算出，只有没有 indicator 的一行才能写")
        if self.mark is not None and (self.marked_by is None or self.marked_on is None):
            raise ValueError("mark 要连同 marked_by（由谁评定）和 marked_on（何时评定）一起写")
        return self


class Analysis(Strict):
    """The block of analysis: figures are filled in, judgement is a person's."""

    execution: str = Field("", description="预算执行情况分析，接在系统写出的数字之后")
    output: str = Field("", description="产出指标完成情况分析，接在系统写出的数字之后")
    benefit: str = Field("", description="效益指标完成情况分析，接在系统写出的数字之后")
    satisfaction: str = Field("", description="满意度指标完成情况分析，接在系统写出的数字之后")
    experience: str = Field("", description="主要经验及做法")
    problems: str = Field("", description="存在的问题及原因")
    improvement: str = Field("", description="下一步改进措施")


class SelfEvaluationSettings(Strict):
    """One project's self-evaluation of one year."""

    project: str = Field(description="运维项目的代码")
    fiscal_year: int = Field(ge=2000, le=2100, description="自评的年度")
    rule_pack: str = Field("national", description="评分规则的代码：程序自带的，或 rule_packs/ 中自己的")
    project_name: Name | None = Field(None, description="项目名称，照预算批复；不写即用运维项目的名称")
    department: Name | None = Field(None, description="主管部门")
    unit: Name | None = Field(None, description="实施单位；不写即用单位全称")
    execution: Identifier | None = Field(
        None, description="预算执行率是哪个指标；项目只有一个预算执行率（不限资金来源）时可不写"
    )
    funds: tuple[FundSource, ...] = Field((), description="项目资金分哪几行；不写即按台账中的资金来源分行")
    goals: tuple[Goal, ...] = Field((), description="年度总体目标与实际完成情况")
    only_listed: bool = Field(
        False, description="true：只列 indicators 写的各行；false：有分值的指标都列，indicators 只作补充"
    )
    indicators: tuple[EvaluatedIndicator, ...] = Field((), description="各行需要人写的内容")
    analysis: Analysis = Field(Analysis(), description="绩效分析")
