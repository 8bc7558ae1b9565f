"""The template of a paper: ours, or the court's own with its letterhead.

A template is a Word document with a paragraph ``{{正文}}`` where the paper goes, the styles of ``REQUIRED_STYLES``,
and, anywhere (headers, footers and text boxes too), placeholders of ``WORDS``. What it lacks is said, nothing is
guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from collector.publish.files import whole
from collector.publish.word.elements import clean, paragraph, w
from collector.publish.word.pages import page_number, section_break, set_page
from collector.publish.word.styles import STYLES, apply
from metrics.errors import ConfigError

BODY = "正文"
#: Placeholder → what stands there.
WORDS: Mapping[str, str] = {
    "单位": "单位全称",
    "标题": "文件的标题",
    "项目": "运维项目的名称",
    "周期": "统计周期，如 2025年3月",
    "状态": "草稿，或封账的第几版",
    "日期": "统计截止日期",
}
#: Name in the file → name as Word shows it.
REQUIRED_STYLES: Mapping[str, str] = {
    "Normal": "正文",
    "Body Text": "正文文本",
    "Title": "标题",
    "heading 1": "标题 1",
    "heading 2": "标题 2",
    "caption": "题注",
    "表格文字": "表格文字",
    "表头文字": "表头文字",
    "注释": "注释",
    "Table Grid": "网格型",
}
_MARK = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def open_template(path: Path | None, *, cover: bool = True) -> Any:
    """The template's document, checked; ours when ``path`` is None (``cover``: with a cover page).

    Raises:
        ConfigError: it cannot be read, or lacks a style or the place of the body, or has an unknown placeholder.
    """
    if path is None:
        return default_template(cover=cover)
    if not path.is_file():
        raise ConfigError("没有这个文件").within(f"模板“{path}”")
    try:
        document = Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, SyntaxError, OSError):  # lxml's is a SyntaxError
        raise ConfigError("不是能读的 Word 文档（docx）").within(f"模板“{path}”") from None
    try:
        _check(document)
    except ConfigError as error:
        raise error.within(f"模板“{path}”") from None
    return document


def write_template(path: Path) -> Path:
    """Write our template, for the court to put its letterhead into."""
    with whole(path) as beside:
        default_template().save(str(beside))
    return path


def default_template(*, cover: bool = True) -> Any:
    """A4, official typography, page numbers; where wanted a cover with all placeholders."""
    document = Document()
    apply(document)
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    properties = document.core_properties
    properties.author, properties.comments = "", ""
    properties.created = properties.modified = datetime(2000, 1, 1, tzinfo=UTC)
    section = body.find(qn("w:sectPr"))
    set_page(section)
    made = [paragraph(f"{{{{{BODY}}}}}", "BodyText")]
    if cover:
        made = [*_cover(), section_break(section), *made]
        section.append(w("pgNumType", start=1))
    for element in made:
        section.addprevious(element)
    footer = document.sections[-1].footer
    footer.is_linked_to_previous = False
    page_number(footer)
    return document


def _cover() -> Iterator[Any]:
    yield paragraph("{{单位}}", "Subtitle", w("spacing", before=3600, after=240, line=240, lineRule="auto"))
    yield paragraph("{{标题}}", "Title", w("spacing", before=240, after=480, line=240, lineRule="auto"))
    yield paragraph("{{项目}}", "Subtitle")
    yield paragraph("{{周期}}", "Subtitle")
    yield paragraph("{{状态}}", "Subtitle", w("spacing", before=3600, after=0, line=560, lineRule="exact"))
    yield paragraph("截至 {{日期}}", "Subtitle")


def style_ids(document: Any) -> dict[str, str]:
    """Our style id → the template's, found by the style's name: Word numbers them as it likes."""
    theirs = {_style_name(style): style.get(qn("w:styleId")) for style in document.styles.element.iter(qn("w:style"))}
    ours = {style.name.lower(): style.id for style in STYLES} | {"table grid": "TableGrid"}
    fallback = {"subtitle": "title", "heading 3": "heading 2", "草稿标记": "注释"}
    found = {ours[name]: theirs.get(name) or theirs.get(fallback.get(name, "")) for name in ours}
    return {ours_id: theirs_id for ours_id, theirs_id in found.items() if theirs_id is not None}


def body_mark(document: Any) -> Any:
    """The paragraph that the paper takes the place of."""
    return next(p for p in document.element.body.findall(qn("w:p")) if _text_of(p).strip() == f"{{{{{BODY}}}}}")


def fill(document: Any, words: Mapping[str, str]) -> None:
    """Put the words in the place of their placeholders, wherever these stand; what is not given becomes empty."""
    for _, para in _paragraphs(document):
        text = _text_of(para)
        for found in reversed(list(_MARK.finditer(text))):
            if found[1] != BODY:
                _replace(_pieces(para), found.start(), found.end(), clean(words.get(found[1], "")))


def _check(document: Any) -> None:
    names = {_style_name(style) for style in document.styles.element.iter(qn("w:style"))}
    missing = [shown for name, shown in REQUIRED_STYLES.items() if name.lower() not in names]
    if missing:
        raise ConfigError(
            f"缺少样式{'、'.join(f'“{name}”' for name in missing)}；可用 yunwei report --write-template 写出的模板改"
        )
    places = 0
    for where, para in _paragraphs(document):
        for name in _MARK.findall(_text_of(para)):
            if name == BODY:
                places += 1
                if (
                    where != "文中"
                    or para.getparent() is not document.element.body
                    or _text_of(para).strip()[2:-2] != BODY
                ):
                    raise ConfigError(f"“{{{{{BODY}}}}}”应独占一段，不在表格、文本框、页眉或页脚里")
            elif name not in WORDS:
                right = "、".join(f"{{{{{word}}}}}" for word in (BODY, *WORDS))
                raise ConfigError(f"{where}的“{{{{{name}}}}}”不认识；可以写：{right}")
    if places != 1:
        raise ConfigError(f"应有一处“{{{{{BODY}}}}}”，正文放在那里；现有 {places} 处")


def _style_name(style: Any) -> str:
    return str(style.find(qn("w:name")).get(qn("w:val"))).lower()


def _paragraphs(document: Any) -> Iterator[tuple[str, Any]]:
    """Every paragraph of the text, then of the headers and footers, with the word for where it stands."""
    yield from (("文中", para) for para in list(document.element.body.iter(qn("w:p"))))
    for part in document.part.package.iter_parts():
        name = str(part.partname)
        if re.fullmatch(r"/word/(header|footer)\d*\.xml", name):
            where = "页眉" if "header" in name else "页脚"
            yield from ((where, para) for para in list(part.element.iter(qn("w:p"))))


def _pieces(para: Any) -> list[Any]:
    """The paragraph's own pieces of text, without those of text boxes inside it."""
    return [t for t in para.iter(qn("w:t")) if next(t.iterancestors(qn("w:p"))) is para]


def _text_of(para: Any) -> str:
    return "".join(t.text or "" for t in _pieces(para))


def _replace(pieces: list[Any], start: int, end: int, words: str) -> None:
    """Characters ``start`` to ``end`` of the joined text become ``words``, in the format of the first of them."""
    at, given = 0, False
    for t in pieces:
        text = t.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            t.text = text[:first] + ("" if given else words) + text[last:]
            given = True
        at += len(text)
