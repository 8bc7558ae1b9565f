"""Stored results on their way out: which ones, and everything that is published with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from collector.publish import PUBLISHERS
from collector.publish.publication import Accounting, Publication, Result, plain, results_of
from collector.settings import Output, Settings
from collector.version import program_version
from metrics.errors import UsageError
from metrics.indicators import DIMENSION_LABELS, Dimension
from metrics.period import parse_period

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Revision, Store


@dataclass(frozen=True)
class Choice:
    """Which results: of the n-th revision, of one run, or (both None) those that stand."""

    revision_no: int | None = None
    run_id: int | None = None


STANDING = Choice()


def _frame(store: Store, period: str | None, indicator: str | None, choice: Choice) -> pd.DataFrame:
    if choice.revision_no is None:
        return store.results(choice.run_id, period=period, indicator=indicator)
    if period is None or choice.run_id is not None:
        raise UsageError("--revision 要与周期同用，如 yunwei results 2023-03 --revision 1，不与 --run 同用")
    found = revisions_numbered(store, period, choice.revision_no)
    import pandas as pd

    frame = pd.concat([store.revision_results(one) for one in found], ignore_index=True)
    return frame if indicator is None else frame[frame["indicator"] == indicator]


def revisions_numbered(store: Store, period: str, number: int, project: str | None = None) -> list[Revision]:
    """The revision of that number of every project that has one.

    Raises:
        UsageError: there is none.
    """
    known = store.revisions(project, period)
    found = [one for one in known if one.revision_no == number]
    if not found:
        numbers = "、".join(f"第 {no} 版" for no in sorted({one.revision_no for one in known}))
        raise UsageError(f"{period} 没有第 {number} 版封账；有：{numbers or '无，还没有封过账'}")
    return found


def stored_results(
    store: Store,
    periods: Sequence[str] = (),
    indicator: str | None = None,
    dimension: tuple[str, str | None] | None = None,
    choice: Choice = STANDING,
) -> list[Result]:
    """The results that stand of every project, indicator and period (or of the ``periods`` alone), in their order.

    ``dimension``: name and, to see one alone, its value; None: totals and breakdowns. ``choice`` takes those of an
    earlier revision or of one run instead.

    Raises:
        UsageError: nothing was computed yet, or not for such a period or indicator; there is no such revision.
    """
    frames = [_frame(store, period, indicator, choice) for period in periods or (None,)]
    results = in_order([result for frame in frames for result in results_of(frame.to_dict("records"))])
    if not results:
        named = "、".join((*([f"指标“{indicator}”"] if indicator else []), *periods))
        raise UsageError(
            f"还没有{named}的结果，请先运行 yunwei compute" if named else "还没有结果，请先运行 yunwei compute"
        )
    if dimension is None:
        return results
    name, value = dimension
    return [r for r in results if r["dimension"] == name and value in (None, r["dimension_value"])]


def in_order(results: Sequence[Result]) -> list[Result]:
    """By indicator as the newest run has them, then by period; closed periods come out of runs of their own."""
    ranks: dict[tuple[str, str], int] = {}
    for result in sorted(results, key=lambda result: -result["run_id"]):
        ranks.setdefault(result.key, len(ranks))
    return sorted(results, key=lambda result: (ranks[result.key], parse_period(result["period"]).rank))


def parse_dimension(text: str) -> tuple[Dimension, str | None]:
    """``vendor=甲公司`` or ``vendor``; the Chinese word of the dimension does as well.

    Raises:
        UsageError: there is no such dimension.
    """
    from collector.configuration.problems import unknown_name

    name, mark, value = text.partition("=")
    words = {word: known for known, label in _LABELS.items() for word in (known, label)}
    dimension = words.get(name)
    if dimension is None:
        raise UsageError(unknown_name("维度", name, _LABELS))
    return dimension, value if mark else None


_LABELS = cast("dict[Dimension, str]", dict(DIMENSION_LABELS))


def publication(settings: Settings, store: Store, results: Sequence[Result], project: str | None = None) -> Publication:
    """The results (of one project, where one is named) with the accounting behind them."""
    names = {known.id: known.name for known in settings.projects}
    if project is not None:
        settings.project(project)
        names = {project: names[project]}
        results = [result for result in results if result["project"] == project]
    sources = {source.id: source.name for source in settings.sources}
    return Publication(
        settings.organization.id,
        settings.organization.name,
        names,
        tuple(results),
        tuple(_accounting(store, sources)),
        {sources.get(source, source): count for source, count in store.rejection_log().counts().items()},
        program_version(),
        [one for one in store.revisions() if one.project in names],
        [one for one in store.objections() if one.project in names],
        settings.zone,
    )


_COUNTS = ("read", "accepted", "unchanged", "superseding", "rejected", "set_aside")


def _accounting(store: Store, sources: dict[str, str]) -> list[Accounting]:
    return [
        Accounting(
            sources.get(row["source"], row["source"]),
            row["name"],
            **{name: int(row[name]) for name in _COUNTS},
            refused=plain(row["refusal"]) if row["state"] == "refused" else None,
        )
        for row in store.deliveries().to_dict("records")
    ]


def export(
    settings: Settings,
    store: Store,
    results: Sequence[Result],
    formats: Sequence[str],
    folder: Path | None,
    *,
    unfinished: bool = False,
    keep_closed: bool = False,
    newer_than: int = 0,
) -> list[Path]:
    """Write outputs and return their paths.

    Without ``formats`` those of the configuration are written; where it has none, every kind. ``folder``
    takes the place of ``paths.output``. Papers of a period are written for every period among ``results`` of
    their kinds that had ended at their ``as_of`` (``unfinished``: for the others too) and has anything of a run
    after the run ``newer_than``. ``keep_closed``: those of closed periods that were written since are left as they
    are, because nothing in them can change.

    Raises:
        ConfigError: a template lacks what is needed.
        PassingError: the place cannot be written now.
    """
    from collector.period_papers import Papers, has_ended

    base = folder or settings.output
    papers = Papers(settings, store, base, keep_closed=keep_closed)
    written: list[Path] = []
    for output in _wanted(settings, formats):
        publisher = PUBLISHERS[output.publisher]
        whole = publication(settings, store, results, output.project)
        if publisher.periods:
            template = None if output.template is None else settings.workspace / output.template
            fresh = {one["period"] for one in whole.results if one["run_id"] > newer_than}
            ended = [one for one in whole.results if unfinished or has_ended(one, settings.zone)]
            shown = [one for one in ended if one["period"] in fresh]
            whole = replace(whole, template=template, results=shown)
            written += papers.write(publisher, whole, output.path, output.periods)
        else:
            written.append(publisher.publish(whole, base / output.path))
    return written


def _wanted(settings: Settings, formats: Sequence[str]) -> Sequence[Output]:
    """What the configuration asks for; the named kinds, or every kind, under their default names."""
    if not formats and settings.outputs:
        return settings.outputs
    template = next((output.template for output in settings.outputs if output.template), None)
    several = len(settings.projects) > 1
    return [
        Output(
            publisher=one.name,
            path=f"{{project}}-{one.file_name}" if several and one.periods else one.file_name,
            template=template if one.templated else None,
        )
        for one in (PUBLISHERS[name] for name in formats or PUBLISHERS)
    ]
