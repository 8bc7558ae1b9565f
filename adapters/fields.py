"""The fields of a record out of the columns of a sheet: read, derived, or the same for all rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from adapters.base import Context
from adapters.faults import Faults, Found, quoted
from adapters.grid import BLANKS, Block
from adapters.headers import Header, Slot
from adapters.mapping import Elapsed, FieldMapping, Joined, Reading
from adapters.mapping_checks import Scalar
from adapters.moments import Rules
from adapters.numbers import MONEY_UNITS
from adapters.values import CellError, Parsed, Spec, blanked, read_column, read_durations
from adapters.words import words_for
from metrics.errors import InputError
from metrics.quantities import DURATION_UNITS
from metrics.records import ARROW_TYPES, Column

ARROW = {"string[pyarrow]": pa.string(), "int64[pyarrow]": pa.int64(), "bool[pyarrow]": pa.bool_()}
#: Last days by record: whether the record itself counts the day (semantics 1).
LAST_DAYS: Mapping[str, Mapping[str, bool]] = {
    "asset": {"in_service_until": False, "probed_until": False},
    "asset_assignment": {"until_on": False},
    "inspection_plan": {"due_until": True},
    "roster_entry": {"until_on": True},
}
_MIDNIGHT = r"[ T]0?0:00(:00)?$"
_NO_DAY = r"^(1899-12-3[01]|1900-01-0[01])[ T]"


@dataclass(frozen=True)
class Surroundings:
    """What is known of a sheet besides its cells.

    ``year`` completes ``3月5日``; ``year_from_title``: only the rows above the header say it, so that a row which is
    kept for later must say it itself.
    """

    place: str
    title: str
    file: str
    serials_1904: bool = False
    year: int | None = None
    year_from_title: bool = False


class FieldReader:
    """Turns the texts of a block into typed columns, one per field; knows the header."""

    def __init__(
        self, table: FieldMapping, header: Header, config: Reading, context: Context, around: Surroundings
    ) -> None:
        self.table, self.header, self.config, self.context, self.around = table, header, config, context, around
        self._rules = Rules(table.own_year or around.year, config.day_first, around.serials_1904)
        beside = [name for name in table.columns if name not in table.type.names]
        self.names = [*table.type.names, *beside]
        self.must_fill = {column.name for column in table.type.columns if self._must_fill(column)}
        self._specs = {name: self._spec(name) for name in self.names}

    def columns(self, block: Block, faults: Faults) -> dict[str, Any]:
        """Field → Arrow array, null where empty; what cannot be understood is added to ``faults``."""
        parsed = {name: self._parsed(name, block, faults) for name in self.names if name not in self.table.derived}
        for name in self._in_order():
            parsed[name] = self._derived(name, block, parsed, faults)
        columns = {name: self._filled(name, parsed[name].values) for name in self.names}
        if self.table.derived_key:
            columns[self.table.key_field] = self._hashed(columns)
        return columns

    def applicable(self, block: Block) -> NDArray[np.bool_]:
        """Rows in which no field of ``require`` is empty."""
        keep = np.ones(len(block), dtype=bool)
        for (name, _), index in self.header.columns.items():
            if name in self.table.require:
                texts = blanked(block.column(index), self._specs[name])
                keep &= pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
        return keep

    def text(self, name: str, block: Block, position: int) -> str:
        """The text as delivered that ``name`` was read from; "" if no column holds it."""
        index = next((index for (field, _), index in self.header.columns.items() if field == name), None)
        return _cell(block, index, position) if index is not None else ""

    def _spec(self, name: str) -> Spec:
        column = self.table.column(name)
        worded = column.kind in ("code", "boolean") or name in self.table.words
        return Spec(
            column,
            self.context.zone,
            self._rules,
            words_for(self.table, column) if worded else {},
            self.config.missing,
            self._unit((name, ""), self.table.units.get(name)),
            self._shift(name),
        )

    def _must_fill(self, column: Column) -> bool:
        """Required, or a number or yes/no with a column of its own: its empty cell is not taken for the default."""
        guessed = column.default is not None and column.kind in ("integer", "boolean")
        written = (column.name, "") in self.header.columns and column.name not in self.table.constants
        return column.required or (guessed and written)

    def _unit(self, slot: Slot, declared: str | None) -> str | None:
        """The unit of bare numbers; InputError where header and configuration name different ones."""
        money = slot[1] == "" and self.table.column(slot[0]).kind == "decimal"
        known: Mapping[str, int] = MONEY_UNITS if money else DURATION_UNITS
        written = self.header.unit_of(slot)
        if written is None or written not in known:
            return declared
        if declared is not None and known[written] != known[declared]:
            name = self.header.names[self.header.columns[slot]]
            raise InputError(f"列“{name}”注明的单位是“{written}”，而配置中写的是“{declared}”，应改成一致")
        return written

    def _shift(self, name: str) -> int:
        """Days that turn the source's way of counting last days into the record's."""
        counted = LAST_DAYS.get(self.table.record, {}).get(name)
        if counted is None or self.config.end_date is None:
            return 0
        return int(self.config.end_date == "inclusive") - int(counted)

    def _parsed(self, name: str, block: Block, faults: Faults) -> Parsed:
        spec = self._specs[name]
        index = self.header.columns.get((name, ""))
        if index is None:
            return Parsed(pa.nulls(len(block), ARROW[ARROW_TYPES[spec.column.kind]]))
        parsed = read_column(block.column(index), spec)
        merged = block.merged.get(index)
        if merged is not None and spec.column.kind in ("integer", "decimal"):
            for position in np.flatnonzero(merged).tolist():
                parsed.faults[position] = CellError("merged", "在合并的单元格中，无法分到各行，应拆分后逐行填写")
        self._note(name, index, parsed, block, faults)
        return parsed

    def _note(self, name: str, index: int, parsed: Parsed, block: Block, faults: Faults) -> None:
        for position, error in parsed.faults.items():
            if block.misfit is not None and block.misfit[position]:
                continue  # its cells stand in the wrong columns
            text, header = _cell(block, index, position), block.called(index, position, self.header.names)
            faults.add(position, Found(name, header, text, error.code, quoted(header, text, error.clause)))

    def _in_order(self) -> list[str]:
        """Derived fields, each after the one it starts from."""
        ordered: list[str] = []
        waiting = list(self.table.derived)
        while waiting:
            name = waiting.pop(0)
            rule = self.table.derived[name]
            (waiting if isinstance(rule, Elapsed) and rule.after in waiting else ordered).append(name)
        return ordered

    def _derived(self, name: str, block: Block, parsed: Mapping[str, Parsed], faults: Faults) -> Parsed:
        rule = self.table.derived[name]
        if isinstance(rule, Joined):
            return self._joined(name, block, faults)
        index = self.header.columns.get((name, "duration"))
        if index is None:
            return Parsed(pa.nulls(len(block), pa.int64()))
        lengths = read_durations(block.column(index), self._unit((name, "duration"), rule.unit), self.config.missing)
        start = parsed[rule.after].values
        if rule.after not in self.must_fill:  # there the empty start is a fault of its own
            lost = pc.and_(pc.is_null(start), pc.is_valid(lengths.values)).to_numpy(zero_copy_only=False)
            clause = f"无从起算，缺少{self.table.column(rule.after).label}"
            for position in np.flatnonzero(lost).tolist():
                if position not in parsed[rule.after].faults:
                    lengths.faults[position] = CellError("missing", clause)
        self._note(name, index, lengths, block, faults)
        return Parsed(pc.add(start, lengths.values))

    def _joined(self, name: str, block: Block, faults: Faults) -> Parsed:
        """A date and a time of day in two columns; the time alone may not be empty."""
        at = [self.header.columns.get((name, part), len(block.columns)) for part in ("date", "time")]
        days = pc.replace_substring_regex(block.column(at[0]), _MIDNIGHT, "")
        times = pc.replace_substring_regex(block.column(at[1]), _NO_DAY, "")
        texts = [
            f"{day} {_clock(time)}" if day and time else day or time
            for day, time in zip(days.to_pylist(), times.to_pylist(), strict=True)
        ]
        parsed = read_column(pa.array(texts, pa.string()), self._specs[name])
        half = pc.and_(pc.not_equal(days, ""), pc.equal(times, "")).to_numpy(zero_copy_only=False)
        for position in np.flatnonzero(half).tolist():
            parsed.faults[position] = CellError("missing", "只有日期，时刻一列为空")
        self._note(name, at[0] if at[0] < len(block.columns) else at[1], parsed, block, faults)
        return parsed

    def _filled(self, name: str, values: Any) -> Any:
        """Nulls filled by what holds for all rows."""
        value = self._filler(name, self.table.column(name))
        return values if value is None else pc.fill_null(values, pa.scalar(value, values.type))

    def _filler(self, name: str, column: Column) -> Scalar | None:
        """The mapping's constant, else the place's name, else the source's own, else the record's default."""
        place = {"sheet": self.around.title, "file": self.around.file}.get(self.table.places.get(name, ""))
        default = None if name in self.must_fill else column.default
        found = (self.table.constants.get(name), place, self.context.constants.get(name), default)
        value = next((value for value in found if value is not None), None)
        return str(value) if value is not None and ARROW_TYPES[column.kind] == "string[pyarrow]" else value

    def _hashed(self, columns: Mapping[str, Any]) -> Any:
        """A key for each row out of the values it was read with; null where all of them are."""
        parts = [pc.fill_null(columns[name].cast(pa.string()), "") for name in self.table.derived_key or ()]
        joined = pc.binary_join_element_wise(*parts, "\x1f") if len(parts) > 1 else parts[0]
        keys = [
            hashlib.sha256(text.encode()).hexdigest()[:16] if text.strip("\x1f") else None
            for text in joined.to_pylist()
        ]
        return pc.coalesce(columns[self.table.key_field], pa.array(keys, pa.string()))


def _cell(block: Block, index: int, position: int) -> str:
    text: str = block.columns[index][position].as_py() if index < len(block.columns) else ""
    return text.strip(BLANKS)


def _clock(time: str) -> str:
    """A time of day; Excel's fraction of a day is written out."""
    if not (time.startswith("0.") and time[2:].isascii() and time[2:].isdigit()):
        return time
    seconds = round(Fraction(time) * 86_400)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
