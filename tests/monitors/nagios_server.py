"""Debian's Nagios 4 with a history of archived logs, and its own reading of them (archivejson.cgi)."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.monitors.processes import folder, process

_CGI = "/usr/lib/cgi-bin/nagios4/archivejson.cgi"
_DAY = 86_400
_MAIN = """
log_file={folder}/nagios.log
cfg_file={folder}/objects.cfg
object_cache_file={folder}/objects.cache
precached_object_file={folder}/objects.precache
status_file={folder}/status.dat
status_update_interval=1
nagios_user={user}
nagios_group={group}
command_file={folder}/nagios.cmd
lock_file={folder}/nagios.lock
temp_file={folder}/nagios.tmp
temp_path={folder}
log_rotation_method=d
log_archive_path={folder}/archives
check_result_path={folder}/results
state_retention_file={folder}/retention.dat
query_socket={folder}/nagios.qh
use_timezone=UTC
execute_service_checks=0
execute_host_checks=0
"""
_OBJECTS = """
define command {
  command_name none
  command_line /bin/true
}
define timeperiod {
  timeperiod_name always
  alias always
  sunday 00:00-24:00
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
}
define contact {
  contact_name nobody
  service_notification_period always
  host_notification_period always
  service_notification_options n
  host_notification_options n
  service_notification_commands none
  host_notification_commands none
}
define host {
  host_name oa
  alias OA
  address 127.0.0.1
  max_check_attempts 3
  check_command none
  check_period always
  notification_period always
  contacts nobody
}
define service {
  host_name oa
  service_description web
  max_check_attempts 3
  check_interval 1
  retry_interval 1
  check_command none
  check_period always
  notification_period always
  contacts nobody
}
"""
_CGI_CONFIG = "main_config_file={folder}/nagios.cfg\nphysical_html_path=/usr/share/nagios4\nuse_authentication=0\n"


@dataclass(frozen=True)
class Nagios:
    """A running Nagios; ``archives`` is where its old logs lie."""

    folder: Path

    @property
    def archives(self) -> Path:
        """The folder of rotated logs."""
        return self.folder / "archives"

    def availability(
        self, start: int, end: int, assume_while_stopped: bool = True, soft: bool = False
    ) -> Mapping[str, int]:
        """Seconds of the service ``oa;web`` by state, by Nagios' own arithmetic.

        ``assume_while_stopped``: what held before Nagios was stopped holds until it runs again. ``soft``: states
        count that are still tried again.
        """
        asked = {
            "query": "availability",
            "availabilityobjecttype": "services",
            "hostname": "oa",
            "servicedescription": "web",
            "starttime": start,
            "endtime": end,
            "statetypes": "hard soft" if soft else "hard",
            "assumeinitialstate": "true",
            "assumestateretention": "true",
            "assumestatesduringnagiosdowntime": str(assume_while_stopped).lower(),
            "backtrackedarchives": 4,
        }
        done = subprocess.run(
            [_CGI],
            env={
                "REQUEST_METHOD": "GET",
                "NAGIOS_CGI_CONFIG": str(self.folder / "cgi.cfg"),
                "QUERY_STRING": urllib.parse.urlencode(asked),
            },
            check=True,
            capture_output=True,
            text=True,
        )
        answer = json.loads(done.stdout.partition("\n\n")[2] or done.stdout.partition("\r\n\r\n")[2])
        found: Mapping[str, int] = answer["data"]["service"]
        return found


def day_logs(lines: Mapping[int, list[str]], first: int, last: int, state: str = "OK") -> dict[str, str]:
    """Archive name → content, a file a day (UTC) as Nagios rotates them: named by the day on which it was rotated.

    ``lines``: UTC seconds → what was logged then. Each file begins with the rotation and the state that then held.
    """
    files, day = {}, first - first % _DAY
    while day <= last:
        state_line = f"[{day}] CURRENT SERVICE STATE: oa;web;{state};HARD;1;as it was"
        host_line = f"[{day}] CURRENT HOST STATE: oa;UP;HARD;1;as it was"
        content = [f"[{day}] LOG ROTATION: DAILY", f"[{day}] LOG VERSION: 2.0", host_line, state_line]
        for at in sorted(at for at in lines if day <= at < day + _DAY):
            for line in lines[at]:
                content.append(f"[{at}] {line}")
                if line.startswith("SERVICE ALERT: oa;web;") and ";HARD;" in line:
                    state = line.split(";")[2]
        rotated = datetime.fromtimestamp(day, UTC) + timedelta(days=1)
        files[f"nagios-{rotated:%m-%d-%Y}-00.log"] = "\n".join(content) + "\n"
        day += _DAY
    return files


@contextmanager
def nagios_server(archives: Mapping[str, str]) -> Iterator[Nagios]:
    """Nagios with these archived logs."""
    root = os.geteuid() == 0
    account = pwd.getpwnam("nagios") if root else pwd.getpwuid(os.geteuid())
    with folder("nagios") as made:
        (made / "archives").mkdir()
        (made / "results").mkdir()
        for name, content in archives.items():
            (made / "archives" / name).write_text(content, encoding="utf-8")
        group = "nagios" if root else account.pw_name
        main = _MAIN.format(folder=made, user=account.pw_name, group=group)
        (made / "nagios.cfg").write_text(main, encoding="utf-8")
        (made / "objects.cfg").write_text(_OBJECTS, encoding="utf-8")
        (made / "cgi.cfg").write_text(_CGI_CONFIG.format(folder=made), encoding="utf-8")
        for path in (made, *made.rglob("*")):
            shutil.chown(path, account.pw_uid, account.pw_gid)
        command = ["/usr/sbin/nagios4", str(made / "nagios.cfg")]
        with process(command, made / "output", lambda: (made / "status.dat").exists()):
            yield Nagios(made)
