"""A daemon in a process of its own, watched by its log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 60.0  # seconds; what is waited for comes within a few


class Daemon:
    """``yunwei run -C folder``; its log goes to a file."""

    def __init__(self, folder: Path, log: Path, **environment: str) -> None:
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "collector", "run", "-C", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                cwd=Path(__file__).parents[2],
            )

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, *words: str) -> str:
        """The first line of the log that holds all ``words``; fails with the log when it does not come."""
        return self.wait_until(lambda: self.line(*words), " ".join(words))

    def line(self, *words: str) -> str:
        return next((line for line in self.text().splitlines() if all(word in line for word in words)), "")

    def wait_until(self, come: Callable[[], str], what: str) -> str:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            found = come()
            if found:
                return found
            if self.process.poll() is not None and not come():
                break
            time.sleep(0.05)
        raise AssertionError(f"{what!r} did not come:\n{self.text()}")

    def tell(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Exit code and seconds it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(30)
        return code, time.monotonic() - started


@contextmanager
def running(folder: Path, log: Path, **environment: str) -> Iterator[Daemon]:
    """The daemon, killed at the end if it still runs."""
    daemon = Daemon(folder, log, **environment)
    try:
        yield daemon
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait(30)
