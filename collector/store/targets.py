"""Codes for the targets of checks while one transaction works on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collector.store.check_runs import Ints


class Assets:
    """Codes for asset numbers, given as they come."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.names)

    def codes(self, column: pa.Array) -> Ints:
        """The codes of a column of asset numbers; new ones are added."""
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        names = coded.dictionary.to_pylist()
        found = list(map(self._codes.get, names))
        if None in found:
            found = [self._code(name) for name in names]
        known = np.array(found, np.int64)
        return np.asarray(known[coded.indices.to_numpy()]) if len(known) else np.empty(0, np.int64)

    def _code(self, name: str) -> int:
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]
