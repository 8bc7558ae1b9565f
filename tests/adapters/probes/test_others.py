"""``tcp``, ``icmp`` and ``command``."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.probes import PROBES, icmp
from adapters.probes.bounded import bounded, connect
from adapters.probes.command import CommandTarget
from tests.adapters.probes.conftest import Looks
from tests.adapters.probes.servers import HOST, free_port, hang, talking


def test_a_port_that_takes_connections_is_up_and_one_that_refuses_is_down(look: Looks) -> None:
    with talking(hang) as port:
        assert look("tcp", host=HOST, port=port).state == "up"
    assert look("tcp", host=HOST, port=free_port()).reason == "拒绝连接"


@pytest.mark.parametrize(
    ("number", "state", "reason"),
    [
        (errno.EHOSTUNREACH, "down", "主机不可达"),
        (errno.ENETUNREACH, "down", "网络不可达"),
        (errno.EMFILE, "unknown", "本机打开的文件数已达上限，应提高服务的 LimitNOFILE"),
        (errno.EADDRNOTAVAIL, "unknown", "本机没有可用的地址或端口"),
    ],
)
def test_what_is_short_on_our_side_says_nothing_of_the_target(
    number: int, state: str, reason: str, look: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("adapters.probes.bounded.BoundedSocket.connect", refuse)
    result = look("tcp", host=HOST, port=1)
    assert (result.state, result.reason) == (state, reason)


def test_the_second_address_of_a_name_is_tried_when_the_first_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with talking(hang) as port:
        addresses = [(socket.AF_INET, (HOST, free_port())), (socket.AF_INET, (HOST, port))]
        monkeypatch.setattr("adapters.probes.bounded.resolve", lambda *args: addresses)
        with bounded(2), connect("two.test", port) as connection:
            assert connection.getpeername()[1] == port


class _Echo(socket.socket):
    """Stands for a ping socket: what it sends comes back as ``answers`` make of it."""

    def __init__(self, answers: Any) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.answers = answers
        self.far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.far.bind((HOST, 0))

    def connect(self, address: Any) -> None:
        super().connect(self.far.getsockname())
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.far.close()
        super().close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                packet, sender = self.far.recvfrom(2048)
                for answer in self.answers(packet):
                    self.far.sendto(answer, sender)


def reply(packet: bytes) -> list[bytes]:
    assert packet[:2] == b"\x08\x00"
    return [b"\x00\x00" + packet[2:]]


def second_only(packet: bytes) -> list[bytes]:
    attempt = struct.unpack("!H", packet[6:8])[0]
    return reply(packet) if attempt > 1 else []


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (reply, "up"),
        (second_only, "up"),
        (lambda packet: [], "down"),
        (lambda packet: [packet], "down"),  # our own request
        (lambda packet: [b"\x00\x00" + packet[2:8] + b"another's token!"], "down"),
        (lambda packet: [b"", b"\x03\x01", *reply(packet)], "up"),
    ],
)
def test_only_a_reply_to_our_own_request_counts(
    answers: Any, state: str, look: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(icmp, "open_socket", lambda family: _Echo(answers))
    assert look("icmp", timeout=0.4, host=HOST).state == state


def test_where_the_kernel_does_not_allow_ping_the_way_out_is_told(look: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(family: int) -> None:
        raise PermissionError(errno.EACCES, "not allowed")

    monkeypatch.setattr(icmp, "open_socket", forbidden)
    result = look("icmp", host=HOST)
    assert result.state == "unknown"
    assert "net.ipv4.ping_group_range" in result.reason


def test_ping_of_ourselves_where_it_is_allowed(look: Looks) -> None:
    try:
        icmp.open_socket(socket.AF_INET).close()
    except PermissionError:
        pytest.skip("net.ipv4.ping_group_range leaves this account out")
    assert look("icmp", host=HOST).state == "up"


@pytest.mark.parametrize(
    ("command", "keys", "state", "reason"),
    [
        (("true",), {}, "up", ""),
        (("false",), {}, "down", "退出码 1"),
        (("sh", "-c", "exit 3"), {"exit_codes": (0, 3)}, "up", ""),
        (("sh", "-c", "kill -15 $$"), {}, "down", "被信号 15 终止"),
        (("no-such-program",), {}, "unknown", "程序“no-such-program”无法运行（没有这个程序）"),
        (("/",), {}, "unknown", "程序“/”无法运行（没有执行权限）"),
        (("echo", "; exit 9"), {}, "up", ""),
    ],
)
def test_the_exit_code_decides(
    command: tuple[str, ...], keys: dict[str, Any], state: str, reason: str, look: Looks
) -> None:
    result = look("command", command=command, **keys)
    assert (result.state, result.reason) == (state, reason)


def test_a_program_runs_in_the_workspace_without_our_secrets(
    look: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUNWEI_SECRET", "x")
    script = "import os, pathlib; pathlib.Path('seen').write_text(' '.join(os.environ))"
    assert look("command", command=(sys.executable, "-c", script)).state == "up"
    assert "YUNWEI_SECRET" not in (tmp_path / "seen").read_text().split()


def alive(pid: int) -> bool:
    with suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def wait_for(path: Path) -> list[int]:
    for _ in range(2000):
        words = path.read_text(encoding="utf-8").split() if path.exists() else []
        if len(words) == 2:
            return [int(word) for word in words]
        threading.Event().wait(0.005)
    raise AssertionError("the program did not start")


@pytest.mark.parametrize("end", ["timeout", "close"])
def test_a_program_is_killed_with_its_children(end: str, tmp_path: Path) -> None:
    script = "sleep 1000 & echo $$ $! > pids.new; mv pids.new pids; wait"
    checker = PROBES["command"].open(CommandTarget(probe="command", command=("sh", "-c", script)), tmp_path)
    results: list[Any] = []
    worker = threading.Thread(target=lambda: results.append(checker.check(1 if end == "timeout" else 60)))
    worker.start()
    pids = wait_for(tmp_path / "pids")
    assert all(map(alive, pids))
    if end == "close":
        checker.close()
    worker.join(10)
    assert results[0].state == "down"
    for _ in range(2000):
        if not any(map(alive, pids)):
            break
        threading.Event().wait(0.005)
    assert not any(map(alive, pids))
    checker.close()
    assert checker.check(1).state == "unknown" if end == "close" else True
