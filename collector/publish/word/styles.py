"""The typography of official papers (GB/T 9704): 方正小标宋 titles, 仿宋 三号 body, 28 points a line.

Fonts are named, never embedded: where one is not installed, Word and LibreOffice take the next name of its list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docx.opc.oxml import serialize_part_xml

from collector.publish.word.elements import w

TITLE_FONT, BODY_FONT, HEADING_FONT, SECOND_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
#: Font → what stands in for it where it is not installed, and its kind for those that know none of the names.
FALLBACKS: Mapping[str, tuple[str, str]] = {
    TITLE_FONT: ("方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,Noto Serif CJK SC", "roman"),
    BODY_FONT: ("仿宋,FangSong,华文仿宋,STFangsong,宋体,Noto Serif CJK SC", "roman"),
    SECOND_FONT: ("楷体,KaiTi,华文楷体,STKaiti,宋体,Noto Serif CJK SC", "roman"),
    HEADING_FONT: ("SimHei,微软雅黑,思源黑体,Noto Sans CJK SC", "swiss"),
    "宋体": ("SimSun,华文宋体,Noto Serif CJK SC", "roman"),
}
_LATIN = "Times New Roman"
#: Points of the Chinese sizes.
SIZES: Mapping[str, float] = {"二号": 22, "三号": 16, "四号": 14, "小四": 12, "五号": 10.5, "小五": 9}
_LINE = 560  # twentieths of a point: 28 points, 22 lines a page


@dataclass(frozen=True)
class Style:
    """A paragraph style; ``line`` is exact in twentieths of a point, None for a single line of the font."""

    id: str
    name: str
    font: str = BODY_FONT
    size: str = "三号"
    align: str = "left"
    indent: bool = False  # two characters before the first line
    line: int | None = _LINE
    bold: bool = False
    outline: int | None = None
    spacing: tuple[int, int] = (0, 0)
    extra: tuple[str, ...] = field(default=())
    colour: str | None = None


STYLES: tuple[Style, ...] = (
    Style("Normal", "Normal"),
    Style("BodyText", "Body Text", align="both", indent=True),
    Style("Title", "Title", TITLE_FONT, "二号", "center", line=None, spacing=(0, 240)),
    Style("Subtitle", "Subtitle", SECOND_FONT, "三号", "center"),
    Style("Heading1", "heading 1", HEADING_FONT, indent=True, outline=0, spacing=(120, 0), extra=("keepNext",)),
    Style("Heading2", "heading 2", SECOND_FONT, indent=True, outline=1, extra=("keepNext",)),
    Style("Heading3", "heading 3", BODY_FONT, indent=True, bold=True, outline=2, extra=("keepNext",)),
    Style("Caption", "caption", HEADING_FONT, "小四", "center", line=None, spacing=(120, 60), extra=("keepNext",)),
    Style("TableText", "表格文字", BODY_FONT, "五号", line=None),
    Style("TableHead", "表头文字", HEADING_FONT, "五号", "center", line=None),
    Style("Note", "注释", BODY_FONT, "小四", "both", line=None, spacing=(60, 60)),
    Style("Draft", "草稿标记", HEADING_FONT, "小四", "center", line=None, colour="C00000"),
    Style("Header", "header", "宋体", "小五", "center", line=None),
    Style("Footer", "footer", "宋体", "四号", "center", line=None),
)


def apply(document: Any) -> None:
    """Give a blank document these styles alone, and the font table with its fallbacks."""
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    for element in (_defaults(), *map(_style, STYLES), *_table_styles()):
        styles.append(element)
    part = next(part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
    part._blob = _font_table()


def _defaults() -> Any:
    language = w("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA")
    run = w("rPr", _fonts(BODY_FONT), w("sz", val=32), w("szCs", val=32), language)
    return w("docDefaults", w("rPrDefault", run), w("pPrDefault", w("pPr")))


def _style(style: Style) -> Any:
    kind = {"default": "1"} if style.id == "Normal" else {}
    custom = {} if style.name.isascii() else {"customStyle": "1"}
    made = w("style", type="paragraph", styleId=style.id, **kind, **custom)
    made.append(w("name", val=style.name))
    if style.id != "Normal":
        made.append(w("basedOn", val="Normal"))
    made.append(w("qFormat"))
    made.append(w("pPr", *_paragraph_properties(style)))
    half_points = round(SIZES[style.size] * 2)
    run = w("rPr", _fonts(style.font), w("b", val=int(style.bold)))
    if style.colour:
        run.append(w("color", val=style.colour))
    for tag in ("sz", "szCs"):
        run.append(w(tag, val=half_points))
    made.append(run)
    return made


def _paragraph_properties(style: Style) -> Iterator[Any]:
    """In the order of the schema."""
    yield from (w(tag) for tag in style.extra)
    before, after = style.spacing
    rule: dict[str, str | int]
    rule = {"line": 240, "lineRule": "auto"} if style.line is None else {"line": style.line, "lineRule": "exact"}
    yield w("spacing", before=before, after=after, **rule)
    two = round(SIZES[style.size] * 40) if style.indent else 0  # twice the size, for programs that count no characters
    yield w("ind", firstLineChars=200 if style.indent else 0, firstLine=two)
    yield w("jc", val=style.align)
    if style.outline is not None:
        yield w("outlineLvl", val=style.outline)


def _fonts(name: str) -> Any:
    return w("rFonts", ascii=_LATIN, hAnsi=_LATIN, eastAsia=name, cs=_LATIN)


def _table_styles() -> Iterator[Any]:
    margins = w("tblCellMar", *(w(side, w=size, type="dxa") for side, size in _MARGINS.items()))
    plain = w("style", type="table", styleId="TableNormal", default="1")
    for child in (w("name", val="Normal Table"), w("tblPr", w("tblInd", w=0, type="dxa"), margins)):
        plain.append(child)
    yield plain
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = w("tblBorders", *(w(side, val="single", sz=4, space=0, color="auto") for side in sides))
    grid = w("style", type="table", styleId="TableGrid")
    for child in (w("name", val="Table Grid"), w("basedOn", val="TableNormal"), w("tblPr", borders)):
        grid.append(child)
    yield grid


_MARGINS = {"top": 28, "left": 60, "bottom": 28, "right": 60}


def _font_table() -> bytes:
    fonts = w("fonts")
    for name, (others, family) in FALLBACKS.items():
        children = (w("altName", val=others), w("charset", val="86"), w("family", val=family))
        fonts.append(w("font", *children, w("pitch", val="variable"), name=name))
    fonts.append(w("font", w("family", val="roman"), w("pitch", val="variable"), name=_LATIN))
    return serialize_part_xml(fonts)
