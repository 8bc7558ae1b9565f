"""Which records an indicator speaks of, and what each says of itself: class, site, vendor, kind …

Texts are coded once (one small integer per row), so that filters and breakdowns never touch strings again. An
asset's dated assignment at the record's moment wins over the record's own columns; the record's own count where
it names no asset of the register or the assignment leaves the field empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metrics.assets import ATTRIBUTES, Register, chosen, read_register
from metrics.errors import ConfigError
from metrics.formulas.params import DEFAULT_MOMENTS
from metrics.frames import FAR_FUTURE, Ints, integers, midnights
from metrics.indicators import Contract, Facts, Where
from metrics.records import RECORDS
from metrics.wording import WHERE_LABELS

if TYPE_CHECKING:
    import pandas as pd

Mask = NDArray[np.bool_]

#: What stands for the dimension ``kind`` and the filter ``kind`` where a record calls it something else.
_KIND_COLUMNS = {"survey": "question", "asset": "asset_class"}


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column: ``values[codes]``, code -1 where there is none."""

    codes: Ints
    values: tuple[str, ...]

    @classmethod
    def of(cls, series: pd.Series[Any]) -> Coded:
        """Code a text column."""
        codes, values = series.factorize()
        return cls(codes.astype(np.int64), tuple(str(value) for value in values))

    @classmethod
    def empty(cls, rows: int) -> Coded:
        """A column without any value."""
        return cls(np.full(rows, -1, np.int64), ())

    def take(self, kept: Mask | Ints) -> Coded:
        """The chosen rows, by mask or by position."""
        return Coded(self.codes[kept], self.values)

    def mask(self, passed: NDArray[np.bool_]) -> Mask:
        """Row by row what ``passed`` says of each value; False where there is none."""
        return np.append(passed, False)[self.codes]

    def passing(self, patterns: tuple[str, ...]) -> Mask:
        """The rows that a ``Where`` column lets through."""
        if not patterns:
            return np.ones(len(self.codes), np.bool_)
        return self.mask(chosen(np.array(self.values, object), patterns))

    def among(self, values: Iterable[str]) -> Mask:
        """The rows that hold one of ``values`` exactly."""
        wanted = set(values)
        return self.mask(np.array([value in wanted for value in self.values], np.bool_))

    def number(self, table: Mapping[str, int], otherwise: int) -> Ints:
        """Row by row the number of its value in ``table``; ``otherwise`` where it has none."""
        numbers = [table.get(value, otherwise) for value in self.values]
        return np.array([*numbers, otherwise], np.int64)[self.codes]

    def filled_from(self, other: Coded) -> Coded:
        """This column, and where it has no value the other's."""
        if not other.values:
            return self
        known = {value: code for code, value in enumerate(self.values)}
        moved = [known.setdefault(value, len(known)) for value in other.values]
        others = np.array([*moved, -1], np.int64)[other.codes]
        return Coded(np.where(self.codes >= 0, self.codes, others), tuple(known))


@dataclass(frozen=True)
class Events:
    """Records of one type in the scope of an indicator.

    ``rows`` are their positions in ``whole``, the frame of all records of the type. ``attributes`` maps the names
    that ``Where`` and the breakdowns use to coded columns; a name that the record type knows nothing of is absent.
    """

    record: str
    whole: pd.DataFrame
    rows: Ints
    row_id: Ints
    attributes: Mapping[str, Coded]

    def __len__(self) -> int:
        return len(self.row_id)

    def take(self, kept: Mask | Ints) -> Events:
        """The chosen rows, by mask or by position."""
        if kept.dtype == np.bool_ and bool(kept.all()):
            return self
        attributes = {name: column.take(kept) for name, column in self.attributes.items()}
        return Events(self.record, self.whole, self.rows[kept], self.row_id[kept], attributes)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Their rows with all columns; taking a few columns alone costs much less."""
        return self.whole.iloc[self.rows]

    def column(self, name: str) -> pd.Series[Any]:
        """One column of their rows."""
        return self.whole[name].iloc[self.rows]

    def integers(self, name: str, missing: int) -> Ints:
        """A whole-number column (instants too), null as ``missing``."""
        return integers(self.whole[name], missing)[self.rows]

    def moments(self, column: str, zone: ZoneInfo) -> Ints:
        """An instant, or a date as its local midnight; FAR_FUTURE where there is none."""
        return moments(self.column(column), self.record, zone)

    def attribute(self, name: str) -> Coded:
        """A coded column; no values where the record type knows nothing of it."""
        return self.attributes.get(name, Coded.empty(len(self)))


def moments(column: pd.Series[Any], record: str, zone: ZoneInfo) -> Ints:
    """An instant column, or a date column as local midnights; FAR_FUTURE where there is none."""
    if RECORDS[record].column(str(column.name)).kind == "date":
        return midnights(column, zone, FAR_FUTURE)
    return integers(column, FAR_FUTURE)


def before(instants: Ints, as_of: int) -> Ints:
    """Instants cut by ``as_of``: what has not happened yet is FAR_FUTURE."""
    return np.where(instants < as_of, instants, FAR_FUTURE)


def scope(
    facts: Facts, contract: Contract, where: Where, record: str, assigned_at: str | None = None, kind: str | None = None
) -> Events:
    """The records of the contract's project (its own or none) that pass ``where``.

    Args:
        assigned_at: the column of the moment for which the asset's assignment counts; default: the record's own.
        kind: the column that stands for ``kind``; default: the record's own.

    Raises:
        ConfigError: ``where`` names something that this record type does not have.
    """
    frame = facts.frames[record]
    moment = assigned_at or DEFAULT_MOMENTS[record]
    attributes = facts.remembered(
        ("attributes", contract.zone.key, record, moment, kind),
        lambda: _attributes(facts, contract.zone, record, moment, kind),
    )
    events = Events(record, frame, np.arange(len(frame)), integers(frame["row_id"], -1), attributes)
    own = attributes["project"] if "project" in attributes else Coded.empty(len(frame))
    return events.take(filtered(events, where) & ((own.codes < 0) | own.among([contract.project])))


def filtered(events: Events, where: Where) -> Mask:
    """The rows that pass ``where``; ConfigError where it names something the record type does not have."""
    passed = np.ones(len(events), np.bool_)
    for name in Where.model_fields:
        patterns: tuple[str, ...] = getattr(where, name)
        if patterns and name not in events.attributes:
            label = RECORDS[events.record].label
            raise ConfigError(f"{label}没有{WHERE_LABELS[name]}，where 不能按 {name} 筛选{label}")
        if patterns:
            passed &= events.attributes[name].passing(patterns)
    return passed


def _attributes(facts: Facts, zone: ZoneInfo, record: str, moment: str, kind: str | None) -> dict[str, Coded]:
    frame, names = facts.frames[record], RECORDS[record].names
    kind = kind or _KIND_COLUMNS.get(record, "kind")
    taken = {"asset_no", "channel", "priority", "category", *ATTRIBUTES} & set(names)
    attributes = {name: Coded.of(frame[name]) for name in taken}
    attributes["source"] = Coded.of(frame["source"])
    if kind in names:
        attributes["kind"] = Coded.of(frame[kind])
    if "asset_no" in attributes:
        register = read_register(facts, zone)
        assigned = _assigned(register, attributes["asset_no"], moments(frame[moment], record, zone))
        for name, column in assigned.items():
            attributes[name] = column.filled_from(attributes[name]) if name in attributes else column
        attributes["asset"] = attributes["asset_no"]
    return attributes


def _assigned(register: Register, asset_no: Coded, at: Ints) -> dict[str, Coded]:
    """What the register says of each record's asset at its moment; -1 where it says nothing."""
    import pandas as pd

    if not len(register.asset_no) or not asset_no.values:
        return {name: Coded.empty(len(at)) for name in ATTRIBUTES}
    numbers = register.numbers(pd.Series(list(asset_no.values), dtype="string[pyarrow]"))
    owner = np.append(numbers, -1)[asset_no.codes]
    segment = np.where(owner >= 0, register.segment_at(owner, at), -1)
    found = {}
    for name in ATTRIBUTES:
        column = Coded.of(pd.Series(register.segments.attributes[name], dtype="object"))
        found[name] = Coded(np.append(column.codes, -1)[segment], column.values)
    return found
