"""Papers of one project and period: which ones, where they go, and what each is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from collector.dossier import Dossiers, periods_of
from collector.publish import PUBLISHERS, Publisher
from collector.publish.dossier import SHOWN_ROWS, Dossier
from collector.publish.publication import Publication, Result
from collector.result_rows import from_iso
from collector.settings import Output, Settings
from metrics.period import Period, parse_period

if TYPE_CHECKING:
    from collector.store import Store

_KINDS = {"contract": "range"}


class Papers:
    """Writes papers into ``base``; the dossiers of one period serve all papers of it."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        base: Path,
        shown_rows: int = SHOWN_ROWS,
        *,
        keep_closed: bool = False,
    ) -> None:
        self.settings, self.store, self.base, self.shown_rows = settings, store, base, shown_rows
        self.keep_closed = keep_closed
        self._made: dict[tuple[str, Period], Dossier] = {}

    @cached_property
    def _dossiers(self) -> Dossiers:
        from collector.outputs import stored_results

        return Dossiers(self.settings, self.store, stored_results(self.store), self.shown_rows)

    def write(
        self, publisher: Publisher, publication: Publication, pattern: str, kinds: Sequence[str] = ()
    ) -> list[Path]:
        """One paper for each project and period among the publication's results; their paths, in order of time.

        ``kinds``: of which kinds of period; none named: those of the publisher.

        Raises:
            ConfigError: the template lacks something, or a result's configuration cannot be read any more.
            PassingError: the place cannot be written now.
        """
        chosen = {_KINDS.get(kind, kind) for kind in kinds or publisher.periods}
        written = []
        for project, period in _asked(publication, chosen):
            path = self.base / name_of(pattern, project, period)
            if not (self.keep_closed and _stands(path, publication, project, period)):
                written.append(publisher.publish(self._paper(publication, project, period), path))
        return written

    def _paper(self, publication: Publication, project: str, period: Period) -> Publication:
        results = [r for r in publication.results if (r["project"], r["period"]) == (project, period.label)]
        if (project, period) not in self._made:
            self._made[project, period] = self._dossiers.of(project, period, results)
        return replace(publication, results=results, dossier=self._made[project, period])


def _stands(path: Path, publication: Publication, project: str, period: Period) -> bool:
    """Whether the paper was written after its period was closed and after the last word on an objection to it."""
    revision = publication.standing(project, period.label).revision
    if revision is None or not path.is_file():
        return False
    objections = publication.objections_to(project, period=period.label)
    decisions = [decision.recorded_at for one in objections for decision in one.decisions]
    return path.stat().st_mtime > max([revision.closed_at, *(one.recorded_at for one in objections), *decisions])


def write_both(
    settings: Settings,
    store: Store,
    periods: Sequence[Period],
    project: str | None,
    folder: Path | None,
    template: Path | None,
    rows: int | None,
) -> Iterator[Path]:
    """Workbook and report of each period and project, one after the other, under the configured or usual names.

    Raises:
        UsageError: there are no results of such a period, or there is no such project.
        ConfigError: the template lacks something.
        PassingError: the place cannot be written now.
    """
    from collector.outputs import publication, stored_results

    found = publication(settings, store, stored_results(store, [period.label for period in periods]), project)
    papers = Papers(settings, store, folder or settings.output, rows or SHOWN_ROWS)
    kinds = [period.kind for period in periods]
    for one in periods:
        results = [result for result in found.results if result["period"] == one.label]
        for name in ("workbook", "report"):
            output = _output(settings, name, project)
            chosen = template or (None if output.template is None else settings.workspace / output.template)
            whole = replace(found, results=results, template=chosen)
            yield from papers.write(PUBLISHERS[name], whole, output.path, kinds)


def _output(settings: Settings, name: str, project: str | None) -> Output:
    """As the configuration names that paper; else the usual name, with the project where there are several."""
    mine = [one for one in settings.outputs if one.publisher == name and one.project in (None, project)]
    several = len(settings.projects) > 1
    usual = f"{'{project}-' if several else ''}{PUBLISHERS[name].file_name}"
    return mine[0] if mine else Output(publisher=name, path=usual)


def _asked(publication: Publication, kinds: set[str]) -> Iterator[tuple[str, Period]]:
    """Projects and periods, project by project."""
    for project in publication.projects:
        mine = [result for result in publication.results if result["project"] == project]
        yield from ((project, period) for period in periods_of(mine) if period.kind in kinds)


def has_ended(result: Result, zone: ZoneInfo) -> bool:
    """Whether the result's period was over when it was computed."""
    return _end(result["period"], zone) <= from_iso(result["as_of"])


@cache
def _end(label: str, zone: ZoneInfo) -> int:
    return parse_period(label).bounds(zone)[1]


def name_of(pattern: str, project: str, period: Period) -> str:
    """The file's name; both words are safe in a name on any system."""
    return pattern.replace("{period}", period.label).replace("{project}", project)
