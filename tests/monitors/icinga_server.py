"""Debian's Icinga 2 with its API, on a configuration of the test's own; results are pushed into it."""

from __future__ import annotations

import base64
import json
import os
import pwd
import shutil
import ssl
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters.probes.servers import Authority
from tests.monitors.processes import HOST, folder, free_port, process

PASSWORD = "only-for-tests"
_CONFIG = """
include <itl>
const NodeName = "localhost"
const ZoneName = NodeName
object Endpoint NodeName {{ }}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object ApiListener "api" {{ bind_host = "127.0.0.1"; bind_port = {port} }}
object ApiUser "reader" {{
  password = "{password}"
  permissions = [ "objects/query/Host", "objects/query/Service", "objects/query/Downtime", "events/*", "status/query" ]
}}
object ApiUser "blind" {{ password = "{password}"; permissions = [ "status/query" ] }}
object ApiUser "driver" {{ password = "{password}"; permissions = [ "*" ] }}
object Host "oa" {{
  display_name = "OA 系统"
  check_command = "passive"
  enable_active_checks = false
  max_check_attempts = 3
  check_interval = 1m
  vars.asset_no = "OA-01"
}}
object Service "web" {{
  host_name = "oa"
  check_command = "passive"
  enable_active_checks = false
  max_check_attempts = 3
  check_interval = 1m
  vars.asset_no = "WEB-01"
}}
"""


@dataclass(frozen=True)
class Icinga:
    """A running Icinga. ``ca``: what its certificate is trusted by."""

    url: str
    ca: Path

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the API as the test that drives it."""
        login = base64.b64encode(f"driver:{PASSWORD}".encode()).decode()
        request = urllib.request.Request(
            f"{self.url}/v1/{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Accept": "application/json", "Authorization": f"Basic {login}"},
            method=method,
        )
        trust = ssl.create_default_context(cafile=str(self.ca))
        with urllib.request.urlopen(request, timeout=30, context=trust) as reply:
            return json.load(reply)

    def check(self, status: int, at: int, service: str | None = "web") -> None:
        """Push one result of the host's or a service's check, ended at UTC seconds ``at``."""
        kind, name = ("Service", f"oa!{service}") if service else ("Host", "oa")
        body = {"exit_status": status, "plugin_output": "x", "execution_start": at, "execution_end": at}
        asked = urllib.parse.urlencode({kind.lower(): name})
        told = self.call("POST", f"actions/process-check-result?{asked}", {"type": kind, **body})
        assert told["results"][0]["code"] == 200, told


@contextmanager
def icinga_server(authority: Authority) -> Iterator[Icinga]:
    """Icinga on a free port, about 2 seconds."""
    root = os.geteuid() == 0
    account = pwd.getpwnam("nagios") if root else pwd.getpwuid(os.geteuid())
    with folder("icinga") as made:
        for name in ("etc", "data/certs", "log", "cache", "run", "spool"):
            (made / name).mkdir(parents=True)
        port = free_port()
        (made / "etc/icinga2.conf").write_text(_CONFIG.format(port=port, password=PASSWORD), encoding="utf-8")
        certificates = made / "data/certs"
        shutil.copy(authority.folder / "localhost.crt", certificates / "localhost.crt")
        shutil.copy(authority.folder / "localhost.key", certificates / "localhost.key")
        shutil.copy(authority.folder / "ca.pem", certificates / "ca.crt")
        for path in (made, *made.rglob("*")):
            shutil.chown(path, account.pw_uid, account.pw_gid)
        places = {
            "ConfigDir": made / "etc",
            "DataDir": made / "data",
            "LogDir": made / "log",
            "CacheDir": made / "cache",
            "InitRunDir": made / "run",
            "SpoolDir": made / "spool",
            "RunAsUser": account.pw_name,
            "RunAsGroup": "nagios" if root else account.pw_name,
        }
        defined = [word for name, place in places.items() for word in ("--define", f"{name}={place}")]
        command = ["icinga2", "daemon", *defined, "-c", str(made / "etc/icinga2.conf")]
        server = Icinga(f"https://{HOST}:{port}", authority.folder / "ca.pem")
        with process(command, made / "output", lambda: bool(server.call("GET", "status/IcingaApplication"))):
            yield server
