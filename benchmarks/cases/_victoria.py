"""A VictoriaMetrics of one's own: samples in, what they take on the disk, and how long a question takes."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Victoria:
    """A server that listens on ``address``; its data lies in ``folder``."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address, self._folder = address, folder

    def take(self, lines: Iterator[str]) -> None:
        """Samples as ``name{label="…"} value milliseconds``, a block a request; searchable when it returns."""
        block: list[str] = []
        for line in lines:
            block.append(line)
            if len(block) == 100_000:
                self._post("/api/v1/import/prometheus", block)
                block = []
        self._post("/api/v1/import/prometheus", block)
        self.get("/internal/force_flush")

    def ask(self, query: str, at: int) -> list[dict[str, Any]]:
        """The result of an instant query, without any cache."""
        answer = self.get(f"/api/v1/query?{urllib.parse.urlencode({'query': query, 'time': at, 'nocache': 1})}")
        found: list[dict[str, Any]] = json.loads(answer)["data"]["result"]
        return found

    def bytes_kept(self) -> int:
        """Of the samples themselves, after everything was merged; without the index over their names."""
        self.get("/internal/force_merge")
        time.sleep(3)  # merging is done in the background and says nothing when it ends
        return sum(path.stat().st_size for path in (self._folder / "data").rglob("*") if path.is_file())

    def get(self, path: str) -> bytes:
        """What the server answers."""
        with urllib.request.urlopen(f"http://{self._address}{path}", timeout=120) as answer:
            data: bytes = answer.read()
            return data

    def _post(self, path: str, lines: list[str]) -> None:
        request = urllib.request.Request(f"http://{self._address}{path}", "\n".join(lines).encode(), method="POST")
        urllib.request.urlopen(request, timeout=120).close()


@contextmanager
def victoria(folder: Path) -> Iterator[Victoria]:
    """A server with nothing in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = ["victoria-metrics", f"-storageDataPath={folder}", f"-httpListenAddr={address}", "-retentionPeriod=20y"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Victoria(address, folder)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                server.get("/health")
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield server
    finally:
        process.kill()
        process.wait()
