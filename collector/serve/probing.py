"""The probing engine: what it did since its start, and what it could not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collector.probing.engine import Status
    from collector.publish.metrics_families import Samples


@runtime_checkable
class Watches(Protocol):
    """A recorder that is told how the engine stands; None where none runs."""

    def probing(self) -> Status | None: ...


def add_probing(recorder: object, samples: Samples) -> None:
    """Counts of the engine behind ``recorder``, if there is one and it has targets."""
    status = recorder.probing() if isinstance(recorder, Watches) else None
    if status is None or not status.targets:
        return
    samples.add("yunwei_probing_checks_total", status.checks)
    samples.add("yunwei_probing_missed_total", status.missed)
    samples.add("yunwei_probing_kept", status.kept)
    samples.add("yunwei_probing_lost_total", status.lost)
