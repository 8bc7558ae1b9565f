"""Elements of WordprocessingML in one line each: ``w("p", w("pPr", w("jc", val="center")), run("文字"))``."""

from __future__ import annotations

import re
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

#: What XML cannot hold; a vendor's cell may.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def w(tag: str, *children: Any, **attributes: str | int) -> Any:
    """The element ``w:tag``; attributes take the prefix ``w:`` too."""
    element: Any = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    for child in children:
        element.append(child)
    return element


def clean(text: str) -> str:
    """``text`` without characters that no XML document may hold."""
    return _FORBIDDEN.sub("", text)


def run(text: str, *properties: Any) -> Any:
    """Text with East Asian punctuation (“”…—); line feeds become line breaks."""
    made = w("r", w("rPr", w("rFonts", hint="eastAsia"), *properties))
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            made.append(w("br"))
        piece = w("t")
        piece.text = line
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(piece)
    return made


def paragraph(text: str, style: str, *properties: Any, bold: bool = False) -> Any:
    """A paragraph in the style with this id; ``properties`` are further children of ``w:pPr``, in schema order."""
    return w("p", w("pPr", w("pStyle", val=style), *properties), run(text, *((w("b"),) if bold else ())))


def field(instruction: str) -> list[Any]:
    """The runs of a field such as ``PAGE``."""
    code = w("instrText")
    code.text = instruction
    shown = w("t")
    shown.text = "1"
    return [
        w("r", w("fldChar", fldCharType="begin")),
        w("r", code),
        w("r", w("fldChar", fldCharType="separate")),
        w("r", shown),
        w("r", w("fldChar", fldCharType="end")),
    ]
