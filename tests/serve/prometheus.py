"""A private Prometheus on loopback, and its tools; see ``tests/servers.py`` for what an absent server means."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from tests.adapters.probes.servers import free_port
from tests.servers import servers_required

_DEADLINE = 30.0
Seen = TypeVar("Seen")


def tool(name: str) -> str:
    """Where a program of the system is; skips, or fails where servers are required, if it is absent."""
    found = shutil.which(name)
    if found is None:
        assert not servers_required(), f"{name} is not installed, and YUNWEI_REQUIRE_SERVERS is set"
        pytest.skip(f"{name} is not installed")
    return found


def run_tool(name: str, *arguments: str, cwd: Path | None = None) -> str:
    """What a tool says; it has to end well."""
    done = subprocess.run([tool(name), *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


class Prometheus:
    """A running server."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The instant vector of an expression: ``metric`` and ``value`` of each series."""
        answer = requests.get(self.address + "/api/v1/query", params={"query": expression}, timeout=10)
        assert answer.status_code == 200, f"{expression}: {answer.text}"
        data = answer.json()["data"]
        assert data["resultType"] == "vector", expression
        return list(data["result"])

    def value(self, expression: str) -> float | None:
        """The one value of an expression; None while it has none."""
        found = self.ask(expression)
        assert len(found) < 2, found
        return float(found[0]["value"][1]) if found else None

    def until(self, expression: str, holds: Callable[[float | None], bool]) -> float | None:
        """Ask again and again until it holds."""
        return wait_until(lambda: self.value(expression), holds, expression)


def wait_until(look: Callable[[], Seen], holds: Callable[[Seen], bool], what: str) -> Seen:
    """Look until what is seen holds; fails after half a minute, saying what was seen last."""
    deadline = time.monotonic() + _DEADLINE
    while not holds(seen := look()):
        assert time.monotonic() < deadline, f"{what}: still {seen}"
        time.sleep(0.1)  # between looks at a condition with a deadline
    return seen


@contextmanager
def prometheus(folder: Path, config: str) -> Iterator[Prometheus]:
    """One with this configuration, its data in ``folder``."""
    binary, port = tool("prometheus"), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(config, encoding="utf-8")
    arguments = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/tsdb",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([binary, *arguments], stdout=log, stderr=log)
    running = Prometheus(f"http://127.0.0.1:{port}")
    try:
        wait_until(lambda: _ready(running.address), bool, f"prometheus: {folder}/log")
        yield running
    finally:
        process.terminate()
        process.wait(20)


def _ready(address: str) -> bool:
    try:
        return requests.get(address + "/-/ready", timeout=2).status_code == 200
    except requests.ConnectionError:
        return False
