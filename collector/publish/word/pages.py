"""Sections: A4 upright and across, page numbers, the draft mark on every page."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from docx.oxml.ns import qn

from collector.publish.word.elements import field, paragraph, run, w

#: A4 in twentieths of a point, with the margins of official papers (37, 35, 28 and 26 mm).
A4 = (11906, 16838)
MARGINS = {"top": 2098, "bottom": 1984, "left": 1588, "right": 1474, "header": 851, "footer": 1417, "gutter": 0}
_NARROW = {"top": 1247, "bottom": 1134, "left": 1021, "right": 1021, "header": 567, "footer": 567, "gutter": 0}
_ACROSS = {"top": 1474, "bottom": 1474, "left": 1134, "right": 1134, "header": 851, "footer": 851, "gutter": 0}


def set_page(section: Any, *, across: bool = False, narrow: bool = False) -> None:
    """Give ``w:sectPr`` the size and margins of A4.

    ``across``: landscape, with narrower margins; ``narrow``: upright, with those of a form (18 mm).
    """
    for tag in ("pgSz", "pgMar"):
        for found in section.findall(qn(f"w:{tag}")):
            section.remove(found)
    width, height = reversed(A4) if across else A4
    size = w("pgSz", w=width, h=height, **({"orient": "landscape"} if across else {}))
    margins = w("pgMar", **(_ACROSS if across else _NARROW if narrow else MARGINS))
    at = _after_references(section)
    section.insert(at, size)
    section.insert(at + 1, margins)


def text_width(section: Any) -> int:
    """Twentieths of a point between the margins."""
    size, margins = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    return int(size.get(qn("w:w"))) - sum(int(margins.get(qn(f"w:{side}"))) for side in ("left", "right"))


def section_break(section: Any) -> Any:
    """A paragraph that ends a section with the page of ``section`` (a copy); almost without height."""
    ends = deepcopy(section)
    for found in ends.findall(qn("w:type")):
        ends.remove(found)
    ends.insert(_after_references(ends), w("type", val="nextPage"))
    tight = w("spacing", before=0, after=0, line=20, lineRule="exact")
    return w("p", w("pPr", tight, ends))


def page_number(footer: Any) -> None:
    """``— 1 —`` in the middle of a footer that says nothing yet."""
    for child in list(footer._element):
        footer._element.remove(child)
    footer._element.append(w("p", w("pPr", w("pStyle", val="Footer")), run("— "), *field("PAGE"), run(" —")))


def mark_every_page(document: Any, words: str, style: str) -> None:
    """Put ``words`` below whatever the headers of all sections hold, first and even pages included."""
    seen: set[Any] = set()
    for number, section in enumerate(document.sections):
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            if number and header.is_linked_to_previous:
                continue
            element = header._element  # asking makes the header where there is none
            if element not in seen:
                seen.add(element)
                _drop_empty(element)
                element.append(paragraph(words, style))


def _drop_empty(header: Any) -> None:
    """A new header comes with an empty paragraph, which would cost a line."""
    for child in header.findall(qn("w:p")):
        if len(child.findall(qn("w:r"))) == 0 and len(header) == 1:
            header.remove(child)


def _after_references(section: Any) -> int:
    """Where the schema wants what follows the references to headers and footers."""
    first = ("headerReference", "footerReference", "footnotePr", "endnotePr")
    return sum(child.tag in {qn(f"w:{name}") for name in first} for child in section)
