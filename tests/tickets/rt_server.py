"""A real Request Tracker 5 on loopback, with its own database, driven through its own interface."""

from __future__ import annotations

import base64
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.adapters.probes.servers import free_port
from tests.tickets.serving import asked, started

SHARE = Path("/usr/share/request-tracker5")
SERVER = SHARE / "libexec" / "rt-server"
SETUP = "rt-setup-database-5"
READER, READER_PASSWORD = "yunwei", "only-reads"
#: The server's own zone: what it is told without a zone it takes for this one.
ZONE = "Asia/Shanghai"

_CONFIG = """
Set($rtname, 'vendor');
Set($Organization, 'vendor.test');
Set($WebDomain, 'its-own-name.test');
Set($WebPort, {port});
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt5.db');
Set($Timezone, '{zone}');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'critical');
Set($MasonDataDir, '{folder}/mason');
Set($MailCommand, 'testfile');
Set($WebSecureCookies, 0);
1;
"""
_WORLD = """
@Queues = ({ Name => '运维工单' }, { Name => '服务请求' }, { Name => '内部' });
@CustomFields = (
    map { { Name => $_, Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket',
            ApplyTo => ['运维工单', '服务请求'] } } ('设备编号', '处理方式')
);
@Users = ({ Name => 'yunwei', Password => 'only-reads', EmailAddress => 'yunwei@court.test', Privileged => 1 });
@Groups = ({ Domain => 'UserDefined', Name => '只读', Members => { Users => ['yunwei'] } });
@ACL = map { my $queue = $_; map { { GroupId => '只读', GroupDomain => 'UserDefined', Queue => $queue, Right => $_ } }
    qw(SeeQueue ShowTicket SeeCustomField) } ('运维工单', '服务请求');
1;
"""


def missing() -> str:
    """What is not installed; "" if all is there."""
    if not SERVER.exists() or shutil.which(SETUP) is None or shutil.which("perl") is None:
        return "request-tracker5 (with rt5-db-sqlite, rt5-standalone) is not installed"
    return ""


class RtServer:
    """The server; ``url`` is its REST 2 interface."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}/REST/2.0"
        self._process: subprocess.Popen[bytes] | None = None

    def set_up(self) -> None:
        """A database with three queues, two custom fields, and an account that reads two of the queues."""
        (self.folder / "conf").mkdir(parents=True)
        (self.folder / "mason").mkdir()
        config = _CONFIG.format(port=self.port, folder=self.folder, zone=ZONE)
        (self.folder / "RT_SiteConfig.pm").write_text(config, encoding="utf-8")
        (self.folder / "world").write_text("use utf8;\n" + _WORLD, encoding="utf-8")
        common = ("--dba", "root", "--skip-create")
        self._run(SETUP, "--action", "init", *common)
        self._run(SETUP, "--action", "insert", "--datafile", str(self.folder / "world"), *common)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["perl", f"-I{SHARE}/lib", str(SERVER), "--port", str(self.port), "--host", "127.0.0.1"]
        self._process = started(command, lambda: self.ask("GET", "rt"), env=self._env(), start_new_session=True)

    def stop(self) -> None:
        """End it and all its workers."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, 15)
            process.wait(30)

    def ask(self, method: str, path: str, body: Any = None, user: str = "root", password: str = "password") -> Any:
        """One request of its interface, as JSON both ways."""
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        return asked(self.port, method, f"/REST/2.0/{path}", body, {"Authorization": f"Basic {token}"})

    def ticket(self, subject: str, queue: str = "运维工单", **more: Any) -> int:
        """Make a ticket; its number."""
        told = {"Queue": queue, "Subject": subject, "Requestor": "clerk@court.test", **more}
        return int(self.ask("POST", "ticket", told)["id"])

    def status(self, number: int, *statuses: str) -> None:
        """Go through these statuses, one after the other."""
        for status in statuses:
            self.ask("PUT", f"ticket/{number}", {"Status": status})

    def reply(self, number: int, text: str) -> None:
        """Write to the requestor."""
        self.ask("POST", f"ticket/{number}/correspond", {"Content": text, "ContentType": "text/plain"})

    def transactions(self, number: int) -> list[dict[str, Any]]:
        """The changes of status, as the server lists them."""
        query = {"fields": "Type,OldValue,NewValue,Created", "per_page": "100"}
        items = self.ask("GET", f"ticket/{number}/history?{urlencode(query)}")["items"]
        return [item for item in items if item["Type"] == "Status"]

    def set_times(self, number: int, created: str, *changes: str) -> None:
        """Put a ticket's creation and its changes of status, in their order, at moments that are known (UTC)."""
        with closing(sqlite3.connect(self.folder / "rt5.db")) as database, database:
            of_ticket = "ObjectType = 'RT::Ticket' AND ObjectId = ?"
            database.execute("UPDATE Tickets SET Created = ? WHERE id = ?", (created, number))
            database.execute(f"UPDATE Transactions SET Created = ? WHERE {of_ticket}", (created, number))
            ids = database.execute(
                f"SELECT id FROM Transactions WHERE {of_ticket} AND Type = 'Status' ORDER BY id", (number,)
            ).fetchall()
            assert len(ids) == len(changes), f"ticket {number} has {len(ids)} changes of status"
            for (row,), moment in zip(ids, changes, strict=True):
                database.execute("UPDATE Transactions SET Created = ? WHERE id = ?", (moment, row))

    def clone(self, number: int, count: int) -> None:
        """Copy a ticket with its transactions, as often as asked: making hundreds by the interface takes minutes."""
        with closing(sqlite3.connect(self.folder / "rt5.db")) as database, database:
            database.row_factory = sqlite3.Row
            ticket = dict(database.execute("SELECT * FROM Tickets WHERE id = ?", (number,)).fetchone())
            rows = database.execute(
                "SELECT * FROM Transactions WHERE ObjectType = 'RT::Ticket' AND ObjectId = ? ORDER BY id", (number,)
            ).fetchall()
            for _ in range(count):
                new = _insert(database, "Tickets", {**ticket, "id": None})
                database.execute("UPDATE Tickets SET EffectiveId = id WHERE id = ?", (new,))
                for row in rows:
                    _insert(database, "Transactions", {**dict(row), "id": None, "ObjectId": new})

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, env=self._env(), check=False, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")

    def _env(self) -> dict[str, str]:
        folder = self.folder
        return {**os.environ, "RT_SITE_CONFIG": f"{folder}/RT_SiteConfig.pm", "RT_SITE_CONFIG_DIR": f"{folder}/conf"}


def _insert(database: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> int:
    marks = ", ".join("?" * len(values))
    cursor = database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
    return int(cursor.lastrowid or 0)


@contextmanager
def rt_server(folder: Path) -> Iterator[RtServer]:
    """A running server with an empty world."""
    server = RtServer(folder)
    server.set_up()
    server.start()
    try:
        yield server
    finally:
        server.stop()
