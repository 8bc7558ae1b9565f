"""What the adapters of monitoring systems have to read in the suite that all adapters pass."""

from __future__ import annotations

import json
from typing import Any

from adapters import config_model

INSTANTS = [1_677_978_000, 1_677_979_800]
_AT = [str(at) for at in (*INSTANTS, "3月35日", 10**18)]
_ZABBIX = config_model("zabbix").model_validate_json(
    json.dumps({"url": "https://zabbix.test", "auth": {"bearer": {"env": "TOKEN"}}})
)
_PROBLEM = {"severity": "4", "tags": [], "name": "坏了", "r_eventid": "0", "hosts": [{"hostid": "1"}]}
_PROBLEMS = [
    ("kind", "problems"),
    ("problems", {"result": [{**_PROBLEM, "eventid": str(n), "clock": at} for n, at in enumerate(_AT)]}),
    ("recoveries", {"result": []}),
    ("open", {"result": [{"eventid": str(n)} for n in range(4)]}),
    ("hosts", {"result": [{"hostid": "1", "host": "oa"}]}),
]
_PROMETHEUS = config_model("prometheus").model_validate_json(
    json.dumps({"url": "https://metrics.test", "interval": "1分钟"})
)
_SAMPLES = [[INSTANTS[0], "1"], [INSTANTS[1] + 0.5, "0"], [10**17, "1"], [10**18, "1"]]
_MATRIX = {"status": "success", "data": {"result": [{"metric": {"instance": "oa"}, "values": _SAMPLES}]}}


def _bundle(replies: list[tuple[str, Any]]) -> bytes:
    bodies = [(name, json.dumps(reply).encode()) for name, reply in replies]
    return b"".join(
        json.dumps({"address": name, "bytes": len(body)}).encode() + b"\n" + body + b"\n" for name, body in bodies
    )


_NAGIOS = config_model("nagios").model_validate({"folder": "logs"})
_LOG = f"""{{"open": {{}}}}
[{INSTANTS[0]}] CURRENT HOST STATE: oa;UP;HARD;1;x
[{INSTANTS[1]}] HOST ALERT: oa;DOWN;HARD;1;x
[99999999999] HOST ALERT: oa;UP;HARD;1;x
[99999999998] HOST ALERT: oa;UP;HARD;1;x
[{INSTANTS[1]}] LOG VERSION: 2.0
"""
_ICINGA = config_model("icinga").model_validate(
    {"url": "https://icinga.test", "auth": {"basic": {"user": "u", "password": {"env": "P"}}}, "asset": "host"}
)


def _checked(name: str, at: Any, state: int) -> dict[str, Any]:
    result = {"execution_end": at, "state": state}
    return {"name": name, "type": "Host", "attrs": {"check_interval": 60, "last_check_result": result}}


_STATES = [
    ("kind", "states"),
    ("hosts", {"results": [_checked(f"h{n}", at, n % 2) for n, at in enumerate((*INSTANTS, 10**17, 10**18))]}),
    ("services", {"results": []}),
    ("seen", {}),
]

#: Adapter → configuration, sample (name, content), garbled content, and the column of the instants.
MONITORING: dict[str, tuple[Any, tuple[str, bytes], bytes, str]] = {
    "zabbix": (_ZABBIX, ("problems", _bundle(_PROBLEMS)), b"no bundle", "started_at"),
    "icinga": (_ICINGA, ("states", _bundle(_STATES)), b"no bundle", "checked_at"),
    "nagios": (_NAGIOS, ("nagios.log", _LOG.encode()), b"[1] no page", "checked_at"),
    "prometheus": (_PROMETHEUS, ("1.json", json.dumps(_MATRIX).encode()), b'{"data":', "checked_at"),
}
