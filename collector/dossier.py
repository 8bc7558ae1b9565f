"""Builds the dossier of a period: the lists behind its papers, on the basis of its stored results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from collector.compute import Judge
from collector.explain import Basis, basis_at
from collector.forecast import band_words, forecasts
from collector.ledgers import entries, outages, presences, spreads
from collector.needs import missing_needs
from collector.proofs import Proofs
from collector.publish.dossier import Contradiction, Dossier
from collector.publish.publication import Result, plain
from collector.result_rows import from_iso
from collector.settings import Settings
from collector.trace import place, trace
from metrics.contradictions import CONTRADICTION_LABELS, contradictions
from metrics.indicators import Facts, IndicatorDefinition, IndicatorResult
from metrics.period import Period, parse_period, period_of, periods_between

if TYPE_CHECKING:
    from collector.store import Store

_MOST_REJECTED = 500


@dataclass
class Bench:
    """One basis with everything computed on it: facts, calendars, figures so far; shared by many periods."""

    store: Store
    basis: Basis

    @cached_property
    def facts(self) -> Facts:
        """All that was known."""
        return self.store.facts(sequence=self.basis.sequence)

    @cached_property
    def judge(self) -> Judge:
        """What computes."""
        return Judge(self.basis.settings, self.facts, self.basis.as_of)

    def definitions(self, project: str) -> list[IndicatorDefinition]:
        """The project's indicators about which something can be said."""
        return [
            definition
            for definition in self.basis.settings.indicators
            if definition.project == project and missing_needs(definition, self.facts) is None
        ]

    @cached_property
    def _so_far(self) -> dict[tuple[str, str, int], dict[Period, IndicatorResult]]:
        return {}

    def so_far(self, definition: IndicatorDefinition, period: Period) -> IndicatorResult:
        """The figure from the year's first day to the last of ``period``; a year's months are computed in one go."""
        year = period_of("year", period.first_on)
        key = (definition.project, definition.id, year.first_on.year)
        asked = Period(year.first_on, period.last_on, "range")
        if asked not in self._so_far.get(key, {}):
            months = periods_between(year.first_on, year.last_on, "month")
            ranges = {asked: None} | {Period(year.first_on, month.last_on, "range"): None for month in months}
            plain_one = definition.model_copy(update={"breakdowns": ()})
            found = self.judge.results(plain_one, list(ranges), None)
            self._so_far[key] = {result.figure.period: result for result in found}
        return self._so_far[key][asked]


class Dossiers:
    """Dossiers of many periods out of one set of stored results (of all periods, for trends and changes)."""

    def __init__(self, settings: Settings, store: Store, history: Sequence[Result], shown_rows: int) -> None:
        self.settings, self.store, self.shown_rows = settings, store, shown_rows
        self.history = [result for result in history if result.is_total]
        self._benches: dict[tuple[str, int, int], Bench] = {}

    def of(self, project: str, period: Period, results: Sequence[Result]) -> Dossier:
        """The dossier of the project and period whose ``results`` these are.

        Raises:
            ConfigError: the configuration of a result cannot be read by this version.
        """
        newest = max(results, key=lambda result: result["run_id"])
        bench = self.bench(newest)
        history = [result for result in self.history if result["project"] == project]
        definitions = bench.definitions(project)
        proofs = Proofs(self.store, period, self.bench, self.shown_rows)
        month, foreseen = period.kind == "month", forecasts(bench, definitions, period)
        return Dossier(
            project=project,
            period=period,
            history=history,
            formulas={one.id: one.formula for one in definitions},
            by_month=[one.id for one in definitions if _is_counted_by_month(one)],
            so_far={one.id: bench.so_far(one, period) for one in definitions} if month else {},
            spreads=spreads(bench.judge, project, definitions, period),
            outages=outages(bench.judge, definitions, period, proofs),
            presences=presences(bench.judge, definitions, period),
            entries=entries(bench.judge, definitions, period),
            contradictions=list(self._contradictions(bench, project, period)),
            forecasts=foreseen,
            band=band_words(bench, project, period, foreseen),
            rejected=list(self._rejected()),
            evidence=proofs.of,
        )

    def bench(self, result: Result) -> Bench:
        """The basis on which a stored result was computed."""
        key = (result["configuration_hash"], int(result["known_sequence"]), from_iso(result["as_of"]))
        if key not in self._benches:
            self._benches[key] = Bench(self.store, basis_at(self.settings, self.store, *key))
        return self._benches[key]

    def _contradictions(self, bench: Bench, project: str, period: Period) -> Iterator[Contradiction]:
        settings = bench.basis.settings
        found = contradictions(bench.facts, settings.contract(project), [period], bench.basis.as_of)
        for row in trace(self.store, bench.facts, found, settings.zone).to_dict("records"):
            kind = CONTRADICTION_LABELS[str(row["kind"])]
            where = place({name: plain(row[name]) for name in ("source", "name", "sheet", "row_no")})
            yield Contradiction(kind, int(row["at"]), str(row["text"]), where)

    def _rejected(self) -> Iterator[tuple[str, str, str]]:
        names = {source.id: source.name for source in self.settings.sources}
        for row in self.store.rejection_log().rows(first=_MOST_REJECTED).to_dict("records"):
            cells = {name: plain(row[name]) for name in ("source", "name", "sheet", "row_no")}
            yield names.get(str(row["source"]), str(row["source"])), place(cells), str(row["reason"])


def _is_counted_by_month(definition: IndicatorDefinition) -> bool:
    """Counts of inspections and hearing support; what is counted for the contract as a whole is no table by month."""
    counts = definition.formula == "count" and definition.params.record in ("inspection", "support_event")
    return counts and definition.target_period != "contract"


def periods_of(results: Sequence[Result]) -> list[Period]:
    """The periods among results, in time, months before what is longer."""
    return sorted({parse_period(result["period"]) for result in results}, key=lambda period: period.rank)
