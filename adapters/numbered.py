"""A load by ascending number of all that changed since a moment: no change meanwhile can move a page.

An object that changes while it is read keeps its number, so nothing slides over the edge of a page; one that changes
after it was read is found by the next load, which begins with the moment at which this one began.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.base import Context, Fetch
from adapters.cursors import position_of
from adapters.http_client import Reply
from adapters.ticket_system_config import TicketSystemConfig
from metrics.period import midnight


@dataclass
class Walk:
    """Where a load stands.

    Attributes:
        since: UTC seconds from which on changes are asked for; None: everything.
        last: the number that was read last.
        until: UTC seconds when the load began, by the earlier clock; None before the first answer.
        ended: everything was read.
        listed: the numbers that were read.
    """

    since: int | None
    last: int = 0
    until: int | None = None
    ended: bool = False
    listed: set[int] = field(default_factory=set)

    def begin(self, reply: Reply, skew: int) -> None:
        """The first answer says when the load began; clocks that differ make it earlier by as much."""
        if self.until is None:
            self.until = reply.at - abs(skew)

    def after(self, numbers: Sequence[int], ended: bool) -> None:
        """A page of these numbers, in their order, was read."""
        self.last, self.ended = numbers[-1] if numbers else self.last, ended
        self.listed.update(numbers)

    def cursor(self) -> str:
        """As it is stored: the next load's beginning, or where this one goes on."""
        if self.ended:
            return json.dumps({"until": self.until})
        return json.dumps({"until": self.until, "since": self.since, "last": self.last})


def walk_from(config: TicketSystemConfig, context: Context, ask: Fetch) -> Walk:
    """The load that ``ask`` wants: a range once more, the one that was broken off, the next, or the first."""
    if ask.since is not None:
        return Walk(ask.since)
    stood = position_of(ask.cursor, ["until"])
    if stood is None:
        return Walk(midnight(config.start, context.zone) if config.start is not None else None)
    if "last" in stood:
        return Walk(stood.get("since"), stood["last"], stood["until"])
    return Walk(stood["until"] - config.overlap)


_SHOWN = 10


def numbers_are_ours(config: TicketSystemConfig) -> bool:
    """Whether tickets are stored under the system's own numbers, and under no other field's."""
    return config.ticket.columns["ticket_no"] == ("number",)


def say_missing(config: TicketSystemConfig, ask: Fetch, walk: Walk) -> None:
    """Name tickets of a range that was read once more that are in the store and are not listed any more.

    What was reported in the range changed in it, so it would be listed; it was deleted, moved, or hidden from us. Its
    record stays: a ticket that somebody took away is a question to the vendor and not a fact.
    """
    if ask.since is None or not numbers_are_ours(config):
        return
    missing = sorted(ask.stored(ask.since) - set(map(str, walk.listed)), key=lambda number: (len(number), number))
    if missing:
        named = "、".join(missing[:_SHOWN]) + ("…" if len(missing) > _SHOWN else "")
        ask.say(
            f"重取的范围内有 {len(missing):,} 张入库过的工单对方不再列出（{named}），"
            "可能已删除、移走或不再给这个账号看；库中的记录没有改动，请向对方查明"
        )
