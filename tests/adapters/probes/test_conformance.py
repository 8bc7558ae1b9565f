"""What every probe keeps to: a result and never an exception, within its time, with all that a result must have."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from adapters.probes import PROBES
from adapters.probes.base import ProbeResult, ProbeTarget
from adapters.probes.config import ProbeConfig
from tests.adapters.probes.servers import HOST, Web, free_port, hang, names, talking

#: What a check may take beyond its timeout: waking up, closing.
SLACK = 0.6


class Surroundings:
    """Targets of every probe in three moods."""

    def __init__(self, stack: ExitStack) -> None:
        web = stack.enter_context(Web().running())
        silent = stack.enter_context(talking(hang))
        known = stack.enter_context(names({("oa.test", "A"): ["10.0.0.1"]}))
        mute = stack.enter_context(names({}, silent=True))
        closed = free_port()
        self.up: dict[str, dict[str, Any]] = {
            "http": {"url": web.address()},
            "tcp": {"host": HOST, "port": silent},
            "tls": {"host": HOST, "port": silent},
            "dns": {"query": "oa.test", "server": HOST, "port": known},
            "icmp": {"host": HOST},
            "command": {"command": ("true",)},
        }
        self.hangs: dict[str, dict[str, Any]] = {
            "http": {"url": f"http://{HOST}:{silent}/"},
            "tcp": {"host": "slow.test", "port": 80},
            "tls": {"host": HOST, "port": silent},
            "dns": {"query": "oa.test", "server": HOST, "port": mute},
            "icmp": {"host": "slow.test"},
            "command": {"command": ("sh", "-c", "sleep 100 & sleep 100")},
        }
        self.down: dict[str, dict[str, Any]] = {
            "http": {"url": f"http://{HOST}:{closed}/"},
            "tcp": {"host": HOST, "port": closed},
            "tls": {"host": HOST, "port": closed},
            "dns": {"query": "none.test", "server": HOST, "port": known},
            "icmp": {"host": "never.invalid"},
            "command": {"command": ("false",)},
        }


@pytest.fixture(scope="module")
def surroundings() -> Iterator[Surroundings]:
    with ExitStack() as stack:
        yield Surroundings(stack)


@pytest.fixture(autouse=True)
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Looking up ``slow.test`` does not end; no other name leaves this machine."""
    ended, real = threading.Event(), socket.getaddrinfo

    def getaddrinfo(host: str, port: Any, *args: Any, **more: Any) -> Any:
        if not more.get("flags"):
            if host == "slow.test":
                ended.wait()
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return real(host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
    ended.set()


def check(name: str, keys: dict[str, Any], timeout: float, folder: Path) -> ProbeResult:
    checker = PROBES[name].open(PROBES[name].config(probe=name, **keys), folder)
    try:
        return checker.check(timeout)
    finally:
        checker.close()
        checker.close()


def assert_whole(result: ProbeResult) -> None:
    assert result.state in ("up", "down", "unknown")
    assert (result.reason == "") == (result.state == "up")
    assert "\n" not in result.reason
    if result.reason:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in result.reason)
    if result.latency_ms is not None:
        assert result.latency_ms >= 0
    if result.state == "up":
        assert result.latency_ms is not None


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_is_what_its_map_says(name: str) -> None:
    probe = PROBES[name]
    assert probe.name == name
    assert issubclass(probe.config, ProbeTarget)
    assert any("\u4e00" <= letter <= "\u9fff" or letter.isascii() for letter in probe.label)


@pytest.mark.parametrize("mood", ["up", "down"])
@pytest.mark.parametrize("name", PROBES)
def test_a_check_gives_a_whole_result(name: str, mood: str, surroundings: Surroundings, tmp_path: Path) -> None:
    keys = getattr(surroundings, mood)[name]
    result = check(name, keys, 1, tmp_path)
    assert_whole(result)
    if name not in ("icmp", "tls"):  # not allowed everywhere; needs a certificate, see its own tests
        assert result.state == mood


@pytest.mark.parametrize("name", PROBES)
def test_a_target_that_hangs_costs_its_timeout_and_no_more(
    name: str, surroundings: Surroundings, tmp_path: Path
) -> None:
    started = time.perf_counter()
    result = check(name, surroundings.hangs[name], 0.3, tmp_path)
    assert 0.2 <= time.perf_counter() - started < 0.3 + SLACK
    assert_whole(result)
    assert result.state == "down"
    assert "超过 0.3 秒" in result.reason


@pytest.mark.parametrize("name", PROBES)
def test_a_target_can_be_checked_again_and_again(name: str, surroundings: Surroundings, tmp_path: Path) -> None:
    probe = PROBES[name]
    checker = probe.open(probe.config(probe=name, **surroundings.down[name]), tmp_path)
    first = [checker.check(1) for _ in range(3)]
    checker.close()
    assert len({(result.state, result.reason) for result in first}) == 1


@pytest.mark.parametrize("name", PROBES)
def test_no_time_at_all_is_a_result_too(name: str, surroundings: Surroundings, tmp_path: Path) -> None:
    assert_whole(check(name, surroundings.hangs[name], 1e-9, tmp_path))


@pytest.mark.parametrize("name", PROBES)
def test_a_target_can_be_configured_and_comes_back_out_of_a_snapshot(name: str, surroundings: Surroundings) -> None:
    target = PROBES[name].config(probe=name, asset_no="A", **surroundings.up[name])
    config = ProbeConfig(targets=(target,), allow_commands=True)
    assert ProbeConfig.model_validate_json(config.model_dump_json()) == config
