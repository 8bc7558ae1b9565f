"""Indicators in tables: 一级指标, 二级指标, 三级指标, 指标值, with merged cells, one table or several a project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from adapters.papers import Line, Table
from collector.targets.entries import Claim, Entry, Group, Stray
from collector.targets.form import Label, Role, is_form_word, label_of, money_unit, role_of
from collector.targets.joined import join, plain, squeezed
from collector.targets.running import read_running

Columns = dict[Role, tuple[int, ...]]
_VALUES: tuple[Role, ...] = ("year", "term")
_SAME_TABLE = "与指标写在同一张表里"


@dataclass
class TableReader:
    """Reads one table after the other; what it found is in ``groups`` and ``strays``."""

    groups: list[Group] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    _columns: Columns = field(default_factory=dict)
    _listed: dict[int, Label] = field(default_factory=dict)
    _levels: list[str] = field(default_factory=lambda: ["", ""])
    _width: int = 0
    _unit: str = ""
    _own: Group | None = None  # the group of the table being read

    def read(self, table: Table) -> None:
        """Take one table. One without a head goes on where a table of the same width ended."""
        goes_on = bool(self._columns) and self._width == len(table.rows[0]) and not _has_head(table.rows)
        if not goes_on:
            self._columns, self._listed, self._levels, self._own, self._unit = {}, {}, ["", ""], None, ""
        self._width = len(table.rows[0])
        for number, row in enumerate(table.rows, start=1):
            cells = tuple(squeezed(cell) for cell in row)
            if any(cells):
                self._row(f"{table.place} 第 {number} 行", cells)

    def _row(self, place: str, cells: tuple[str, ...]) -> None:
        self._unit = money_unit("".join(cells)) or self._unit
        columns = _head(cells)
        listed = _listing(cells)
        if columns:
            self._columns, self._listed = columns, {}
        elif self._columns and _second_head(cells):
            self._columns = _with_second_head(self._columns, cells)
        elif listed:
            self._listed, self._columns = listed, {}
        elif self._labels(place, cells):
            return
        elif self._listed:
            self._project_row(place, cells)
        elif self._columns:
            self._indicator(place, cells)
        else:
            self._stray(place, cells)

    def _group(self, *, new: bool = False) -> Group:
        if self._own is None or (new and (self._own.entries or self._own.names)):
            self._own = Group()
            self.groups.append(self._own)
        return self._own

    def _labels(self, place: str, cells: Sequence[str]) -> bool:
        """A row of labels with their values; False if it is none."""
        filled = [cell for cell in cells if cell]
        first = next((at for at, cell in enumerate(filled[:2]) if label_of(cell)), None)
        if first is None or (self._columns and label_of(filled[first]) == ("indicators", "") and len(filled) > 1):
            return False
        waiting, before = None, ""
        for cell in filled:
            found = label_of(cell)
            if found and found[1]:
                self._claim(place, found[0], found[1], cell)
                waiting = None
            elif found:
                waiting, before = found[0], cell
            elif waiting:
                self._claim(place, waiting, cell, f"{before.rstrip('：:')}：{cell}")
                waiting = None
            elif not is_form_word(cell):
                self.strays.append(Stray(place, cell))
        return True

    def _claim(self, place: str, label: Label, text: str, whole: str) -> None:
        """Keep ``text`` for what its label says it is; ``whole`` is the text with its label."""
        if label == "indicators":
            self._running(place, text)
            return
        if label == "other":
            self.strays.append(Stray(place, whole))
            return
        group = self._group(new=label == "name")
        if label == "name":
            self._columns = {}
        elif label == "amount":
            text = _money(text, self._unit)
        {"name": group.names, "amount": group.amounts, "goal": group.goals}[label].append(
            Claim(text, place, "高", _SAME_TABLE)
        )

    def _project_row(self, place: str, cells: Sequence[str]) -> None:
        """A row of a list of projects: every cell by the label over its column."""
        named = [at for at, label in self._listed.items() if label == "name"]
        if any(cells[at] for at in named):
            self._group(new=True)
        for at, cell in enumerate(cells):
            label = self._listed.get(at)
            if not cell or is_form_word(cell):
                continue
            if label is None:
                self.strays.append(Stray(place, cell))
            elif label == "name":
                self._group().names.append(Claim(cell, place, "高", _SAME_TABLE))
            else:
                self._claim(place, label, cell, cell)

    def _running(self, place: str, text: str) -> None:
        """Running text inside a cell."""
        joined = join([Line(place, text)])
        found = read_running(joined)
        self._group().entries.extend(entry for _, entry in found.entries)
        self.strays.extend(found.strays)
        self.strays.extend(Stray(place, joined.text[start:end]) for start, end in found.rest)

    def _indicator(self, place: str, cells: Sequence[str]) -> None:
        got = {role: "".join(cells[at] for at in columns if at < len(cells)) for role, columns in self._columns.items()}
        self._beside(place, cells)
        self._fill_levels(got.get("one", ""), got.get("two", ""))
        name, values = got.get("three", ""), {role: got.get(role, "") for role in _VALUES}
        if not name:
            if any(values.values()):
                text = "".join(values.values())
                self.strays.append(Stray(place, text, "有指标值，没有三级指标的名称"))
            return
        sign, unit = got.get("sign", ""), got.get("unit", "")
        year, term = (_whole(value, sign, unit) for value in values.values())
        number = got.get("number", "")
        entry = Entry(
            tuple(level for level in self._levels if level),
            name,
            year,
            term,
            place,
            int(number) if re.fullmatch(r"\d{1,3}", number) else None,
            got.get("weight", ""),
        )
        if not all(self._levels):
            entry = replace(entry, doubts=("一级或二级指标空白，请补全级别",))
        self._group().entries.append(entry)

    def _fill_levels(self, one: str, two: str) -> None:
        """A merged cell has its text in its first row only; a new first level forgets the second."""
        if one:
            self._levels = [one, two]
        elif two:
            self._levels[1] = two

    def _beside(self, place: str, cells: Sequence[str]) -> None:
        """What stands in columns that the head does not know."""
        used = {at for columns in self._columns.values() for at in columns}
        self._stray(place, [cell for at, cell in enumerate(cells) if at not in used])

    def _stray(self, place: str, cells: Sequence[str]) -> None:
        text = " | ".join(cell for cell in cells if cell and not is_form_word(cell))
        if text:
            self.strays.append(Stray(place, text))


def _has_head(rows: Sequence[Sequence[str]]) -> bool:
    return any(_head(row) or _listing(row) or any(label_of(cell) for cell in row) for row in rows)


def _head(cells: Sequence[str]) -> Columns:
    """The columns by what they hold, if this row is the head of a table of indicators; else empty.

    A head without text belongs to the one before it: a merged head over columns that are not merged below.
    """
    columns: Columns = {}
    last: Role | None = None
    for at, cell in enumerate(cells):
        if cell:
            last = role_of(cell)
            if last in columns:
                last = None  # a second table beside the first one
        if last is not None:
            columns[last] = (*columns.get(last, ()), at)
    return columns if "three" in columns and ("year" in columns or "term" in columns) else {}


def _second_head(cells: Sequence[str]) -> bool:
    """Whether a row only says which of the values is the year's and which the term's."""
    filled = [role_of(cell) for cell in cells if cell]
    return len(filled) > 1 and all(role in _VALUES for role in filled)


def _with_second_head(columns: Columns, cells: Sequence[str]) -> Columns:
    named: Columns = {role: at for role, at in columns.items() if role not in _VALUES}
    for role, at in _value_columns(cells):
        named[role] = (at,)
    return named


def _value_columns(cells: Sequence[str]) -> Iterator[tuple[Role, int]]:
    for at, cell in enumerate(cells):
        role = role_of(cell) if cell else None
        if role is not None:
            yield role, at


def _listing(cells: Sequence[str]) -> dict[int, Label]:
    """The columns of a list of projects, if every word of this row is a label and one of them the name."""
    labels = {at: found[0] for at, cell in enumerate(cells) if cell and (found := label_of(cell)) and not found[1]}
    filled = [at for at, cell in enumerate(cells) if cell and role_of(cell) != "number"]
    complete = len(labels) > 1 and set(filled) == set(labels) and "name" in labels.values()
    return labels if complete else {}


def _whole(value: str, sign: str, unit: str) -> str:
    """The target with the sign and the unit that stand in columns of their own."""
    if not value or not re.search(r"\d", value):
        return value
    clean = plain(value)
    prefix = sign if sign and not re.match(r"[≥≧>≤≦<=]", clean) and not re.fullmatch(r"定[性量]", sign) else ""
    suffix = unit if unit and re.fullmatch(r"[≥≧>≤≦<=]*[\d.,]+", clean) else ""
    return f"{prefix}{value}{suffix}"


def _money(text: str, unit: str) -> str:
    """An amount with the unit the form gives all of them."""
    return f"{text}{unit}" if unit and re.fullmatch(r"[\d.,]+", plain(text)) else text
