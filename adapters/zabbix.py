"""Zabbix (adapter ``zabbix``): problems as outages, hosts as assets, maintenance as exclusions, item values as checks.

Problems are asked for by their number and not by time, so that none is missed that Zabbix learnt of late; those that
were still open are asked for again until they have ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.cursors import position_of
from adapters.own_rows import preview_own, reread_own
from adapters.replies import Spool, bundled
from adapters.zabbix_api import Api
from adapters.zabbix_config import ZabbixConfig
from adapters.zabbix_rows import READERS
from metrics.errors import InputError
from metrics.period import midnight

if TYPE_CHECKING:
    import pandas as pd

_EVENTS = 1_000  # in a page
_OVERLAP = 500  # numbers of events asked for once more: they are given before they can be seen
_VALUES = 20_000  # in a page of history
_DAY = 86_400
_HISTORY_OVERLAP = 600
_SLI_PERIODS = 13
_EVENT_FIELDS = ["eventid", "objectid", "clock", "ns", "name", "severity", "r_eventid", "value"]
_HOST_FIELDS = ["hostid", "host", "name", "status"]


@dataclass(frozen=True)
class Position:
    """How far a load has come.

    Attributes:
        event: the last event seen.
        open: problems that are still open.
        history: up to when item values were read, UTC seconds; ``asked``: when the load began that read them.
        part: what a load that was broken off was about: problems, those open before, item values; "" after a whole one.
        before: problems that were open when that load began.
    """

    event: int = 0
    open: tuple[str, ...] = ()
    history: int = 0
    asked: int = 0
    part: Literal["", "problems", "ends", "values"] = ""
    before: tuple[str, ...] = ()

    @classmethod
    def of(cls, cursor: str | None) -> Position:
        """From a cursor; the beginning where there is none."""
        told = position_of(cursor, ["event", "open", "history"])
        if told is None:
            return cls()
        asked, part, before = told.get("asked", told["history"]), told.get("part", ""), told.get("before", ())
        return cls(told["event"], tuple(told["open"]), told["history"], asked, part, tuple(before))

    def cursor(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self))


class ZabbixAdapter:
    """Asks a Zabbix server."""

    name: ClassVar[str] = "zabbix"
    label: ClassVar[str] = "Zabbix"
    config: ClassVar[type[BaseModel]] = ZabbixConfig

    def discover(self, config: ZabbixConfig, context: Context) -> Iterator[Blob]:
        """Nothing: a server is asked."""
        return iter(())

    def fetch(self, config: ZabbixConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """Hosts, maintenance and SLA as they are now; then what is new of problems and item values."""
        with Api(config, context, ask) as api:
            load = _Load(config, context, api, ask)
            yield from load.pages()

    def greet(self, config: ZabbixConfig, context: Context, ask: Fetch) -> Greeting:
        """The version, how much the account sees, and the first problems."""
        with Api(config, context, ask) as api:
            load = _Load(config, context, api, ask)
            hosts = load.hosts()
            lines = [f"Zabbix {api.version}", f"看得到 {len(hosts):,} 台主机"]
            if not hosts:
                lines.append("一台主机也看不到：请给账号读取主机组的权限，或核对 groups")
            first = load.problems(1, Position())[0] if hosts else None
            return Greeting(tuple(lines), (first,) if first else ())

    def read(self, config: ZabbixConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """One bundle of replies; its first line says what it is."""
        replies = dict(bundled(blob))
        kind = replies.pop("kind", None)
        if kind not in READERS:
            raise InputError("不是从 Zabbix 取得的回答")
        results = {name: answer["result"] if isinstance(answer, dict) else answer for name, answer in replies.items()}
        yield from READERS[kind](config, context, results)

    def reread(self, config: ZabbixConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_own(rows, context)

    def preview(self, config: ZabbixConfig, blob: Blob, context: Context) -> list[Preview]:
        return preview_own(blob, self.read(config, blob, context))


@dataclass
class _Load:
    """The pages of one load."""

    config: ZabbixConfig
    context: Context
    api: Api
    ask: Fetch
    _hosts: dict[str, Any] | None = None
    _group_ids: list[str] | None = None
    _spool: Spool = field(init=False)

    def __post_init__(self) -> None:
        self._spool = Spool(self.ask.spool)

    def pages(self) -> Iterator[Page]:
        """All of them, each with the position after it."""
        if self.config.groups and not self.hosts():
            raise InputError(f"主机组 {'、'.join(self.config.groups)} 中看不到主机；请核对 groups 和账号的权限")
        if self.config.hosts:
            parts = {"hosts": self.api.call("host.get", self._of_hosts())[0]}
            if self.config.services:
                parts["services"] = self.api.call("service.get", {"output": ["serviceid", "name"]})[0]
            yield Page(self._bundle("hosts", parts), None)
        if self.config.maintenance != "ignore":
            yield Page(self._maintenance(), None)
        if self.config.services:
            yield Page(self._sla(), None)
        position = Position.of(self.ask.cursor) if self.ask.since is None else Position()
        start = position.event + 1
        if not position.part:
            start = max(position.event - _OVERLAP, 0) + 1
            position = replace(position, part="problems", before=position.open)
        while position.part == "problems":
            blob, position = self.problems(start, position)
            start = position.event + 1
            yield Page(blob, position.cursor())
        if position.part == "ends":
            ends, position = self._ended(position)
            yield Page(ends, position.cursor())
        if self.config.checks is not None:
            for page, reached in self._history(position):
                position = reached
                yield Page(page, position.cursor())
        yield Page(None, replace(position, part="").cursor())

    def hosts(self) -> dict[str, Any]:
        """The hosts of the source by their number."""
        if self._hosts is None:
            self._hosts = {host["hostid"]: host for host in self.api.call("host.get", self._of_hosts())[1]}
        return self._hosts

    def problems(self, start: int, position: Position) -> tuple[Blob | None, Position]:
        """Problems from event number ``start`` on: a page, and the position after it; None where there are none."""
        asked: dict[str, Any] = {"value": 1, "eventid_from": start, "limit": _EVENTS, **self._from(), **self._groups()}
        body, events = self._events(asked)
        if not events:
            return None, replace(position, part="ends")
        blob, still_open = self._with_ends(body, events)
        last = max(position.event, *(int(event["eventid"]) for event in events))
        kept = tuple(dict.fromkeys((*position.open, *still_open)))
        return blob, replace(position, event=last, open=kept, part="problems" if len(events) == _EVENTS else "ends")

    def _ended(self, position: Position) -> tuple[Blob | None, Position]:
        """Problems that were open after the last load: what became of them."""
        others = tuple(one for one in position.open if one not in position.before)
        after = replace(position, part="values", before=())
        body, events = self._events({"eventids": list(position.before)}) if position.before else (b"", [])
        if not events:  # none, or removed by the housekeeper: what is stored of them stands
            return None, replace(after, open=others)
        blob, still_open = self._with_ends(body, events)
        return blob, replace(after, open=tuple(dict.fromkeys((*still_open, *others))))

    def _events(self, more: dict[str, Any]) -> tuple[bytes, list[Any]]:
        asked = {
            "source": 0,
            "object": 0,
            "output": _EVENT_FIELDS,
            "selectHosts": ["hostid"],
            "selectTags": "extend",
            "sortfield": ["eventid"],
            "sortorder": "ASC",
            **more,
        }
        body, events = self.api.call("event.get", asked)
        return body, events

    def _with_ends(self, body: bytes, events: Sequence[Any]) -> tuple[Blob, list[str]]:
        """Problems with their recoveries, which of the others are open indeed, and their hosts; and the open ones."""
        recoveries = sorted({event["r_eventid"] for event in events if event["r_eventid"] != "0"}, key=int)
        waiting = [event["eventid"] for event in events if event["r_eventid"] == "0"]
        hosts = sorted({host["hostid"] for event in events for host in event["hosts"]}, key=int)
        fields = {"eventids": recoveries, "output": ["eventid", "clock", "ns", "value"]}
        parts = {
            "problems": body,
            "recoveries": self.api.call("event.get", fields)[0],
            "hosts": self.api.call("host.get", {**self._of_hosts(), "hostids": hosts})[0],
        }
        parts["open"], told = self.api.call("problem.get", {"eventids": waiting, "output": ["eventid"]})
        span = f"{events[0]['eventid']}–{events[-1]['eventid']}"
        return self._bundle("problems", parts, span), [problem["eventid"] for problem in told]

    def _maintenance(self) -> Blob:
        """What began before today: what is planned may still be changed."""
        groups = self.api.host_groups
        asked = {"output": "extend", f"select{groups}": ["groupid"], "selectHosts": ["hostid"]}
        body, found = self.api.call("maintenance.get", {**asked, "selectTimeperiods": "extend", "selectTags": "extend"})
        key = groups.lower()
        wanted = sorted({group["groupid"] for one in found for group in one[key]}, key=int)
        parts = {
            "maintenance": body,
            "hosts": self.api.call("host.get", self._of_hosts())[0],
            "groups": self.api.call("hostgroup.get", {"groupids": wanted, "selectHosts": ["hostid"]})[0],
            "until": str(self.api.at - self.api.at % _DAY).encode(),
        }
        return self._bundle("maintenance", parts)

    def _sla(self) -> Blob:
        """SLA with their excluded times and what Zabbix makes of the periods that have ended."""
        body, found = self.api.call("sla.get", {"output": "extend", "selectExcludedDowntimes": "extend"})
        services = self.api.call("service.get", {"output": ["serviceid", "name"]})[0]
        parts = {"sla": body, "services": services}
        until = str(self.api.at - self.api.at % _DAY).encode()
        for sla in found:
            asked = {"slaid": sla["slaid"], "periods": _SLI_PERIODS}
            parts[f"sli {sla['slaid']}"] = self._closed_periods(asked)
        return self._bundle("sla", {**parts, "until": until})

    def _closed_periods(self, asked: dict[str, Any]) -> bytes:
        """Without the period that still runs: its figure changes with every question."""
        told = self.api.call("sla.getsli", asked)[1]
        closed = [at for at, period in enumerate(told["periods"]) if period["period_to"] <= self.api.at]
        kept = {
            "periods": [told["periods"][at] for at in closed],
            "serviceids": told["serviceids"],
            "sli": [told["sli"][at] for at in closed],
        }
        return json.dumps({"result": kept}, ensure_ascii=False).encode()

    def _history(self, position: Position) -> Iterator[tuple[Blob | None, Position]]:
        """Item values, day by day, with the position after each; a day that is too full is asked for in parts."""
        assert self.config.checks is not None
        asked = {"filter": {"key_": self.config.checks.key}, "hostids": list(self.hosts()), "output": _ITEM_FIELDS}
        body, items = self.api.call("item.get", asked)
        begin = self._begin(position)
        if not items or begin is None:
            return
        length = _DAY
        while begin < self.api.at:
            end = min(begin + length, self.api.at)
            replies = self._values(items, begin, end)
            if any(len(values) >= _VALUES for _, _, values in replies) and length > 60:
                length //= 2
                continue
            if self.ask.since is None:
                position = replace(position, history=end, asked=self.api.at)
            parts = {"items": body, "hosts": self.api.call("host.get", self._of_hosts())[0]}
            parts |= {f"values {kind}": reply for kind, reply, _ in replies}
            blob = self._bundle("history", parts, f"{begin}–{end}") if any(v for _, _, v in replies) else None
            yield blob, position
            begin, length = end, min(length * 2, _DAY)

    def _begin(self, position: Position) -> int | None:
        if self.ask.since is not None:
            return self.ask.since
        if position.history:
            return min(position.history, position.asked - _HISTORY_OVERLAP - abs(self.api.client.skew))
        if self.config.start is not None:
            return midnight(self.config.start, self.context.zone)
        return self.api.at - self.api.at % _DAY - 7 * _DAY  # values are kept for days, not for years

    def _values(self, items: Sequence[Any], begin: int, end: int) -> list[tuple[str, bytes, list[Any]]]:
        """By value type: without it Zabbix gives whole numbers only."""
        found = []
        for kind in sorted({item["value_type"] for item in items}):
            numbers = [item["itemid"] for item in items if item["value_type"] == kind]
            asked = {
                "itemids": numbers,
                "history": int(kind),
                "time_from": begin,
                "time_till": end,
                "sortfield": ["clock"],
                "sortorder": "ASC",
                "limit": _VALUES,
            }
            found.append((kind, *self.api.call("history.get", asked)))
        return found

    def _of_hosts(self) -> dict[str, Any]:
        return {
            "output": _HOST_FIELDS,
            "selectTags": "extend",
            "selectInventory": "extend",
            "sortfield": "hostid",
            **self._groups(),
        }

    def _groups(self) -> dict[str, Any]:
        """Only hosts of these groups."""
        if not self.config.groups:
            return {}
        if self._group_ids is None:
            found = self.api.call("hostgroup.get", {"filter": {"name": list(self.config.groups)}})[1]
            self._group_ids = [group["groupid"] for group in found]
        return {"groupids": self._group_ids}

    def _from(self) -> dict[str, Any]:
        """Only problems from a moment on: where a range is read again, or the first load begins."""
        if self.ask.since is not None:
            return {"time_from": self.ask.since}
        return {"time_from": midnight(self.config.start, self.context.zone)} if self.config.start else {}

    def _bundle(self, kind: str, parts: dict[str, bytes], span: str = "") -> Blob:
        named = [("kind", json.dumps(kind).encode()), *parts.items()]
        return self._spool.bundle(f"{self.config.url} {kind} {span}".strip(), named, self.api.at)


_ITEM_FIELDS = ["itemid", "hostid", "key_", "value_type", "delay"]

ADAPTER = ZabbixAdapter()
