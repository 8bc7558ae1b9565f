"""Our own probing (adapter ``probe``): sealed hours of checks read back as any other delivery.

The targets are checked by ``collector.probing``; what it finds is kept by ``collector.live``.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel

from adapters.probes.config import ProbeConfig
from adapters.sealed import SealedAdapter


class ProbeAdapter(SealedAdapter):
    """Checks of targets that we probe ourselves."""

    name: ClassVar[str] = "probe"
    label: ClassVar[str] = "拨测"
    config: ClassVar[type[BaseModel]] = ProbeConfig


ADAPTER = ProbeAdapter()
