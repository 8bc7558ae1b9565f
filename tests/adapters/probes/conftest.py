"""A web server and a CA for the probes' tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.probes import PROBES
from adapters.probes.base import ProbeResult
from tests.adapters.probes.servers import HOST, Authority, Web

Looks = Callable[..., ProbeResult]


@pytest.fixture
def web() -> Iterator[Web]:
    with Web().running() as running:
        yield running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not installed")
    authority = Authority(tmp_path_factory.mktemp("ca"))
    authority.issue("good", f"DNS:localhost,IP:{HOST}")
    authority.issue("far", f"IP:{HOST}", days=20_000)
    authority.issue("expired", f"IP:{HOST}", days=-1)
    authority.issue("elsewhere", "DNS:elsewhere.test")
    authority.issue("client", "DNS:client.test")
    return authority


@pytest.fixture
def look(tmp_path: Path) -> Looks:
    """Open a target, check it once and close it."""

    def look(probe: str, timeout: float = 5, folder: Path = tmp_path, **keys: Any) -> ProbeResult:
        target = PROBES[probe].config(probe=probe, **keys)
        checker = PROBES[probe].open(target, folder)
        try:
            return checker.check(timeout)
        finally:
            checker.close()

    return look
