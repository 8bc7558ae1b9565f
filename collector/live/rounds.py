"""Finished checks as columns, by source, under the numbers of the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
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
        self._numbers: dict[str, str] = {}
        self._unknown: set[str] = set()

    def refresh(self) -> None:
        """Read the register again if it changed."""
        version = self._store.register_version()
        if version == self._version:
            return
        from collector.ingest.register import AssetRegister

        self._register = AssetRegister.of(self._store.register())
        self._version = version
        self._numbers, self._unknown = {}, set()

    def numbers(self, names: Sequence[str]) -> list[str]:
        """The number of each asset, or the name itself where none answers to it. Without a register all do."""
        found = list(map(self._numbers.get, names))
        return self._found(names) if None in found else found  # type: ignore[return-value]

    def known(self, names: Sequence[str]) -> list[bool]:
        """Whether the register has each of them; after :meth:`numbers`."""
        return [name not in self._unknown for name in names] if self._unknown else [True] * len(names)

    def _found(self, names: Sequence[str]) -> list[str]:
        for name in set(names) - set(self._numbers):
            number = self._register.find(name) if self._register else name
            if number is None:
                self._unknown.add(name)
            self._numbers[name] = number or name
        return [self._numbers[name] for name in names]


def tables_of(checks: list[Check], names: Names) -> dict[str, pa.Table]:
    """The checks of each source in the columns of ``live_rounds.SCHEMA``, in their order."""
    names.refresh()
    by_source: dict[str, list[Check]] = {}
    for source in {check.source for check in checks}:
        by_source[source] = [check for check in checks if check.source == source]
    return {source: _table(listed, names) for source, listed in by_source.items()}


def _table(checks: list[Check], names: Names) -> pa.Table:
    """Column by column: no tuple a check, which the collector of garbage would have to look at."""
    asset_no = [check.asset_no for check in checks]
    columns: tuple[Any, ...] = (
        names.numbers(asset_no),
        np.array([check.checked_at for check in checks]),
        np.array([_CODES[check.state] for check in checks], np.int8),
        [check.latency_ms for check in checks],
        np.array([check.interval_seconds for check in checks]),
        np.array([check.staleness_seconds for check in checks]),
        names.known(asset_no),
    )
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.table(arrays, schema=SCHEMA)
