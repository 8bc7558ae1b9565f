"""The forecast of every indicator of a project, seen from the end of a month (from June on)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from collector.publish.dossier import Forecast
from metrics.error_budget import error_budget
from metrics.evaluate import own_target
from metrics.formulas import FORMULAS
from metrics.indicators import Contract, Figure, IndicatorDefinition, IndicatorResult, Request
from metrics.outlook import PLANNED, Rest, outlook
from metrics.outlook_words import outlook_words
from metrics.period import Period, period_of
from metrics.scoring.reach import Weighted, reach_words

if TYPE_CHECKING:
    from collector.dossier import Bench

FIRST_MONTH = 6
YEAR = "全年"


def forecasts(bench: Bench, definitions: Sequence[IndicatorDefinition], period: Period) -> list[Forecast]:
    """What the rest of the year, or of the contract, must look like; nothing before June or for longer periods."""
    if period.kind != "month" or period.first_on.month < FIRST_MONTH:
        return []
    found = (_forecast(bench, definition, period) for definition in definitions)
    return [forecast for forecast in found if forecast is not None]


def band_words(bench: Bench, project: str, period: Period, found: Sequence[Forecast]) -> str:
    """Which band of the year's self-evaluation can still be reached; nothing where the project has none."""
    settings = bench.basis.settings
    forms = [
        one for one in settings.self_evaluations if (one.project, one.fiscal_year) == (project, period.first_on.year)
    ]
    if not found or not forms:
        return ""
    seen = {one.indicator: one.outlook for one in found if one.term == YEAR}
    rows = [
        Weighted(
            definition.name,
            Fraction(definition.weight),
            definition.measure_unit or FORMULAS[definition.formula].unit,
            seen.get(definition.id),
        )
        for definition in settings.indicators
        if definition.project == project and definition.weight
    ]
    return reach_words(rows, settings.rule_pack(forms[0].rule_pack))


def _forecast(bench: Bench, definition: IndicatorDefinition, period: Period) -> Forecast | None:
    formula = FORMULAS[definition.formula]
    target, target_period = own_target(definition, formula)
    contract = bench.judge.settings.contract(definition.project)
    term = _term(target_period, period, contract)
    if target is None or term is None or term.last_on <= period.last_on:
        return None
    begun = Period(term.first_on, period.last_on, "range")
    result = bench.so_far(definition, period) if target_period != "contract" else _one(bench, definition, begun)
    rest = _rest(bench, definition, result, begun, term)
    seen = outlook(definition.formula, target, result.figure, rest)
    if seen is None:
        return None
    word = "合同期" if target_period == "contract" else YEAR
    words = outlook_words(seen, result.measure_unit, *formula.sides(definition), word)
    return Forecast(definition.id, definition.name, result.printed, result.printed_target, seen, words, word)


def _one(bench: Bench, definition: IndicatorDefinition, period: Period) -> IndicatorResult:
    [result] = bench.judge.results(definition.model_copy(update={"breakdowns": ()}), [period], None)
    return result


def _term(target_period: str, period: Period, contract: Contract) -> Period | None:
    """The days that the target judges, inside the contract; None for what is judged by month or quarter."""
    if target_period == "contract":
        return Period(contract.starts_on, contract.ends_on, "range")
    if target_period not in ("every", "year"):
        return None
    year = period_of("year", period.first_on)
    first, last = max(year.first_on, contract.starts_on), min(year.last_on, contract.ends_on)
    return Period(first, last, "range") if first <= last else None


def _rest(bench: Bench, definition: IndicatorDefinition, so_far: IndicatorResult, begun: Period, term: Period) -> Rest:
    days = (term.last_on - begun.last_on).days
    elapsed = (begun.last_on - term.first_on).days + 1
    planned = _planned(bench, definition, so_far.figure, term) if definition.formula in PLANNED else None
    return Rest(_months(begun.last_on, term.last_on), elapsed, days, planned)


def _months(after: date, until: date) -> Fraction:
    """Months from the day after ``after`` (a month's last) to ``until``; a part of a month counts as its days do."""
    whole = (until.year - after.year) * 12 + until.month - after.month
    first = until.replace(day=1)
    next_first = (first + timedelta(days=32)).replace(day=1)
    return Fraction(whole - 1) + Fraction(until.day, (next_first - first).days) if whole else Fraction(0)


def _planned(bench: Bench, definition: IndicatorDefinition, so_far: Figure, term: Period) -> Fraction | None:
    """What the rest adds to the denominator, by calendar, register and plan as they are known."""
    judge = bench.judge
    contract = judge.settings.contract(definition.project)
    end = max(judge.as_of, term.bounds(contract.zone)[1])
    formula = FORMULAS[definition.formula]

    def measured(period: Period) -> Figure:
        request = Request(definition, judge.facts, contract, judge.calendars, [period], ("total",), end)
        [figure] = formula.measure(request)
        return figure

    if definition.formula == "availability":
        target, _ = own_target(definition, formula)
        assert target is not None
        budget = error_budget(target, definition.params, so_far, measured(term))
        return None if budget is None else budget.required - (so_far.denominator or 0)
    rest = Period(so_far.period.last_on + timedelta(days=1), term.last_on, "range")
    return measured(rest).denominator
