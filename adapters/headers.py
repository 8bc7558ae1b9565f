"""Where the header is and which column each field takes: found by words, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.grid import Merge
from adapters.mapping import Elapsed, TableMapping
from adapters.numbers import MONEY_UNITS
from metrics.errors import InputError
from metrics.quantities import DURATION_UNITS

#: Columns that number the lines of a sheet and say nothing.
NUMBERING = frozenset(("序号", "行号", "no", "no.", "#"))
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_BRACKET_UNIT = re.compile(r"[(\[【]\s*(?:单位:?)?([^()\[\]【】]+?)[)\]】]")

Rows = Sequence[Sequence[str]]
#: A field, or a part of a derived one: ``("resolved_at", "duration")``.
Slot = tuple[str, str]


@dataclass
class Header:
    """A header that was found.

    Attributes:
        row: the last header row, 1-based; 0 where the file has none.
        first_row: its first row.
        names: what each column is called, ``上级/下级`` under a two-row header, ``第3列`` without a word.
        written: the texts of the header rows themselves, to recognise them when they come again.
        columns: slot → column; a plain field has the slot ``(field, "")``.
        unclear: slot → the columns that fit it equally well.
    """

    row: int
    first_row: int
    names: list[str]
    written: list[list[str]]
    columns: dict[Slot, int]
    unclear: dict[Slot, list[int]] = field(default_factory=dict)

    def name_of(self, field_name: str) -> str:
        """The header of the column that ``field_name`` comes from; "" if none does."""
        for (name, _), column in self.columns.items():
            if name == field_name:
                return self.names[column]
        return ""

    def unit_of(self, slot: Slot) -> str | None:
        """The unit that the header itself names, as in ``时长（分钟）``."""
        column = self.columns.get(slot)
        words = _BRACKET_UNIT.findall(_plain(self.names[column])) if column is not None else []
        return next((word.strip() for word in words if word.strip() in {*MONEY_UNITS, *DURATION_UNITS}), None)

    def unmatched(self) -> tuple[str, ...]:
        """Named columns that no field takes or might take."""
        taken = {*self.columns.values(), *(column for columns in self.unclear.values() for column in columns)}
        return tuple(
            name
            for index, name in enumerate(self.names)
            if index not in taken and not re.fullmatch(r"第\d+列", name) and normal(name) not in NUMBERING
        )


def normal(word: str) -> str:
    """A header word as it is compared: half-width, without blanks, marks and case."""
    return re.sub(r"[\s*:?_]+", "", _plain(word)).casefold()


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word)


def find(rows: Rows, merges: Iterable[Merge], table: TableMapping) -> Header | None:
    """The best header among the first rows, or None if no row has even one of the words."""
    if table.header.names:
        return match(list(table.header.names), table, row=0, first_row=1, written=[])
    best: tuple[int, Header] | None = None
    for names, first, written in _candidates(rows, list(merges), table.header.rows, table.header.within):
        header = match(names, table, row=first + len(written), first_row=first + 1, written=written)
        score = len(header.columns) + len(header.unclear)
        if score > 0 and (best is None or score > best[0]):
            best = score, header
    return best[1] if best else None


def match(names: list[str], table: TableMapping, row: int, first_row: int, written: list[list[str]]) -> Header:
    """Assign columns called ``names`` to the table's fields; earlier aliases and whole words come first."""
    variants = [_variants(name) for name in names]
    header = Header(row, first_row, _distinct(names), written, {})
    for slot, words in wanted(table).items():
        for word in words:
            found = _columns_called(normal(word), variants)
            if len(found) == 1:
                header.columns[slot] = found[0]
            elif found:
                header.unclear[slot] = found
            if found:
                break
    return header


def wanted(table: TableMapping) -> dict[Slot, tuple[str, ...]]:
    """Every slot a header is looked for, with its words."""
    slots: dict[Slot, tuple[str, ...]] = {(name, ""): words for name, words in table.columns.items()}
    for name, rule in table.derived.items():
        if isinstance(rule, Elapsed):
            slots[name, "duration"] = rule.duration
        else:
            slots[name, "date"], slots[name, "time"] = rule.date, rule.time
    return slots


def missing(header: Header | None, table: TableMapping) -> tuple[Slot, ...]:
    """Slots of required fields that have no column and are not filled otherwise."""
    others = {*table.constants, *table.place, *({table.key_field} if table.derived_key or table.cross else ())}
    required = {column.name for column in table.type.columns if column.required and column.default is None}
    have = {*header.columns, *header.unclear} if header else set()
    return tuple(
        slot for slot in wanted(table) if slot[0] in (required | set(table.require)) - others and slot not in have
    )


def check(header: Header, table: TableMapping) -> None:
    """InputError if a needed column is missing or a word fits several columns."""
    lacking = missing(header, table)
    if lacking:
        words = wanted(table)
        listed = "、".join(f"“{words[slot][0]}”" for slot in lacking)
        place = f"第 {header.row} 行像是表头，但" if header.row else ""
        raise InputError(f"{place}没有{table.type.label}必需的列 {listed}")
    for slot, columns in header.unclear.items():
        raise InputError(_doubt(table.column(slot[0]).label, [header.names[column] for column in columns]))


def _doubt(label: str, names: list[str]) -> str:
    """Why none of several columns can be taken."""
    alike = {re.sub(r"#\d+$", "", name) for name in names}
    if len(alike) == 1:
        return f"有 {len(names)} 列的表头都是“{alike.pop()}”，分不清哪一列是{label}，请只留一列或改写其他列的表头"
    listed = "、".join(f"“{name}”" for name in names)
    return f"有 {len(names)} 列都像是“{label}”（{listed}），请在配置中写明用哪一列的表头"


def _candidates(
    rows: Rows, merges: list[Merge], depth: int, within: int
) -> Iterator[tuple[list[str], int, list[list[str]]]]:
    """Every row, or pair of rows, as names of columns with its first index and its own texts."""
    for first in range(min(within, len(rows) - depth + 1)):
        upper = list(rows[first])
        if depth == 1:
            if any(upper):
                yield upper, first, [upper]
            continue
        lower = list(rows[first + 1])
        width = max(len(upper), len(lower))
        upper += [""] * (width - len(upper))
        lower += [""] * (width - len(lower))
        if any(upper) and any(lower):
            yield _joined(_spread(upper, lower, first, merges), lower), first, [upper, lower]


def _spread(upper: list[str], lower: list[str], first: int, merges: list[Merge]) -> list[str]:
    """The upper words over all the columns they stand above."""
    spread, current = [], ""
    for column, word in enumerate(upper):
        if word:
            current = word if lower[column] else ""  # a word over both rows heads one column only
        elif not lower[column]:
            current = ""
        spread.append(word or current)
    for top, left, bottom, right in merges:
        if top == bottom == first and left < len(upper):
            for column in range(left, min(right + 1, len(upper))):
                spread[column] = upper[left]
    return spread


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    return [f"{a}/{b}" if a and b and a != b else a or b for a, b in zip(upper, lower, strict=True)]


def _variants(name: str) -> tuple[str, ...]:
    """What a column may be called, the best first: in full, without brackets, the lower word alone."""
    full = normal(name)
    lower = normal(name.rpartition("/")[2])
    spellings = (full, _BRACKETS.sub("", full), lower, _BRACKETS.sub("", lower))
    return tuple(dict.fromkeys(word for word in spellings if word))


def _columns_called(word: str, variants: list[tuple[str, ...]]) -> list[int]:
    """The columns that fit ``word`` best; more than one only if equally well."""
    for rank in range(4):
        found = [index for index, words in enumerate(variants) if len(words) > rank and words[rank] == word]
        if found:
            return found
    return []


def _distinct(names: list[str]) -> list[str]:
    """Every column gets a name of its own, so that a whole row can be kept by them."""
    seen: dict[str, int] = {}
    result = []
    for index, name in enumerate(names):
        name = name or f"第{index + 1}列"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return result
