"""Tickets that two systems both hold: which belong together, and that each counts once (semantics 7).

One system leads. A ticket of another system that is the same by number, or by asset and moment of report, stands
behind the leading one: figures are computed from the leading ticket alone. What the two say differently is a
contradiction (:mod:`metrics.contradictions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from metrics.frames import FAR_FUTURE, Ints, integers, true
from metrics.indicators import Facts, IndicatorDefinition
from metrics.scope import Coded

if TYPE_CHECKING:
    import pandas as pd

Rule = Literal["number", "asset"]
_RELATED = ("hold", "ticket_cycle")


@dataclass(frozen=True)
class Matching:
    """Which sources hold the same tickets, and how they are told to be the same.

    Attributes:
        leads: the source whose ticket counts.
        others: the sources whose tickets may stand behind it.
        by: ``number``: equal ticket numbers; ``asset``: one asset, reported at most ``tolerance`` seconds apart. In
            this order; of several candidates the nearest in time, and each ticket is taken once for each source.
        names: what people call the sources.
    """

    leads: str
    others: tuple[str, ...]
    by: tuple[Rule, ...]
    tolerance: int
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def words(self) -> str:
        """The rule in Chinese words (口径)."""
        rules = {"number": "工单号相同", "asset": f"同一设备且报障相隔不超过{_span(self.tolerance)}"}
        others = "、".join(f"“{self.names.get(name, name)}”" for name in self.others)
        leads = f"“{self.names.get(self.leads, self.leads)}”"
        how = "，或".join(rules[rule] for rule in self.by)
        return f"{leads}与{others}都有的工单（{how}）只计一次，以{leads}为准。"


class Pairs(NamedTuple):
    """Rows of the frame of tickets: the leading one, the one behind it, and seconds between their reports.

    ``doubtful``: rows of other sources that no ticket was left for although one of the leading source is as near.
    ``rival``: for each of them that leading ticket.
    """

    leading: Ints
    behind: Ints
    doubtful: Ints
    rival: Ints


def pairs_of(facts: Facts, matching: Matching) -> Pairs:
    """Which tickets are the same, whatever ``as_of``."""
    return facts.remembered(("pairs", matching), lambda: _pairs(facts.frames["ticket"], matching))


def counted_once(facts: Facts, matching: Matching | None, as_of: int) -> Facts:
    """The facts without the tickets that stand behind another, and without what belongs to those.

    A ticket steps back only when the leading one was reported before ``as_of`` too: until then it is all there is.
    """
    if matching is None:
        return facts
    pairs = pairs_of(facts, matching)
    reported = integers(facts.frames["ticket"]["reported_at"], FAR_FUTURE)
    known = reported[pairs.leading] < as_of
    if known.all() or not (reported[pairs.behind[~known]] < as_of).any():
        return facts.remembered(("counted_once", matching), lambda: _without(facts, pairs.behind))
    return facts.remembered(("counted_once", matching, as_of), lambda: _without(facts, pairs.behind[known]))


def reads_tickets(definition: IndicatorDefinition, needs: tuple[str, ...]) -> bool:
    """Whether an indicator's figure depends on tickets; ``needs`` are those of its formula."""
    params = definition.params
    parts = (params, getattr(params, "numerator", None), getattr(params, "denominator", None))
    records = {getattr(part, "record", None) for part in parts}
    evidence = set(getattr(params, "down_from", ()))
    return "ticket" in needs or "ticket" in records or bool(evidence & {"tickets", "inspections"})


def _pairs(tickets: pd.DataFrame, matching: Matching) -> Pairs:
    source = Coded.of(tickets["source"])
    reported = integers(tickets["reported_at"], FAR_FUTURE)
    numbers, assets = Coded.of(tickets["ticket_no"]).codes, Coded.of(tickets["asset_no"]).codes
    leading = np.flatnonzero(source.among([matching.leads]))
    found: list[tuple[Ints, Ints]] = []
    doubtful: list[tuple[Ints, Ints]] = []
    for name in matching.others:
        free_leading, free = leading, np.flatnonzero(source.among([name]))
        for rule in matching.by:
            codes, within = (numbers, None) if rule == "number" else (assets, matching.tolerance)
            first, second = _assigned(*_candidates(codes, reported, free_leading, free, within))
            found.append((first, second))
            free_leading, free = np.setdiff1d(free_leading, first), np.setdiff1d(free, second)
        if "asset" in matching.by:
            rivals, left, _ = _candidates(assets, reported, leading, free, matching.tolerance)
            left, at = np.unique(left, return_index=True)
            doubtful.append((left, rivals[at]))
    joined = [np.concatenate([np.empty(0, np.int64), *parts]) for parts in zip(*found, strict=True)]
    unsure = [np.concatenate([np.empty(0, np.int64), *(part[at] for part in doubtful)]) for at in (0, 1)]
    return Pairs(joined[0], joined[1], unsure[0], unsure[1])


def _candidates(
    codes: Ints, reported: Ints, leading: Ints, others: Ints, within: int | None
) -> tuple[Ints, Ints, Ints]:
    """Every leading ticket and every other of the same code at most ``within`` seconds apart, the nearest first.

    Returns their rows and the seconds between their reports.
    """
    leading = leading[codes[leading] >= 0]
    leading = leading[np.lexsort((leading, reported[leading], codes[leading]))]
    others = others[codes[others] >= 0]
    moments, width = reported[others], 2 * int(reported.max(initial=0)) + 2
    keys = codes[leading] * width + reported[leading]
    start = codes[others] * width
    earliest, latest = (0, width) if within is None else (np.maximum(moments - within, 0), moments + within)
    low = np.searchsorted(keys, start + earliest, "left")
    high = np.searchsorted(keys, start + np.minimum(latest, width - 1), "right")
    counts = np.maximum(high - low, 0)
    second = np.repeat(others, counts)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    first = leading[np.repeat(low, counts) + offsets]
    gap = np.abs(reported[first] - reported[second])
    order = np.lexsort((second, first, gap))
    return first[order], second[order], gap[order]


def _assigned(first: Ints, second: Ints, _gap: Ints) -> tuple[Ints, Ints]:
    """Candidates taken in order, each ticket once."""
    kept: list[tuple[int, int]] = []
    taken_first: set[int] = set()
    taken_second: set[int] = set()
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        if one not in taken_first and other not in taken_second:
            taken_first.add(one)
            taken_second.add(other)
            kept.append((one, other))
    rows = np.array(kept, np.int64).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def _without(facts: Facts, rows: Ints) -> Facts:
    """The facts without these tickets, their holds and cycles."""
    tickets = facts.frames["ticket"]
    keep = np.ones(len(tickets), np.bool_)
    keep[rows] = False
    gone = tickets.iloc[rows][["source", "ticket_no"]]
    frames = {**facts.frames, "ticket": tickets[keep].reset_index(drop=True)}
    for name in _RELATED:
        frame = facts.frames[name]
        if len(frame) and len(gone):
            named = frame[["source", "ticket_no"]].merge(gone.drop_duplicates(), how="left", indicator=True)
            frames[name] = frame[(named["_merge"] == "left_only").to_numpy()].reset_index(drop=True)
    return Facts(frames, facts.states, facts.delivered)


class Difference(NamedTuple):
    """One thing that a pair tells differently: its position among the pairs, the column, and both values.

    Moments are UTC seconds, None where there is none; ``cancelled`` is true or false.
    """

    pair: int
    column: str
    leading: int | bool | None
    behind: int | bool | None


def differences(tickets: pd.DataFrame, pairs: Pairs, tolerance: int) -> Iterator[Difference]:
    """Moments more than ``tolerance`` seconds apart or told by one system only, and tickets cancelled in one only."""
    for name in ("reported_at", "responded_at", "arrived_at", "restored_at", "resolved_at"):
        moments = integers(tickets[name], FAR_FUTURE)
        one, other = moments[pairs.leading], moments[pairs.behind]
        for at in np.flatnonzero(np.abs(one - other) > tolerance).tolist():
            values = [None if moment == FAR_FUTURE else int(moment) for moment in (one[at], other[at])]
            yield Difference(at, name, values[0], values[1])
    cancelled = true(tickets["cancelled"])
    one_is, other_is = cancelled[pairs.leading], cancelled[pairs.behind]
    for at in np.flatnonzero(one_is != other_is).tolist():
        yield Difference(at, "cancelled", bool(one_is[at]), bool(other_is[at]))


def _span(seconds: int) -> str:
    for unit, name in ((3600, "小时"), (60, "分钟")):
        if seconds and seconds % unit == 0:
            return f" {seconds // unit} {name}"
    return f" {seconds} 秒"
