"""Zabbix 7 by its recorded contract, for Debian has no such server: the token goes into a header, nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.api import Api, Asked, Told
from tests.monitors import october
from tests.monitors.court import monitored_court

TOKEN = "7" * 64
DOWN = october.at("10-10 01:00")


class Seven:
    """Answers as 7.0 does: no ``auth`` in the body, no token with ``apiinfo.version``, ``hostgroups`` for groups."""

    def __init__(self) -> None:
        self.methods: list[str] = []

    def __call__(self, asked: Asked) -> Told:
        body, login = asked.body, asked.headers.get("Authorization")
        self.methods.append(body["method"])
        if asked.path != "api/api_jsonrpc.php" or "auth" in body:
            return 200, {}, _error("Invalid request.", 'Invalid parameter "/": unexpected parameter "auth".')
        if body["method"] == "apiinfo.version":
            if login is not None:
                return 200, {}, _error("Invalid params.", "The method must be called without authorization header.")
            return 200, {}, _result("7.0.5")
        if login != f"Bearer {TOKEN}":
            return 200, {}, _error("Invalid params.", "Not authorized.")
        return 200, {}, _result(self._answer(body["method"], body["params"]))

    def _answer(self, method: str, params: Any) -> Any:
        host = {"hostid": "1", "host": "oa", "name": "OA", "status": "0", "tags": [], "inventory": []}
        if method == "host.get":
            return [host]
        if method == "event.get" and params.get("value") == 1:
            assert "selectHosts" in params
            event = {"eventid": "5", "clock": str(DOWN), "r_eventid": "6", "name": "坏了", "severity": "4", "tags": []}
            return [{**event, "hosts": [{"hostid": "1"}]}] if params["eventid_from"] <= 5 else []
        if method == "event.get":
            return [{"eventid": "6", "clock": str(DOWN + 60), "value": "0"}]
        if method == "maintenance.get":
            assert "selectHostGroups" in params
            period = {"timeperiod_type": "0", "start_date": str(DOWN), "period": "3600"}
            active = {"active_since": str(DOWN), "active_till": str(DOWN + 7200)}
            return [
                {
                    **active,
                    "maintenanceid": "3",
                    "name": "升级",
                    "hosts": [],
                    "hostgroups": [{"groupid": "9"}],
                    "tags": [],
                    "timeperiods": [period],
                }
            ]
        if method == "hostgroup.get":
            return [{"groupid": "9", "hosts": [{"hostid": "1"}]}]
        return []


def _result(result: Any) -> Any:
    return {"jsonrpc": "2.0", "result": result, "id": 1}


def _error(message: str, data: str) -> Any:
    return {"jsonrpc": "2.0", "error": {"code": -32602, "message": message, "data": data}, "id": 1}


def test_the_token_is_a_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", TOKEN)
    with monitored_court(tmp_path) as court, Api(Seven(), now=october.at("11-20 00:00")).running() as api:
        court.register(("oa", "OA", ""))
        court.source("z", f"{{id: z, name: Z, adapter: zabbix, url: '{api.url}', auth: {{bearer: {{env: TOKEN}}}}}}")
        report = court.load()
        assert (report.failures, report.rejected) == ([], 0)
        assert court.periods() == [("oa", DOWN, DOWN + 60)]
        excluded = court.current("exclusion").iloc[0]
        assert (excluded["started_at"], excluded["ended_at"], excluded["approved"]) == (DOWN, DOWN + 3600, False)


def test_a_wrong_token_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "8" * 64)
    with monitored_court(tmp_path) as court, Api(Seven(), now=october.at("11-20 00:00")).running() as api:
        court.source("z", f"{{id: z, name: Z, adapter: zabbix, url: '{api.url}', auth: {{bearer: {{env: TOKEN}}}}}}")
        (failure,) = court.load().failures
        assert "Zabbix 不接受令牌" in str(failure)
        assert "8888" not in str(failure)
