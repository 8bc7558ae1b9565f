"""Ticket systems as processes of a test's own, spoken to in JSON."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any


def asked(port: int, method: str, path: str, body: Any, login: Mapping[str, str]) -> Any:
    """One request, JSON both ways; RuntimeError for any answer but a good one. ``login``: headers."""
    headers = {"Content-Type": "application/json", **login}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        content = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        return json.loads(content) if content.strip() else None


def started(command: Sequence[str], answers: Callable[[], object], **more: Any) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    deadline = time.monotonic() + 90
    while True:
        try:
            answers()
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                process.kill()
                raise RuntimeError(f"{command[0]} did not start") from None
            time.sleep(0.1)  # between two looks; what is waited for is the answer
        else:
            return process
