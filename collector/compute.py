"""From what is in the store to results: every indicator, period and breakdown in one pass over the same records.

A result is a function of (organisation, configuration, known sequence, as_of): nothing here reads a clock.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from collector.closing.figures import mark_closed
from collector.default_periods import default_periods as default_periods
from collector.needs import absent_evidence, missing_needs
from collector.reader import Reader
from collector.result_rows import Stamp, rows_of
from collector.settings import Settings
from collector.unaffected import Confirmed, affected
from collector.version import program_version
from metrics.errors import UsageError
from metrics.evaluate import evaluate
from metrics.formulas import FORMULAS
from metrics.indicators import (
    Contract,
    Dimension,
    Facts,
    Figure,
    Formula,
    IndicatorDefinition,
    IndicatorResult,
    Request,
)
from metrics.period import Period
from metrics.wanted import Demand

if TYPE_CHECKING:
    from collector.store import Store
    from metrics.service_calendar import ServiceCalendar


class Progress(Protocol):
    """Told before each indicator: its name, how many are done, how many there are."""

    def __call__(self, name: str, done: int, total: int) -> None: ...


@dataclass(frozen=True)
class Asked:
    """Which figures are wanted; empty means all."""

    periods: tuple[Period, ...] = ()
    projects: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotComputed:
    """An indicator about which nothing can be said, and why."""

    definition: IndicatorDefinition
    reason: str


@dataclass
class ComputeReport:
    """What one run computed. ``run_id`` is None when nothing was stored.

    ``unaffected``: figures (of an indicator and a period) that stand as they are and were left alone.
    """

    as_of: int
    known_sequence: int
    configuration_hash: str
    run_id: int | None = None
    unaffected: int = 0
    results: list[IndicatorResult] = field(default_factory=list)
    not_computed: list[NotComputed] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """Results with this outcome."""
        return sum(result.outcome == outcome for result in self.results)


def compute(
    settings: Settings,
    store: Store,
    asked: Asked,
    *,
    now: int,
    as_of: int | None = None,
    known_at: int | None = None,
    only_affected: bool = False,
    confirmed: Confirmed | None = None,
    progress: Progress | None = None,
) -> ComputeReport:
    """Compute and store results.

    ``only_affected``: leave alone what a compute would give again (:mod:`collector.unaffected`); ``confirmed``: since
    when at the latest that has to be asked.

    ``as_of`` and ``known_at`` (UTC seconds) default to ``now``. With ``known_at`` the configuration that was in
    force then is used, not ``settings`` as they are.

    Raises:
        UsageError: nothing was known at ``known_at``; ``as_of`` has not come; an unknown project or indicator.
    """
    effective = settings_at(settings, store, known_at)
    as_of = _not_after(now, as_of)
    sequence = store.sequence_at(known_at)
    report = ComputeReport(as_of, sequence, effective.hash)
    definitions = definitions_of(effective, asked)
    run_of = store.run("compute", effective.hash, effective.snapshot(), program_version())
    with run_of as run, _kept_objects():
        demands = [_demand(effective, definition, asked.periods, as_of) for definition in definitions]
        reader = Reader.of(effective, store, sequence, as_of)  # what is read here counts as judged
        if only_affected and known_at is None:
            left, facts = affected(effective, reader, demands, confirmed)
        else:
            left, facts = demands, reader.read(reader.needed(demands))
        report.unaffected = sum(len(one.periods) for one in demands) - sum(len(one.periods) for one in left)
        judge = Judge(effective, facts, as_of, reader.calendars)
        for done, one in enumerate(left):
            if progress is not None:
                progress(one.definition.name, done, len(left))
            judge.one(one.definition, one.periods, report)
        stamp = Stamp(effective.organization.id, as_of, now if known_at is None else known_at, sequence)
        store.save_results(run, mark_closed(store, rows_of(report.results, stamp)))
        report.run_id = run.run_id
    return report


@contextmanager
def _kept_objects() -> Iterator[None]:
    """Do not look for garbage: hundreds of thousands of small objects are made, nearly all of which stay.

    Looking through them again and again took a sixth of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _not_after(now: int, as_of: int | None) -> int:
    """``as_of``, at the latest ``now``: a date alone means its end, which today has not come.

    Raises:
        UsageError: it is more than a day ahead.
    """
    if as_of is None:
        return now
    if as_of > now + 86_400:
        raise UsageError("截止时间晚于现在，届时的事还没有发生；不写 --as-of 即算到现在")
    return min(as_of, now)


def settings_at(settings: Settings, store: Store, known_at: int | None) -> Settings:
    """The configuration in force at ``known_at``; the present one for None.

    Raises:
        UsageError: nothing had been run by then.
    """
    if known_at is None:
        return settings
    snapshot = store.configuration_at(known_at)
    if snapshot is None:
        raise UsageError("所问的知悉时间早于第一次采集，当时没有任何数据和配置")
    return Settings.from_snapshot(snapshot, settings.workspace)


def _demand(settings: Settings, definition: IndicatorDefinition, periods: Sequence[Period], as_of: int) -> Demand:
    """The asked periods, without any every default one."""
    contract = settings.contract(definition.project)
    return Demand(definition, contract, periods or default_periods(settings, contract, as_of))


def definitions_of(settings: Settings, asked: Asked) -> list[IndicatorDefinition]:
    """The indicators asked for, in the configuration's order.

    Raises:
        UsageError: a project or an indicator of that name does not exist; the nearest one is suggested.
    """
    from collector.configuration.problems import unknown_name

    for project in asked.projects:
        settings.project(project)
    known = dict.fromkeys(definition.id for definition in settings.indicators)
    for indicator in asked.indicators:
        if indicator not in known:
            raise UsageError(unknown_name("指标", indicator, known))
    return [
        definition
        for definition in settings.indicators
        if (not asked.projects or definition.project in asked.projects)
        and (not asked.indicators or definition.id in asked.indicators)
    ]


class Judge:
    """Computes indicators from one configuration and one set of facts."""

    def __init__(
        self, settings: Settings, facts: Facts, as_of: int, calendars: Mapping[str, ServiceCalendar] | None = None
    ) -> None:
        self.settings = settings
        self.facts = facts
        self.as_of = as_of
        self.calendars = settings.calendars() if calendars is None else calendars

    def request(
        self, definition: IndicatorDefinition, periods: Sequence[Period], dimensions: Sequence[Dimension]
    ) -> Request:
        """What the indicator's formula is asked."""
        contract = self.settings.contract(definition.project)
        return Request(definition, self.facts, contract, self.calendars, periods, dimensions, self.as_of)

    def one(
        self,
        definition: IndicatorDefinition,
        periods: Sequence[Period],
        report: ComputeReport,
    ) -> None:
        """Add the indicator's results, or why there are none, to the report."""
        if not periods:
            return
        reason = missing_needs(definition, self.facts)
        if reason is not None:
            report.not_computed.append(NotComputed(definition, reason))
        report.results += self.results(definition, periods, reason)

    def results(
        self, definition: IndicatorDefinition, periods: Sequence[Period], missing: str | None
    ) -> list[IndicatorResult]:
        """Results for the total and the breakdowns; without data, with the note ``missing``, where that is given."""
        contract = self.settings.contract(definition.project)
        formula = FORMULAS[definition.formula]
        if missing is not None:
            return _nothing(definition, formula, contract, periods, self.as_of, missing)
        request = self.request(definition, periods, ("total", *definition.breakdowns))
        results = evaluate(definition, formula, formula.measure(request), contract, self.as_of)
        note = absent_evidence(definition, self.facts)
        return results if note is None else [replace(result, notes=(*result.notes, note)) for result in results]


def _nothing(
    definition: IndicatorDefinition,
    formula: Formula,
    contract: Contract,
    periods: Sequence[Period],
    as_of: int,
    reason: str,
) -> list[IndicatorResult]:
    """No data for every period: a contract's ``empty: met`` is about cases that did not occur, not about files."""
    strict = definition.model_copy(update={"empty": "no_data"})
    figures = [Figure(period, "total", "", None, None, None) for period in periods]
    results = evaluate(strict, formula, figures, contract, as_of)
    return [replace(result, outcome="no_data", notes=(reason, *result.notes)) for result in results]
