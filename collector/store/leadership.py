"""Which of several daemons acts for an organisation: one leads, the others wait.

On PostgreSQL an advisory lock of a session of its own: it ends with the session, so that another takes over as soon
as the server knows that the leader is gone (a killed process: at once; a machine without power or network: within
about 30 s, by keep-alives). The leader asks every few seconds whether its session lives, and stops acting when it
does not. On SQLite, which one machine holds, a locked file.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from collector.store.engine import WRITER
from collector.store.faults import explained, explained_files, place
from metrics.errors import PassingError

_SILENT_SECONDS = 5  # the server is taken for gone when it does not answer for so long
_CLIENT = {
    "connect_timeout": _SILENT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": _SILENT_SECONDS * 1000,
    "application_name": "yunwei leader",
}
#: The server's side of the same: it must notice that a leader is gone.
_SERVER = (
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    f"SET statement_timeout = '{_SILENT_SECONDS}s'",
)


class Leadership(Protocol):
    """One daemon's claim to act; not for several threads at once."""

    waits: bool  # whether waiting makes sense: another machine may lead, and end

    def acquire(self) -> bool:
        """Try to lead; whether we do now. PassingError: the database does not answer."""
        ...

    def held(self) -> bool:
        """Whether we still lead; asks the server, for at most a few seconds."""
        ...

    def release(self) -> None:
        """Lead no longer."""
        ...

    def leader(self) -> str:
        """Who leads now, for people; empty when nobody does, or nobody knows."""
        ...


def leadership_of(engine: Engine, organization_id: str) -> Leadership:
    """The claim of this process in the database of ``engine``."""
    if engine.dialect.name == "sqlite":
        return FileLeadership(Path(f"{engine.url.database}.{organization_id}.daemon"), place(engine.url))
    return SessionLeadership(engine, organization_id)


def refuse_writes(engine: Engine, reason: list[str]) -> None:
    """Let every write begin and end with a look at ``reason``: once it says something, nothing is written any more."""

    def look(connection: Connection) -> None:
        if reason and connection.get_execution_options().get(WRITER):
            raise PassingError(reason[0])

    event.listen(engine, "begin", look)
    event.listen(engine, "commit", look)


class SessionLeadership:
    """By an advisory lock of a PostgreSQL session."""

    waits = True

    def __init__(self, engine: Engine, organization_id: str) -> None:
        self._engine = create_engine(engine.url, connect_args=_CLIENT, poolclass=NullPool)
        digest = hashlib.sha256(f"yunwei daemon {organization_id}".encode()).digest()
        self._key = int.from_bytes(digest[:8], "big", signed=True)
        self._session: Connection | None = None

    def acquire(self) -> bool:
        self.release()
        with explained(self._engine.url):
            session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                for setting in _SERVER:
                    session.execute(text(setting))
                led = bool(session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}))
            except BaseException:
                session.close()
                raise
        if not led:
            session.close()
            return False
        self._session = session
        return True

    def held(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute(text("SELECT 1"))
        except DBAPIError:
            self.release()
            return False
        return True

    def release(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(DBAPIError):
                session.invalidate()  # the session ends, and the lock with it
                session.close()

    def leader(self) -> str:
        query = text(
            "SELECT host(client_addr) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
            " AND granted AND classid = :high AND objid = :low AND objsubid = 1"
        )
        key = self._key & (2**64 - 1)
        try:
            with self._engine.connect() as connection:
                found = connection.scalar(query, {"high": key >> 32, "low": key & 0xFFFFFFFF})
        except DBAPIError:
            return ""
        return str(found or "")


class FileLeadership:
    """By a lock on a file beside the database; the system gives it back when the process ends, however it ends."""

    waits = False

    def __init__(self, path: Path, what: str) -> None:
        self._path, self._what = path, what
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        with explained_files(self._what):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        if not _locked(descriptor):
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{socket.gethostname()} {os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def held(self) -> bool:
        return self._descriptor is not None

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def leader(self) -> str:
        try:
            with self._path.open(encoding="utf-8") as file:
                host, pid = file.read().split()
                if self._descriptor is None and _locked(file.fileno(), shared=True):
                    return ""  # whoever wrote this is gone
        except (OSError, ValueError):
            return ""
        return f"{host}，进程号 {pid}"


def _locked(descriptor: int, *, shared: bool = False) -> bool:
    """Whether the lock could be had, and now is."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
