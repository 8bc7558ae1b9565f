"""A ticket's life out of its changes of status: response, arrival, resolutions, reopenings, holds.

Fields that a ticket system overwrites (the last resolution, the last change) are not looked at: what counts is what
was entered and left, in order. Changes of one second keep the order of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from adapters.mapping import Words
from metrics.indicators import Strict

Side = Literal["court", "vendor", "third_party"]


class Change(NamedTuple):
    """One change of status: UTC seconds, a number that orders changes of one second, and the two statuses."""

    at: int
    number: int
    old: str
    new: str


class Statuses(Strict):
    """What the statuses of a ticket system mean; a status in none of the lists is work going on."""

    waiting: Words = Field((), description="还没有人受理的状态；离开它们即为响应")
    responded: Words = Field((), description="进入即为响应的状态；不写则以离开 waiting 为准")
    arrived: Words = Field((), description="进入即为到场的状态")
    restored: Words = Field((), description="进入即为恢复的状态")
    resolved: Words = Field(description="已解决的状态；从其他状态进入即为解决，回到其他状态即为重新打开")
    closed: Words = Field((), description="已关单的状态；也算已解决")
    cancelled: Words = Field((), description="作废的状态")
    holds: dict[str, Side] = Field(
        {}, description="挂起的状态: 责任方（court 院方、vendor 服务商、third_party 第三方）"
    )

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if not self.resolved:
            raise ValueError("resolved 至少要有一个状态")
        groups = {"waiting": self.waiting, "resolved": self.resolved, "closed": self.closed}
        groups |= {"cancelled": self.cancelled, "holds": tuple(self.holds)}
        owner: dict[str, str] = {}
        for name, listed in groups.items():
            for status in listed:
                if status in owner:
                    raise ValueError(f"状态“{status}”同时写在 {owner[status]} 和 {name} 中，只能写一处")
                owner[status] = name
        return self

    @property
    def named(self) -> set[str]:
        """Every status that is spoken of."""
        groups = (self.waiting, self.responded, self.arrived, self.restored, self.resolved, self.closed, self.cancelled)
        return {status for group in groups for status in group} | set(self.holds)

    def is_done(self, status: str) -> bool:
        """Whether no work is left in it."""
        return status in self.resolved or status in self.closed or status in self.cancelled


class Life(NamedTuple):
    """What became of a ticket; moments in UTC seconds.

    ``moments``: field of the ticket record → its value. ``cycles`` (opened, restored, resolved) only of a ticket that
    was opened again; ``holds`` (from, to, side), None while it lasts.
    """

    moments: Mapping[str, int | bool | None]
    cycles: Sequence[tuple[int, int | None, int | None]]
    holds: Sequence[tuple[int, int | None, Side]]


#: Of a ticket whose report has no readable moment.
UNKNOWN_LIFE = Life({}, (), ())


def moment_of(text: str) -> int:
    """UTC seconds of ``2026-11-24T22:52:07Z``; ValueError if it is none."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())


def life_of(
    reported_at: int, status: str, changes: Iterable[Change], statuses: Statuses, replies: Iterable[int] = ()
) -> Life:
    """A ticket that was made at ``reported_at`` and is in ``status`` now.

    ``replies``: moments at which the vendor wrote to the reporter, where that counts as a response.
    """
    ordered = sorted(changes)
    first = ordered[0].old if ordered else status
    stretches = _stretches(reported_at, first, ordered)
    cycles = _cycles(reported_at, stretches, statuses)
    done = statuses.is_done(stretches[-1][2])
    responded = [_response(stretches, statuses), *(at for at in replies if at >= reported_at)]
    moments: dict[str, int | bool | None] = {
        "responded_at": min((at for at in responded if at is not None), default=None),
        "arrived_at": _entered(stretches, statuses.arrived),
        "restored_at": cycles[-1][1],
        "resolved_at": cycles[-1][2] if done else None,
        "closed_at": _closing(stretches, statuses),
        "cancelled": stretches[-1][2] in statuses.cancelled,
    }
    return Life(moments, cycles if len(cycles) > 1 else [], _holds(stretches, statuses))


_Stretch = tuple[int, int | None, str]  # from, to, status; the last one lasts


def _stretches(reported_at: int, first: str, changes: Sequence[Change]) -> list[_Stretch]:
    """Status after status; a ticket is not in any before it was reported."""
    found: list[_Stretch] = []
    since, status = reported_at, first
    for change in changes:
        at = max(change.at, reported_at)
        found.append((since, at, status))
        since, status = at, change.new
    return [*found, (since, None, status)]


def _entered(stretches: Sequence[_Stretch], wanted: Sequence[str]) -> int | None:
    return next((since for since, _, status in stretches if status in wanted), None)


def _response(stretches: Sequence[_Stretch], statuses: Statuses) -> int | None:
    if statuses.responded:
        return _entered(stretches, statuses.responded)
    waiting = statuses.waiting or (stretches[0][2],)
    return next(
        (since for since, _, status in stretches if status not in waiting and status not in statuses.cancelled), None
    )


def _closing(stretches: Sequence[_Stretch], statuses: Statuses) -> int | None:
    """When it was closed for the last time, if it still is."""
    at = None
    for since, _, status in stretches:
        at = (since if at is None else at) if status in statuses.closed else None
    return at


def _cycles(
    reported_at: int, stretches: Sequence[_Stretch], statuses: Statuses
) -> list[tuple[int, int | None, int | None]]:
    """From each opening to its restoration and resolution; of openings within one second the last one counts."""
    cycles: list[tuple[int, int | None, int | None]] = []
    opened, restored, was_done = reported_at, None, False
    for since, _, status in stretches:
        done = statuses.is_done(status)
        if was_done and not done:
            opened, restored = since, None
        if restored is None and status in statuses.restored:
            restored = since
        if done and not was_done:
            _put(cycles, (opened, restored, since))
        was_done = done
    if not was_done:
        _put(cycles, (opened, restored, None))
    return cycles


def _put(cycles: list[tuple[int, int | None, int | None]], cycle: tuple[int, int | None, int | None]) -> None:
    if cycles and cycles[-1][0] == cycle[0]:
        cycles.pop()
    cycles.append(cycle)


def _holds(stretches: Sequence[_Stretch], statuses: Statuses) -> list[tuple[int, int | None, Side]]:
    """Every hold that lasted; statuses of one side that follow each other are one hold."""
    found: list[tuple[int, int | None, Side]] = []
    for since, until, status in stretches:
        side = statuses.holds.get(status)
        if side is None or since == until:
            continue
        if found and found[-1][1] == since and found[-1][2] == side:
            found[-1] = (found[-1][0], until, side)
        else:
            found.append((since, until, side))
    return found


def fields_of(life: Life) -> dict[str, Any]:
    """The moments as columns of a ticket, without those that did not happen."""
    return {name: value for name, value in life.moments.items() if value is not None}
