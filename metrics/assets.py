"""The asset register in time: who was where when, and for which time an indicator owes service (semantics 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.frames import FAR_FUTURE, FAR_PAST, Ints, Texts, integers, midnights, texts, true
from metrics.indicators import Contract, Facts, Where
from metrics.intervals import Intervals
from metrics.period import Period

if TYPE_CHECKING:
    from typing import Any
    from zoneinfo import ZoneInfo

    import pandas as pd

#: What is dated by an assignment.
ATTRIBUTES = ("asset_class", "site", "vendor", "project")
#: The dimension value of records and assets whose attribute is empty.
UNFILLED = "（未填）"


class Segments(NamedTuple):
    """Stretches of time in which an asset's attributes stay the same.

    ``attributes`` has one array per name of ATTRIBUTES (text or None), ``assignment`` the row_id of the
    assignment that says so, -1 where the register itself does.
    """

    intervals: Intervals  # owner: the asset's number in Register.asset_no
    attributes: Mapping[str, Texts]
    assignment: Ints

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Segments:
        """The chosen rows, by mask or by position."""
        kept = {name: values[chosen] for name, values in self.attributes.items()}
        return Segments(self.intervals.take(chosen), kept, self.assignment[chosen])


@dataclass(frozen=True)
class Register:
    """Every asset once, ordered by ``asset_no``; moments are UTC seconds, FAR_PAST and FAR_FUTURE where open.

    ``segments`` tile all time of every asset, sorted by asset and start. ``probed`` is the time in which checks
    are expected (empty where none are).
    """

    asset_no: pd.Index[Any]
    row_id: Ints
    in_service: Intervals
    probed: Intervals
    segments: Segments

    def numbers(self, asset_no: pd.Series[Any]) -> Ints:
        """The number of each named asset; -1 where it is null or not in the register."""
        import pandas as pd

        codes, named = asset_no.factorize()
        numbers: Ints = np.append(self.asset_no.get_indexer(pd.Index(named)), -1)[codes]
        return numbers

    def attributes_at(self, asset_no: pd.Series[Any], moments: Ints) -> dict[str, Texts]:
        """Asset class, site, vendor and project of each asset at its moment; None where unknown or empty."""
        owner = self.numbers(asset_no)
        row = self.segment_at(owner, moments)
        known = owner >= 0
        found = {name: np.full(len(owner), None, object) for name in ATTRIBUTES}
        for name, values in found.items():
            values[known] = self.segments.attributes[name][row[known]]
        return found

    def segment_at(self, owner: Ints, moments: Ints) -> Ints:
        """The row of ``segments`` that holds each asset at its moment (any row where owner is -1)."""
        span = FAR_FUTURE - FAR_PAST
        within = np.clip(moments, FAR_PAST, FAR_FUTURE - 1)
        starts = self.segments.intervals.owner * span + self.segments.intervals.start
        found = np.searchsorted(starts, owner * span + within, "right") - 1
        return np.maximum(found, 0).astype(np.int64)


def read_register(facts: Facts, zone: ZoneInfo) -> Register:
    """The register with its dated assignments; where two sources name one asset, the row stored last counts.

    An assignment holds from ``from_on`` until ``until_on`` (exclusive), the later beginning first where two
    overlap; what it leaves empty, and the time it leaves open, is as the register itself says.
    """
    return facts.remembered(("register", zone.key), lambda: _read_register(facts, zone))


def _read_register(facts: Facts, zone: ZoneInfo) -> Register:
    import pandas as pd

    frame = facts.frames["asset"].sort_values("row_id").drop_duplicates("asset_no", keep="last")
    frame = frame.sort_values("asset_no", ignore_index=True)
    owner = np.arange(len(frame), dtype=np.int64)
    probed = true(frame["probed"])
    probed_until = midnights(frame["probed_until"], zone, FAR_FUTURE)
    register = Register(
        asset_no=pd.Index(frame["asset_no"]),
        row_id=integers(frame["row_id"], -1),
        in_service=Intervals(
            owner,
            midnights(frame["in_service_from"], zone, FAR_PAST),
            midnights(frame["in_service_until"], zone, FAR_FUTURE),
        ),
        probed=Intervals(
            owner, midnights(frame["probed_from"], zone, FAR_PAST), np.where(probed, probed_until, FAR_PAST)
        ),
        segments=_whole(owner, {name: texts(frame[name]) for name in ATTRIBUTES}),
    )
    return _assigned(register, facts.frames["asset_assignment"], zone)


def _whole(owner: Ints, attributes: Mapping[str, Texts]) -> Segments:
    always = Intervals(owner, np.full(len(owner), FAR_PAST), np.full(len(owner), FAR_FUTURE))
    return Segments(always, attributes, np.full(len(owner), -1))


class _Assignment(NamedTuple):
    start: int
    end: int
    row_id: int
    values: tuple[str | None, ...]


def _assigned(register: Register, frame: pd.DataFrame, zone: ZoneInfo) -> Register:
    """The register with the segments of its assigned assets cut by their assignments."""
    owner = register.numbers(frame["asset_no"])
    rows: dict[int, list[_Assignment]] = {}
    columns = (
        midnights(frame["from_on"], zone, FAR_PAST),
        midnights(frame["until_on"], zone, FAR_FUTURE),
        integers(frame["row_id"], -1),
        *(texts(frame[name]) for name in ATTRIBUTES),
    )
    for number, start, end, row_id, *values in zip(owner.tolist(), *columns, strict=True):
        if number >= 0 and start < end:
            rows.setdefault(number, []).append(_Assignment(int(start), int(end), int(row_id), tuple(values)))
    if not rows:
        return register
    whole = register.segments
    kept = whole.take(np.array([number not in rows for number in whole.intervals.owner.tolist()]))
    cut = [
        (number, *piece)
        for number, assignments in rows.items()
        for piece in _tile(assignments, tuple(whole.attributes[name][number] for name in ATTRIBUTES))
    ]
    return replace(register, segments=_joined(kept, cut))


def _tile(
    assignments: Sequence[_Assignment], own: tuple[str | None, ...]
) -> list[tuple[int, int, int, tuple[str | None, ...]]]:
    """All time of one asset cut at every edge: start, end, row_id of the assignment that holds or -1, values."""
    edges = sorted({FAR_PAST, FAR_FUTURE} | {edge for row in assignments for edge in (row.start, row.end)})
    pieces = []
    for start, end in pairwise(edges):
        holding = [row for row in assignments if row.start <= start and end <= row.end]
        if holding:
            row = max(holding, key=lambda row: (row.start, row.row_id))
            values = tuple(v if v is not None else o for v, o in zip(row.values, own, strict=True))
            pieces.append((start, end, row.row_id, values))
        else:
            pieces.append((start, end, -1, own))
    return pieces


def _joined(kept: Segments, cut: list[tuple[int, int, int, int, tuple[str | None, ...]]]) -> Segments:
    """Both kinds of segments in one, sorted by asset and start."""
    owner, start, end, row_id = (np.array([piece[i] for piece in cut], np.int64) for i in range(4))
    intervals = Intervals(
        np.concatenate([kept.intervals.owner, owner]),
        np.concatenate([kept.intervals.start, start]),
        np.concatenate([kept.intervals.end, end]),
    )
    attributes = {
        name: np.concatenate([kept.attributes[name], np.array([piece[4][i] for piece in cut], object)])
        for i, name in enumerate(ATTRIBUTES)
    }
    joined = Segments(intervals, attributes, np.concatenate([kept.assignment, row_id]))
    return joined.take(np.lexsort((intervals.start, intervals.owner)))


def chosen(values: Texts, patterns: Sequence[str]) -> NDArray[np.bool_]:
    """Which values a ``Where`` column lets through: one of the patterns, ``*`` at the end meaning any ending.

    Without patterns everything passes; an empty value passes no pattern.
    """
    if not patterns:
        return np.ones(len(values), np.bool_)
    exact = {pattern for pattern in patterns if not pattern.endswith("*")}
    begins = tuple(pattern[:-1] for pattern in patterns if pattern.endswith("*"))
    passed = {value: value in exact or value.startswith(begins) for value in set(values) if value is not None}
    return np.array([passed.get(value, False) for value in values], np.bool_)


def required_segments(register: Register, where: Where, contract: Contract, as_of: int) -> Segments:
    """The time for which each asset has to work, before the service window: in service ∩ contract ∩ before as_of.

    Cut wherever the assignment changes; only assets that pass ``where`` and belong to the contract's project
    (an empty project belongs to every project), sorted by asset and start.
    """
    bounded = _within_contract(register, contract, as_of)
    attributes = bounded.attributes
    names = register.asset_no.to_numpy(dtype=object)[bounded.intervals.owner]
    passed = chosen(names, where.asset_no)
    for name, patterns in (
        ("asset_class", where.asset_class),
        ("site", where.site),
        ("vendor", where.vendor),
    ):
        passed &= chosen(attributes[name], patterns)
    own = np.array([value is None or value == contract.project for value in attributes["project"]], np.bool_)
    return bounded.take(passed & own)


def _within_contract(register: Register, contract: Contract, as_of: int) -> Segments:
    """All assets' segments cut to their service dates, the contract and ``as_of``, without empty ones."""
    segments, owner = register.segments, register.segments.intervals.owner
    first, last = contract_bounds(contract)
    starts = np.maximum(register.in_service.start[owner], first)
    ends = np.minimum(register.in_service.end[owner], min(last, as_of))
    cut = segments.intervals.clip(starts, ends)
    filled = cut.start < cut.end
    return Segments(cut, segments.attributes, segments.assignment).take(filled)


def contract_bounds(contract: Contract) -> tuple[int, int]:
    """``[start, end)`` of the contract in UTC seconds, its last day included."""
    return Period(contract.starts_on, contract.ends_on, "range").bounds(contract.zone)
