"""A real Redmine 5 on loopback, with its own database, driven through its own interface."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.adapters.probes.servers import free_port
from tests.tickets.serving import asked, started

SHARE = Path("/usr/share/redmine")
#: What the package's own set-up made: an empty database with all tables.
TEMPLATE = Path("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default")
#: 1 … 6, in this order.
STATUSES = ("新建", "处理中", "已解决", "待用户反馈", "已关闭", "已拒绝")

_SETUP = """
Setting.rest_api_enabled = '1'
Setting.notified_events = []
Redmine::DefaultData::Loader.load('en') if Redmine::DefaultData::Loader.no_data?
%w(STATUSES).each_with_index { |name, at| IssueStatus.find(at + 1).update_columns(:name => name) }
Tracker.find(1).update_columns(:name => '故障')
Tracker.find(3).update_columns(:name => '服务请求')
field = IssueCustomField.create!(:name => '设备编号', :field_format => 'string', :is_for_all => true,
                                 :tracker_ids => Tracker.all.map(&:id), :role_ids => [])
project = Project.create!(:name => '法庭运维', :identifier => 'court', :is_public => false,
                          :trackers => Tracker.all, :enabled_module_names => ['issue_tracking'])
Project.create!(:name => '内部', :identifier => 'inner', :is_public => false, :trackers => Tracker.all,
                :enabled_module_names => ['issue_tracking'])
role = Role.create!(:name => '只读', :permissions => [:view_issues], :issues_visibility => 'all')
reader = User.new(:firstname => 'yun', :lastname => 'wei', :mail => 'yunwei@court.test')
reader.login = 'yunwei'; reader.password = reader.password_confirmation = 'only-reads-here'
reader.save!
Member.create!(:project => project, :principal => reader, :roles => [role])
admin = User.find_by_login('admin')
admin.update_columns(:must_change_passwd => false)
puts "KEYS #{admin.api_key} #{reader.api_key} #{field.id}"
"""


def missing() -> str:
    """What is not installed; "" if all is there."""
    if not (SHARE / "bin/rails").exists() or shutil.which("ruby") is None or not TEMPLATE.exists():
        return "redmine (with redmine-sqlite, thin) is not installed"
    return ""


class RedmineServer:
    """The server; ``reader_key`` opens one project for reading."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.admin_key = self.reader_key = ""
        self.field = 0
        self._process: subprocess.Popen[bytes] | None = None

    def set_up(self) -> None:
        """A database with one project that the reader sees and one that he does not."""
        self.folder.mkdir(parents=True)
        shutil.copy(TEMPLATE, self._database)
        script = self.folder / "setup.rb"
        script.write_text(_SETUP.replace("STATUSES", " ".join(STATUSES)), encoding="utf-8")
        done = subprocess.run(
            ["ruby", "bin/rails", "runner", str(script)],
            cwd=SHARE,
            env=self._env(),
            check=False,
            capture_output=True,
            text=True,
        )
        told = [line.split() for line in done.stdout.splitlines() if line.startswith("KEYS ")]
        if done.returncode or not told:
            raise RuntimeError(f"redmine's set-up ended with {done.returncode}: {done.stderr[-800:]}")
        _, self.admin_key, self.reader_key, field = told[0]
        self.field = int(field)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["ruby", "bin/rails", "server", "-u", "thin", "-b", "127.0.0.1", "-p", str(self.port)]
        command += ["-P", str(self.folder / "thin.pid")]
        self._process = started(command, lambda: self.ask("GET", "users/current.json"), cwd=SHARE, env=self._env())

    def stop(self) -> None:
        """End it; it is slow to obey."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request of its interface as its administrator."""
        return asked(self.port, method, f"/{path}", body, {"X-Redmine-API-Key": self.admin_key})

    def issue(self, subject: str, asset: str = "", tracker: int = 1, project: str = "court") -> int:
        """Make an issue; its number."""
        told: dict[str, Any] = {"project_id": project, "tracker_id": tracker, "subject": subject, "priority_id": 2}
        if asset:
            told["custom_fields"] = [{"id": self.field, "value": asset}]
        return int(self.ask("POST", "issues.json", {"issue": told})["issue"]["id"])

    def status(self, number: int, *statuses: str) -> None:
        """Go through these statuses, one after the other."""
        for status in statuses:
            told = {"status_id": STATUSES.index(status) + 1, "notes": f"改为{status}"}
            self.ask("PUT", f"issues/{number}.json", {"issue": told})

    def set_times(self, number: int, created: str, *changes: str) -> None:
        """Put an issue's creation and its journals, in their order, at moments that are known (UTC)."""
        with closing(sqlite3.connect(self._database, timeout=30)) as database, database:
            database.execute("UPDATE issues SET created_on = ? WHERE id = ?", (created, number))
            mine = "journalized_type = 'Issue' AND journalized_id = ?"
            ids = database.execute(f"SELECT id FROM journals WHERE {mine} ORDER BY id", (number,)).fetchall()
            assert len(ids) == len(changes), f"issue {number} has {len(ids)} journals"
            for (row,), moment in zip(ids, changes, strict=True):
                database.execute("UPDATE journals SET created_on = ? WHERE id = ?", (moment, row))

    @property
    def _database(self) -> Path:
        return self.folder / "redmine.db"

    def _env(self) -> dict[str, str]:
        mine = {
            "X_DEBIAN_SITEID": "default",
            "RAILS_ENV": "production",
            "DATABASE_URL": f"sqlite3:{self._database}?timeout=20000",
        }
        return {**os.environ, **mine}


@contextmanager
def redmine_server(folder: Path) -> Iterator[RedmineServer]:
    """A running server with an empty world."""
    server = RedmineServer(folder)
    server.set_up()
    server.start()
    try:
        yield server
    finally:
        server.stop()
