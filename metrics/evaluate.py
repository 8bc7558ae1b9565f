"""Figures against their target: the outcome, the printed number, and what has to be said beside it (semantics 6)."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.indicators import (
    Contract,
    Figure,
    Formula,
    IndicatorDefinition,
    IndicatorResult,
    MeasureUnit,
    Outcome,
    PeriodKind,
)
from metrics.matching import reads_tickets
from metrics.numbers import NO_DATA, print_number, print_share
from metrics.period import Period
from metrics.targets import Target, parse_share, parse_target

_PERIOD_KINDS: dict[str, PeriodKind] = {"month": "month", "quarter": "quarter", "half": "half", "year": "year"}
#: Formulas in these units add up: a site's share of a count cannot be held against the target of the whole.
_ADDITIVE = frozenset(("count", "yuan"))


def evaluate(
    definition: IndicatorDefinition, formula: Formula, figures: Sequence[Figure], contract: Contract, as_of: int
) -> list[IndicatorResult]:
    """Judge each figure.

    A target binds the periods of its ``target_period``; of counts and money it binds the total alone, because a
    part cannot be held against the whole. Figures it does not bind have no outcome.

    Raises:
        ConfigError: the target is of another nature than the indicator's unit, or ``min_coverage`` is no share.
    """
    judge = _Judge(definition, formula, contract, as_of)
    return [judge.result(figure) for figure in figures]


def own_target(definition: IndicatorDefinition, formula: Formula) -> tuple[Target | None, str]:
    """The indicator's target in its unit, and the kind of period it binds.

    Raises:
        ConfigError: the target is of another nature than the unit.
    """
    unit = definition.measure_unit or formula.unit
    target = parse_target(definition.target).for_unit(unit) if definition.target else None
    return target, definition.target_period or formula.default_target_period


class _Judge:
    def __init__(self, definition: IndicatorDefinition, formula: Formula, contract: Contract, as_of: int) -> None:
        self.definition, self.formula, self.contract, self.as_of = definition, formula, contract, as_of
        self.unit: MeasureUnit = definition.measure_unit or formula.unit
        self.target, self.target_period = own_target(definition, formula)
        self.min_coverage = parse_share(definition.min_coverage)
        once = contract.matching is not None and reads_tickets(definition, formula.needs)
        matched = contract.matching.words() if contract.matching is not None and once else ""
        self.words = "".join(filter(None, (_full_stop(definition.rule), formula.words(definition), matched)))
        self.beside: tuple[str, ...] = getattr(formula, "beside", ())

    def result(self, figure: Figure) -> IndicatorResult:
        """One figure with its outcome, its printed number and its notes."""
        definition = self.definition
        bound = self._binds(figure)
        outcome = self._outcome(figure, bound)
        return IndicatorResult(
            project=definition.project,
            indicator=definition.id,
            name=definition.name,
            formula=definition.formula,
            level_codes=definition.level_codes,
            measure_unit=self.unit,
            figure=figure,
            target=definition.target,
            target_period=self.target_period,
            outcome=outcome,
            printed=self._printed(figure, outcome),
            printed_target=self.target.printed if self.target else NO_DATA,
            weight=definition.weight,
            words=self.words,
            definition_version=definition.version,
            notes=tuple(self._notes(figure, bound, outcome)),
        )

    def _binds(self, figure: Figure) -> bool:
        if self.target is None or (figure.dimension != "total" and self.formula.unit in _ADDITIVE):
            return False
        if self.target_period == "every":
            return True
        if self.target_period == "contract":
            period = figure.period
            return (period.first_on, period.last_on) == (self.contract.starts_on, self.contract.ends_on)
        return figure.period.kind == _PERIOD_KINDS[self.target_period]

    def _outcome(self, figure: Figure, bound: bool) -> Outcome:
        """The first that applies: no_data, low_coverage, not_due, met or missed; none where no target binds."""
        ended = self._ended(figure.period)
        if figure.actual is None and not (bound and self._met_when_empty(figure)):
            return "no_data"
        if not bound or self.target is None or self.target.value is None:
            return ""
        if figure.actual is not None and figure.coverage is not None and figure.coverage < self.min_coverage:
            return "low_coverage"
        if not ended:
            return "not_due"
        return "met" if figure.actual is None or self.target.met(figure.actual) else "missed"

    def _met_when_empty(self, figure: Figure) -> bool:
        """No case occurred, of a kind of record that is known, and the contract says what that counts as."""
        says_so = self.definition.empty == "met" or (self.target is not None and self.target.empty_met)
        return says_so and figure.denominator == 0

    def _ended(self, period: Period) -> bool:
        return period.bounds(self.contract.zone)[1] <= self.as_of

    def _printed(self, figure: Figure, outcome: Outcome) -> str:
        if figure.actual is None and outcome == "met":
            return f"{NO_DATA}（未发生，按约定认定达标）"
        definition, target = self.definition, self.target if self._binds(figure) else None
        word = self.target.word if self.target else ""
        return print_number(figure.actual, self.unit, definition.decimals, definition.rounding, target, word)

    def _notes(self, figure: Figure, bound: bool, outcome: Outcome) -> list[str]:
        notes = [*self._data_notes(figure)]
        if bound and self.target is not None:
            notes += self._target_notes(self.target, figure, outcome)
        return notes

    def _data_notes(self, figure: Figure) -> list[str]:
        """What a reader of the figure has to know of the data under it."""
        notes = []
        if figure.provisional:
            notes.append("使用了尚未公布放假安排的年度，服务时间为暂定")
        if figure.presumed:
            notes.append(f"其中 {print_share(figure.presumed)} 为推定正常，没有检测佐证")
        if figure.coverage is not None and figure.coverage < 1:
            notes.append(f"覆盖率 {print_share(figure.coverage)}，其余时间没有应有的检测{_bounds(figure)}")
        labels, parts = self.formula.part_labels, figure.parts
        left = [f"{labels[name]} {parts[name]}" for name in self.beside if parts.get(name)]
        if left:
            notes.append(f"未计入：{'，'.join(left)}")
        return notes

    def _target_notes(self, target: Target, figure: Figure, outcome: Outcome) -> list[str]:
        notes = [target.assumed] if target.assumed else []
        if target.value is None:
            notes.append(f"目标“{target.text}”不是数值，由人评定")
        if figure.actual is None and outcome == "met":
            reason = self.definition.empty_reason or (target.text if target.empty_met else "")
            notes.append("本周期未发生应统计的情形，按约定认定达标" + (f"：{reason}" if reason else ""))
        if outcome == "low_coverage":
            notes.append(f"覆盖率低于 {print_share(self.min_coverage)}，不作结论")
        if outcome == "not_due":
            notes.append("考核周期尚未结束，所列为截至目前的数值")
        if self.target_period == "year" and not self._whole_in_contract(figure.period):
            notes.append(f"合同期（{self.contract.starts_on} 至 {self.contract.ends_on}）只覆盖本年度的一部分")
        return notes

    def _whole_in_contract(self, period: Period) -> bool:
        return self.contract.starts_on <= period.first_on and period.last_on <= self.contract.ends_on


def _bounds(figure: Figure) -> str:
    if figure.lower is None or figure.upper is None:
        return ""
    return f"，完成值在 {print_share(figure.lower)} 至 {print_share(figure.upper)} 之间"


def _full_stop(rule: str | None) -> str:
    return "" if not rule else rule if rule.endswith("。") else f"{rule}。"
