"""A private MariaDB server on loopback, from the binaries of the system's package."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql

from tests.adapters.probes.servers import free_port

_USER = "mysql"


def missing() -> str:
    """What is not installed; "" if all is there."""
    if shutil.which("mariadbd") is None or shutil.which("mariadb-install-db") is None:
        return "mariadb-server is not installed"
    return ""


@contextmanager
def mariadb_server() -> Iterator[int]:
    """A fresh server; yields its port. ``root`` needs no password."""
    folder = Path(tempfile.mkdtemp(prefix="yunwei-maria-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        user = []
        if os.geteuid() == 0:
            account = pwd.getpwnam(_USER)
            os.chown(folder, account.pw_uid, account.pw_gid)
            user = [f"--user={_USER}"]
        data, port = folder / "data", free_port()
        subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                *user,
            ],
            check=True,
            capture_output=True,
        )
        process = subprocess.Popen(
            [
                *(
                    "mariadbd",
                    "--no-defaults",
                    f"--datadir={data}",
                    f"--port={port}",
                    "--bind-address=127.0.0.1",
                    *user,
                ),
                *(f"--socket={folder}/socket", f"--pid-file={folder}/pid", "--innodb-flush-log-at-trx-commit=0"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _await(port, process)
        yield port
    finally:
        if process is not None:
            process.terminate()
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root").close()
            return
        except pymysql.OperationalError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError("mariadbd did not start") from None
            time.sleep(0.1)
