"""``tls``: whether a TLS handshake succeeds, and when the certificate ends."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from adapters.mapping import Name
from adapters.probes.base import Checker, ProbeResult, ProbeTarget
from adapters.probes.bounded import bounded, connect, handshake
from adapters.probes.faults import explained, verification_failed
from adapters.probes.tls_context import TlsTarget, tls_context, unverified
from metrics.errors import ConfigError


class TlsHandshakeTarget(TlsTarget):
    """A port that should speak TLS."""

    probe: Literal["tls"] = Field(description="tls：TLS 握手与证书")
    host: Name = Field(description="主机名或 IP 地址")
    port: int = Field(443, ge=1, le=65535, description="端口")
    server_name: Name | None = Field(None, description="证书应有的主机名；不写为 host")


class _TlsChecker:
    def __init__(self, target: TlsHandshakeTarget, folder: Path) -> None:
        self._target, self._folder = target, folder

    def check(self, timeout: float) -> ProbeResult:
        target = self._target
        server_name = target.server_name or target.host
        with bounded(timeout) as deadline:
            try:
                context = tls_context(target, self._folder)
                handshake(connect(target.host, target.port), context, server_name).close()
                result = ProbeResult("up", deadline.elapsed_ms())
            except (OSError, ValueError, ConfigError) as error:
                result = explained(error, deadline)
                if verification_failed(error):
                    look_again(target.host, target.port, server_name)
            return replace(result, certificate_expires_at=deadline.certificate_expires_at)

    def close(self) -> None:
        """Nothing is kept."""


def look_again(host: str, port: int, server_name: str) -> None:
    """Let a certificate that was not trusted be shown once more in the time that is left, to learn when it ends."""
    with suppress(OSError, ValueError):
        handshake(connect(host, port), unverified(), server_name).close()


class TlsProbe:
    """Shakes hands and hangs up."""

    name: ClassVar[str] = "tls"
    label: ClassVar[str] = "TLS 握手与证书"
    config: ClassVar[type[ProbeTarget]] = TlsHandshakeTarget

    def open(self, target: Any, folder: Path) -> Checker:
        return _TlsChecker(target, folder)


PROBE = TlsProbe()
