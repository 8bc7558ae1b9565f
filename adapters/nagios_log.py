"""What lines of a Nagios log say: states of hosts and services, downtimes, and when Nagios itself did not run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adapters.base import Batch, Context
from adapters.nagios_config import NagiosConfig
from adapters.own_rows import Rows

_LINE = re.compile(rb"\[(\d{9,11})\] (.*)")
_STATE = re.compile(r"(?:(?:CURRENT|INITIAL) )?(HOST|SERVICE) (?:ALERT|STATE): (.*)")
_DOWNTIME = re.compile(r"(HOST|SERVICE) DOWNTIME ALERT: (.*)")
_ENDED = re.compile(r"(Successfully shutdown|Caught SIG\w+, shutting down|Bailing out)")
_BEGUN = re.compile(r"Nagios .* starting\.\.\.")
_STATES = {
    "UP": "up",
    "OK": "up",
    "WARNING": "up",
    "DOWN": "down",
    "CRITICAL": "down",
    "UNREACHABLE": "unreachable",
    "UNKNOWN": "unknown",
    "PENDING": "unknown",
}


class Lines:
    """The lines of a log: (moment in UTC seconds, text); what is no such line has the moment None."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def first_at(self) -> int:
        """The moment of the first line, 0 where there is none."""
        found = _LINE.search(self._content)
        return int(found[1]) if found else 0

    def __iter__(self) -> Iterator[tuple[int | None, str]]:
        for raw in self._content.splitlines():
            found = _LINE.fullmatch(raw)
            if found:
                yield int(found[1]), _text(found[2])
            elif raw.strip():
                yield None, _text(raw)


def _text(raw: bytes) -> str:
    for name in ("utf-8", "gb18030"):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")  # a plugin's output may be anything; the names before it are what is read


def downtimes_after(before: Mapping[str, int], content: bytes) -> dict[str, int]:
    """The downtimes that run at the end of a log: object → when it began."""
    running = dict(before)
    if b"DOWNTIME ALERT" in content:
        for at, text in Lines(content):
            _follow(running, at, text)
    return running


def _follow(running: dict[str, int], at: int | None, text: str) -> tuple[str, int] | None:
    """Note a downtime's beginning; of its end, the object and when it began, where that is known."""
    found = _DOWNTIME.fullmatch(text)
    if found is None or at is None:
        return None
    parts = found[2].split(";")
    count = 1 if found[1] == "HOST" else 2
    name, what = ";".join(parts[:count]), parts[count].strip() if len(parts) > count else ""
    if what == "STARTED":
        running.setdefault(name, at)
        return None
    begun = running.pop(name, None)
    return (name, begun) if begun is not None else None


def read_log(config: NagiosConfig, context: Context, lines: Lines, before: Mapping[str, int]) -> Iterator[Batch]:
    """Checks and exclusions out of one log; ``before``: downtimes that had begun earlier."""
    reading = _Reading(config, dict(before))
    for at, text in lines:
        reading.take(at, text)
    yield from reading.checks.batches(context)
    yield from reading.exclusions.batches(context)


@dataclass
class _Reading:
    config: NagiosConfig
    running: dict[str, int]
    checks: Rows = field(init=False)
    exclusions: Rows = field(default_factory=lambda: Rows("exclusion"))
    _states: dict[str, str] = field(default_factory=dict)  # asset → the state that was logged last
    _stopped: bool = False

    def __post_init__(self) -> None:
        self.checks = Rows("uptime_check", (None, self.config.staleness))

    def take(self, at: int | None, text: str) -> None:
        """One line."""
        state = _STATE.fullmatch(text)
        if at is None:
            self.checks.refuse("checked_at", text[:60], f"不是 Nagios 的日志行，开头应为 [时间]：“{text[:60]}”")
        elif state is not None:
            self._state(at, state[1], state[2].split(";"), text)
        elif (ended := _follow(self.running, at, text)) is not None:
            self._downtime(*ended, at)
        elif _ENDED.match(text) and not self._stopped:
            self._stopped = True
            self._all(at, dict.fromkeys(self._states, "unknown"))
        elif _BEGUN.match(text):
            self._stopped = False
            self._all(at, self._states)  # Nagios keeps states over a restart; initial states, if logged, follow
        else:
            self.checks.pass_over()

    def _state(self, at: int, kind: str, parts: list[str], text: str) -> None:
        count = 1 if kind == "HOST" else 2
        if len(parts) < count + 2 or parts[count] not in _STATES:
            self.checks.refuse("state", text[:60], f"认不出这一行的状态：“{text[:80]}”", checked_at=at)
            return
        asset = self._asset(";".join(parts[:count]), kind)
        if asset is None or (parts[count + 1] != "HARD" and not self.config.soft):
            self.checks.pass_over()
            return
        state = _STATES[parts[count]]
        self._states[asset] = self.config.unreachable if state == "unreachable" else state
        self.checks.add(asset_no=asset, checked_at=at, state=self._states[asset])

    def _all(self, at: int, states: Mapping[str, str]) -> None:
        """A state of every asset seen so far in the log."""
        self.checks.pass_over()
        for asset, state in states.items():
            self.checks.add(asset_no=asset, checked_at=at, state=state)

    def _asset(self, name: str, kind: str) -> str | None:
        if name in self.config.assets:
            return self.config.assets[name]
        return name if kind == "HOST" and self.config.hosts == "take" else None

    def _downtime(self, name: str, begun: int, at: int) -> None:
        """A host's downtime is one of its services, too."""
        if self.config.downtime == "ignore":
            self.checks.pass_over()
            return
        is_host = ";" not in name
        assets = [self._asset(name, "HOST" if is_host else "SERVICE")]
        assets += [asset for known, asset in self.config.assets.items() if is_host and known.startswith(f"{name};")]
        for asset in dict.fromkeys(asset for asset in assets if asset is not None):
            self.exclusions.add(
                exclusion_no=f"downtime-{name}-{begun}-{asset}",
                asset_no=asset,
                started_at=begun,
                ended_at=at,
                cause="planned_maintenance",
                approved="true" if self.config.downtime == "approved" else "false",
                document_no=f"Nagios: {name}",
            )
