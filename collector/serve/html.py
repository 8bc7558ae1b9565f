"""Just enough HTML: text is escaped where it enters, tables are for reading on screen and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Cell = str  # plain text is escaped, Html is taken as it is


def text(cell: Cell) -> Html:
    """Plain text as HTML; HTML stays."""
    return cell if isinstance(cell, Html) else Html(escape(cell))


def marked(cell: Cell, kind: str) -> Html:
    """A word that stands out: ``good``, ``bad``, ``dim``."""
    return Html(f'<span class="{escape(kind)}">{text(cell)}</span>')


def table(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]], numbers: frozenset[int] = frozenset()) -> Html:
    """A table, which scrolls by itself where it is too wide; columns in ``numbers`` (from 0) stand to the right."""

    def cells(tag: str, row: Sequence[Cell]) -> str:
        style = [' class="n"' if at in numbers else "" for at in range(len(row))]
        return "".join(f"<{tag}{style[at]}>{text(cell)}</{tag}>" for at, cell in enumerate(row))

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    head = f"<thead><tr>{cells('th', heads)}</tr></thead>"
    return Html(f'<div class="scroll"><table>\n{head}\n<tbody>\n{body}\n</tbody></table></div>')


def section(title: str, *parts: Html) -> Html:
    """A headed part of the page."""
    inner = "\n".join(parts)
    return Html(f"<section>\n<h2>{text(title)}</h2>\n{inner}\n</section>")


def paragraph(cell: Cell, kind: str = "") -> Html:
    """A paragraph."""
    return Html(f'<p class="{kind}">{text(cell)}</p>' if kind else f"<p>{text(cell)}</p>")


def listing(items: Iterable[Cell]) -> Html:
    """A list of points."""
    return Html("<ul>\n" + "\n".join(f"<li>{text(item)}</li>" for item in items) + "\n</ul>")
