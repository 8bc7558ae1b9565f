"""``icmp``: whether a host answers echo requests (ping), over the kernel's unprivileged datagram sockets."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from adapters.mapping import Name
from adapters.probes.base import Checker, ProbeResult, ProbeTarget
from adapters.probes.bounded import Deadline, bounded, resolve
from adapters.probes.faults import explained, overtime

#: Echo request and reply of both families; the kernel fills in identifier and checksum.
_TYPES: dict[int, tuple[int, int]] = {socket.AF_INET: (8, 0), socket.AF_INET6: (128, 129)}
_PROTOCOLS: dict[int, int] = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_HEADER = struct.Struct("!BBHHH")
_NOT_ALLOWED = (
    "系统不允许本账号发送 ping，应由管理员执行 sysctl -w net.ipv4.ping_group_range='0 2147483647'，"
    "并写入 /etc/sysctl.d/ 使之长期有效"
)


class IcmpTarget(ProbeTarget):
    """A host that should answer."""

    probe: Literal["icmp"] = Field(description="icmp：用 ping 看主机是否应答")
    host: Name = Field(description="主机名或 IP 地址")
    attempts: int = Field(3, ge=1, le=10, description="超时之内最多发几次，有一次应答即为正常")


class _IcmpChecker:
    def __init__(self, target: IcmpTarget) -> None:
        self._target = target

    def check(self, timeout: float) -> ProbeResult:
        with bounded(timeout) as deadline:
            try:
                family, address = resolve(self._target.host, 0, socket.SOCK_DGRAM)[0]
                with open_socket(family) as echo:
                    echo.connect(address)
                    return self._ask(echo, family, deadline)
            except PermissionError:
                return ProbeResult("unknown", reason=_NOT_ALLOWED)
            except OSError as error:
                return explained(error, deadline)

    def close(self) -> None:
        """Nothing is kept."""

    def _ask(self, echo: socket.socket, family: int, deadline: Deadline) -> ProbeResult:
        deadline.phase = "应答"
        token = os.urandom(16)
        for attempt in range(1, self._target.attempts + 1):
            sent_ms = deadline.elapsed_ms()
            echo.send(_HEADER.pack(_TYPES[family][0], 0, 0, 0, attempt) + token)
            share = deadline.left() / (self._target.attempts - attempt + 1)
            if _answered(echo, family, token, deadline.left() - share, deadline):
                return ProbeResult("up", deadline.elapsed_ms() - sent_ms)
        return ProbeResult("down", reason=overtime(deadline))


def open_socket(family: int) -> socket.socket:
    """A datagram socket for echo; PermissionError where ``net.ipv4.ping_group_range`` leaves our group out."""
    return socket.socket(family, socket.SOCK_DGRAM, _PROTOCOLS[family])


def _answered(echo: socket.socket, family: int, token: bytes, until: float, deadline: Deadline) -> bool:
    """Whether a reply with our token came before only ``until`` seconds of the check were left."""
    while True:
        try:
            left = deadline.left() - until
            if left <= 0:
                return False
            echo.settimeout(left)
            packet = echo.recv(2048)
        except TimeoutError:
            return False
        if packet[:1] == bytes([_TYPES[family][1]]) and packet[_HEADER.size :] == token:
            return True


class IcmpProbe:
    """Sends echo requests until one is answered."""

    name: ClassVar[str] = "icmp"
    label: ClassVar[str] = "ping"
    config: ClassVar[type[ProbeTarget]] = IcmpTarget

    def open(self, target: Any, folder: Path) -> Checker:
        return _IcmpChecker(target)


PROBE = IcmpProbe()
