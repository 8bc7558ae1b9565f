"""Why a figure is what it is: its arithmetic again, and every record behind it with the place it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from collector.compute import Asked, Judge, definitions_of, settings_at
from collector.needs import missing_needs
from collector.outputs import revisions_numbered
from collector.publish.publication import plain
from collector.result_rows import decimal_text, from_iso
from collector.settings import Settings
from collector.trace import trace
from metrics.errors import ConfigError, UsageError
from metrics.formulas import FORMULAS
from metrics.indicators import DIMENSION_LABELS, Dimension, Evidence, Facts, IndicatorDefinition, IndicatorResult, Side
from metrics.period import Period

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Store

_COMPARED = ("numerator", "denominator", "actual")


@dataclass(frozen=True)
class Question:
    """Which figure. ``project`` may be left out where only one project has the indicator."""

    indicator: str
    period: Period
    dimension: Dimension = "total"
    value: str = ""
    project: str | None = None


@dataclass(frozen=True)
class Basis:
    """With what a figure is computed: configuration, what was known, until when.

    ``configuration_hash`` is the one that was stored: a newer program may read the same snapshot with more
    defaults in it.
    """

    settings: Settings
    configuration_hash: str
    sequence: int
    as_of: int


@dataclass(frozen=True)
class Explanation:
    """A figure computed again, with everything behind it.

    Attributes:
        above, below: what stands above and below the line; ``below`` None where nothing is divided.
        part_labels: the words of the figure's parts.
        rows: the evidence with its lineage: ``source``, ``name`` (the file),
            ``sheet``, ``row_no``, ``row_hash``, ``content_hash``; ``content`` is the record for people.
        spans: for availability, every interval with the same lineage; else None.
        log: where checks are evidence, their number by target, day and file of the log (columns of
            ``Store.checks_by_day`` and ``source``); else None.
        stored_run: the run whose stored result this explains; None when it was never computed.
        remarks: Chinese sentences on stored and present figures that differ.
    """

    result: IndicatorResult
    basis: Basis
    above: Side
    below: Side | None
    part_labels: dict[str, str]
    rows: pd.DataFrame
    spans: pd.DataFrame | None
    log: pd.DataFrame | None
    stored_run: int | None
    remarks: tuple[str, ...]


def explain(
    settings: Settings,
    store: Store,
    question: Question,
    *,
    now: int,
    as_of: int | None = None,
    known_at: int | None = None,
    revision_no: int | None = None,
) -> Explanation:
    """Compute one figure again and gather its evidence.

    Without ``as_of`` and ``known_at`` the stored result that stands, or that of revision ``revision_no``, is
    explained with its own configuration, known sequence and ``as_of``; where there is none, the present figure is.

    Raises:
        UsageError: no such indicator or revision, or the dimension has no such value in the period.
        ConfigError: the stored result's configuration cannot be read by this version.
    """
    stored = None
    if as_of is None and known_at is None:
        stored = _stored(store, question, revision_no)
    basis = (
        _asked_basis(settings, store, now, as_of, known_at)
        if stored is None
        else _stored_basis(settings, store, stored)
    )
    definition = definition_of(basis.settings, question)
    facts = store.facts(sequence=basis.sequence)
    result, evidence = judged(basis, facts, definition, question)
    remarks = []
    if stored is not None:
        remarks = _differences(settings, store, stored, result, basis, definition, question)
    formula = FORMULAS[definition.formula]
    above, below = formula.sides(definition)
    return Explanation(
        result,
        basis,
        above,
        below,
        dict(formula.part_labels),
        trace(store, facts, evidence.rows, settings.zone),
        None if evidence.spans is None else trace(store, facts, evidence.spans, settings.zone),
        check_log(store, basis, question, facts, evidence),
        None if stored is None else int(stored["run_id"]),
        tuple(remarks),
    )


def check_log(store: Store, basis: Basis, question: Question, facts: Facts, evidence: Evidence) -> pd.DataFrame | None:
    """Single checks are not listed; how many there were of each target and day is, with the files' hashes."""
    import pandas as pd

    rows = evidence.rows[evidence.rows["record"] == "uptime_check"]
    if rows.empty or evidence.spans is None:
        return None
    start, end = question.period.bounds(basis.settings.zone)
    assets = sorted(evidence.spans["asset_no"].unique())
    sources = facts.states.loc[facts.states["asset_no"].isin(assets), "source"].unique()
    frames = [
        store.checks_by_day(source, assets, start, min(end, basis.as_of) - 1, basis.sequence).assign(source=source)
        for source in sorted(sources)
    ]
    return pd.concat(frames, ignore_index=True)


def definition_of(settings: Settings, question: Question) -> IndicatorDefinition:
    """The one definition that is asked for.

    Raises:
        UsageError: there is none, or several projects have one.
    """
    projects = () if question.project is None else (question.project,)
    found = definitions_of(settings, Asked(projects=projects, indicators=(question.indicator,)))
    if not found:
        raise UsageError(f"运维项目“{question.project}”没有指标“{question.indicator}”")
    if len(found) > 1:
        names = "、".join(definition.project for definition in found)
        raise UsageError(f"多个运维项目都有指标“{question.indicator}”，请用 --project 指明其一：{names}")
    return found[0]


def _stored(store: Store, question: Question, revision_no: int | None) -> dict[str, Any] | None:
    """The stored result of the figure that stands, or that of the revision; None where there is none."""
    wanted = {
        "project": question.project,
        "indicator": question.indicator,
        "period": question.period.label,
        "dimension": question.dimension,
        "dimension_value": question.value,
    }
    if revision_no is None:
        found = store.results(**wanted)  # type: ignore[arg-type]
    else:
        import pandas as pd

        revisions = revisions_numbered(store, question.period.label, revision_no, question.project)
        found = pd.concat([store.revision_results(revision) for revision in revisions], ignore_index=True)
        for name, value in wanted.items():
            found = found if value is None else found[found[name] == value]
    return None if not len(found) else {str(name): plain(value) for name, value in found.iloc[-1].items()}


def _asked_basis(settings: Settings, store: Store, now: int, as_of: int | None, known_at: int | None) -> Basis:
    then = settings_at(settings, store, known_at)
    return Basis(then, then.hash, store.sequence_at(known_at), now if as_of is None else as_of)


def _stored_basis(settings: Settings, store: Store, stored: dict[str, Any]) -> Basis:
    digest, sequence = str(stored["configuration_hash"]), int(stored["known_sequence"])
    return basis_at(settings, store, digest, sequence, from_iso(str(stored["as_of"])))


def basis_at(settings: Settings, store: Store, configuration_hash: str, sequence: int, as_of: int) -> Basis:
    """What a figure of that configuration, sequence and ``as_of`` is computed with.

    Raises:
        ConfigError: the configuration is not stored, or this version cannot read it.
    """
    then = settings
    if configuration_hash != settings.hash:
        snapshot = store.configuration_by_hash(configuration_hash)
        if snapshot is None:
            raise ConfigError("数据库里找不到算出这个结果的配置")
        then = Settings.from_snapshot(snapshot, settings.workspace)
    return Basis(then, configuration_hash, sequence, as_of)


def judged(
    basis: Basis, facts: Facts, definition: IndicatorDefinition, question: Question
) -> tuple[IndicatorResult, Evidence]:
    """One figure and the rows behind it.

    Raises:
        UsageError: the dimension has no such value in the period.
    """
    judge = Judge(basis.settings, facts, basis.as_of)
    missing = missing_needs(definition, facts)
    result = _one_result(judge, definition, question, missing)
    request = judge.request(definition, [question.period], [question.dimension])
    if missing is not None:
        from metrics.evidence import evidence

        return result, evidence()
    return result, FORMULAS[definition.formula].evidence(request, question.value)


def _one_result(
    judge: Judge, definition: IndicatorDefinition, question: Question, missing: str | None
) -> IndicatorResult:
    asked = definition.model_copy(update={"breakdowns": (question.dimension,)})
    found = {
        result.figure.dimension_value: result
        for result in judge.results(asked, [question.period], missing)
        if result.figure.dimension == question.dimension
    }
    if question.value not in found:
        label = DIMENSION_LABELS[question.dimension]
        known = "、".join(found) or "无"
        raise UsageError(f"{question.period.label} 的“{definition.name}”没有{label}“{question.value}”；有：{known}")
    return found[question.value]


def _differences(
    settings: Settings,
    store: Store,
    stored: dict[str, Any],
    again: IndicatorResult,
    basis: Basis,
    definition: IndicatorDefinition,
    question: Question,
) -> list[str]:
    """What has changed since the stored result: the program, or the data and configuration."""
    remarks = []
    if any(decimal_text(getattr(again.figure, name)) != stored[name] for name in _COMPARED):
        remarks.append(f"按保存时的数据和配置重算，与保存的结果（{stored['printed']}）不同：计算程序已有改动")
    present = Basis(settings, settings.hash, store.sequence_at(None), basis.as_of)
    if (present.sequence, present.configuration_hash) == (basis.sequence, basis.configuration_hash):
        return remarks
    try:
        now, _ = judged(present, store.facts(sequence=present.sequence), definition_of(settings, question), question)
    except UsageError as error:
        return [*remarks, f"按现在的数据和配置已无法得出这个结果：{error}"]
    if any(getattr(now.figure, name) != getattr(again.figure, name) for name in _COMPARED):
        closed = stored["revision_no"] is not None
        how = "重新封账（yunwei close）可作更正" if closed else "运行 yunwei compute 可更新结果"
        remarks.append(f"此后数据或配置已有变化，同一截止时间现在为 {now.printed}；{how}")
    return remarks
