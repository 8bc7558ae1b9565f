"""Names of assets as vendors write them → the register's numbers.

A reference is an asset's number, else the name of exactly one asset, else the alias of exactly one. Anything else
is a rejection that says so (semantics 7); without a register every reference is taken as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.records import RecordType

#: Code of rejections that are tried again when the register changes.
UNKNOWN_ASSET = "unknown_asset"

_SEPARATOR = re.compile(r"[;；]")
_SHOWN = 3


@dataclass(frozen=True)
class Resolved:
    """A frame with the register's numbers in place, and what no asset answers to.

    ``frame`` has every row; ``unknown`` are positions in it, ``reasons`` one Chinese sentence for each of them.
    """

    frame: pd.DataFrame
    unknown: NDArray[np.int64]
    reasons: list[str]


class AssetRegister:
    """Numbers, names and aliases of all assets at one moment."""

    def __init__(self, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
        """``rows``: number, name, aliases separated by semicolons."""
        self._rows = {number: (name, aliases) for number, name, aliases in rows}
        self._by_name = _index((name, number) for number, (name, _) in self._rows.items())
        self._by_alias = _index(
            (alias.strip(), number)
            for number, (_, aliases) in self._rows.items()
            for alias in _SEPARATOR.split(aliases or "")
        )

    @classmethod
    def of(cls, frame: pd.DataFrame) -> AssetRegister:
        """From columns ``asset_no``, ``name``, ``aliases``."""
        return cls(_register_rows(frame))

    def __len__(self) -> int:
        return len(self._rows)

    def extended(self, assets: pd.DataFrame) -> AssetRegister:
        """This register after ``assets`` were delivered: a later row replaces the one with the same number."""
        merged = {number: (number, *rest) for number, rest in self._rows.items()}
        merged.update({row[0]: row for row in _register_rows(assets)})
        return AssetRegister(merged.values())

    def find(self, reference: str) -> str | None:
        """The one asset that answers to ``reference``; None if none does or several do."""
        numbers = self._candidates(reference)
        return numbers[0] if len(numbers) == 1 else None

    def resolve(self, record: RecordType, frame: pd.DataFrame) -> Resolved:
        """Put the register's number wherever ``record`` names an asset; every different value is looked up once."""
        nothing = np.empty(0, dtype=np.int64)
        if record.asset is None or not self._rows or frame.empty:
            return Resolved(frame, nothing, [])
        codes, values = pd.factorize(frame[record.asset])
        found = [self.find(str(value)) for value in values]
        missing = np.array([number is None for number in found], dtype=bool)
        unknown = np.flatnonzero((codes >= 0) & missing[codes]) if missing.any() else nothing
        reasons = {code: self._reason(str(values[code])) for code in np.flatnonzero(missing).tolist()}
        if any(number != str(value) for number, value in zip(found, values, strict=True)):
            numbers = pd.Series([*found, None], dtype="string[pyarrow]")  # the last one is for code -1, no asset named
            kept = numbers.where(numbers.notna(), pd.Series([*values.astype(str), None], dtype="string[pyarrow]"))
            frame = frame.assign(**{record.asset: kept.take(codes).set_axis(frame.index)})
        return Resolved(frame, unknown, [reasons[code] for code in codes[unknown].tolist()])

    def _candidates(self, reference: str) -> tuple[str, ...]:
        if reference in self._rows:
            return (reference,)
        return self._by_name.get(reference) or self._by_alias.get(reference) or ()

    def _reason(self, reference: str) -> str:
        numbers = self._candidates(reference)
        if not numbers:
            return f"设备“{reference}”不在设备台账中，应为台账里的设备编号、名称或别名；补进台账后会自动重试"
        shown = "、".join(numbers[:_SHOWN]) + (" 等" if len(numbers) > _SHOWN else "")
        return f"设备“{reference}”在设备台账中对应 {len(numbers)} 台（{shown}），应写设备编号"


def _index(pairs: Iterable[tuple[str | None, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for word, number in pairs:
        if word:
            found.setdefault(word, {})[number] = None
    return {word: tuple(sorted(numbers)) for word, numbers in found.items()}


def _register_rows(frame: pd.DataFrame) -> list[tuple[str, str | None, str | None]]:
    columns = (frame[name].astype(object).where(frame[name].notna(), None) for name in ("asset_no", "name", "aliases"))
    return list(zip(*columns, strict=True))
