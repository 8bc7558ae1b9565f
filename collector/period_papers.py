"""Papers of one project and period: which ones, where they go, and what each is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from collector.dossier import Dossiers, periods_of
from collector.publish import Publisher
from collector.publish.dossier import SHOWN_ROWS, Dossier
from collector.publish.publication import Publication
from collector.settings import Settings
from metrics.period import Period

if TYPE_CHECKING:
    from collector.store import Store

_KINDS = {"contract": "range"}


class Papers:
    """Writes papers into ``base``; the dossiers of one period serve all papers of it."""

    def __init__(self, settings: Settings, store: Store, base: Path, shown_rows: int = SHOWN_ROWS) -> None:
        self.settings, self.store, self.base, self.shown_rows = settings, store, base, shown_rows
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
        return [
            publisher.publish(self._paper(publication, project, period), self.base / name_of(pattern, project, period))
            for project, period in _asked(publication, chosen)
        ]

    def _paper(self, publication: Publication, project: str, period: Period) -> Publication:
        results = [r for r in publication.results if (r["project"], r["period"]) == (project, period.label)]
        if (project, period) not in self._made:
            self._made[project, period] = self._dossiers.of(project, period, results)
        return replace(publication, results=results, dossier=self._made[project, period])


def _asked(publication: Publication, kinds: set[str]) -> Iterator[tuple[str, Period]]:
    """Projects and periods, project by project."""
    for project in publication.projects:
        mine = [result for result in publication.results if result["project"] == project]
        yield from ((project, period) for period in periods_of(mine) if period.kind in kinds)


def name_of(pattern: str, project: str, period: Period) -> str:
    """The file's name; both words are safe in a name on any system."""
    return pattern.replace("{period}", period.label).replace("{project}", project)
