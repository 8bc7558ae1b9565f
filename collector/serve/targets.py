"""Targets as their newest checks found them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from collector.publish.metrics_families import Samples

if TYPE_CHECKING:
    import pandas as pd

    from collector.probing.plans import Check


@runtime_checkable
class Remembers(Protocol):
    """A recorder that knows the newest check of each target it has taken."""

    def newest(self) -> Iterable[Check]: ...


@dataclass(frozen=True, slots=True)
class TargetState:
    """The newest check of one target; moments in UTC seconds, ``staleness`` and ``latency`` in seconds."""

    source: str
    asset_no: str
    state: str
    checked_at: int
    staleness: int
    latency: float | None = None
    certificate_expires_at: int | None = None

    def is_up(self, as_of: int) -> bool | None:
        """Whether it is up at ``as_of``; None where that is not known: no check holds any more, or it said nothing."""
        if self.state == "unknown" or as_of - self.checked_at > self.staleness:
            return None
        return self.state == "up"


def stored_targets(states: pd.DataFrame) -> list[TargetState]:
    """The newest check of every target by the index of states (``Facts.states``), without latencies."""
    newest = states.drop_duplicates(["asset_no", "source"], keep="last").sort_values(["source", "asset_no"])
    columns = ("source", "asset_no", "state", "last_at", "staleness_seconds")
    return [
        TargetState(str(source), str(asset), str(state), int(at), int(staleness))
        for source, asset, state, at, staleness in zip(*(newest[name].tolist() for name in columns), strict=True)
    ]


def with_newest(targets: Iterable[TargetState], checks: Iterable[Check]) -> list[TargetState]:
    """The targets with latency and certificate of their newest checks, where those are in ``checks``."""
    known = {(check.source, check.asset_no): check for check in checks}
    found = []
    for target in targets:
        check = known.get((target.source, target.asset_no))
        if check is None or check.checked_at < target.checked_at:
            found.append(target)
            continue
        latency = None if check.latency_ms is None else check.latency_ms / 1000
        found.append(replace(target, latency=latency, certificate_expires_at=check.certificate_expires_at))
    return found


def add_targets(targets: Iterable[TargetState], as_of: int, samples: Samples) -> None:
    """Up or down, when, how fast, and until when the certificate lasts."""
    for target in targets:
        labels = (target.source, target.asset_no)
        up = target.is_up(as_of)
        if up is not None:
            samples.add("yunwei_target_up", int(up), *labels)
        samples.add("yunwei_target_last_check_timestamp_seconds", target.checked_at, *labels)
        if target.latency is not None:
            samples.add("yunwei_target_latency_seconds", target.latency, *labels)
        if target.certificate_expires_at is not None:
            name = "yunwei_target_certificate_expiry_timestamp_seconds"
            samples.add(name, target.certificate_expires_at, *labels)
