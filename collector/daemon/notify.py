"""What systemd is told: that we are ready, that we live, that we stop. Nothing without ``NOTIFY_SOCKET``."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress


def notify(*states: str) -> bool:
    """Send lines such as ``READY=1`` in one datagram to ``$NOTIFY_SOCKET``; whether anybody was told."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]  # an abstract socket
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.sendto("\n".join(states).encode(), address)
        return True
    return False


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear ``WATCHDOG=1``: half of what it waits. None where it does not watch us."""
    wanted, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not wanted.isdigit() or (pid and pid != str(os.getpid())):
        return None
    return int(wanted) / 2_000_000


def reloading() -> tuple[str, ...]:
    """The lines that begin a reload; ``READY=1`` ends it."""
    return "RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}"
