"""Runs ingest again and again, each time in a forked process that dies at a chosen step.

A step is anything that changes what lies outside the process or asks a database: an SQL statement, a block of a
COPY, opening a file for writing, a flush to disk, a rename, a removal. The driver reads one order per line from
stdin, ``{"folder": …, "die_at": n | null}``, and answers with one line: ``{"steps": n, "fingerprint": …}``, both
null when the process was killed. Everything heavy is imported once; no thread runs in the driver itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy.pool import Pool

from tests.ingest.workspace import Workspace

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps:
    """Counts steps and dies before the step ``die_at``."""

    def __init__(self, die_at: int | None) -> None:
        self.count = 0
        self._die_at = die_at

    def step(self, *_: object) -> None:
        """One step is about to be made."""
        self.count += 1
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Hook in; there is no way back, the process is a fork."""
        sys.addaudithook(self._audit)
        self._wrap(os, "fsync")
        for name in ("execute", "executemany", "copy"):
            self._wrap(psycopg.Cursor, name)
        self._wrap(psycopg.Copy, "write")
        self._wrap(psycopg.Connection, "commit")
        sqlalchemy.event.listen(Pool, "connect", self._trace)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.rename", "os.remove", "os.mkdir") or (event == "open" and _is_writing(arguments)):
            self.step()

    def _trace(self, connection: Any, _record: object) -> None:
        if hasattr(connection, "set_trace_callback"):  # SQLite; every row of a bulk insert is a statement
            connection.set_trace_callback(self.step)

    def _wrap(self, owner: Any, name: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        @wraps(original)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return original(*args, **kwargs)

        setattr(owner, name, wrapped)


def _is_writing(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return bool(flags & _WRITES) if mode is None else any(letter in mode for letter in "wax+")


def _run(folder: Path, die_at: int | None, answer: int) -> None:
    """In the fork: ingest to the end or to death, then tell the number of steps and what the store holds."""
    steps = Steps(die_at)
    steps.watch()
    court = Workspace.existing(folder)
    court.ingest()
    result = {"steps": steps.count, "fingerprint": court.store.fingerprint()}
    os.write(answer, json.dumps(result).encode())
    os._exit(0)


def _forked(folder: Path, die_at: int | None) -> dict[str, Any]:
    reading, answer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _run(folder, die_at, answer)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    os.close(answer)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) not in (0, -signal.SIGKILL):
        raise RuntimeError(f"ingest ended with {os.waitstatus_to_exitcode(status)}, not by the kill")
    return json.loads(text) if text else {"steps": None, "fingerprint": None}


def main() -> None:
    """Obey the orders."""
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_forked(Path(order["folder"]), order["die_at"])), flush=True)


if __name__ == "__main__":
    main()
