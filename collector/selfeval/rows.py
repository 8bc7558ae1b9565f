"""The rows of the form: each indicator's year held against its target, or what a person said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from collector.configuration.self_evaluation import EvaluatedIndicator, SelfEvaluationSettings
from collector.configuration.self_evaluation_checks import EXECUTION_FORMULA
from collector.publish.publication import Result
from collector.selfeval.model import Row
from metrics.formulas import FORMULAS
from metrics.indicators import IndicatorDefinition
from metrics.numbers import print_number, print_share
from metrics.scoring.marks import Score, round_mark, target_score
from metrics.scoring.pack import GRADE_LABELS, RulePack
from metrics.targets import Target, parse_share, parse_target

_YEARLY = ("every", "year")


@dataclass(frozen=True, slots=True)
class Asked:
    """A row before it is judged: what the configuration says of it and what was computed.

    ``ended``: the year had ended when the result was computed.
    """

    entry: EvaluatedIndicator
    definition: IndicatorDefinition | None
    result: Result | None
    ended: bool

    @property
    def name(self) -> str:
        """As printed."""
        return self.entry.name or (self.definition.name if self.definition else "")

    @property
    def levels(self) -> tuple[str, ...]:
        """First and second level, as this project has them."""
        return self.entry.levels or (self.definition.level_codes if self.definition else ())

    @property
    def weight(self) -> Fraction:
        """What it may earn at most."""
        text = self.entry.weight or (self.definition.weight if self.definition else None)
        return Fraction(text or 0)

    @property
    def target(self) -> str:
        """The year's target as first set; blank where the indicator's own does not bind a year."""
        if self.entry.target or self.definition is None:
            return self.entry.target or ""
        period = self.definition.target_period or FORMULAS[self.definition.formula].default_target_period
        return (self.definition.target or "") if period in _YEARLY else ""


def asked_rows(
    model: SelfEvaluationSettings,
    own: Mapping[str, IndicatorDefinition],
    execution: str | None,
    results: Mapping[str, Result],
    ended: bool,
) -> list[Asked]:
    """Rows by first and second level, each in the order of its first appearance.

    ``own``: the project's indicators; all with marks are rows, unless only the listed ones are wanted.
    """
    entries = {entry.indicator or f"/{number}": entry for number, entry in enumerate(model.indicators)}
    if not model.only_listed:
        weighted = (name for name, definition in own.items() if definition.weight and name != execution)
        listed = {name: entries.pop(name, EvaluatedIndicator(indicator=name)) for name in weighted}
        entries = {**listed, **entries}
    rows = [
        Asked(entry, own.get(entry.indicator or ""), results.get(entry.indicator or ""), ended)
        for entry in entries.values()
    ]
    return _grouped(rows)


def execution_of(model: SelfEvaluationSettings, own: Mapping[str, IndicatorDefinition]) -> IndicatorDefinition | None:
    """The indicator whose rate earns the marks for execution; None where the project has none."""
    if model.execution is not None:
        return own[model.execution]
    return next(
        (
            definition
            for definition in own.values()
            if definition.formula == EXECUTION_FORMULA and not getattr(definition.params, "source_of_funds", ())
        ),
        None,
    )


def _grouped(rows: Sequence[Asked]) -> list[Asked]:
    groups: dict[str, dict[str, list[Asked]]] = {}
    for row in rows:
        first, second = (*row.levels, "", "")[:2]
        groups.setdefault(first, {}).setdefault(second, []).append(row)
    return [row for seconds in groups.values() for same in seconds.values() for row in same]


class Scorer:
    """Turns asked rows into rows of the form.

    ``missing`` collects why marks are missing or contradict, ``wanting`` what else keeps the form from being final.
    """

    def __init__(self, pack: RulePack) -> None:
        self.pack = pack
        self.missing: list[str] = []
        self.wanting: list[str] = []

    def row(self, asked: Asked) -> Row:
        """One row with its mark, or with the reason why it has none."""
        if asked.definition is None:
            return self._by_person(asked, asked.entry.actual or "", asked.entry.target or "", "没有数据可算，由人评定")
        if asked.result is None:
            return self._open(asked, f"没有“{asked.name}”的年度结果，请先运行 yunwei compute", "没有计算过")
        return self._computed(asked, asked.definition, asked.result)

    def _computed(self, asked: Asked, definition: IndicatorDefinition, result: Result) -> Row:
        unit = definition.measure_unit or FORMULAS[definition.formula].unit
        if result["target"] != definition.target:
            text = f"“{asked.name}”的指标值改过，结果还是按“{result['target']}”算的，请重新运行 yunwei compute"
            self.missing.append(text)
        first, adjusted = (_target(text, definition) for text in (asked.target, asked.entry.adjusted_target))
        target = adjusted or first
        actual = result.fraction("actual")
        printed = _printed(actual, definition, result, target)
        shown = (asked.target, asked.entry.adjusted_target or "", printed)
        if not asked.ended:
            return self._open(asked, f"“{asked.name}”的考核年度尚未结束", "考核年度尚未结束", *shown)
        if actual is None:
            if result["outcome"] == "met":
                return self._scored(asked, Score(asked.weight, "本年未发生，按约定认定达标，得满分", met=True), *shown)
            return self._by_person(asked, "无数据", asked.target, "无数据，不能由系统计分")
        coverage = result.fraction("coverage")
        if coverage is not None and coverage < parse_share(definition.min_coverage):
            said = f"{printed}（覆盖率 {print_share(coverage)}）"
            return self._by_person(asked, said, asked.target, "覆盖不足，不能由系统计分")
        if target is None or target.value is None:
            why = "没有年度指标值" if target is None else "指标值不是数值"
            return self._by_person(asked, printed, asked.target, f"{why}，由人评定")
        score = target_score(actual, target, unit, asked.weight, self.pack, first if adjusted else None)
        return self._scored(asked, score, *shown)

    def _scored(self, asked: Asked, score: Score, target: str, adjusted: str, actual: str) -> Row:
        entry, mark = asked.entry, round_mark(score.mark, self.pack)
        if entry.mark is not None:
            text = f"“{asked.name}”由系统算得 {mark} 分，配置中又写了得分 {entry.mark}（mark），请删去"
            self.missing.append(text)
        row = Row(
            asked.levels,
            asked.name,
            target,
            adjusted,
            actual,
            asked.weight,
            mark,
            entry.reason,
            score.words,
            "met" if score.met else "missed",
            score.arithmetic,
            score.over is not None,
        )
        self._want_reason(row, asked.name, score)
        return row

    def _want_reason(self, row: Row, name: str, score: Score | None = None) -> None:
        if row.reason:
            return
        if score is not None and score.over is not None:
            self.wanting.append(f"“{name}”超额完成（{score.words.partition('；')[2]}），缺少原因（reason）")
        elif row.mark is not None and Fraction(row.mark) < row.weight:
            self.wanting.append(f"“{name}”得 {row.mark} 分，不满 {_plain(row.weight)} 分，缺少偏差原因（reason）")

    def _by_person(self, asked: Asked, actual: str, target: str, why: str) -> Row:
        entry = asked.entry
        adjusted = entry.adjusted_target or ""
        if entry.mark is None:
            return self._open(
                asked,
                f"“{asked.name}”{why}，缺少人评定的得分（mark、marked_by、marked_on）",
                f"{why}，得分待人评定",
                target,
                adjusted,
                actual,
            )
        grade = f"评定为{GRADE_LABELS[entry.grade]}，" if entry.grade else ""
        mark = round_mark(Fraction(entry.mark), self.pack)
        judged = f"{why}；{entry.marked_by} {entry.marked_on} {grade}给 {mark} 分"
        row = Row(
            asked.levels, asked.name, target, adjusted, actual, asked.weight, mark, entry.reason, judged, "person"
        )
        self._want_reason(row, asked.name)
        return row

    def _open(self, asked: Asked, missing: str, judged: str, *shown: str) -> Row:
        target, adjusted, actual = shown or (asked.target, asked.entry.adjusted_target or "", "")
        self.missing.append(missing)
        reason = asked.entry.reason
        return Row(asked.levels, asked.name, target, adjusted, actual, asked.weight, None, reason, judged, "open")


def _target(text: str | None, definition: IndicatorDefinition) -> Target | None:
    unit = definition.measure_unit or FORMULAS[definition.formula].unit
    return parse_target(text).for_unit(unit) if text else None


def _printed(actual: Fraction | None, definition: IndicatorDefinition, result: Result, target: Target | None) -> str:
    """As every other output prints it; by the form's own target where that is another one."""
    if target is None or actual is None or target.text == (definition.target or "").strip():
        return str(result["printed"])
    unit = definition.measure_unit or FORMULAS[definition.formula].unit
    return print_number(actual, unit, definition.decimals, definition.rounding, target, target.word)


class Weighed(Protocol):
    """What has a place and a weight in the form: a row, or what is asked of one."""

    @property
    def name(self) -> str: ...

    @property
    def levels(self) -> tuple[str, ...]: ...

    @property
    def weight(self) -> Fraction: ...


def weight_faults(rows: Iterable[Weighed], pack: RulePack) -> Iterator[str]:
    """Where the weights do not add up to what the rule pack asks for."""
    sums = dict.fromkeys(range(len(pack.sections)), Fraction(0))
    for row in rows:
        section = pack.section(row.levels)
        if section is None:
            yield f"“{row.name}”的级别“{'/'.join(row.levels)}”不在评分规则“{pack.name}”之内"
        else:
            sums[pack.sections.index(section)] += row.weight
    for number, given in sums.items():
        section = pack.sections[number]
        wanted = pack.for_indicators(section)
        if given != wanted:
            within = f"（{section.weight} 分中另有预算执行率 {pack.execution} 分）" if section.with_execution else ""
            yield f"{section.name}的分值合计为 {_plain(given)}，评分规则要求 {_plain(wanted)}{within}"


def _plain(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
