"""The time an indicator is about: what was required, excluded, down, unknown, and seen to be up (semantics 3).

Excluded wins over down, down over unknown: each layer is the union of itself and all above it, so that what a
layer adds is a difference of two lengths, |E|, |E∪D| − |E|, |E∪D∪U| − |E∪D|.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray

from metrics.assets import Register, Segments, read_register, required_segments
from metrics.claims import (
    Claims,
    exclusion_claims,
    inspection_claims,
    normal_days,
    outage_claims,
    ticket_claims,
)
from metrics.errors import ConfigError
from metrics.formulas.params import DownSource
from metrics.frames import FAR_FUTURE, FAR_PAST
from metrics.indicators import Facts, IndicatorDefinition, Request
from metrics.intervals import Coverage, Intervals, complement, merge, subtract
from metrics.rounds import ticket_rounds
from metrics.service_calendar import ServiceCalendar
from metrics.states import Runs, gap_claims, read_runs

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SpanKind = Literal["excluded", "down", "unknown"]


@dataclass(frozen=True)
class Ledger:
    """Everything that decides the availability of the assets an indicator selects.

    ``segments`` are the required stretches before the service window. Claims are of selected assets only and share
    time with the stretch from the first to the last segment; they are not clipped to it. ``unknown`` is a union;
    ``runs`` is the state index of all assets.
    """

    facts: Facts
    register: Register
    segments: Segments
    calendar: ServiceCalendar
    excluded: tuple[Claims, ...]
    down: tuple[Claims, ...]
    observed: tuple[Claims, ...]
    unknown: Intervals
    runs: Runs

    @cached_property
    def layers(self) -> tuple[Coverage, Coverage, Coverage, Coverage]:
        """Service seconds of E, E∪D, E∪D∪U and E∪D∪U∪O, where O is the time in which up was observed.

        One that adds nothing is the very one below it.
        """
        measure = self.calendar.service_seconds_until
        layers = [Coverage(_joined(claim.intervals for claim in self.excluded), measure)]
        down, observed = ([claim.intervals for claim in claims] for claims in (self.down, self.observed))
        for added in (down, [self.unknown], observed):
            more = _joined(added).solid()
            grown = Coverage(_joined([layers[-1].intervals, more]), measure) if len(more.owner) else layers[-1]
            layers.append(grown)
        return layers[0], layers[1], layers[2], layers[3]

    @cached_property
    def pieces(self) -> dict[SpanKind, Coverage]:
        """Excluded, down and unknown time, each without what wins over it, where it has any service time."""
        excluded, down, _, _ = self.layers
        only_down, _ = subtract(self.merged_down, excluded.intervals)
        only_unknown, _ = subtract(self.unknown, down.intervals)
        parts: tuple[tuple[SpanKind, Intervals], ...] = (
            ("excluded", excluded.intervals),
            ("down", only_down),
            ("unknown", only_unknown),
        )
        return {kind: self._serving(intervals) for kind, intervals in parts}

    @cached_property
    def merged_down(self) -> Intervals:
        """The outages: unions of down claims per asset, before exclusion."""
        return merge(_joined(claim.intervals for claim in self.down))

    def claims(self, kind: SpanKind | Literal["observed"]) -> Sequence[Claims]:
        """The records' claims on one kind of time."""
        if kind == "unknown":
            return gap_claims(self.facts, self.register, self.runs, self.unknown)
        return {"excluded": self.excluded, "down": self.down, "observed": self.observed}[kind]

    def _serving(self, intervals: Intervals) -> Coverage:
        measure = self.calendar.service_seconds_until
        serving = measure(intervals.end) > measure(intervals.start)
        return Coverage(intervals.take(serving), measure)


def open_ledger(request: Request) -> Ledger:
    """The ledger of a request whose indicator is an availability or an outage figure.

    Raises:
        ConfigError: the indicator filters by something an asset does not have.
    """
    facts, as_of, params = request.facts, request.as_of, request.definition.params
    _check_where(request.definition)
    zone = request.contract.zone
    register = read_register(facts, zone)
    segments = required_segments(register, request.definition.where, request.contract, as_of)
    scope = _Scope.of(register, segments.intervals)
    runs = read_runs(facts, register, as_of)
    probing = "checks" in params.down_from
    failing = runs.down(params.fail_after) & probing
    up = (runs.state == "up") | ((runs.state == "down") & ~failing & probing)
    known = runs.intervals.take(runs.state != "unknown")
    return Ledger(
        facts=facts,
        register=register,
        segments=segments,
        calendar=request.calendars[params.window],
        excluded=scope.cut([exclusion_claims(facts, register, segments, as_of)]),
        down=scope.cut([runs.claims(facts, failing, "拨测失败"), *_reported(facts, register, params.down_from, as_of)]),
        observed=scope.cut([runs.claims(facts, up, "拨测正常"), _normal_days(facts, register, zone, as_of)]),
        unknown=scope.gaps(known) if probing else Intervals.none(),
        runs=runs,
    )


def _check_where(definition: IndicatorDefinition) -> None:
    """ConfigError if the filter names a column that assets do not have."""
    where = definition.where
    foreign = [name for name in ("kind", "channel", "priority", "category", "source") if getattr(where, name)]
    if foreign:
        raise ConfigError(
            f"指标“{definition.name}”按设备计算，不能按 {'、'.join(foreign)} 筛选；"
            "可用 asset_no、asset_class、site、vendor"
        )


def _reported(facts: Facts, register: Register, sources: Sequence[DownSource], as_of: int) -> list[Claims]:
    """Down claims of the named sources other than checks, the same for every indicator."""
    claimed: Mapping[str, Callable[[], list[Claims]]] = {
        "tickets": lambda: ticket_claims(facts, ticket_rounds(facts, register, as_of)),
        "inspections": lambda: [inspection_claims(facts, register, ticket_rounds(facts, register, as_of), as_of)],
        "outages": lambda: [outage_claims(facts, register, as_of)],
    }
    named = [(source, make) for source, make in claimed.items() if source in sources]
    return [claim for source, make in named for claim in facts.remembered(("claims", source, as_of), make)]


def _normal_days(facts: Facts, register: Register, zone: ZoneInfo, as_of: int) -> Claims:
    key = ("normal_days", zone.key, as_of)
    return facts.remembered(key, lambda: normal_days(facts, register, zone, as_of))


@dataclass(frozen=True)
class _Scope:
    """The selected assets and the time from the first to the last moment any of them is required."""

    chosen: NDArray[np.bool_]
    start: int
    end: int
    probed: Intervals

    @classmethod
    def of(cls, register: Register, required: Intervals) -> Self:
        chosen = np.zeros(len(register.asset_no), np.bool_)
        chosen[required.owner] = True
        start, end = int(required.start.min(initial=FAR_FUTURE)), int(required.end.max(initial=FAR_PAST))
        return cls(chosen, start, end, register.probed.take(chosen).clip(start, end).solid())

    def cut(self, claims: Iterable[Claims]) -> tuple[Claims, ...]:
        """Claims on selected assets that reach into the time, whole: what opened and ended them stays true."""
        return tuple(claim.take(self._reaching(claim.intervals)) for claim in claims)

    def gaps(self, known: Intervals) -> Intervals:
        """The time in which selected assets are probed but nothing is known."""
        clipped = known.take(self._reaching(known)).clip(self.start, self.end)
        return complement(merge(clipped), self.probed)

    def _reaching(self, intervals: Intervals) -> NDArray[np.bool_]:
        solid = intervals.start < intervals.end
        return solid & self.chosen[intervals.owner] & (intervals.end > self.start) & (intervals.start < self.end)


def _joined(parts: Iterable[Intervals]) -> Intervals:
    listed = list(parts)
    return Intervals(*(np.concatenate([part[column] for part in listed]) for column in range(3)))
