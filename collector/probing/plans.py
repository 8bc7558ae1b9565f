"""What is probed: the configured sources as plain plans that the engine runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from adapters.probes.base import ProbeTarget, State
from adapters.probes.config import ProbeConfig

if TYPE_CHECKING:
    from collector.settings import Settings

_LINK_INTERVAL = 10
_LINK_TIMEOUT = 5  # at most, where the source allows its targets more

Key = tuple[str, str]


@dataclass(frozen=True)
class Target:
    """One thing to check; times in seconds.

    ``open_at(at)``: whether it is probed at that UTC second; None: always. ``folder``: what its files are below.
    """

    source: str
    asset_no: str
    probe: ProbeTarget
    interval: int
    timeout: float
    jitter: int
    staleness: int
    folder: Path
    open_at: Callable[[int], bool] | None = field(default=None, compare=False)

    @property
    def key(self) -> Key:
        """What tells it from every other target."""
        return self.source, self.asset_no

    @property
    def phase(self) -> float:
        """Where in its interval it is checked: spread over all targets, the same after every start."""
        return crc32("|".join(self.key).encode()) / 2**32 * self.interval


@dataclass(frozen=True)
class Plan:
    """One source: its targets, and the probes of our own connectivity, empty where there are none."""

    source: str
    targets: tuple[Target, ...]
    links: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One finished check, or one that was missed (then ``late_seconds`` is None and the state unknown).

    ``checked_at`` UTC seconds at its start; ``late_seconds`` after the moment it was due; interval and staleness
    are the rhythm in which it was made.
    """

    source: str
    asset_no: str
    checked_at: int
    state: State
    latency_ms: int | None
    reason: str
    certificate_expires_at: int | None
    interval_seconds: int
    staleness_seconds: int
    late_seconds: float | None


def plans_of(settings: Settings) -> list[Plan]:
    """The plans of all sources that we probe ourselves."""
    return [
        _plan(settings, source.id, source.config)
        for source in settings.sources
        if isinstance(source.config, ProbeConfig)
    ]


def _plan(settings: Settings, source: str, config: ProbeConfig) -> Plan:
    open_at = _open_at(settings, config.schedule) if config.schedule else None
    targets = tuple(
        Target(
            source,
            str(target.asset_no),
            target,
            config.interval_of(target),
            config.timeout_of(target),
            config.jitter,
            config.staleness_of(target),
            settings.workspace,
            open_at,
        )
        for target in config.targets
    )
    rhythm = min((link.interval for link in config.connectivity if link.interval), default=_LINK_INTERVAL)
    links = tuple(
        Target(source, "", link, rhythm, link.timeout or min(config.timeout, _LINK_TIMEOUT), 0, 0, settings.workspace)
        for link in config.connectivity
    )
    return Plan(source, targets, links)


def _open_at(settings: Settings, window: str) -> Callable[[int], bool]:
    calendar = settings.calendars()[window]

    def open_at(at: int) -> bool:
        moment = np.array([at], np.int64)
        return bool(calendar.service_seconds(moment, moment + 1)[0])

    return open_at
