"""Closing: what a period's figures are by the present records and rules, held against what was computed, then kept.

A revision holds the results as they are computed at the moment of closing; they are only kept when they say what
the officer has seen, that is what the newest ``yunwei compute`` stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collector.closing.figures import Key, differing, figures, named
from collector.compute import Asked, ComputeReport, Judge, definitions_of
from collector.result_rows import Stamp, from_iso, rows_of
from collector.settings import Settings
from collector.store import Closing, Revision
from collector.version import program_version
from metrics.errors import UsageError
from metrics.period import Period, periods_between

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Store
    from metrics.indicators import Facts

_SHOWN = 5  # figures named in a sentence


@dataclass(frozen=True)
class Plan:
    """One period of one project that can be closed.

    Attributes:
        newest: its newest revision; None: it is closed for the first time.
        rows: the results as they are now.
        changed: figures that differ from the newest revision, as sentences; empty where there is nothing to correct.
        warnings: what is still open; closing it all the same needs a person's word.
    """

    project: str
    period: Period
    newest: Revision | None
    sequence: int
    as_of: int
    now: int
    rows: pd.DataFrame
    changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def revision_no(self) -> int:
        """The number it would get."""
        return 1 if self.newest is None else self.newest.revision_no + 1

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to close or to correct."""
        return self.newest is None or bool(self.changed)


def close(
    settings: Settings, store: Store, plans: Sequence[Plan], *, closed_by: str | None = None, reason: str | None = None
) -> list[Revision]:
    """Keep the plans as revisions, all of them or none; those with nothing to correct are left out.

    Raises:
        PassingError: another program closed one of the periods meanwhile.
    """
    needed = [plan for plan in plans if plan.is_needed]
    if not needed:
        return []
    with store.run("close", settings.hash, settings.snapshot(), program_version()) as run:
        closings = [_closing(plan, settings, closed_by, reason) for plan in needed]
        store.close_periods(run, closings, program_version())
    made = {(plan.project, plan.period.label, plan.revision_no) for plan in needed}
    return [one for one in store.revisions() if (one.project, one.period, one.revision_no) in made]


def _closing(plan: Plan, settings: Settings, closed_by: str | None, reason: str | None) -> Closing:
    start, end = plan.period.bounds(settings.zone)
    rows = plan.rows.assign(data_state="closed", revision_no=plan.revision_no)
    return Closing(
        plan.project,
        plan.period.label,
        plan.revision_no,
        start,
        end,
        plan.sequence,
        plan.as_of,
        rows,
        closed_by,
        reason,
        "\n".join(plan.warnings) or None,
    )


@dataclass
class Planner:
    """Looks at periods with the present records and rules; ``now`` in UTC seconds."""

    settings: Settings
    store: Store
    now: int
    sequence: int = field(init=False)
    facts: Facts = field(init=False)
    _judges: dict[int, Judge] = field(default_factory=dict)
    _rows: dict[tuple[str, Period, int], pd.DataFrame] = field(default_factory=dict)
    _planned: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sequence = self.store.sequence_at(None)
        self.facts = self.store.facts(sequence=self.sequence)

    def plan(self, periods: Sequence[Period], project: str | None = None) -> list[Plan]:
        """What closing ``periods`` would keep, for the project or for every one whose contract touches them.

        In the order of time, months before the longer periods that sum them.

        Raises:
            UsageError: a period has not ended or lies outside the contracts, nothing was computed for it, or what
                was computed is not what the present records and rules give.
        """
        ordered = sorted(set(periods), key=lambda period: period.rank)
        for period in ordered:
            end = period.bounds(self.settings.zone)[1]
            if end > self.now:
                ends = datetime.fromtimestamp(end, self.settings.zone).strftime("%Y-%m-%d %H:%M")
                raise UsageError(f"{period.label} 到 {ends} 才结束，尚不能封账")
        asked = [(name, period) for period in ordered for name in self._projects(period, project)]
        seen = {key: self._seen(*key) for key in asked}
        moments = {key: self._moment(*key, rows) for key, rows in seen.items()}
        self._compute(moments)
        return [self._plan(*key, moments[key], seen[key]) for key in asked]

    def _projects(self, period: Period, project: str | None) -> list[str]:
        if project is not None:
            self.settings.project(project)
        wanted = [project] if project is not None else [one.id for one in self.settings.projects]
        found = [name for name in wanted if self._touches(name, period)]
        if not found:
            raise UsageError(f"{period.label} 不在{'运维项目' if project is None else f'“{project}”'}的合同期内")
        return found

    def _touches(self, project: str, period: Period) -> bool:
        contract = self.settings.contract(project)
        return contract.starts_on <= period.last_on and period.first_on <= contract.ends_on

    def _seen(self, project: str, period: Period) -> dict[Key, Mapping[str, Any]]:
        """What was computed last, of indicators that are still defined."""
        known = {definition.id for definition in definitions_of(self.settings, Asked(projects=(project,)))}
        rows = figures(self.store.results(project=project, period=period.label, newest=True))
        return {key: row for key, row in rows.items() if key[0] in known}

    def _moment(self, project: str, period: Period, seen: Mapping[Key, Mapping[str, Any]]) -> int:
        """The ``as_of`` of what was computed last."""
        name = self.settings.project(project).name
        if not seen:
            raise UsageError(f"“{name}”还没有 {period.label} 的结果，请先运行 yunwei compute {period.label}")
        as_of = max(from_iso(row["as_of"]) for row in seen.values())
        if as_of < period.bounds(self.settings.zone)[1]:
            raise UsageError(
                f"“{name}”{period.label} 的结果算在周期结束之前，请先运行 yunwei compute {period.label}，看过结果再封账"
            )
        return as_of

    def _plan(self, project: str, period: Period, as_of: int, seen: Mapping[Key, Mapping[str, Any]]) -> Plan:
        rows = self.rows(project, period, as_of)
        present = figures(rows)
        self._check(self.settings.project(project).name, period, seen, present)
        newest = next(iter(reversed(self.store.revisions(project, period.label))), None)
        changed: tuple[str, ...] = ()
        if newest is not None:
            kept = figures(self.store.revision_results(newest))
            changed = tuple(named((kept.get(key), present.get(key)) for key in differing(kept, present)))
        warnings = self._warnings(project, period, as_of)
        self._planned.add((project, period.label))
        return Plan(project, period, newest, self.sequence, as_of, self.now, rows, changed, warnings)

    def rows(self, project: str, period: Period, as_of: int) -> pd.DataFrame:
        """The results of the project's period as they are now, up to ``as_of``."""
        key = (project, period, as_of)
        if key not in self._rows:
            self._compute({(project, period): as_of})
        return self._rows[key]

    def _compute(self, moments: Mapping[tuple[str, Period], int]) -> None:
        """All periods of a project that share their ``as_of`` in one pass."""
        together: dict[tuple[str, int], list[Period]] = {}
        for (project, period), as_of in moments.items():
            together.setdefault((project, as_of), []).append(period)
        for (project, as_of), periods in together.items():
            if as_of not in self._judges:
                self._judges[as_of] = Judge(self.settings, self.facts, as_of)
            report = ComputeReport(as_of, self.sequence, self.settings.hash)
            for definition in definitions_of(self.settings, Asked(projects=(project,))):
                self._judges[as_of].one(definition, periods, report)
            stamp = Stamp(self.settings.organization.id, as_of, self.now, self.sequence)
            rows = rows_of(report.results, stamp)
            for period in periods:
                self._rows[project, period, as_of] = rows[rows["period"] == period.label].reset_index(drop=True)

    def _check(
        self, name: str, period: Period, seen: Mapping[Key, Mapping[str, Any]], present: Mapping[Key, Mapping[str, Any]]
    ) -> None:
        """What was computed last must be what is so now: nobody closes figures that nobody has seen."""
        changed = differing(seen, present)
        if changed:
            told = named((seen.get(key), present.get(key)) for key in changed[:_SHOWN])
            more = f" 等 {len(changed)} 个" if len(changed) > _SHOWN else ""
            raise UsageError(
                f"“{name}”{period.label} 的结果不是按现有的数据、配置和程序算的，"
                f"请先运行 yunwei compute {period.label}，看过结果再封账；不同的是：{'；'.join(told)}{more}"
            )

    def _warnings(self, project: str, period: Period, as_of: int) -> tuple[str, ...]:
        return (
            *self._open_rejections(project),
            *self._contradictions(project, period, as_of),
            *self._months(project, period),
        )

    def _open_rejections(self, project: str) -> list[str]:
        counts = self.store.rejection_log().counts()
        count = sum(counts.get(one.id, 0) for one in self.settings.sources if one.project in (None, project))
        return [f"还有 {count} 行不合格行没有处理（yunwei rejections list）"] if count else []

    def _contradictions(self, project: str, period: Period, as_of: int) -> list[str]:
        from metrics.contradictions import contradictions

        count = len(contradictions(self.facts, self.settings.contract(project), [period], as_of))
        return [f"数据来源之间有 {count} 条矛盾（yunwei contradictions {period.label}）"] if count else []

    def _months(self, project: str, period: Period) -> list[str]:
        """A longer period should sum what its months were closed with."""
        if period.kind == "month":
            return []
        contract = self.settings.contract(project)
        first, last = max(period.first_on, contract.starts_on), min(period.last_on, contract.ends_on)
        newest = {one.period: one for one in self.store.revisions(project)}
        unclosed, changed = [], []
        for month in periods_between(first, last, "month"):
            revision = newest.get(month.label)
            if (project, month.label) in self._planned:
                continue
            if revision is None:
                unclosed.append(month.label)
            elif differing(
                figures(self.store.revision_results(revision)), figures(self.rows(project, month, revision.as_of))
            ):
                changed.append(f"{month.label} 第 {revision.revision_no} 版")
        found = [f"其中的 {'、'.join(unclosed)} 没有封账"] if unclosed else []
        if changed:
            found.append(f"{'、'.join(changed)} 封账之后有变化，与本周期的数字对不上，应先更正（再次 yunwei close）")
        return found
