"""What every probe promises: a target opened once, checked again and again, never an exception, never beyond its time.

The third parties of single probes are imported when a target is opened: configuration is checked without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from pydantic import Field

from adapters.mapping import Name, Seconds
from metrics.indicators import Strict

State = Literal["up", "down", "unknown"]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What one check found.

    Attributes:
        state: unknown where the check could not be carried out (no permission, a file missing), so that it says
            nothing about the target.
        latency_ms: from the start until the answer was complete; None unless there was one.
        reason: a short Chinese clause; empty when up.
        certificate_expires_at: UTC seconds; the end of the server's own certificate where one was shown, whether
            or not it was trusted.
    """

    state: State
    latency_ms: int | None = None
    reason: str = ""
    certificate_expires_at: int | None = None


class ProbeTarget(Strict):
    """Keys that every target has, whichever probe looks at it; each probe's model adds its own.

    ``asset_no`` is required of targets and refused of probes of our own connectivity; the source checks that.
    """

    probe: str = Field(description="探针的名称")
    asset_no: Name | None = Field(None, description="设备编号，与设备台账一致；同一来源内一台设备只能写一次")
    interval: Seconds | None = Field(None, gt=0, description="多久检测一次，如 1分钟；不写为本来源的 interval")
    timeout: Seconds | None = Field(None, gt=0, description="一次检测最长多久，如 10秒；不写为本来源的 timeout")


class Checker(Protocol):
    """One target, opened: what is costly to make is kept from check to check."""

    def check(self, timeout: float) -> ProbeResult:
        """Look once; returns within ``timeout`` seconds, whatever the target does. One check at a time."""
        ...

    def close(self) -> None:
        """Let go of everything and end what still runs; may be called from another thread, and more than once."""
        ...


class Probe(Protocol):
    """One way of looking; one file in ``adapters/probes``, one line in PROBES."""

    name: ClassVar[str]
    label: ClassVar[str]
    config: ClassVar[type[ProbeTarget]]

    def open(self, target: Any, folder: Path) -> Checker:
        """Prepare to check ``target``, an instance of ``config``; nothing is sent.

        Args:
            folder: what relative paths of certificates and secrets begin at (the workspace).
        """
        ...
