"""The figures of a pack: what stands, computed again, with the rows behind each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from collector.evidence.recount import Rule, rule_of
from collector.explain import Basis, Question, basis_at, check_log, definition_of, judged
from collector.outputs import in_order, publication
from collector.publish.explanation import ROLE_LABELS
from collector.publish.publication import Publication, Result, results_of
from collector.result_rows import decimal_text, from_iso
from collector.settings import Settings
from collector.trace import dicts, trace
from metrics.errors import UsageError
from metrics.formulas import FORMULAS
from metrics.indicators import Evidence, Facts, IndicatorDefinition, IndicatorResult, Side
from metrics.period import Period, parse_period

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Store

_BLOCK = 5_000  # rows traced at a time; bounds the memory of their texts
_COMPARED = ("numerator", "denominator", "actual")
_ROLES = tuple(ROLE_LABELS)
_KINDS = ("down", "unknown", "excluded", "required")


@dataclass(frozen=True)
class FigureEvidence:
    """One indicator's figure of the period with everything behind it.

    Attributes:
        stored: the result as it stands; ``result``: the same computed again from what it cites.
        above, below: what stands above and below the line.
        months: the totals of the months inside the period; ``parts``: the breakdowns of the period.
        evidence: the rows and spans; read them by :meth:`rows` and :meth:`spans`.
        log: the checks by target, day and file of the log, where checks are evidence.
    """

    number: int
    definition: IndicatorDefinition
    stored: Result
    result: IndicatorResult
    above: Side
    below: Side | None
    rule: Rule
    basis: Basis
    months: Sequence[Result]
    parts: Sequence[Result]
    evidence: Evidence
    log: pd.DataFrame | None
    _facts: Facts = field(repr=False)
    _store: Store = field(repr=False)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The records with their lineage (see ``collector.trace``), those above the line first; streamed."""
        rows = self.evidence.rows
        yield from self._traced(rows.iloc[_order(rows["role"], _ROLES)])

    def spans(self) -> Iterator[dict[str, Any]]:
        """The stretches of time with their lineage, what was lost first; none where the formula has none."""
        if self.evidence.spans is not None:
            yield from self._traced(self.evidence.spans.iloc[_order(self.evidence.spans["kind"], _KINDS)])

    def _traced(self, rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
        rows = rows.reset_index(drop=True)
        for start in range(0, len(rows), _BLOCK):
            block = trace(self._store, self._facts, rows.iloc[start : start + _BLOCK], self.basis.settings.zone)
            for row in dicts(block):
                row_no = row["row_no"]  # floating point where a row of the block has none
                yield {**row, "row_no": None if row_no is None else int(row_no)}


def _order(column: pd.Series[Any], names: Sequence[str]) -> Any:
    return column.map({name: place for place, name in enumerate(names)}).astype("int64").argsort(kind="stable")


@dataclass
class Gatherer:
    """Gathers the figures of one project's period."""

    settings: Settings
    store: Store
    project: str
    period: Period
    whole: Publication = field(init=False)
    _facts: dict[int, Facts] = field(default_factory=dict)
    _bases: dict[tuple[str, int, int], Basis] = field(default_factory=dict)

    def __post_init__(self) -> None:
        frame = self.store.results(project=self.project)
        results = in_order(results_of(frame.to_dict("records")))
        inside = [one for one in results if self._concerns(one)]
        if not any(one["period"] == self.period.label for one in inside):
            raise UsageError(
                f"“{self.settings.project(self.project).name}”还没有 {self.period.label} 的结果，"
                f"请先运行 yunwei compute {self.period.label}"
            )
        self.whole = publication(self.settings, self.store, inside, self.project)

    def _concerns(self, result: Result) -> bool:
        if result["period"] == self.period.label:
            return True
        period = parse_period(result["period"])
        inside = self.period.first_on <= period.first_on and period.last_on <= self.period.last_on
        return period.kind == "month" and inside and result.is_total

    def totals(self, indicators: Sequence[str] = ()) -> list[Result]:
        """The totals of the period, of all indicators or those named, in their order.

        Raises:
            UsageError: one of the named has no result.
        """
        found = [one for one in self.whole.results if one["period"] == self.period.label and one.is_total]
        known = {one["indicator"] for one in found}
        for name in indicators:
            if name not in known:
                raise UsageError(f"{self.period.label} 没有指标“{name}”的结果；有：{'、'.join(sorted(known))}")
        return [one for one in found if not indicators or one["indicator"] in indicators]

    def figure(self, number: int, stored: Result) -> FigureEvidence:
        """One figure computed again, with its evidence.

        Raises:
            UsageError: it does not come out as it was stored: the program has changed since.
            ConfigError: its configuration cannot be read by this version.
        """
        basis, facts = self._basis(stored)
        question = Question(stored["indicator"], self.period, project=self.project)
        definition = definition_of(basis.settings, question)
        result, evidence = judged(basis, facts, definition, question)
        if any(decimal_text(getattr(result.figure, name)) != stored[name] for name in _COMPARED):
            raise UsageError(
                f"“{definition.name}”按保存时的数据和配置重算，与保存的结果（{stored['printed']}）不同：计算程序已有改动；"
                "请先重新计算，已封账的重新封账"
            )
        above, below = FORMULAS[definition.formula].sides(definition)
        mine = [one for one in self.whole.results if one["indicator"] == stored["indicator"]]
        return FigureEvidence(
            number,
            definition,
            stored,
            result,
            above,
            below,
            rule_of(definition),
            basis,
            [one for one in mine if one["period"] != self.period.label],
            [one for one in mine if one["period"] == self.period.label and not one.is_total],
            evidence,
            check_log(self.store, basis, question, facts, evidence),
            facts,
            self.store,
        )

    def _basis(self, stored: Result) -> tuple[Basis, Facts]:
        key = (stored["configuration_hash"], stored["known_sequence"], from_iso(stored["as_of"]))
        if key not in self._bases:
            self._bases[key] = basis_at(self.settings, self.store, *key)
        sequence = key[1]
        if sequence not in self._facts:
            self._facts = {sequence: self.store.facts(sequence=sequence)}  # figures of one revision share it
        return self._bases[key], self._facts[sequence]
