"""What Icinga told as records: results of checks, gaps where results were missed, downtimes that are over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.base import Batch, Context
from adapters.icinga_config import IcingaConfig
from adapters.own_rows import Rows
from metrics.errors import InputError

#: A downtime that ran when we last looked: its object, start, planned end, and when it was last seen (UTC seconds).
Running = list[Any]

#: Of a service the plugin's state; a host is up with OK and WARNING, down with the others.
_SERVICE = {0: "up", 1: "up", 2: "down", 3: "unknown"}
_HOST = {0: "up", 1: "up", 2: "down", 3: "down"}


def results_of(told: Any) -> list[Any]:
    """The objects of an answer.

    Raises:
        InputError: it is no answer of the API.
    """
    found = told.get("results") if isinstance(told, dict) else None
    if not isinstance(found, list):
        raise InputError("回答中没有 results，应为 Icinga 的 API；请核对 url")
    return found


def object_of(config: IcingaConfig, one: Mapping[str, Any]) -> str | None:
    """The asset that a host or a service is, None where it is none."""
    if one["name"] in config.assets:
        return config.assets[one["name"]]
    if config.asset == "host":
        return str(one["name"]) if one["type"] == "Host" else None
    if config.asset == "none":
        return None
    value = (one["attrs"].get("vars") or {}).get(config.asset.removeprefix("vars:"))
    return str(value) if value else None


def last_results(objects: Mapping[str, Any]) -> dict[str, int]:
    """Object → the moment of its last result, UTC seconds."""
    results = {name: one["attrs"].get("last_check_result") for name, one in objects.items()}
    return {name: int(result["execution_end"]) for name, result in results.items() if result}


def read_states(config: IcingaConfig, context: Context, parts: Mapping[str, Any]) -> Iterator[Batch]:
    """The last result of every object, after a mark where others before it were missed."""
    rows = _ByRhythm()
    for one in (*results_of(parts["hosts"]), *results_of(parts["services"])):
        asset, result = object_of(config, one), one["attrs"].get("last_check_result")
        checks = rows.of(one)
        if asset is None or not result:
            checks.pass_over()
            continue
        at, interval = int(result["execution_end"]), int(one["attrs"]["check_interval"])
        seen = parts["seen"].get(one["name"])
        if seen is not None and at - seen > 1.5 * interval:
            checks.add(asset_no=asset, checked_at=seen + interval, state="unknown")
        checks.add(asset_no=asset, checked_at=at, state=_state(one["type"], result))
    yield from rows.batches(context)
    yield from _downtimes(config, context, parts)


def read_events(config: IcingaConfig, context: Context, parts: Mapping[str, Any]) -> Iterator[Batch]:
    """Every result that was heard."""
    rows = _ByRhythm()
    objects = {one["name"]: one for one in results_of(parts["objects"])}
    for event in parts["events"]:
        name = f"{event['host']}!{event['service']}" if event.get("service") else event.get("host")
        one = objects.get(name)
        asset = object_of(config, one) if one is not None else None
        if one is None or asset is None or event.get("type") != "CheckResult":
            rows.of(one).pass_over()
            continue
        result = event["check_result"]
        at = int(result["execution_end"])
        rows.of(one).add(asset_no=asset, checked_at=at, state=_state(one["type"], result))
    yield from rows.batches(context)


def _state(kind: str, result: Mapping[str, Any]) -> str:
    return (_HOST if kind == "Host" else _SERVICE).get(int(result["state"]), "unknown")


class _ByRhythm:
    """Checks by the interval at which their object is checked."""

    def __init__(self) -> None:
        self._rows: dict[int | None, Rows] = {}

    def of(self, one: Mapping[str, Any] | None) -> Rows:
        """Where the checks of an object belong."""
        interval = int(one["attrs"]["check_interval"]) or None if one is not None else None
        return self._rows.setdefault(interval, Rows("uptime_check", (interval, None)))

    def batches(self, context: Context) -> Iterator[Batch]:
        """Rhythm after rhythm."""
        for rows in self._rows.values():
            yield from rows.batches(context)


def ended_downtimes(
    before: Mapping[str, Running], told: Any, now: int
) -> tuple[dict[str, Running], dict[str, Running]]:
    """Downtimes that are over (name → object, start, end), and those that run.

    One that was taken away before its planned end ended, as far as we know, when it was last seen.
    """
    running: dict[str, Running] = {}
    over: dict[str, Running] = {}
    for one in results_of(told):
        attrs = one["attrs"]
        name = f"{attrs['host_name']}!{attrs['service_name']}" if attrs["service_name"] else attrs["host_name"]
        start, end = int(attrs["start_time"]), int(attrs["end_time"])
        if not attrs["fixed"] and attrs["trigger_time"]:
            start, end = int(attrs["trigger_time"]), int(attrs["trigger_time"] + attrs["duration"])
        if start <= now < end and attrs["trigger_time"]:
            running[one["name"]] = [name, start, end, now]
        elif end <= now and attrs["trigger_time"]:
            over[one["name"]] = [name, start, end]
    for key, (name, start, end, seen) in before.items():
        if key not in running and key not in over:
            over[key] = [name, start, end if end <= now else seen]
    return dict(sorted(over.items())), dict(sorted(running.items()))


def _downtimes(config: IcingaConfig, context: Context, parts: Mapping[str, Any]) -> Iterator[Batch]:
    """A host's downtime is not one of its services: Icinga schedules those apart."""
    rows = Rows("exclusion")
    objects = {one["name"]: one for one in (*results_of(parts["hosts"]), *results_of(parts["services"]))}
    for key, (name, start, end) in parts.get("downtimes over", {}).items():
        asset = object_of(config, objects[name]) if name in objects else None
        if asset is None or end <= start:
            rows.pass_over()
            continue
        rows.add(
            exclusion_no=key,
            asset_no=asset,
            started_at=start,
            ended_at=end,
            cause="planned_maintenance",
            approved="true" if config.downtime == "approved" else "false",
            document_no=f"Icinga: {name}",
        )
    yield from rows.batches(context)
