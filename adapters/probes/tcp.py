"""``tcp``: whether a port takes connections."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from adapters.mapping import Name
from adapters.probes.base import Checker, ProbeResult, ProbeTarget
from adapters.probes.bounded import bounded, connect
from adapters.probes.faults import explained


class TcpTarget(ProbeTarget):
    """A port that should take connections."""

    probe: Literal["tcp"] = Field(description="tcp：能否建立 TCP 连接")
    host: Name = Field(description="主机名或 IP 地址")
    port: int = Field(ge=1, le=65535, description="端口")


class _TcpChecker:
    def __init__(self, target: TcpTarget) -> None:
        self._target = target

    def check(self, timeout: float) -> ProbeResult:
        with bounded(timeout) as deadline:
            try:
                connect(self._target.host, self._target.port).close()
            except OSError as error:
                return explained(error, deadline)
            return ProbeResult("up", deadline.elapsed_ms())

    def close(self) -> None:
        """Nothing is kept."""


class TcpProbe:
    """Connects and hangs up."""

    name: ClassVar[str] = "tcp"
    label: ClassVar[str] = "TCP 连接"
    config: ClassVar[type[ProbeTarget]] = TcpTarget

    def open(self, target: Any, folder: Path) -> Checker:
        return _TcpChecker(target)


PROBE = TcpProbe()
