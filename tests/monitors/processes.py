"""Servers as processes of a test's own: in their own folder, on their own port of 127.0.0.1, ended with the test."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
_PATIENCE = 60.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def free_low_port() -> int:
    """One below 32768, for servers that take no other."""
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise AssertionError("no free port")


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A folder with a short path (sockets lie in it), gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix=f"yw-{name}-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def process(command: Sequence[str | Path], log: Path, ready: Callable[[], bool], **more: Any) -> Iterator[int]:
    """Start a server, wait until it is ready, yield its process id, end it with all its children."""
    with log.open("ab") as output:
        started = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **more,
        )
    try:
        waited(ready, lambda: f"{command[0]}: {log.read_text(errors='replace')[-3000:]}", started)
        yield started.pid
    finally:
        _end(started)


def waited(ready: Callable[[], bool], why: Callable[[], str], started: subprocess.Popen[bytes] | None = None) -> None:
    """Poll a condition until it holds; AssertionError with ``why`` when it does not in time."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError):
            if ready():
                return
        if started is not None and started.poll() is not None:
            raise AssertionError(f"ended with {started.returncode}: {why()}")
        time.sleep(0.05)  # between two looks; what is waited for is the condition
    raise AssertionError(f"not in time: {why()}")


def listening(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.create_connection((HOST, port), 1):
        return True


def _end(started: subprocess.Popen[bytes]) -> None:
    for signal_number in (15, 9):
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal_number)
        with suppress(subprocess.TimeoutExpired):
            started.wait(10 if signal_number == 15 else 5)
            if signal_number == 15:
                continue  # children that ignore the first signal get the second
            return
