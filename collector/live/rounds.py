"""Finished checks as columns, by source, under the numbers of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from collector.store.check_runs import STATES
from collector.store.live_rounds import SCHEMA

if TYPE_CHECKING:
    from collector.ingest.register import AssetRegister
    from collector.probing.plans import Check
    from collector.store import Store

_CODES = {state: code for code, state in enumerate(STATES)}


class Names:
    """What the register, as it stands, calls the assets that checks name."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = -1
        self._register: AssetRegister | None = None
        self._found: dict[str, tuple[str, bool]] = {}

    def refresh(self) -> None:
        """Read the register again if it changed."""
        version = self._store.register_version()
        if version == self._version:
            return
        from collector.ingest.register import AssetRegister

        self._register = AssetRegister.of(self._store.register())
        self._version = version
        self._found = {}

    def find(self, name: str) -> tuple[str, bool]:
        """The asset's number, or ``name`` itself; and whether an asset answers to it. Without a register all do."""
        if name not in self._found:
            number = self._register.find(name) if self._register else name
            self._found[name] = (name, False) if number is None else (number, True)
        return self._found[name]


def tables_of(checks: list[Check], names: Names) -> dict[str, pa.Table]:
    """The checks of each source in the columns of ``live_rounds.SCHEMA``, in their order."""
    names.refresh()
    by_source: dict[str, list[Check]] = {}
    for check in checks:
        by_source.setdefault(check.source, []).append(check)
    return {source: _table(listed, names) for source, listed in by_source.items()}


def _table(checks: list[Check], names: Names) -> pa.Table:
    found = [names.find(check.asset_no) for check in checks]
    columns = (
        [number for number, _ in found],
        [check.checked_at for check in checks],
        [_CODES[check.state] for check in checks],
        [check.latency_ms for check in checks],
        [check.interval_seconds for check in checks],
        [check.staleness_seconds for check in checks],
        [known for _, known in found],
    )
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.table(arrays, schema=SCHEMA)
