"""What changed between two revisions of a period, or since one: which figure, from, to, because of which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collector.closing.again import basis_of, rows_at
from collector.closing.causes import Cause, Computation, causes
from collector.closing.configuration_changes import KeyChange, configuration_changes
from collector.closing.figures import Key, changed_columns, differing, figures
from collector.compute import Asked, definitions_of
from collector.explain import Basis, Question
from collector.result_rows import from_iso
from collector.settings import Settings
from collector.version import program_version
from metrics.errors import UsageError
from metrics.period import Period

if TYPE_CHECKING:
    from collector.store import Revision, Store
    from metrics.indicators import IndicatorDefinition

#: Columns that follow from the definition and the target; where only they change, no row is the reason.
_OF_THE_RULE = frozenset(
    (
        "name",
        "level_codes",
        "printed",
        "measure_unit",
        "target",
        "printed_target",
        "target_period",
        "outcome",
        "definition_version",
        "notes",
        "weight",
    )
)


@dataclass(frozen=True)
class Side:
    """One of the two: a revision, or (``revision`` None) the present state; with its program and figures."""

    revision: Revision | None
    computation: Computation
    program_version: str
    rows: Mapping[Key, Mapping[str, Any]]

    @property
    def name(self) -> str:
        """``第 1 版`` or ``现在``."""
        return f"第 {self.revision.revision_no} 版" if self.revision else "现在"


@dataclass(frozen=True)
class Change:
    """One figure. ``before`` or ``after`` None: it is only on the other side.

    ``rows``: the evidence that is not the same; ``others``: what else can have moved it, as sentences.
    """

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    columns: tuple[str, ...]
    rows: tuple[Cause, ...]
    others: tuple[str, ...]

    @property
    def row(self) -> Mapping[str, Any]:
        """Whichever side there is, the later one first."""
        row = self.after if self.after is not None else self.before
        assert row is not None  # a change has at least one side
        return row


@dataclass(frozen=True)
class Differences:
    """Everything that changed in a project's period between two sides."""

    project: str
    period: str
    before: Side
    after: Side
    changes: tuple[Change, ...]
    configuration: tuple[KeyChange, ...]


def differences(
    settings: Settings,
    store: Store,
    project: str,
    period: Period,
    *,
    now: int,
    before_no: int | None = None,
    after_no: int | None = None,
) -> Differences:
    """Compare two revisions of a period by their numbers.

    ``after_no`` None: the present state; ``before_no`` None: the revision before ``after_no``, else the newest.

    Raises:
        UsageError: there is no such revision.
        ConfigError: the configuration of one cannot be read by this version.
    """
    revisions = store.revisions(project, period.label)
    if not revisions:
        raise UsageError(f"{period.label} 还没有封过账，没有版次可比")
    if before_no is None:
        before_no = revisions[-1].revision_no if after_no is None else after_no - 1
    before = _closed_side(settings, store, _numbered(revisions, before_no, period))
    if after_no is None:
        after = _present_side(settings, store, project, period, now)
    else:
        after = _closed_side(settings, store, _numbered(revisions, after_no, period))
    keys = _changes(store, before.computation.basis, after.computation.basis)
    changed = [_change(store, before, after, key, period, keys, project) for key in differing(before.rows, after.rows)]
    return Differences(project, period.label, before, after, tuple(changed), tuple(keys))


def _numbered(revisions: list[Revision], number: int, period: Period) -> Revision:
    for revision in revisions:
        if revision.revision_no == number:
            return revision
    known = "、".join(f"第 {revision.revision_no} 版" for revision in revisions)
    raise UsageError(f"{period.label} 没有第 {number} 版；有：{known}")


def _closed_side(settings: Settings, store: Store, revision: Revision) -> Side:
    basis = basis_of(settings, store, revision)
    computation = Computation(basis, store.facts(sequence=basis.sequence))
    return Side(revision, computation, revision.program_version, figures(store.revision_results(revision)))


def _present_side(settings: Settings, store: Store, project: str, period: Period, now: int) -> Side:
    """As a further revision would have it: the present records and rules, up to the newest computation's moment."""
    newest = figures(store.results(project=project, period=period.label, newest=True))
    as_of = max((from_iso(row["as_of"]) for row in newest.values()), default=now)
    basis = Basis(settings, settings.hash, store.sequence_at(None), as_of)
    facts = store.facts(sequence=basis.sequence)
    return Side(
        None, Computation(basis, facts), program_version(), figures(rows_at(basis, facts, project, period.label))
    )


def _changes(store: Store, before: Basis, after: Basis) -> list[KeyChange]:
    if before.configuration_hash == after.configuration_hash:
        return []
    texts = [store.configuration_by_hash(basis.configuration_hash) for basis in (before, after)]
    snapshots = [text or basis.settings.snapshot() for text, basis in zip(texts, (before, after), strict=True)]
    return configuration_changes(*snapshots)


def _change(
    store: Store, before: Side, after: Side, key: Key, period: Period, keys: list[KeyChange], project: str
) -> Change:
    one, other = before.rows.get(key), after.rows.get(key)
    indicator, dimension, value = key
    columns = changed_columns(one, other)
    rows: list[Cause] = []
    if one is None or other is None or not _OF_THE_RULE.issuperset(columns):
        question = Question(indicator, period, dimension, value, project)  # type: ignore[arg-type]
        rows = causes(store, before.computation, after.computation, question)
    others = _keys_that_decide(before, after, keys, indicator, project)
    others += _circumstances(before, after, explained=bool(rows or others))
    return Change(one, other, tuple(columns), tuple(rows), tuple(others))


def _keys_that_decide(before: Side, after: Side, keys: list[KeyChange], indicator: str, project: str) -> list[str]:
    for side in (after, before):
        definition = _definition(side, indicator, project)
        if definition is not None:
            return [_sentence(key) for key in keys if key.decides(definition)]
    return []


def _definition(side: Side, indicator: str, project: str) -> IndicatorDefinition | None:
    known = definitions_of(side.computation.basis.settings, Asked(projects=(project,)))
    return next((definition for definition in known if definition.id == indicator), None)


def _sentence(key: KeyChange) -> str:
    return f"配置 {key.key}：{_shown(key.before)} → {_shown(key.after)}"


def _shown(value: str | None) -> str:
    return "（没有）" if value is None else value


def _circumstances(before: Side, after: Side, explained: bool) -> list[str]:
    """The program where it is another, and the moment where nothing else explains a change."""
    found = []
    if before.program_version != after.program_version:
        found.append(f"程序版本：{before.program_version} → {after.program_version}")
    moments = [side.computation.basis.as_of for side in (before, after)]
    if moments[0] != moments[1] and not explained and not found:
        zone = after.computation.basis.settings.zone
        texts = [datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%d %H:%M:%S") for moment in moments]
        found.append(f"截止时间：{texts[0]} → {texts[1]}")
    return found


def revised_projects(settings: Settings, store: Store, period: Period, project: str | None) -> list[str]:
    """The projects whose ``period`` was ever closed, or the one named.

    Raises:
        UsageError: there is no such project, or the period was never closed.
    """
    if project is not None:
        settings.project(project)
        return [project]
    found = list(dict.fromkeys(one.project for one in store.revisions(period=period.label)))
    if not found:
        raise UsageError(f"{period.label} 还没有封过账，没有版次可比")
    return found
