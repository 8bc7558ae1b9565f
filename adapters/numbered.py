"""A load by ascending number of all that changed since a moment: no change meanwhile can move a page.

An object that changes while it is read keeps its number, so nothing slides over the edge of a page; one that changes
after it was read is found by the next load, which begins with the moment at which this one began.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

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
    """

    since: int | None
    last: int = 0
    until: int | None = None
    ended: bool = False

    def begin(self, reply: Reply, skew: int) -> None:
        """The first answer says when the load began; clocks that differ make it earlier by as much."""
        if self.until is None:
            self.until = reply.at - abs(skew)

    def after(self, last: int, ended: bool) -> None:
        """A page up to the number ``last`` was read."""
        self.last, self.ended = last, ended

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
