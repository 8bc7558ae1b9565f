"""Where sources contradict each other, with the files they contradict in (semantics 7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from collector.compute import settings_at
from collector.settings import Settings
from collector.trace import trace
from metrics.contradictions import contradictions
from metrics.period import Period, periods_between

if TYPE_CHECKING:
    import pandas as pd

    from collector.store import Store


def find_contradictions(
    settings: Settings,
    store: Store,
    periods: Sequence[Period],
    *,
    now: int,
    as_of: int | None = None,
    known_at: int | None = None,
    project: str | None = None,
) -> pd.DataFrame:
    """Columns of ``metrics.contradictions``, ``project``, and the lineage of :func:`collector.trace.trace`.

    ``periods`` empty: every month of each contract.

    Raises:
        UsageError: nothing was known at ``known_at``, or there is no such project.
    """
    import pandas as pd

    effective = settings_at(settings, store, known_at)
    facts = store.facts(sequence=store.sequence_at(known_at))
    wanted = [effective.project(project)] if project is not None else effective.projects
    frames = []
    for one in wanted:
        contract = effective.contract(one.id)
        asked = periods or list(periods_between(contract.starts_on, contract.ends_on, "month"))
        found = contradictions(facts, contract, asked, now if as_of is None else as_of)
        frames.append(trace(store, facts, found, effective.zone).assign(project=one.id))
    return pd.concat(frames, ignore_index=True)
