"""What a self-evaluation says against its project, its indicators and its rule pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from collector.configuration.indicator_checks import is_mark, target_problems
from collector.configuration.problems import Problem, unknown_name
from collector.configuration.self_evaluation import EvaluatedIndicator, SelfEvaluationSettings
from collector.configuration.validate import Place
from metrics.indicators import IndicatorDefinition
from metrics.papers.figures import show
from metrics.scoring.marks import round_mark
from metrics.scoring.pack import GRADE_LABELS, RulePack

if TYPE_CHECKING:
    from collector.configuration.documents import Workspace

EXECUTION_FORMULA = "budget_execution"


def self_evaluation_problems(read: Workspace, projects: Iterable[str] | None) -> Iterator[Problem]:
    """Everything about the forms that only their surroundings can tell; ``projects``: None where not known."""
    packs = {stanza.model.id: stanza.model for stanza in read.rule_packs if stanza.model}
    definitions = [stanza.model for stanza in read.indicators if stanza.model]
    broken = any(stanza.model is None for stanza in read.indicators)
    first: dict[tuple[str, int], Place] = {}
    for stanza in read.self_evaluations:
        place, model = stanza.place, stanza.model
        if model is None:
            continue
        if projects is not None and model.project not in projects:
            yield place.below("project").problem(unknown_name("运维项目", model.project, projects))
            continue
        key = (model.project, model.fiscal_year)
        if key in first:
            known = first[key]
            where = f"{known.file}:{known.root.line_of(known.path)}"
            yield place.below("fiscal_year").problem(f"{model.fiscal_year} 年的自评已在 {where} 写过")
        first.setdefault(key, place)
        if model.rule_pack not in packs and all(stanza.model for stanza in read.rule_packs):
            yield place.below("rule_pack").problem(unknown_name("评分规则", model.rule_pack, packs))
        if not broken:
            yield from _of_one(place, model, definitions, packs.get(model.rule_pack))


def _of_one(
    place: Place, model: SelfEvaluationSettings, definitions: Iterable[IndicatorDefinition], pack: RulePack | None
) -> Iterator[Problem]:
    own = {definition.id: definition for definition in definitions if definition.project == model.project}
    yield from _execution(place.below("execution"), model, own)
    yield from _funds(place.below("funds"), model)
    seen: set[str] = set()
    for index, row in enumerate(model.indicators):
        at = place.below("indicators", index)
        definition = own.get(row.indicator) if row.indicator else None
        if row.indicator and definition is None:
            yield at.below("indicator").problem(unknown_name("指标", row.indicator, own))
            continue
        if row.indicator and row.indicator in seen:
            yield at.below("indicator").problem(f"“{row.indicator}”在上面已写过，一个指标只写一处")
        seen.add(row.indicator or "")
        yield from _row(at, row, definition, pack)


def _execution(
    place: Place, model: SelfEvaluationSettings, own: Mapping[str, IndicatorDefinition]
) -> Iterator[Problem]:
    rates = [name for name, definition in own.items() if definition.formula == EXECUTION_FORMULA]
    if model.execution is None:
        whole = [name for name in rates if not getattr(own[name].params, "source_of_funds", ())]
        if len(whole) > 1:
            yield place.problem(f"项目有几个预算执行率（{'、'.join(whole)}），请用 execution 写明是哪一个")
    elif model.execution not in own:
        yield place.problem(unknown_name("指标", model.execution, rates))
    elif model.execution not in rates:
        yield place.problem(f"“{model.execution}”不是预算执行率（公式应为 {EXECUTION_FORMULA}）")


def _funds(place: Place, model: SelfEvaluationSettings) -> Iterator[Problem]:
    rows: dict[str, str] = {}
    for index, fund in enumerate(model.funds):
        for source in fund.recorded:
            if source in rows:
                yield place.below(index).problem(f"资金来源“{source}”已归入“{rows[source]}”，不能归入两行")
            rows.setdefault(source, fund.name)


def _row(
    place: Place, row: EvaluatedIndicator, definition: IndicatorDefinition | None, pack: RulePack | None
) -> Iterator[Problem]:
    weight = row.weight if row.weight is not None else definition.weight if definition else None
    if weight is None:
        yield place.problem("没有分值：指标没有写 weight，请在指标中或此处写")
        return
    if definition is not None:
        for key, text in (("target", row.target), ("adjusted_target", row.adjusted_target)):
            if text is not None:
                yield from target_problems(place.below(key), text, definition)
    if row.mark is None or not is_mark(weight):
        return
    most, mark = Fraction(weight), Fraction(row.mark)
    if mark > most:
        yield place.below("mark").problem(f"得分 {row.mark} 超过分值 {weight}")
    elif pack is not None and Fraction(round_mark(mark, pack)) != mark:
        yield place.below("mark").problem(f"得分 {row.mark} 的小数多于评分规则所留的 {pack.decimals} 位")
    elif pack is not None and row.grade is not None and not pack.within(most, row.grade, mark):
        least, limit = pack.band(most, row.grade)
        below = "" if row.grade == "achieved" else f"，低于 {show(limit)}"
        fact = f"“{GRADE_LABELS[row.grade]}”的得分应不低于 {show(least)}{below}（分值 {weight}），此处写了 {row.mark}"
        yield place.below("mark").problem(fact)
