"""Which tables of a source a sheet holds: by its name, else by its header."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters import headers
from adapters.assemble import SERIALS_HEADER, YEAR_HEADER, TableReader
from adapters.base import Context
from adapters.cross import Crossed, CrossReader, find_cross
from adapters.fields import Surroundings
from adapters.grid import Sheet
from adapters.headers import Header, Rows
from adapters.mapping import TableConfig, TableMapping
from adapters.patterns import stem
from adapters.years import year_in
from metrics.errors import InputError

_ENOUGH = 5  # so many known columns are no chance, however many more the mapping names
_FEW = 2  # so many are none either where they are all that is needed and at least half of the sheet's own header


@dataclass
class Match:
    """A table's header on a sheet. ``named``: the mapping asks for this very sheet."""

    table: TableMapping
    header: Header
    crossed: Crossed | None
    named: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields the header lacks."""
        return tuple(dict.fromkeys(name for name, _ in headers.missing(self.header, self.table)))

    @property
    def taken(self) -> set[int]:
        """Columns it claims."""
        return set(self.header.columns.values())

    @property
    def full(self) -> bool:
        """Whether every word of the mapping was found."""
        return len(self.header.columns) == len(headers.wanted(self.table))

    @property
    def likely(self) -> bool:
        """Whether enough words were found to be no chance: of the mapping's, or of those the sheet has at all."""
        if self.named or self.crossed is not None or self.table.header.names:
            return True
        found = len(self.header.columns) + len(self.header.unclear)
        if found >= min(_ENOUGH, (len(headers.wanted(self.table)) + 1) // 2):
            return True
        return found >= max(_FEW, len(self.header.unmatched())) and not self.missing


@dataclass
class Choice:
    """What one sheet holds: tables that can be read, tables that lack a column, headers that may be by chance."""

    sheet: Sheet
    rows: Rows
    chosen: list[Match] = field(default_factory=list)
    partial: list[Match] = field(default_factory=list)
    doubtful: list[Match] = field(default_factory=list)

    def unread(self, config: TableConfig) -> str:
        """Why nothing is read from the sheet; "" where something is."""
        if self.chosen or self.partial:
            return ""
        if self.doubtful:
            return _doubted(self.doubtful[0])
        patterns = [table.sheet for table in config.tables]
        if all(wanted and not any(_called(self.sheet.title, one) for one in wanted) for wanted in patterns):
            return "名称不在配置的 sheet 之中"
        return "是隐藏的工作表" if self.sheet.hidden else "没有认出表头"

    def readers(self, config: TableConfig, context: Context, file: str) -> list[TableReader]:
        """A reader per table; InputError where a header cannot be assigned without doubt."""
        made: list[TableReader] = []
        for match in self.chosen:
            headers.check(match.header, match.table)
            around = self.around(match, file)
            if match.crossed:
                made.append(CrossReader(match.table, match.crossed, config, context, around, self.rows))
            else:
                made.append(TableReader(match.table, match.header, config, context, around, self.rows))
        return made

    def around(self, match: Match, file: str) -> Surroundings:
        """The sheet's surroundings; the year of the file's name, else the sheet's, else the rows above the header."""
        above = [cell for row in self.rows[: max(match.header.first_row - 1, 0)] for cell in row]
        outside = year_in([file]) or year_in([self.sheet.place])
        year = outside or year_in(above)
        sheet = self.sheet
        from_title = outside is None and year is not None and match.table.year is None
        return Surroundings(sheet.place, sheet.title, stem(sheet.file or file), sheet.serials_1904, year, from_title)


def choose(sheet: Sheet, config: TableConfig) -> Choice:
    """Find each table's header on ``sheet`` and keep those that belong there."""
    choice = Choice(sheet, sheet.head())
    found = [match for table in config.tables if (match := _match(sheet, choice.rows, table)) is not None]
    complete = [match for match in found if not match.missing and match.likely]
    for match in complete:
        if match.named or match.full or not any(match.taken < other.taken for other in complete):
            choice.chosen.append(match)
    claimed = set().union(*(match.taken for match in choice.chosen))
    for match in found:
        if match.missing and match.likely and (match.named or match.taken - claimed):
            choice.partial.append(match)
    choice.doubtful = [match for match in found if not match.missing and not match.likely]
    return choice


def _match(sheet: Sheet, rows: Rows, table: TableMapping) -> Match | None:
    """The table's header on the sheet, or None if there is nothing of it or it is not asked for."""
    named = sheet.named and table.sheet is not None
    if named and not any(_called(sheet.title, pattern) for pattern in table.sheet or ()):
        return None
    if sheet.hidden and not named:
        return None
    if table.cross is not None:
        crossed = find_cross(rows, sheet.merges(), table)
        return Match(table, crossed.header, crossed, named) if crossed else _nothing(table, named)
    header = headers.find(rows, sheet.merges(), table)
    return Match(table, header, None, named) if header else _nothing(table, named)


def _nothing(table: TableMapping, named: bool) -> Match | None:
    return Match(table, Header(0, 1, [], [], {}), None, named) if named and table.cross is None else None


def _called(title: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(title.strip().casefold(), pattern.strip().casefold())


def why_nothing(choices: Sequence[Choice], config: TableConfig) -> InputError:
    """The one sentence for a file of which no table can be read."""
    for choice in choices:
        for match in choice.partial:
            return lacking(choice, match)
    words = [words[0] for words in headers.wanted(config.tables[0]).values()][:4]
    listed = "、".join(f"“{word}”" for word in words)
    wanted = [pattern for table in config.tables for pattern in table.sheet or ()]
    titles = [choice.sheet.title for choice in choices if choice.sheet.named]
    if wanted and titles and not any(_called(title, pattern) for title in titles for pattern in wanted):
        return InputError(f"没有名为“{'”或“'.join(wanted)}”的工作表，文件中有 {'、'.join(titles)}")
    for choice in choices:
        for match in choice.doubtful:
            return _placed(choice, InputError(_doubted(match)))
    return InputError(
        f"前 {config.tables[0].header.within} 行中没有认出表头（应有 {listed} 等列），可能不是这个来源的文件"
    )


def _doubted(match: Match) -> str:
    """The sentence for a header of which too little is known, although nothing is missing."""
    listed = "、".join(f"“{match.header.names[column]}”" for column in sorted(match.taken))
    others = len(match.header.unmatched())
    return (
        f"第 {match.header.row} 行只认出 {listed}，还有 {others} 列不认识，可能不是这个来源的文件；"
        "若是，请在配置的 columns 中补上其余各列的叫法"
    )


def lacking(choice: Choice, match: Match) -> InputError:
    """The sentence for a table whose header lacks a required column."""
    words = headers.wanted(match.table)
    listed = "、".join(f"“{words[slot][0]}”" for slot in headers.missing(match.header, match.table))
    place = f"第 {match.header.row} 行像是表头，但" if match.header.row else ""
    return _placed(choice, InputError(f"{place}没有{match.table.type.label}必需的列 {listed}"))


def _placed(choice: Choice, error: InputError) -> InputError:
    return error.within(f"工作表“{choice.sheet.title}”") if choice.sheet.named else error


def match_names(names: Sequence[str], table: TableMapping) -> Match | None:
    """The table's header among the headers of one kept row; None if a required one is missing."""
    listed = [name for name in names if name not in (YEAR_HEADER, SERIALS_HEADER)]
    if table.cross is not None:
        crossed = find_cross(
            [listed], [], table.model_copy(update={"header": table.header.model_copy(update={"rows": 1})})
        )
        return Match(table, crossed.header, crossed, named=False) if crossed else None
    found = Match(table, headers.match(listed, table, row=0, first_row=1, written=[]), None, named=False)
    return None if found.missing or found.header.unclear or not found.header.columns else found
