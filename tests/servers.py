"""A private PostgreSQL server on loopback for the tests, from the binaries of the system's package."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PACKAGES = Path("/usr/lib/postgresql")
_USER = "postgres"  # who runs the server when the tests run as root: initdb refuses root


def postgres_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server installed; None when there is none."""
    versions = [folder for folder in _PACKAGES.glob("*/bin") if (folder / "initdb").exists()]
    if versions:
        return max(versions, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def servers_required() -> bool:
    """Whether a missing server is a failure and not a skip (``YUNWEI_REQUIRE_SERVERS=1``)."""
    return os.environ.get("YUNWEI_REQUIRE_SERVERS", "") not in ("", "0")


def wanted(missing: str) -> None:
    """Skip where something is not installed (``missing`` says what, "" for nothing); fail where servers must be."""
    if missing and servers_required():
        pytest.fail(f"{missing}, and YUNWEI_REQUIRE_SERVERS is set")
    if missing:
        pytest.skip(missing)


def needed(*programs: str) -> None:
    """The same for programs."""
    for program in programs:
        found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        wanted("" if found else f"{program} is not installed")


@contextmanager
def postgres_server(binaries: Path) -> Iterator[str]:
    """A fresh cluster on a free port of 127.0.0.1; yields ``postgresql://user@127.0.0.1:port/postgres``."""
    folder = Path(tempfile.mkdtemp(prefix="yunwei-pg-"))
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam(_USER)
            os.chown(folder, account.pw_uid, account.pw_gid)
        data, port = folder / "data", _free_port()
        _run(binaries / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
            " -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=4GB"
        )
        _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            _run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    user = _USER if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(word) for word in command],
        user=user,
        group=_USER if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # pg_ctl's server inherits it: a pipe would never end
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} ended with {done.returncode}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
