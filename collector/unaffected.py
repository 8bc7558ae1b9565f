"""Which figures need no new compute: what stands was computed after their period, and nothing of it has changed since.

A figure of a period that had ended then is the same function of the same records as before, unless a record came or
went whose moments reach into the period, or an earlier record says something that has happened only since. Each
condition errs towards computing again; `tests/compute/test_unaffected.py` holds all of them against a full compute.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from collector.default_periods import default_periods
from collector.result_rows import from_iso
from collector.version import program_version
from metrics.frames import FAR_FUTURE, FAR_PAST, integers
from metrics.indicators import Facts, IndicatorDefinition
from metrics.period import Period
from metrics.records import RECORDS
from metrics.wanted import Demand, Wanted

if TYPE_CHECKING:
    from collector.reader import Reader
    from collector.settings import Settings

#: An outage counts whole in the period in which it began: what ends it may come any time later.
_UNBOUNDED = frozenset(("outage_count", "mean_outage_duration", "failure_rate", "mean_time_between_failures"))
#: Checks after a period decide on its last ones: how many failed in a row, how long the last one holds.
_AFTER_CHECKS = 7 * 86_400
#: Records of things that happen; what they name after ``as_of`` has not happened yet.
_EVENTS = ("ticket", "hold", "ticket_cycle", "inspection", "support_event", "outage", "exclusion")


@dataclass(frozen=True)
class _Standing:
    """The newest result of a figure: UTC seconds, sequence, and how many cases were not due yet."""

    as_of: int
    sequence: int
    not_due: int


@dataclass(frozen=True)
class Confirmed:
    """A compute of every indicator's default periods, as of that moment and at that sequence.

    It left alone what was right, so that whatever of them stood then was right then, however long ago it was made.
    """

    as_of: int
    sequence: int
    configuration_hash: str
    program_version: str


def affected(
    settings: Settings, reader: Reader, demands: Sequence[Demand], confirmed: Confirmed | None = None
) -> tuple[list[Demand], Facts]:
    """The figures that have to be computed, and the facts for that.

    Read at once: what those need that are computed whatever was touched, and what tells of the others.
    """
    standing = _Past(settings, reader, demands, confirmed)
    certain, open_ones = [], []
    for one in demands:
        may_hold = [period for period in one.periods if standing.may_hold(one, period)]
        certain.append(replace(one, periods=[period for period in one.periods if period not in may_hold]))
        open_ones.append(replace(one, periods=may_hold))
    wanted = standing.telling(reader.needed(certain), open_ones)
    facts = reader.read(wanted)
    judged = _Unaffected(standing, facts)
    left = [
        replace(one, periods=[each for each in one.periods if each in sure.periods or not judged.holds(one, each)])
        for one, sure in zip(demands, certain, strict=True)
    ]
    needed = reader.needed(left)
    return left, facts if wanted.covers(needed) else reader.read(needed)


class _Past:
    """What stands, and what was touched since."""

    def __init__(
        self, settings: Settings, reader: Reader, demands: Sequence[Demand], confirmed: Confirmed | None
    ) -> None:
        self.reader = reader
        made = _standing(reader.store.newest_totals(), settings.hash)
        self._standing = {
            key: each
            for one in demands
            for period in one.periods
            if (each := made.get(key := (one.definition.project, one.definition.id, period.label))) is not None
        }
        by_it = confirmed is not None and confirmed.configuration_hash == settings.hash
        if confirmed is not None and by_it and confirmed.program_version == program_version():
            self._confirm(settings, demands, confirmed)
        oldest = min((each.sequence for each in self._standing.values()), default=0)
        self.touched = reader.store.touched_since(oldest)

    def _confirm(self, settings: Settings, demands: Sequence[Demand], confirmed: Confirmed) -> None:
        """What stood then counts as made then."""
        if confirmed.as_of > self.reader.as_of:
            return
        for one in demands:
            for period in default_periods(settings, one.contract, confirmed.as_of):
                key = one.definition.project, one.definition.id, period.label
                each = self._standing.get(key)
                if each is not None and each.as_of <= confirmed.as_of and each.sequence <= confirmed.sequence:
                    self._standing[key] = replace(each, as_of=confirmed.as_of, sequence=confirmed.sequence)

    def of(self, demand: Demand, period: Period) -> _Standing:
        """What stands of a figure that :meth:`may_hold`."""
        return self._standing[demand.definition.project, demand.definition.id, period.label]

    def may_hold(self, demand: Demand, period: Period) -> bool:
        """Whether the figure can stand, whatever the records say."""
        definition = demand.definition
        standing = self._standing.get((definition.project, definition.id, period.label))
        if standing is None or standing.not_due or standing.as_of > self.reader.as_of:
            return False
        if definition.formula in _UNBOUNDED:
            return False
        margin = self.margin(definition)
        first_check = self.reader.first_check if margin else None
        if margin and (first_check is None or standing.as_of <= first_check):
            return False  # until then it was told that there are no checks
        return period.bounds(demand.contract.zone)[1] + margin <= standing.as_of

    def margin(self, definition: IndicatorDefinition) -> int:
        """For how long after a period checks still decide on it, in seconds."""
        params = definition.params
        if "checks" not in getattr(params, "down_from", ()):
            return 0
        fail_after: int = params.fail_after
        return max(_AFTER_CHECKS, self.reader.staleness * (fail_after + 1))

    def telling(self, wanted: Wanted, demands: Iterable[Demand]) -> Wanted:
        """``wanted``, and all that was said of the time since these figures were computed."""
        standing = [self.of(one, period) for one in demands for period in one.periods]
        if not standing:
            return wanted
        numbers = self.touched.tickets_since(min(each.sequence for each in standing))
        return wanted.also(min(each.as_of for each in standing), numbers)


class _Unaffected:
    """Asked for one figure that may hold after the other; see :meth:`holds`."""

    def __init__(self, past: _Past, facts: Facts) -> None:
        self._past, self._facts = past, facts
        self._earliest: dict[int, tuple[Mapping[str, int], int]] = {}
        self._happened: dict[int, int] = {}

    def holds(self, demand: Demand, period: Period) -> bool:
        """Whether the newest results of the figure are those that a compute would give now."""
        definition, contract = demand.definition, demand.contract
        standing = self._past.of(demand, period)
        end, margin = period.bounds(contract.zone)[1], self._past.margin(definition)
        touched, of_tickets = self._since(standing.sequence)
        if definition.formula == "inspection_completion" and touched.keys() & {"inspection", "inspection_plan"}:
            return False  # a late inspection is one of the earlier period
        if contract.matching is not None and touched.keys() & {"ticket", "hold", "ticket_cycle"}:
            return False  # it may stand behind a ticket of any earlier moment, or be led by one
        earliest = min([*touched.values(), of_tickets, self._since_then(standing.as_of)], default=FAR_FUTURE)
        return end + margin <= min(standing.as_of, earliest)

    def _since(self, sequence: int) -> tuple[Mapping[str, int], int]:
        """Record type → earliest moment of what changed after ``sequence``; when its earliest ticket was reported."""
        if sequence not in self._earliest:
            touched = self._past.touched.since(sequence)
            gone = {name for name in touched if name != "uptime_check" and not self._facts.has(name)}
            touched |= dict.fromkeys(gone, FAR_PAST)
            numbers = self._past.touched.tickets_since(sequence)
            self._earliest[sequence] = touched, _reported(self._facts, numbers)
        return self._earliest[sequence]

    def _since_then(self, as_of: int) -> int:
        """The earliest moment of records that name something at or after ``as_of``: it may have happened since."""
        if as_of not in self._happened:
            self._happened[as_of] = min((_unhappened(self._facts, name, as_of) for name in _EVENTS), default=FAR_FUTURE)
        return self._happened[as_of]


def _standing(rows: Iterable[Mapping[str, Any]], configuration_hash: str) -> dict[tuple[str, str, str], _Standing]:
    """Figure → what stands, where it was computed by this program under this configuration."""
    version = program_version()
    return {
        (row["project"], row["indicator"], row["period"]): _Standing(
            from_iso(row["as_of"]), row["known_sequence"], _not_due(row["parts"] or "")
        )
        for row in rows
        if row["configuration_hash"] == configuration_hash and row["program_version"] == version
    }


def _not_due(parts: str) -> int:
    return int(json.loads(parts)["not_due_count"]) if '"not_due_count"' in parts else 0


def _reported(facts: Facts, numbers: frozenset[str]) -> int:
    """The first moment of these tickets, their cycles included: the last cycle decides when one was resolved."""
    if not numbers:
        return FAR_FUTURE
    first = FAR_FUTURE
    for name, moments in (("ticket", ("reported_at",)), ("ticket_cycle", ("opened_at", "restored_at", "resolved_at"))):
        frame = facts.frames[name]
        mine = frame["ticket_no"].isin(list(numbers)).to_numpy(dtype=np.bool_)
        for moment in moments:
            first = min(first, int(integers(frame[moment], FAR_FUTURE)[mine].min(initial=FAR_FUTURE)))
    return first


def _unhappened(facts: Facts, name: str, as_of: int) -> int:
    frame = facts.frames[name]
    moments = [integers(frame[column.name], FAR_PAST) for column in RECORDS[name].columns if column.kind == "instant"]
    if not len(frame):
        return FAR_FUTURE
    later = np.maximum.reduce(moments) >= as_of
    first = np.minimum.reduce([np.where(moment > FAR_PAST, moment, FAR_FUTURE) for moment in moments])
    found = int(first[later].min(initial=FAR_FUTURE))
    numbers = frozenset(frame["ticket_no"][later]) if "ticket_no" in frame else frozenset()
    return min(found, _reported(facts, numbers))
