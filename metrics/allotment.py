"""Which inspection was made for which plan: each is counted once, in time before late (semantics 5)."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from metrics.frames import Ints
from metrics.scope import Events, Mask

#: Kind, asset, site and vendor that a plan asks for; None where it leaves one open.
_Key = tuple[str | None, str | None, str | None, str | None]


class Plans(NamedTuple):
    """Plans with their window ``[start, end)`` in UTC seconds and the number of inspections due in it."""

    events: Events
    start: Ints
    end: Ints
    quantity: Ints


class Allotment(NamedTuple):
    """So much of an inspection counts for a plan, in time or late; both by position."""

    plan: Ints
    inspection: Ints
    quantity: Ints
    late: Mask

    def take(self, kept: Mask) -> Allotment:
        """The chosen rows."""
        return Allotment(self.plan[kept], self.inspection[kept], self.quantity[kept], self.late[kept])


class _Group(NamedTuple):
    """Plans that ask for the same thing, and the inspections that could serve them by time."""

    plans: list[int]
    inspections: list[int]


def allot(plans: Plans, inspections: Events, at: Ints, quantity: Ints) -> Allotment:
    """Plans of one asset take first, then those of a site or vendor, then those of a kind alone.

    In time: an inspection serves the plan of its window that ends first. What is left over serves late the plan
    of its group that ended last before it. An inspection of three may serve two plans.
    """
    rows: list[tuple[int, int, int, bool]] = []
    left, wanted, moments = quantity.tolist(), plans.quantity.tolist(), at.tolist()
    groups = list(_groups(plans, inspections, at))
    windows = (plans.start.tolist(), plans.end.tolist())
    for group in groups:
        for plan, inspection in _in_time(group, windows, moments, left, wanted):
            rows.append((plan, inspection, _move(plan, inspection, left, wanted), False))
    for group in groups:
        for plan, inspection in _late(group, windows[1], moments, left):
            if wanted[plan]:
                rows.append((plan, inspection, _move(plan, inspection, left, wanted), True))
    columns = np.array(rows, np.int64).reshape(-1, 4)
    return Allotment(columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3].astype(np.bool_))


def _move(plan: int, inspection: int, left: list[int], wanted: list[int]) -> int:
    moved = min(left[inspection], wanted[plan])
    left[inspection] -= moved
    wanted[plan] -= moved
    return moved


def _in_time(
    group: _Group, windows: tuple[list[int], list[int]], moments: list[int], left: list[int], wanted: list[int]
) -> Iterator[tuple[int, int]]:
    """Pairs whose moment lies in the window, the earliest deadline first; the caller moves the quantity."""
    starts, ends = windows
    coming = sorted(group.plans, key=lambda plan: starts[plan], reverse=True)
    running: list[tuple[int, int]] = []
    for inspection in group.inspections:
        moment = moments[inspection]
        while coming and starts[coming[-1]] <= moment:
            plan = coming.pop()
            heapq.heappush(running, (ends[plan], plan))
        while running and left[inspection]:
            end, plan = running[0]
            if end > moment and wanted[plan]:
                yield plan, inspection
            if end <= moment or not wanted[plan]:
                heapq.heappop(running)


def _late(group: _Group, ends: list[int], moments: list[int], left: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs of what is left of an inspection and the plan that ended last before it."""
    ended = sorted(group.plans, key=lambda plan: ends[plan])
    deadlines = [ends[plan] for plan in ended]
    for inspection in group.inspections:
        number = bisect_right(deadlines, moments[inspection])
        for same in range(bisect_left(deadlines, deadlines[number - 1]) if number else 0, number):
            if left[inspection]:
                yield ended[same], inspection


def _groups(plans: Plans, inspections: Events, at: Ints) -> Iterator[_Group]:
    """Groups in the order in which they may take: by asset, by site and vendor, by site or vendor, by kind."""
    columns = {name: _texts(plans.events, name) for name in ("kind", "asset_no", "site", "vendor")}
    asked: dict[_Key, list[int]] = {}
    for plan, (kind, asset, site, vendor) in enumerate(zip(*columns.values(), strict=True)):
        key: _Key = (kind, asset, None, None) if asset is not None else (kind, None, site, vendor)
        asked.setdefault(key, []).append(plan)
    order = np.argsort(at, kind="stable").astype(np.int64)
    offered = {shape: _Offered(inspections, shape, order) for shape in {_shape(key) for key in asked}}
    for key, members in sorted(asked.items(), key=lambda item: (item[0][1] is None, -len(_shape(item[0])))):
        yield _Group(members, offered[_shape(key)].of([part for part in key if part is not None]))


class _Offered:
    """Inspections by the values of some columns, those of equal values in their ``order``."""

    def __init__(self, inspections: Events, shape: tuple[str, ...], order: Ints) -> None:
        columns = [inspections.attribute(name) for name in shape]
        self._codes = [{value: code for code, value in enumerate(column.values)} for column in columns]
        keys = self._packed([column.codes[order] for column in columns])
        by_key = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[by_key], order[by_key]

    def of(self, values: Sequence[str]) -> list[int]:
        """The inspections that hold exactly these values."""
        codes = [np.array([known.get(value, -1)]) for known, value in zip(self._codes, values, strict=True)]
        if min(codes, default=0) < 0:
            return []
        key = self._packed(codes)
        first, last = (np.searchsorted(self._keys, key, side)[0] for side in ("left", "right"))
        rows: list[int] = self._rows[first:last].tolist()
        return rows

    def _packed(self, codes: Sequence[Ints]) -> Ints:
        """One number for each combination of codes, which are at least -1."""
        keys = np.zeros(len(codes[0]), np.int64)
        for known, code in zip(self._codes, codes, strict=True):
            keys = keys * (len(known) + 1) + code + 1
        return keys


def _shape(key: _Key) -> tuple[str, ...]:
    """The names of the columns that a plan fixes."""
    names = ("kind", "asset_no", "site", "vendor")
    return tuple(name for name, part in zip(names, key, strict=True) if part is not None)


def _texts(events: Events, name: str) -> list[str | None]:
    column = events.attribute(name)
    values = [*column.values, None]
    return [values[code] for code in column.codes.tolist()]
