"""A paper that is written from top to bottom into a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.oxml.ns import qn

from collector.publish.files import whole
from collector.publish.word.charts import Chart, chart_paragraph
from collector.publish.word.elements import paragraph, run, w
from collector.publish.word.pages import mark_every_page, section_break, set_page, text_width
from collector.publish.word.tables import Align, Cell, Column, keep_together, layout, table
from collector.publish.word.template import body_mark, fill, open_template, style_ids

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


class Paper:
    """Headings, texts and tables in the order in which they are given; see the package for an example."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._mark = body_mark(document)
        self._ids = style_ids(document)
        self._charts = 0
        self._upright: Any = None  # the section's page while it lies across
        self._empty = self._mark.getprevious() is None  # nothing stands before: a section need not be broken

    @classmethod
    def open(cls, template: Path | None, words: Mapping[str, str], *, cover: bool = True) -> Self:
        """A paper on the court's template (None: ours, ``cover`` with a cover page) with its placeholders filled.

        Raises:
            ConfigError: the template lacks something.
        """
        document = open_template(template, cover=cover)
        fill(document, words)
        title = words.get("标题", "")
        document.core_properties.title = title
        return cls(document)

    @property
    def width(self) -> int:
        """Of the text where the next thing goes, in twentieths of a point."""
        return text_width(self._section)

    def title(self, text: str) -> None:
        """The paper's title, for papers without a cover."""
        self.add(paragraph(text, "Title"))

    def heading(self, text: str, level: int = 1) -> None:
        """一、…… (1), （一）…… (2) or 1.…… (3)."""
        self.add(paragraph(text, f"Heading{level}"))

    def text(self, text: str, align: Align = "both") -> None:
        """A paragraph of the body; ``left`` for lists of codes, which would be torn apart otherwise."""
        self.add(paragraph(text, "BodyText", *(() if align == "both" else (w("jc", val=align),))))

    def note(self, text: str, align: Align = "both", *, stays: bool = False) -> None:
        """A remark in smaller type, e.g. below a table; ``stays``: with what follows it, e.g. above one."""
        self.add(paragraph(text, "Note", *((w("keepNext"),) if stays else ()), w("jc", val=align)))

    def line(self, text: str, align: Align = "left") -> None:
        """A line of the body without indent, e.g. a signature."""
        self.add(paragraph(text, "Normal", w("jc", val=align)))

    def caption(self, text: str) -> None:
        """What stands above a table or chart; it stays with it."""
        self.add(paragraph(text, "Caption"))

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str | Cell]]) -> None:
        """A list as wide as the text; its header is repeated on every page, no row is torn apart."""
        self._add_table(table(columns, rows, self.width))

    def layout(
        self,
        widths: Sequence[float],
        rows: Sequence[Sequence[Cell]],
        *,
        header_rows: int = 0,
        joined: bool = False,
        together: bool = False,
    ) -> None:
        """A free table, such as an official form; see :func:`collector.publish.word.tables.layout`.

        ``joined``: the next one follows it without a gap; ``together``: it stays on one page, if it fits on one.
        """
        made = layout(widths, rows, self.width, header_rows=header_rows)
        if together:
            keep_together(made)
        self._add_table(made, 20 if joined else 120)

    def form(self) -> None:
        """The page as wide forms have it: upright, with narrow margins."""
        set_page(self._section, narrow=True)

    def chart(self, chart: Chart, caption: str) -> None:
        """A native chart as wide as the text, its caption below."""
        self._charts += 1
        self.add(chart_paragraph(self.document, chart, self._charts, self.width, "TableText"))
        self.add(paragraph(caption, "Caption", w("keepNext", val="0")))

    def page_break(self) -> None:
        """What follows begins on a new page."""
        breaks = run("")
        breaks.append(w("br", type="page"))
        self.add(w("p", breaks))

    def across(self) -> None:
        """What follows stands on landscape pages."""
        if self._upright is None:
            kept = deepcopy(self._section)
            if not self._empty:
                self._break_section()
            self._upright = kept
            set_page(self._section, across=True)

    def upright(self) -> None:
        """What follows stands on upright pages again."""
        if self._upright is not None:
            self._break_section()
            for tag in ("pgSz", "pgMar"):
                page = deepcopy(self._upright.find(qn(f"w:{tag}")))
                self._section.replace(self._section.find(qn(f"w:{tag}")), page)
            self._upright = None

    def mark_draft(self, words: str) -> None:
        """Put ``words`` on every page, e.g. 草稿（未封账）, or which revision it is."""
        mark_every_page(self.document, words, self._ids.get("Draft", "Draft"))

    def save(self, path: Path, created: datetime | None = None) -> None:
        """Write the paper, which appears whole; the same content gives the same bytes.

        Raises:
            PassingError: the place cannot be written now.
        """
        properties = self.document.core_properties
        properties.created = properties.modified = created or datetime(2000, 1, 1, tzinfo=UTC)
        properties.last_modified_by = ""
        if self._mark.getparent() is not None:
            self._mark.getparent().remove(self._mark)
        packed = BytesIO()
        self.document.save(packed)
        with whole(path) as beside, ZipFile(packed) as made, ZipFile(beside, "w", ZIP_DEFLATED) as out:
            for name in made.namelist():
                out.writestr(ZipInfo(name, _ZIP_TIME), made.read(name), ZIP_DEFLATED)

    def add(self, element: Any) -> Any:
        """Put a block (``w:p`` or ``w:tbl`` with our style ids) next; returns it."""
        for found in element.iter(qn("w:pStyle"), qn("w:tblStyle")):
            known = found.get(qn("w:val"))
            found.set(qn("w:val"), self._ids.get(known, known))
        self._mark.addprevious(element)
        self._empty = False
        return element

    def _add_table(self, made: Any, gap: int = 120) -> None:
        """Two tables that touch would become one, so a low paragraph follows each."""
        self.add(made)
        self.add(w("p", w("pPr", w("spacing", before=0, after=0, line=gap, lineRule="exact"))))

    @property
    def _section(self) -> Any:
        """The ``w:sectPr`` that rules the place where the next thing goes."""
        for following in self._mark.itersiblings():
            found = following if following.tag == qn("w:sectPr") else following.find(qn("w:pPr") + "/" + qn("w:sectPr"))
            if found is not None:
                return found
        raise ValueError("a Word document ends with a section")

    def _break_section(self) -> None:
        """End the section here; its page numbers and its different first page belong to the part before."""
        section = self._section
        self.add(section_break(section))
        for tag in ("pgNumType", "titlePg"):
            for found in section.findall(qn(f"w:{tag}")):
                section.remove(found)
