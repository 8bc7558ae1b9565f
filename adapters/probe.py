"""Our own probing (adapter ``probe``): sealed hours of checks read back as any other delivery.

The targets are checked by ``collector.probing``; what it finds is sealed hour by hour and delivered by the daemon.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from adapters.base import Batch, Blob, Context, Preview
from adapters.probes.config import ProbeConfig
from adapters.sealed import read_sealed, reread_sealed

if TYPE_CHECKING:
    import pandas as pd


class ProbeAdapter:
    """Checks of targets that we probe ourselves."""

    name: ClassVar[str] = "probe"
    label: ClassVar[str] = "拨测"
    config: ClassVar[type[BaseModel]] = ProbeConfig

    def discover(self, config: ProbeConfig, context: Context) -> Iterator[Blob]:
        """Nothing: what was probed is handed over when its hour is sealed."""
        return iter(())

    def read(self, config: ProbeConfig, blob: Blob, context: Context) -> Iterator[Batch]:
        return read_sealed(blob, context)

    def reread(self, config: ProbeConfig, rows: pd.DataFrame, context: Context) -> Iterator[Batch]:
        return reread_sealed(rows, context)

    def preview(self, config: ProbeConfig, blob: Blob, context: Context) -> list[Preview]:
        """Nothing lies in the drop folder that could be previewed."""
        return []


ADAPTER = ProbeAdapter()
