"""Sheets of one workbook: typed cells, formats made once, A4 pages with header, footer and repeated rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from collector.publish.dossier import Dossier
from collector.publish.publication import Publication, Result, as_number
from collector.publish.standing import Standing
from collector.text import cells as text_cells

_LARGEST_EXACT = 2**53  # a cell is a double
_LONGEST_TEXT = 32_767
_A4 = 9
#: A text that begins so would run as a formula once it is edited in a cell, unless the cell is marked as text.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_HEADER_LIMIT = 80
_LINE_HEIGHT = 13.5  # points of a line of text
_UNSAFE_XML = re.compile(r"[\ud800-\udfff\ufffe\uffff]")  # the writer escapes control characters itself
_COLOURS = {"达标": "#E2EFDA", "未达标": "#F8CBAD", "覆盖不足": "#FFE699", "无数据": "#EDEDED", "未到期": "#DDEBF7"}
Style = Literal["text", "head", "title", "note", "quoted", "line", "quoted_line"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as printed everywhere, with its unit: a number whose format reads so."""

    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A difference of printed figures in ``unit``; always with its sign."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Moment:
    """UTC seconds, shown in the organisation's zone."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Day:
    """``YYYY-MM-DD`` or nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another value that leads to a cell of this workbook; ``row`` is counted from 0."""

    value: Any
    sheet: str
    row: int
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """A conclusion, coloured."""

    text: str


@dataclass(frozen=True, slots=True)
class Wide:
    """A text over several columns."""

    text: str
    columns: int


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of the column above, from row ``first`` to ``last`` (from 0), with its value."""

    value: Decimal
    first: int
    last: int


class Book:
    """What all sheets share: the publication, its dossier and the formats."""

    def __init__(self, made: Any, publication: Publication, dossier: Dossier) -> None:
        self.made, self.publication, self.dossier = made, publication, dossier
        self._numbers: dict[tuple[str, str | None], Any] = {}

    @cached_property
    def totals(self) -> list[Result]:
        """The period's results over everything."""
        return [result for result in self.publication.results if result.is_total]

    @property
    def period(self) -> str:
        """The period's label."""
        return self.dossier.period.label

    @cached_property
    def styles(self) -> dict[Style, Any]:
        """Formats of texts."""
        cell: dict[str, Any] = {"border": 1, "valign": "top", "text_wrap": True, "font_name": "宋体", "font_size": 10}
        centred = {"align": "center", "valign": "vcenter"}
        made: dict[Style, dict[str, Any]] = {
            "text": cell,
            "quoted": {**cell, "quote_prefix": True},
            "line": {**cell, "text_wrap": False},
            "quoted_line": {**cell, "text_wrap": False, "quote_prefix": True},
            "head": {**cell, **centred, "bold": True, "bg_color": "#DDEBF7", "font_name": "黑体"},
            "title": {"bold": True, "font_size": 14, "font_name": "黑体"},
            "note": {"font_size": 10, "font_name": "宋体", "font_color": "#595959"},
        }
        return {name: self.made.add_format(properties) for name, properties in made.items()}

    def number(self, pattern: str, colour: str | None = None) -> Any:
        """The format of a number or of a coloured text."""
        key = (pattern, colour)
        if key not in self._numbers:
            properties: dict[str, Any] = {"border": 1, "valign": "top", "font_name": "宋体", "font_size": 10}
            properties["num_format"] = pattern
            if colour:
                properties |= {"bg_color": colour, "align": "center"}
            self._numbers[key] = self.made.add_format(properties)
        return self._numbers[key]

    @cached_property
    def link(self) -> Any:
        """The format of what can be followed."""
        look = {"border": 1, "valign": "top", "text_wrap": True, "font_color": "#0563C1", "underline": 1}
        return self.made.add_format({**look, "font_name": "宋体", "font_size": 10})

    def sheet(self, title: str) -> Sheet:
        """A new sheet at the end."""
        return Sheet(self, self.made.add_worksheet(title))

    @property
    def standing(self) -> Standing:
        """Whether the figures are a draft or closed."""
        return self.publication.standing(self.dossier.project, self.period)

    @property
    def standing_words(self) -> tuple[str, ...]:
        """The standing in sentences."""
        summed = self.standing.summed_sentence()
        return (self.standing.sentence, *([f"汇总的各月：{summed}"] if summed else []))

    @cached_property
    def heading(self) -> str:
        """``甲法院 信息化运维 2025-03``."""
        project = self.publication.projects.get(self.dossier.project, "")
        return f"{self.publication.organization} {project} {self.period}"


class Sheet:
    """One sheet, written from top to bottom; ``row`` is the next one."""

    def __init__(self, book: Book, made: Any) -> None:
        self.book, self.made, self.row = book, made, 0
        self.widths: Sequence[float] = ()

    def page(self, widths: Sequence[float], *, tall: int = 0) -> None:
        """A4 across, as wide as its columns, with the heading and the standing above and page numbers below.

        ``tall``: at most so many pages high, 0: as many as it takes.
        """
        made, self.widths = self.made, widths
        made.set_landscape()
        made.set_paper(_A4)
        made.fit_to_pages(1, tall)
        made.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
        heading = self.book.heading[:_HEADER_LIMIT].replace("&", "&&")
        mark = self.book.standing.mark.replace("&", "&&")
        made.set_header(f'&L&"宋体"&9{heading}&R&"黑体"&9{mark}')
        made.set_footer(f'&L&"宋体"&9{made.get_name()}&R&"宋体"&9第 &P 页，共 &N 页')
        for column, width in enumerate(widths):
            made.set_column(column, column, width)

    def title(self, text: str, *notes: str) -> None:
        """A heading with remarks below it, then an empty line."""
        for line, style in ((text, "title"), *((note, "note") for note in notes)):
            if line:
                self.made.write_string(self.row, 0, clean(line), self.book.styles[style])  # type: ignore[index]
                self.row += 1
        self.row += 1

    def note(self, text: str) -> None:
        """A remark in a line of its own."""
        self.made.write_string(self.row, 0, clean(text), self.book.styles["note"])
        self.row += 1

    def head(self, labels: Sequence[str], *, freeze: int | None = None) -> None:
        """A header; with ``freeze`` it stays in sight, repeats on every page, as do so many columns in sight."""
        lines = max(self._lines(label, width) for label, width in zip(labels, self.widths, strict=False))
        self.made.set_row(self.row, max(lines, 1) * _LINE_HEIGHT + 6)
        for column, label in enumerate(labels):
            self.made.write_string(self.row, column, label, self.book.styles["head"])
        if freeze is not None:
            self.made.freeze_panes(self.row + 1, freeze)
            self.made.repeat_rows(self.row)
        self.row += 1

    def line(self, cells: Sequence[Any]) -> None:
        """A row of typed cells, high enough for its longest text."""
        lines, column = 1, 0
        for value in cells:
            across = _across(value)
            lines = max(lines, self._lines(value, sum(self.widths[column : column + across])))
            column += across
        if lines > 1:
            self.made.set_row(self.row, lines * _LINE_HEIGHT + 2)
        column = 0
        for value in cells:
            self._cell(self.row, column, value)
            column += _across(value)
        self.row += 1

    def _lines(self, value: Any, width: float) -> int:
        """Lines that a text takes in a column of so many characters; programs differ in measuring them themselves."""
        text = value.text if isinstance(value, Wide) else value.value if isinstance(value, Link) else value
        if not isinstance(text, str) or len(text) * 2 <= width:
            return 1
        return -(-(text_cells(text) + 1) // max(1, int(width)))

    def table(self, labels: Sequence[str], lines: Sequence[Sequence[Any]], *, freeze: int | None = None) -> int:
        """Header and rows; a dash where there are none. Returns the first row of the body."""
        self.head(labels, freeze=freeze)
        first = self.row
        for line in lines or [["（无）"]]:
            self.line(line)
        return first

    def gap(self) -> None:
        """An empty line."""
        self.row += 1

    def _cell(self, row: int, column: int, value: Any) -> None:
        book, made = self.book, self.made
        match value:
            case None | "":
                made.write_blank(row, column, None, book.styles["text"])
            case str():
                self.text(row, column, value)
            case Printed():
                self._printed(row, column, value.text)
            case Wide():
                last = column + value.columns - 1
                made.merge_range(row, column, row, last, clean(value.text), book.styles[_style_of(value.text)])
            case Outcome():
                made.write_string(row, column, value.text, book.number("@", _COLOURS.get(value.text, "#FFFFFF")))
            case Link():
                if value.columns > 1:
                    made.merge_range(row, column, row, column + value.columns - 1, "", book.link)
                made.write_url(row, column, f"internal:'{value.sheet}'!A{value.row + 1}", book.link, clean(value.value))
            case _:
                self._number(row, column, value)

    def _number(self, row: int, column: int, value: Any) -> None:
        book, made = self.book, self.made
        match value:
            case Change():
                digits = "0" * max(0, -int(value.value.as_tuple().exponent))
                number = "0." + digits if digits else "0"
                unit = f'"{value.unit}"' if value.unit else ""
                made.write_number(row, column, value.value, book.number(f"+{number}{unit};-{number}{unit};0{unit}"))
            case Moment():
                local = datetime.fromtimestamp(value.seconds, book.publication.zone).replace(tzinfo=None)
                made.write_datetime(row, column, local, book.number("yyyy-mm-dd hh:mm:ss"))
            case Day():
                self._day(row, column, value.text)
            case Sum():
                letter = chr(ord("A") + column)
                formula = f"=SUM({letter}{value.first + 1}:{letter}{value.last + 1})"
                made.write_formula(row, column, formula, book.number("#,##0", "#F2F2F2"), value.value)
            case int() | Decimal() if -_LARGEST_EXACT <= value <= _LARGEST_EXACT:
                made.write_number(row, column, value, book.number(_plain_pattern(value)))
            case Fraction():
                made.write_number(row, column, float(value), book.number(_plain_pattern(value)))
            case _:
                self.text(row, column, str(value))

    def text(self, row: int, column: int, value: str) -> None:
        """A text that stays one, whatever it begins with."""
        self.made.write_string(row, column, clean(value), self.book.styles[_style_of(value)])

    def lines(self, rows: Iterable[Sequence[int | str | None]]) -> None:
        """Long lists: lines that do not wrap, each written before the next is asked for, as fast as may be."""
        put_text, put_number = self.made.write_string, self.made.write_number
        line, quoted = self.book.styles["line"], self.book.styles["quoted_line"]
        whole, row = self.book.number("#,##0"), self.row
        for cells in rows:
            for column, value in enumerate(cells):
                if isinstance(value, int):
                    put_number(row, column, value, whole)
                elif value:
                    if not value.isascii() or len(value) > _LONGEST_TEXT:
                        value = clean(value)
                    put_text(row, column, value, quoted if value[:1] in DANGEROUS else line)
            row += 1
        self.row = row

    def _printed(self, row: int, column: int, text: str) -> None:
        if not re.search(r"\d", text):
            self.text(row, column, text)
        else:
            self.made.write_number(row, column, as_number(text), self.book.number(pattern_of(text)))

    def _day(self, row: int, column: int, text: str) -> None:
        if text:
            self.made.write_datetime(row, column, date.fromisoformat(text), self.book.number("yyyy-mm-dd"))
        else:
            self._cell(row, column, None)


def _across(value: Any) -> int:
    return value.columns if isinstance(value, Wide | Link) else 1


def _style_of(text: str) -> Style:
    return "quoted" if text.startswith(DANGEROUS) else "text"


def clean(text: str) -> str:
    """Without what XML cannot hold, and no longer than a cell takes."""
    return _UNSAFE_XML.sub("", str(text))[:_LONGEST_TEXT]


def pattern_of(printed: str) -> str:
    """The cell format under which a printed figure reads as printed: ``25.34分钟`` → ``0.00"分钟"``."""
    number = printed.rstrip("".join(char for char in set(printed) if char not in "0123456789.-"))
    decimals = len(number.partition(".")[2])
    unit = printed[len(number) :]
    return ("0." + "0" * decimals if decimals else "0") + ("%" if unit == "%" else f'"{unit}"' if unit else "")


def _plain_pattern(value: int | Decimal | Fraction) -> str:
    return "#,##0" if value == int(value) else "#,##0.##########"


def decimal(text: str | None) -> Decimal | None:
    """Exact decimal text as a number."""
    return None if text is None else Decimal(text)
