"""Sources: what they delivered, when they were last heard of, and whether they are silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.probes.config import ProbeConfig
from adapters.push_config import PushConfig
from collector.publish.metrics_families import Samples
from collector.serve.targets import TargetState
from collector.settings import Settings, SourceSettings
from collector.store.overview import SourceAccount


@dataclass(frozen=True, slots=True)
class SourceState:
    """One configured source at the as-of moment; ``account`` is None while it never delivered.

    ``silent_after``: seconds of silence after which its time is unknown; None where silence says nothing.
    """

    source: SourceSettings
    account: SourceAccount | None
    last_success: int | None
    age: int | None
    silent_after: int | None

    @property
    def is_silent(self) -> bool:
        """Whether it should have been heard of."""
        return self.silent_after is not None and self.age is not None and self.age > self.silent_after


def source_states(
    settings: Settings, accounts: Mapping[str, SourceAccount], targets: Sequence[TargetState], as_of: int
) -> list[SourceState]:
    """Every configured source, in the configuration's order."""
    checked: dict[str, int] = {}
    for target in targets:
        checked[target.source] = max(checked.get(target.source, 0), target.checked_at)
    states = []
    for source in settings.sources:
        account = accounts.get(source.id)
        known = [moment for moment in (account and account.last_success, checked.get(source.id)) if moment]
        last = max(known, default=None)
        age = None if last is None else max(0, as_of - last)
        states.append(SourceState(source, account, last, age, _silent_after(source)))
    return states


def _silent_after(source: SourceSettings) -> int | None:
    """How long its checks hold; files of checks come when they come."""
    match source.config:
        case ProbeConfig() as probes:
            return max(probes.staleness_of(target) for target in probes.targets)
        case PushConfig() as push:
            return push.held_for
    return None


def add_sources(settings: Settings, states: Sequence[SourceState], samples: Samples) -> None:
    """Last success, age, rows and deliveries of each source."""
    vendors = {vendor.id: vendor.name for vendor in settings.vendors}
    for state in states:
        source = state.source
        samples.add(
            "yunwei_source_info", 1, source.id, source.name, source.adapter, vendors.get(source.vendor or "", "")
        )
        if state.last_success is not None and state.age is not None:
            samples.add("yunwei_source_last_success_timestamp_seconds", state.last_success, source.id)
            samples.add("yunwei_source_age_seconds", state.age, source.id)
        if state.silent_after is not None:
            samples.add("yunwei_source_silence_limit_seconds", state.silent_after, source.id)
        if state.account is not None:
            _add_account(source.id, state.account, samples)


def _add_account(source: str, account: SourceAccount, samples: Samples) -> None:
    samples.add("yunwei_source_deliveries_total", account.read, source, "read")
    samples.add("yunwei_source_deliveries_total", account.refused, source, "refused")
    for outcome, count in account.rows.items():
        samples.add("yunwei_source_rows_total", count, source, outcome)
    samples.add("yunwei_source_open_rejections", account.open_rejections, source)
