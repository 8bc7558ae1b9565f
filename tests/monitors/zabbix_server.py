"""Debian's Zabbix 6.0 of a test's own: database, server, frontend; driven by its API and by pushed values."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import shutil
import socket
import struct
import subprocess
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.monitors.processes import HOST, folder, free_low_port, free_port, listening, process, waited
from tests.servers import postgres_binaries, postgres_server, servers_required

_FRONTEND, _SCHEMA = Path("/usr/share/zabbix"), Path("/usr/share/zabbix-server-pgsql")
_ASKED_FOR = "/etc/zabbix/zabbix.conf.php"  # the only place where Debian's frontend looks
_FRONTEND_CONFIG = """<?php
$DB['TYPE'] = 'POSTGRESQL'; $DB['SERVER'] = '127.0.0.1'; $DB['PORT'] = '{port}';
$DB['DATABASE'] = 'zabbix'; $DB['USER'] = 'zabbix'; $DB['PASSWORD'] = ''; $DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false; $DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1'; $ZBX_SERVER_PORT = '{trapper}'; $ZBX_SERVER_NAME = 'test';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
"""
_SERVER_CONFIG = """
ListenIP=127.0.0.1
ListenPort={trapper}
LogFile={folder}/server.log
PidFile={folder}/server.pid
SocketDir={folder}
DBHost=127.0.0.1
DBPort={port}
DBName=zabbix
DBUser=zabbix
AllowRoot=1
StartPingers=0
StartPollers=1
StartPollersUnreachable=1
StartPreprocessors=1
StartDiscoverers=0
StartHTTPPollers=0
StartLLDProcessors=1
StartTrappers=2
HousekeepingFrequency=0
"""


class ZabbixError(Exception):
    """What the API answered instead of a result."""


@dataclass
class Zabbix:
    """A running Zabbix. ``url`` of its frontend, ``database`` of its PostgreSQL."""

    url: str
    database: str
    trapper: int
    folder: Path
    token: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, method: str, params: Any, auth: bool = True) -> Any:
        """One call of the API as the administrator."""
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": next(self._numbers)}
        if auth:
            body["auth"] = self.token
        request = urllib.request.Request(
            f"{self.url}/api_jsonrpc.php", json.dumps(body).encode(), {"Content-Type": "application/json-rpc"}
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            answer = json.load(reply)
        if "error" in answer:
            raise ZabbixError(f"{method}: {answer['error']}")
        return answer["result"]

    def login(self) -> bool:
        """Take a session as the administrator; True when it was given."""
        self.token = self.call("user.login", {"username": "Admin", "password": "zabbix"}, auth=False)
        return True

    def reload(self) -> None:
        """Let the server know what was configured."""
        subprocess.run(
            ["/usr/sbin/zabbix_server", "-c", str(self.folder / "server.conf"), "-R", "config_cache_reload"],
            check=True,
            capture_output=True,
        )

    def push(self, values: Iterable[tuple[str, str, str, int]]) -> int:
        """Send (host, item, value, UTC seconds) as ``zabbix_sender`` does; how many were taken."""
        data = [{"host": host, "key": key, "value": value, "clock": at, "ns": 0} for host, key, value, at in values]
        body = json.dumps({"request": "sender data", "data": data}).encode()
        with socket.create_connection((HOST, self.trapper), 10) as link:
            link.sendall(b"ZBXD\x01" + struct.pack("<Q", len(body)) + body)
            answer = link.makefile("rb").read()
        told: str = json.loads(answer[13:])["info"]
        return int(told.split("processed: ")[1].split(";")[0])

    def until_pushed(self, values: Sequence[tuple[str, str, str, int]]) -> None:
        """Push the first value until the server knows its item, then the others in their order."""
        waited(lambda: self.push(values[:1]) == 1, lambda: f"{values[0]} was not taken")
        assert self.push(values[1:]) == len(values) - 1

    def sql(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Behind its back: history that no API writes."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def problems(self, host: str) -> list[Mapping[str, Any]]:
        """The events by which problems of a host began, in order."""
        (found,) = self.call("host.get", {"filter": {"host": host}, "output": ["hostid"]})
        asked = {"hostids": found["hostid"], "value": 1, "sortfield": ["clock", "eventid"]}
        problems: list[Mapping[str, Any]] = self.call("event.get", asked)
        return problems


@contextmanager
def zabbix_server() -> Iterator[Zabbix]:
    """All of it, about 20 seconds."""
    binaries = postgres_binaries()
    if binaries is None or not _SCHEMA.exists() or shutil.which("php") is None:
        (pytest.fail if servers_required() else pytest.skip)("Zabbix, PHP or PostgreSQL is not installed")
    with postgres_server(binaries) as maintenance, folder("zabbix") as made:
        port = int(maintenance.rsplit(":", 1)[1].split("/")[0])
        database = _filled(maintenance, port)
        trapper, web = free_low_port(), free_port()
        (made / "server.conf").write_text(
            _SERVER_CONFIG.format(folder=made, port=port, trapper=trapper), encoding="ascii"
        )
        site = _frontend(made, port, trapper)
        zabbix = Zabbix(f"http://{HOST}:{web}", database, trapper, made)
        server = ["/usr/sbin/zabbix_server", "-f", "-c", str(made / "server.conf")]
        php = ["php", "-S", f"{HOST}:{web}", "-t", str(site)]
        workers = {**os.environ, "PHP_CLI_SERVER_WORKERS": "2"}
        with (
            process(server, made / "output", lambda: listening(trapper)),
            process(php, made / "web", lambda: listening(web) and zabbix.login(), env=workers),
        ):
            yield zabbix


def _filled(maintenance: str, port: int) -> str:
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute("CREATE ROLE zabbix LOGIN SUPERUSER")
        connection.execute("CREATE DATABASE zabbix OWNER zabbix")
    address = f"postgresql://zabbix@{HOST}:{port}/zabbix"
    with psycopg.connect(address) as connection:
        for name in ("schema", "images", "data"):
            connection.execute(gzip.decompress((_SCHEMA / f"{name}.sql.gz").read_bytes()).decode())
    return address


def _frontend(made: Path, port: int, trapper: int) -> Path:
    """A copy of the frontend that looks for its configuration in the copy."""
    site = made / "site"
    shutil.copytree(_FRONTEND, site, symlinks=False, ignore_dangling_symlinks=True)
    config = made / "zabbix.conf.php"
    config.write_text(_FRONTEND_CONFIG.format(port=port, trapper=trapper), encoding="ascii")
    place = site / "include/classes/core/CConfigFile.php"
    text = place.read_text(encoding="utf-8")
    assert _ASKED_FOR in text
    place.write_text(text.replace(_ASKED_FOR, str(config)), encoding="utf-8")
    return site
