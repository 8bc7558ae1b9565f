"""Ways of looking whether something is up: one file a probe, one map PROBES.

Its keys are known without importing any of them; ``adapters.probe`` joins the models of all into one.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from adapters.probes.base import Probe

#: The word in a target's ``probe`` → the module with its ``PROBE``.
_MODULES: Mapping[str, str] = {
    "http": "adapters.probes.http",
    "tcp": "adapters.probes.tcp",
    "tls": "adapters.probes.tls",
    "dns": "adapters.probes.dns",
    "icmp": "adapters.probes.icmp",
    "command": "adapters.probes.command",
}


class _Probes(Mapping[str, "Probe"]):
    """Probes by name, each imported when it is first asked for."""

    def __getitem__(self, name: str) -> Probe:
        return cast("Probe", importlib.import_module(_MODULES[name]).PROBE)

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


PROBES: Mapping[str, Probe] = _Probes()
