"""From configuration, stored results and recorded money to the whole form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from collector.compute import Judge
from collector.configuration.self_evaluation import SelfEvaluationSettings
from collector.outputs import publication, stored_results
from collector.publish.objections import decision_words, objection_words
from collector.publish.publication import Publication, Result
from collector.publish.standing import Standing
from collector.result_rows import from_iso
from collector.selfeval.analysis import analysis_of
from collector.selfeval.funds import by_received, fund_lines
from collector.selfeval.model import Execution, SelfEvaluation
from collector.selfeval.rows import Scorer, asked_rows, execution_of, weight_faults
from collector.settings import Settings
from metrics.errors import UsageError
from metrics.indicators import IndicatorDefinition
from metrics.period import Period, parse_period
from metrics.scoring.marks import execution_score, round_mark, total_of
from metrics.scoring.pack import RulePack

if TYPE_CHECKING:
    from collector.store import Store


def chosen(settings: Settings, year: int | None, project: str | None) -> list[SelfEvaluationSettings]:
    """The configured self-evaluations of that year and project; all without either.

    Raises:
        UsageError: none is configured, or no such project.
    """
    if project is not None:
        settings.project(project)
    found = [
        model
        for model in settings.self_evaluations
        if year in (None, model.fiscal_year) and project in (None, model.project)
    ]
    if not found:
        years = "、".join(sorted({str(model.fiscal_year) for model in settings.self_evaluations}))
        known = f"；已配置的年度：{years}" if years else ""
        raise UsageError(f"没有这样的自评配置，请在 self_evaluation/ 中写一份（见 docs/configuration.md）{known}")
    return found


def build(settings: Settings, store: Store, model: SelfEvaluationSettings, *, final: bool = False) -> SelfEvaluation:
    """The form with everything that is known; what keeps it from being final stands in ``missing``.

    Raises:
        UsageError: nothing was computed yet for the year.
    """
    period = parse_period(str(model.fiscal_year))
    whole = _standing_results(settings, store, model, period)
    results = {result["indicator"]: result for result in whole.results}
    standing = whole.standing(model.project, period.label)
    own = {d.id: d for d in settings.indicators if d.project == model.project}
    pack = settings.rule_pack(model.rule_pack)
    newest = max(results.values(), key=lambda result: (int(result["known_sequence"]), str(result["as_of"])))
    as_of = from_iso(newest["as_of"])
    ended = period.bounds(settings.zone)[1] <= as_of
    definition = execution_of(model, own)
    scorer = Scorer(pack)
    rows = [scorer.row(one) for one in asked_rows(model, own, definition.id if definition else None, results, ended)]
    facts = store.facts(sequence=int(newest["known_sequence"]))
    judge = Judge(settings, facts, as_of)
    funds = fund_lines(judge, definition, period, model.funds) if definition else []
    execution, lacking = _execution(definition, results, pack, ended)
    missing = [*lacking, *scorer.missing, *weight_faults(rows, pack)]
    marks = [execution.mark, *(row.mark for row in rows)]
    total = None if missing else total_of([mark for mark in marks if mark is not None])
    missing += [*scorer.wanting, *_goals_missing(model)]
    if standing.is_draft:
        missing.append(f"{period.label} 年的数字尚未封账，还可能变动，请先运行 yunwei close {period.label}")
    return SelfEvaluation(
        year=model.fiscal_year,
        organization=settings.organization.name,
        project_id=model.project,
        project=model.project_name or settings.project(model.project).name,
        department=model.department or "",
        unit=model.unit or settings.organization.name,
        pack=pack,
        execution=execution,
        funds=funds,
        funds_received=any(line.received for line in funds),
        goals=[(goal.expected, goal.achieved) for goal in model.goals],
        rows=rows,
        total=total,
        band="" if total is None else pack.bands.word(Fraction(total)),
        analysis=analysis_of(model.analysis, execution, funds, rows),
        missing=tuple(dict.fromkeys(missing)),
        blanks=tuple(_blanks(model)),
        basis=tuple(_basis(whole, standing)),
        as_of=_local_day(newest, settings),
        final=final,
    )


def _standing_results(settings: Settings, store: Store, model: SelfEvaluationSettings, period: Period) -> Publication:
    """The project's yearly totals: those of the newest revision where the year is closed."""
    found = stored_results(store, [period.label], dimension=("total", None))
    whole = publication(settings, store, found, model.project)
    if not whole.results:
        raise UsageError(f"还没有 {model.project} 项目 {period.label} 年的结果，请先运行 yunwei compute")
    return whole


def _execution(
    definition: IndicatorDefinition | None, results: Mapping[str, Result], pack: RulePack, ended: bool
) -> tuple[Execution, list[str]]:
    """The mark for execution, or why there is none."""
    weight = Fraction(pack.execution)
    name = definition.name if definition else "预算执行率"
    result = results.get(definition.id) if definition else None
    rate = result.fraction("actual") if result else None
    received = definition is not None and by_received(definition)
    if definition is None:
        why = "项目没有预算执行率指标，预算执行率得分无从计算"
    elif result is None:
        why = f"没有“{name}”的年度结果，请先运行 yunwei compute"
    elif rate is None:
        why = "没有预算和支出的记录，预算执行率得分无从计算"
    elif not ended:
        why = "考核年度尚未结束，预算执行率得分待定"
    else:
        score = execution_score(rate, weight, pack)
        mark = round_mark(score.mark, pack)
        return Execution(name, weight, mark, score.words, score.arithmetic, received), []
    return Execution(name, weight, None, why, "", received), [why]


def _goals_missing(model: SelfEvaluationSettings) -> Iterator[str]:
    if not model.goals:
        yield "没有写年度总体目标与实际完成情况（goals）"
    for goal in model.goals:
        if not goal.achieved:
            yield f"年度总体目标“{_short(goal.expected)}”缺少实际完成情况（achieved）"


def _short(text: str, length: int = 16) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _blanks(model: SelfEvaluationSettings) -> Iterator[str]:
    """What the form has room for and nobody has written."""
    named = {"department": "主管部门", **_JUDGEMENT}
    for key, label in named.items():
        holder = model if key == "department" else model.analysis
        if not getattr(holder, key):
            yield f"{label}（{key}）"


_JUDGEMENT = {"experience": "主要经验及做法", "problems": "存在的问题及原因", "improvement": "下一步改进措施"}


def _local_day(result: Result, settings: Settings) -> str:
    """The last day that counted: ``as_of`` is exclusive."""
    return datetime.fromtimestamp(from_iso(result["as_of"]) - 1, settings.zone).date().isoformat()


def _basis(whole: Publication, standing: Standing) -> Iterator[str]:
    """The standing of the year and of its months, the runs behind the figures, and vendors' objections to them."""
    yield standing.sentence
    if standing.summed:
        yield f"各月：{standing.summed_sentence()}"
    for result in {result["run_id"]: result for result in whole.results}.values():
        as_of = datetime.fromtimestamp(from_iso(result["as_of"]), whole.zone).strftime("%Y-%m-%d %H:%M")
        yield (
            f"数据依据：第 {result['run_id']} 次运行，截止时间 {as_of}，知悉序号 {result['known_sequence']}，"
            f"配置 {result['configuration_hash'][:12]}"
        )
    names = {result["indicator"]: result["name"] for result in whole.results}
    for one in whole.objections_to(standing.project, period=standing.period):
        decided = "；".join(decision_words(decision) for decision in one.decisions) or "尚未裁定"
        yield f"异议：“{names.get(one.indicator, one.indicator)}”，{objection_words(one)}；{decided}"
