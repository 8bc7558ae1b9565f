"""A closed revision computed again from what it cites: sequence, configuration hash and ``as_of``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collector.closing.figures import differing, figures, named
from collector.compute import Asked, ComputeReport, Judge, definitions_of
from collector.explain import Basis, basis_at
from collector.result_rows import Stamp, rows_of
from collector.settings import Settings
from metrics.period import parse_period

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Revision, Store
    from metrics.indicators import Facts


@dataclass(frozen=True)
class Again:
    """What became of computing a revision again.

    ``changed``: figures that came out otherwise, as sentences; ``inputs_differ``: the deliveries up to its sequence
    are not those it was closed with.
    """

    revision: Revision
    changed: tuple[str, ...]
    inputs_differ: bool

    @property
    def holds(self) -> bool:
        """Whether everything is as it was."""
        return not self.changed and not self.inputs_differ


def basis_of(settings: Settings, store: Store, revision: Revision) -> Basis:
    """What the revision is computed with."""
    return basis_at(settings, store, revision.configuration_hash, revision.sequence, revision.as_of)


def again(settings: Settings, store: Store, revision: Revision) -> Again:
    """Compute a revision's figures again and hold them against what was kept.

    Raises:
        ConfigError: its configuration cannot be read by this version.
    """
    basis = basis_of(settings, store, revision)
    kept = figures(store.revision_results(revision))
    present = figures(rows_at(basis, store.facts(sequence=basis.sequence), revision.project, revision.period))
    changed = named((kept.get(key), present.get(key)) for key in differing(kept, present))
    return Again(revision, tuple(changed), store.inputs_hash(revision.sequence) != revision.inputs_hash)


def rows_at(basis: Basis, facts: Facts, project: str, period: str) -> pd.DataFrame:
    """All results of a project's period under a basis, as rows of the results table."""
    judge = Judge(basis.settings, facts, basis.as_of)
    report = ComputeReport(basis.as_of, basis.sequence, basis.configuration_hash)
    for definition in definitions_of(basis.settings, Asked(projects=(project,))):
        judge.one(definition, (parse_period(period),), report)
    stamp = Stamp(basis.settings.organization.id, basis.as_of, basis.as_of, basis.sequence)
    return rows_of(report.results, stamp)
