"""Tables: fixed widths, header rows repeated on every page, rows that are not torn apart, merged cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from docx.oxml.ns import qn

from collector.publish.word.elements import paragraph, w

Align = Literal["left", "center", "right", "both"]
_HEAD_COLOUR = "EDEDED"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, its width (in any measure: shares of the text's width) and how its cells stand."""

    label: str
    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a free layout; ``across`` and ``down`` say how many columns and rows it takes.

    Cells that another one covers are left out of their row. ``height`` in millimetres is the least of its row.
    """

    text: str = ""
    across: int = 1
    down: int = 1
    align: Align = "left"
    head: bool = False
    bold: bool = False
    height: float = 0


def table(columns: Sequence[Column], rows: Sequence[Sequence[str | Cell]], width: int) -> Any:
    """A list with one header row; texts stand as their column says."""
    header = [Cell(column.label, head=True) for column in columns]
    body = [
        [cell if isinstance(cell, Cell) else Cell(cell, align=column.align) for cell, column in _pairs(row, columns)]
        for row in rows
    ]
    return layout([column.width for column in columns], [header, *body], width, header_rows=1)


def _pairs(row: Sequence[str | Cell], columns: Sequence[Column]) -> list[tuple[str | Cell, Column]]:
    """Each cell with the column in which it begins."""
    paired, at = [], 0
    for cell in row:
        paired.append((cell, columns[at]))
        at += cell.across if isinstance(cell, Cell) else 1
    return paired


def layout(widths: Sequence[float], rows: Sequence[Sequence[Cell]], width: int, *, header_rows: int = 0) -> Any:
    """A table of ``width`` twentieths of a point; ``rows`` hold what begins in them, from left to right.

    Raises:
        ValueError: the cells of a row do not fill its columns exactly.
    """
    sizes = _sizes(widths, width)
    made = w(
        "tbl",
        w(
            "tblPr",
            w("tblStyle", val="TableGrid"),
            w("tblW", w=width, type="dxa"),
            w("jc", val="center"),
            w("tblLayout", type="fixed"),
        ),
        w("tblGrid", *(w("gridCol", w=size) for size in sizes)),
    )
    covered: dict[int, Cell] = {}  # column in which a cell from above begins → that cell
    left: dict[int, int] = {}  # how many more rows it covers
    for number, row in enumerate(rows):
        made.append(_row(row, sizes, covered, left, header=number < header_rows))
    return made


def keep_together(made: Any) -> None:
    """Let every row but the last stay with the one below it."""
    for row in made.findall(qn("w:tr"))[:-1]:
        for properties in row.iter(qn("w:pPr")):
            if properties.find(qn("w:keepNext")) is None:
                properties.insert(1, w("keepNext"))  # behind the style, as the schema has it


def _row(
    row: Sequence[Cell], sizes: Sequence[int], covered: dict[int, Cell], left: dict[int, int], header: bool
) -> Any:
    least = max((cell.height for cell in row), default=0)
    properties = [w("cantSplit")]
    if least:
        properties.append(w("trHeight", val=round(least * 56.7), hRule="atLeast"))
    if header:
        properties.append(w("tblHeader"))
    made, waiting, at = w("tr", w("trPr", *properties)), list(row), 0
    while at < len(sizes):
        above = covered.get(at)
        if above is not None:
            made.append(_cell(Cell(align=above.align, head=above.head), sizes, at, above.across, "continue"))
            left[at] -= 1
            if not left[at]:
                del covered[at], left[at]
            at += above.across
            continue
        if not waiting:
            raise ValueError(f"a row of {len(row)} cells leaves columns from {at} on empty")
        cell = waiting.pop(0)
        made.append(_cell(cell, sizes, at, cell.across, "restart" if cell.down > 1 else None))
        if cell.down > 1:
            covered[at], left[at] = cell, cell.down - 1
        at += cell.across
    if waiting or at > len(sizes):
        raise ValueError(f"a row of {len(row)} cells reaches beyond the last column")
    return made


def _cell(cell: Cell, sizes: Sequence[int], at: int, across: int, merge: str | None) -> Any:
    properties = w("tcPr", w("tcW", w=sum(sizes[at : at + across]), type="dxa"))
    if across > 1:
        properties.append(w("gridSpan", val=across))
    if merge:
        properties.append(w("vMerge", val=merge))
    if cell.head:
        properties.append(w("shd", val="clear", color="auto", fill=_HEAD_COLOUR))
    properties.append(w("vAlign", val="center"))
    style, align = ("TableHead", "center") if cell.head else ("TableText", cell.align)
    stays = (w("keepNext"),) if cell.head else ()  # a header is not left alone at the foot of a page
    return w("tc", properties, paragraph(cell.text, style, *stays, w("jc", val=align), bold=cell.bold))


def _sizes(widths: Sequence[float], width: int) -> list[int]:
    """Whole twentieths of a point that add up to ``width``."""
    total, edge, sizes = sum(widths), 0.0, []
    for share in widths:
        start, edge = round(edge), edge + share / total * width
        sizes.append(round(edge) - start)
    return sizes
