"""Everything that the pages show, taken at one moment; nothing is worked out when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collector.publish.metrics_families import Samples
from collector.serve.indicators import Current, add_indicators, current_results
from collector.serve.jobs import add_jobs
from collector.serve.probing import add_probing
from collector.serve.sources import SourceState, add_sources, source_states
from collector.serve.targets import Remembers, TargetState, add_targets, stored_targets, with_newest
from collector.serve.tickets import add_tickets
from collector.serve.uptime import Budget, add_budgets, add_uptime, current_budgets
from collector.settings import Settings
from collector.version import program_version

if TYPE_CHECKING:
    from collector.store import JobState, Store
    from metrics.indicators import Facts


@dataclass(frozen=True)
class Snapshot:
    """One moment; ``as_of`` in UTC seconds."""

    as_of: int
    settings: Settings
    samples: Samples
    sources: Sequence[SourceState]
    targets: Sequence[TargetState]
    indicators: Sequence[Current]
    budgets: Sequence[Budget]
    jobs: Sequence[JobState]


def take(
    settings: Settings, store: Store, as_of: int, recorder: object | None = None, facts: Facts | None = None
) -> Snapshot:
    """The snapshot at ``as_of`` (UTC seconds): figures as stored, availability and tickets counted up to now.

    Args:
        recorder: says how fast the targets were and until when their certificates last, if it remembers that, and
            how the engine stands, if it knows one.
        facts: what is known now, if somebody has it at hand.
    """
    from collector.compute import Judge

    judge = Judge(settings, facts or store.facts(), as_of)
    newest = recorder.newest() if isinstance(recorder, Remembers) else ()
    targets = with_newest(stored_targets(judge.facts.states), newest)
    sources = source_states(settings, store.overview.sources(), targets, as_of)
    indicators = current_results(settings, store, as_of)
    budgets = current_budgets(judge)
    jobs = list(store.jobs.states().values())
    samples = Samples()
    samples.add("yunwei_build_info", 1, program_version())
    samples.add("yunwei_as_of_timestamp_seconds", as_of)
    add_targets(targets, as_of, samples)
    add_uptime(judge, samples)
    add_indicators(settings, indicators, as_of, samples)
    add_budgets(budgets, samples)
    add_tickets(judge, samples)
    add_sources(settings, sources, samples)
    add_probing(recorder, samples)
    add_jobs(jobs, samples)
    return Snapshot(as_of, settings, samples, sources, targets, indicators, budgets, jobs)
