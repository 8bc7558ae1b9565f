"""Codes for the targets of checks while one transaction works on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collector.store.check_runs import Ints


class Assets:
    """Codes for asset numbers, given as they come."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._codes: dict[str, int] = {}
        self._column: pa.Array = pa.array([], pa.string())  # the names once more

    def __len__(self) -> int:
        return len(self.names)

    def codes(self, column: pa.Array) -> Ints:
        """The codes of a column of asset numbers; new ones are added."""
        if column.type == pa.string() and len(self.names):
            found = pc.index_in(column, value_set=self._as_column())
            if not found.null_count:
                return np.asarray(found.to_numpy(), np.int64)
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        names = coded.dictionary.to_pylist()
        known = np.array([self._code(name) for name in names], np.int64)
        return np.asarray(known[coded.indices.to_numpy()]) if len(known) else np.empty(0, np.int64)

    def _as_column(self) -> pa.Array:
        if len(self._column) < len(self.names):
            self._column = pa.array(self.names, pa.string())
        return self._column

    def _code(self, name: str) -> int:
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]
