"""Down, or were we cut off? A failure counts only between two checks of our own connectivity that succeeded."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from collector.probing.plans import Check

_REMEMBERED = 256  # checks of the link


@dataclass(slots=True)
class _Link:
    """Our own connectivity as one source sees it: (start, end, up) of each check, and failures that wait for it."""

    seen: deque[tuple[float, float, bool]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    waiting: list[tuple[float, float, Check]] = field(default_factory=list)


class Verdicts:
    """Takes finished checks and gives out those whose state is settled; not safe for several threads."""

    def __init__(self) -> None:
        self._links: dict[str, _Link] = {}
        self._settled: list[Check] = []

    def watch(self, sources: set[str]) -> None:
        """Which sources have a probe of our own connectivity from now on; others' failures count at once."""
        for source in set(self._links) - sources:
            self._settled += [check for _, _, check in self._links.pop(source).waiting]
        for source in sources - set(self._links):
            self._links[source] = _Link()

    def add(self, check: Check, started: float, ended: float) -> None:
        """A check from ``started`` to ``ended``; a failure waits for the next check of the link, where there is one."""
        link = self._links.get(check.source)
        if link is None or check.state != "down":
            self._settled.append(check)
        else:
            link.waiting.append((started, ended, check))

    def link_checked(self, source: str, up: bool, started: float, ended: float) -> None:
        """The link of ``source`` was checked; failures that ended before are settled."""
        link = self._links.get(source)
        if link is None:
            return
        link.seen.append((started, ended, up))
        ready = [item for item in link.waiting if item[1] <= started]
        link.waiting = [item for item in link.waiting if item[1] > started]
        self._settled += [_judged(link, *item) for item in ready]

    def settle_all(self) -> None:
        """Judge what waits by what is known of the link so far."""
        for link in self._links.values():
            self._settled += [_judged(link, *item) for item in link.waiting]
            link.waiting.clear()

    def take(self) -> list[Check]:
        """What is settled since it was last asked, in the order of its starts."""
        settled, self._settled = self._settled, []
        return sorted(settled, key=lambda check: check.checked_at)


def _judged(link: _Link, started: float, ended: float, check: Check) -> Check:
    """Unknown if any check of the link was down, from the last before the failure to the first after it."""
    for seen_start, seen_end, up in reversed(link.seen):
        if not up and seen_start < _first_after(link, ended):
            return replace(check, state="unknown", reason=f"自身网络不通，无法判断（{check.reason}）")
        if seen_end <= started:
            break
    return check


def _first_after(link: _Link, ended: float) -> float:
    """Where the first check of the link after ``ended`` is over; later ones say nothing of that time."""
    return next((seen_end for seen_start, seen_end, _ in link.seen if seen_start >= ended), float("inf"))
