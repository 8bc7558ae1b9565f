"""What Zabbix told as records. All its numbers are texts; nothing here asks anybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from adapters.base import Batch, Context
from adapters.own_rows import Rows
from adapters.zabbix_config import SEVERITIES, ZabbixConfig
from adapters.zabbix_maintenance import windows
from metrics.records import SECOND_OPINION

Results = Mapping[str, Any]

_DELAY = re.compile(r"(\d+)([smhdw]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def asset_of(config: ZabbixConfig, host: Mapping[str, Any]) -> str | None:
    """The asset that a host is, None where it does not say."""
    if host["host"] in config.assets:
        return config.assets[host["host"]]
    kind, _, what = config.asset.partition(":")
    if kind == "tag":
        return next((tag["value"] for tag in host.get("tags", ()) if tag["tag"] == what), None) or None
    if kind == "inventory":
        inventory = host.get("inventory") or {}  # an empty list where the host has none
        return (inventory.get(what) if isinstance(inventory, dict) else None) or None
    return str(host[kind])


def _hosts(config: ZabbixConfig, context: Context, results: Results) -> Iterator[Batch]:
    """Hosts, and services of which no host is the asset."""
    rows, known = Rows("asset"), set()
    for host in results["hosts"]:
        asset = asset_of(config, host)
        known.add(asset)
        if asset is None:
            rows.refuse("asset_no", host["host"], _no_asset(config, host), name=host["name"])
        else:
            alias = host["host"] if host["host"] != asset else ""
            probed = "true" if config.checks else None
            rows.add(asset_no=asset, name=host["name"], aliases=alias, probed=probed)
    for service in results.get("services", ()):
        asset = config.services.get(service["name"])
        if asset is None or asset in known:
            rows.pass_over()
        else:
            rows.add(asset_no=asset, name=service["name"])
    yield from rows.batches(context)


def _no_asset(config: ZabbixConfig, host: Mapping[str, Any]) -> str:
    return f"主机“{host['host']}”没有 {config.asset}，不知道是哪台设备；请在 Zabbix 中填上，或写入 assets"


def _problems(config: ZabbixConfig, context: Context, results: Results) -> Iterator[Batch]:
    rows = Rows("outage")
    ends = {event["eventid"]: event["clock"] for event in results["recoveries"]}
    still_open = {problem["eventid"] for problem in results["open"]}
    hosts = {host["hostid"]: host for host in results["hosts"]}
    least = SEVERITIES.index(config.severity)
    for event in results["problems"]:
        if int(event["severity"]) < least or not _tagged(config, event):
            rows.pass_over()
            continue
        fields = {"outage_no": event["eventid"], "started_at": event["clock"], "reason": event["name"]}
        concerned = [hosts[host["hostid"]] for host in event["hosts"] if host["hostid"] in hosts]
        if not concerned:
            reason = f"问题“{event['name']}”的主机已删除或看不到，不知道是哪台设备"
            rows.refuse("asset_no", "", reason, **fields)
        for host in concerned:
            if len(concerned) > 1:
                fields["outage_no"] = f"{event['eventid']}-{host['hostid']}"
            _add_outage(config, rows, host, event, fields, ends, still_open)
    yield from rows.batches(context)


def _add_outage(
    config: ZabbixConfig,
    rows: Rows,
    host: Mapping[str, Any],
    event: Mapping[str, Any],
    fields: Mapping[str, str],
    ends: Mapping[str, str],
    still_open: set[str],
) -> None:
    """One problem of one host; a problem that seems open and is not has lost its recovery."""
    asset, recovery = asset_of(config, host), event["r_eventid"]
    if asset is None:
        rows.refuse("asset_no", host["host"], _no_asset(config, host), **fields)
    elif recovery in ends:
        rows.add(**fields, asset_no=asset, ended_at=ends[recovery])
    elif recovery == "0" and event["eventid"] in still_open:
        rows.add(**fields, asset_no=asset)
    else:
        lost = f"恢复事件 {recovery} " if recovery != "0" else "恢复事件"
        reason = f"问题“{event['name']}”已经结束，而{lost}已被 Zabbix 清除，不知道何时结束；请查明后补上结束时间"
        rows.refuse("ended_at", "（恢复事件已清除）", reason, **fields, asset_no=asset)


def _tagged(config: ZabbixConfig, event: Mapping[str, Any]) -> bool:
    tags = [(tag["tag"], tag["value"]) for tag in event.get("tags", ())]
    return all(
        any(tag == name and (not value or value == told) for tag, told in tags) for name, value in config.tags.items()
    )


def _maintenance(config: ZabbixConfig, context: Context, results: Results) -> Iterator[Batch]:
    """A maintenance that is for some problems only excludes no time of the whole asset."""
    rows = Rows("exclusion")
    hosts = {host["hostid"]: host for host in results["hosts"]}
    members = {group["groupid"]: [host["hostid"] for host in group["hosts"]] for group in results["groups"]}
    until = int(results["until"])
    for one in results["maintenance"]:
        groups = one.get("hostgroups", one.get("groups", ()))
        concerned = [host["hostid"] for host in one["hosts"]]
        concerned += [number for group in groups for number in members.get(group["groupid"], ())]
        if one.get("tags"):
            rows.pass_over()
            continue
        for number in dict.fromkeys(number for number in concerned if number in hosts):
            asset = asset_of(config, hosts[number])
            if asset is None:
                rows.refuse("asset_no", hosts[number]["host"], _no_asset(config, hosts[number]))
                continue
            for start, end in windows(one, context.zone, until):
                key = f"maintenance-{one['maintenanceid']}-{start}-{asset}"
                rows.add(**_excluded(config, key, asset, start, end, one["name"]))
    yield from rows.batches(context)


def _excluded(config: ZabbixConfig, key: str, asset: str, start: int, end: int, name: str) -> dict[str, object]:
    return {
        "exclusion_no": key,
        "asset_no": asset,
        "started_at": start,
        "ended_at": end,
        "cause": "planned_maintenance",
        "approved": "true" if config.maintenance == "approved" else "false",
        "document_no": f"Zabbix: {name}",
    }


def _sla(config: ZabbixConfig, context: Context, results: Results) -> Iterator[Batch]:
    names = {service["serviceid"]: service["name"] for service in results["services"]}
    exclusions, measurements = Rows("exclusion"), Rows("measurement")
    until = int(results["until"])
    for sla in results["sla"]:
        told = results.get(f"sli {sla['slaid']}")
        assets = {str(number): config.services.get(names.get(str(number), "")) for number in names}
        if config.maintenance != "ignore":
            concerned = [str(number) for number in told["serviceids"]] if told else []
            _add_excluded_times(config, exclusions, sla, [a for n in concerned if (a := assets.get(n))], until)
        if told and config.sli:
            _add_opinions(measurements, sla, told, assets, names)
    yield from exclusions.batches(context)
    yield from measurements.batches(context)


def _add_excluded_times(
    config: ZabbixConfig, rows: Rows, sla: Mapping[str, Any], assets: Sequence[str], until: int
) -> None:
    for window in sla["excluded_downtimes"]:
        start, end = int(window["period_from"]), int(window["period_to"])
        for asset in assets if start < until else ():
            key = f"sla-{sla['slaid']}-{start}-{asset}"
            rows.add(**_excluded(config, key, asset, start, end, window["name"]))


def _add_opinions(
    rows: Rows,
    sla: Mapping[str, Any],
    told: Mapping[str, Any],
    assets: Mapping[str, str | None],
    names: Mapping[str, str],
) -> None:
    """Months as Zabbix has computed them; −1 means that it did not know the service yet."""
    zone = ZoneInfo(sla["timezone"] if sla["timezone"] not in ("", "system") else "UTC")
    for period, row in zip(told["periods"], told["sli"], strict=True):
        for number, cell in zip(told["serviceids"], row, strict=True):
            asset = assets.get(str(number))
            if asset is None or sla["period"] != "2" or float(cell["sli"]) < 0:
                rows.pass_over()
                continue
            last = datetime.fromtimestamp(int(period["period_to"]) - 1, zone)
            rows.add(
                measurement_no=f"sli-{sla['slaid']}-{number}-{period['period_from']}",
                kind=SECOND_OPINION,
                measured_on=last.strftime("%Y-%m-%d"),
                value=f"{Decimal(repr(float(cell['sli']))):f}",
                measure_unit="percent",
                entered_by=f"Zabbix SLA“{sla['name']}”",
                entered_at=period["period_to"],
                document=f"服务“{names[str(number)]}”：正常 {cell['uptime']} 秒，停机 {cell['downtime']} 秒",
                asset_no=asset,
            )


def _history(config: ZabbixConfig, context: Context, results: Results) -> Iterator[Batch]:
    """A batch for each rhythm: an item says how often it is looked at."""
    assert config.checks is not None
    hosts = {host["hostid"]: host for host in results["hosts"]}
    items = {item["itemid"]: item for item in results["items"]}
    by_rhythm: dict[int | None, Rows] = {}
    values = [value for name, found in results.items() if name.startswith("values ") for value in found]
    good = {_number(text) for text in config.checks.up}
    for value in values:
        item = items[value["itemid"]]
        interval = seconds_of(item["delay"])
        rows = by_rhythm.setdefault(interval, Rows("uptime_check", (interval, None)))
        host = hosts.get(item["hostid"])
        asset = asset_of(config, host) if host else None
        state = "up" if _number(value["value"]) in good else "down"
        if asset is None:
            rows.refuse("asset_no", item["hostid"], _no_asset(config, host or {"host": item["hostid"]}), state=state)
        else:
            rows.add(asset_no=asset, checked_at=value["clock"], state=state)
    for rows in by_rhythm.values():
        yield from rows.batches(context)


def _number(text: str) -> str:
    """``1`` and ``1.0000`` are the same."""
    try:
        return f"{Decimal(text).normalize():f}"
    except ArithmeticError:
        return text


def seconds_of(delay: str) -> int | None:
    """An item's interval, ``60``, ``1m`` or ``1m;…``; None where it has none (trapper) or a macro stands there."""
    found = _DELAY.fullmatch(delay.partition(";")[0])
    return (int(found[1]) * _UNITS[found[2]] or None) if found else None


#: What a bundle says it is → how it is read.
READERS: Mapping[str, Callable[[ZabbixConfig, Context, Results], Iterator[Batch]]] = {
    "hosts": _hosts,
    "problems": _problems,
    "maintenance": _maintenance,
    "sla": _sla,
    "history": _history,
}
