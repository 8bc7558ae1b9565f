"""Icinga 2 (adapter ``icinga``): check results as uptime checks, downtimes as exclusions.

The API knows no history. A load opens the event stream, looks at the last result of every object, and then listens
for a while; each result that it saw is a check. Where an object's results show that some came while nobody listened,
the time from the first of them is unknown until the next that was seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Fetch, Greeting, Page, Preview
from adapters.http_client import Client
from adapters.icinga_config import IcingaConfig
from adapters.icinga_rows import Running, ended_downtimes, last_results, object_of, read_events, read_states, results_of
from adapters.icinga_stream import Stream, event_stream
from adapters.own_rows import preview_own, reread_own
from adapters.replies import Spool, bundled
from metrics.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_ATTRS = "attrs=vars&attrs=check_interval&attrs=last_check_result"
_EVENTS = ["CheckResult"]


@dataclass(frozen=True)
class Position:
    """What was seen: the moment of each object's last result, and the downtimes that ran (name → ``Running``)."""

    seen: Mapping[str, int]
    running: Mapping[str, Running]

    @classmethod
    def of(cls, cursor: str | None) -> Position:
        """From a cursor; nothing seen where there is none."""
        data = json.loads(cursor) if cursor else {}
        return cls(data.get("seen", {}), data.get("running", {}))

    def cursor(self) -> str:
        """As it is stored."""
        return json.dumps({"seen": dict(self.seen), "running": dict(self.running)}, ensure_ascii=False)


class IcingaAdapter:
    """Asks an Icinga 2 and listens to it."""

    name: ClassVar[str] = "icinga"
    label: ClassVar[str] = "Icinga 2"
    config: ClassVar[type[BaseModel]] = IcingaConfig

    def discover(self, config: IcingaConfig, context: Context) -> Iterator[Blob]:
        """Nothing: a server is asked."""
        return iter(())

    def fetch(self, config: IcingaConfig, context: Context, ask: Fetch) -> Iterator[Page]:
        """The last result of every object, then what happens while we listen."""
        if ask.since is not None:
            ask.say("Icinga 的接口没有历史，--since 补取不到过去的检测；漏掉的时间记为未知")
            return
        position = Position.of(ask.cursor)
        opened = event_stream(config, context, _EVENTS) if config.listen else nullcontext(None)
        with opened as stream, Client(config, context, ask) as client:
            blob, position, objects = _states(config, client, ask, position)
            yield Page(blob, position.cursor())
            if stream is not None:
                yield from _heard(config, ask, stream, position, objects)

    def greet(self, config: IcingaConfig, context: Context, ask: Fetch) -> Greeting:
        """The version, the objects that are seen and how many of them are assets."""
        with Client(config, context, ask) as client:
            told = client.get_json("v1/status/IcingaApplication")[1]
            blob, _, objects = _states(config, client, ask, Position({}, {}))
        version = told["results"][0]["status"]["icingaapplication"]["app"]["version"]
        known = sum(object_of(config, one) is not None for one in objects.values())
        lines = [f"Icinga {version}", f"看得到 {len(objects):,} 个主机和服务，其中 {known:,} 个对应设备"]
        if config.listen:
            with event_stream(config, context, _EVENTS):
                lines.append("事件流可以打开")
        return Greeting(tuple(lines), (blob,))

    def read(self, config: IcingaConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        """States of all objects, or events; the first reply of the bundle says which."""
        parts = dict(bundled(blob))
        match parts.get("kind"):
            case "states":
                yield from read_states(config, context, parts)
            case "events":
                yield from read_events(config, context, parts)
            case _:
                raise InputError("不是从 Icinga 取得的回答")

    def reread(self, config: IcingaConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_own(rows, context)

    def preview(self, config: IcingaConfig, blob: Blob, context: Context) -> list[Preview]:
        return preview_own(blob, self.read(config, blob, context))


def _states(
    config: IcingaConfig, client: Client, ask: Fetch, position: Position
) -> tuple[Blob, Position, dict[str, Any]]:
    """A page of all objects as they are now, the position after it, and the objects by name."""
    hosts, told_hosts = client.get_json(f"v1/objects/hosts?{_ATTRS}")
    services, told_services = client.get_json(f"v1/objects/services?{_ATTRS}")
    parts = [
        ("kind", b'"states"'),
        ("hosts", hosts.body),
        ("services", services.body),
        ("seen", json.dumps(dict(sorted(position.seen.items())), ensure_ascii=False).encode()),
    ]
    running: Mapping[str, Running] = {}
    if config.downtime != "ignore":
        told = client.get_json("v1/objects/downtimes")[1]
        over, running = ended_downtimes(position.running, told, hosts.at)
        parts.append(("downtimes over", json.dumps(over, ensure_ascii=False).encode()))
    objects = {one["name"]: one for one in (*results_of(told_hosts), *results_of(told_services))}
    blob = Spool(ask.spool).bundle(f"{config.url} 状态", parts, hosts.at)
    return blob, Position({**position.seen, **last_results(objects)}, running), objects


def _heard(
    config: IcingaConfig, ask: Fetch, stream: Stream, position: Position, objects: Mapping[str, Any]
) -> Iterator[Page]:
    """One page of all that was heard, with what its objects are."""
    lines = list(stream.lines(config.listen))
    if not lines:
        return
    events = [json.loads(line) for line in lines]
    names = {_name(event) for event in events}
    known = [objects[name] for name in sorted(names) if name in objects]
    spool = ask.spool / "events"
    spool.mkdir(exist_ok=True)
    parts = [
        ("kind", b'"events"'),
        ("objects", json.dumps({"results": [_bare(one) for one in known]}, ensure_ascii=False).encode()),
        ("events", b"[" + b",\n".join(lines) + b"]"),
    ]
    seen = dict(position.seen)
    for event in events:
        if event.get("type") == "CheckResult":
            seen[_name(event)] = max(int(event["check_result"]["execution_end"]), seen.get(_name(event), 0))
    blob = Spool(spool).bundle(f"{config.url} 事件", parts, ask.clock())
    yield Page(blob, Position(seen, position.running).cursor())


def _name(event: Mapping[str, Any]) -> str:
    return f"{event['host']}!{event['service']}" if event.get("service") else str(event.get("host"))


def _bare(one: Mapping[str, Any]) -> dict[str, Any]:
    """An object without its last result, which is not what was heard."""
    attrs = {name: value for name, value in one["attrs"].items() if name != "last_check_result"}
    return {"name": one["name"], "type": one["type"], "attrs": attrs}


ADAPTER = IcingaAdapter()
