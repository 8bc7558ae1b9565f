"""Text on a terminal, where a Chinese character takes two cells. Standard library only: ``--help`` loads this."""

from __future__ import annotations

import re
import unicodedata

#: A piece that no line may break inside: a Latin word or one character, with the punctuation that clings to it.
_PIECE = re.compile(r"\s+|[（“「《〔]*(?:[!-~]+|\S)[，。；：、）”」》〕！？…·]*")


def cells(text: str) -> int:
    """Terminal cells that ``text`` takes: wide characters two, combining marks none."""
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    # Ambiguous characters (“”—≥) are one cell in the terminals and fonts of today.
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    """``text`` followed by blanks up to ``width`` cells."""
    return text + " " * max(0, width - cells(text))


def wrap(text: str, width: int, indent: str = "") -> str:
    """Break ``text`` into lines of at most ``width`` cells, every line but the first after ``indent``.

    Chinese may break anywhere except before closing punctuation; Latin words stay whole.
    """
    lines, line, used = [], "", 0
    for piece in _PIECE.findall(text.strip()):
        size = cells(piece)
        if line and used + size > width and not piece.isspace():
            lines.append(line.rstrip())
            line, used = indent, cells(indent)
        if piece.isspace() and not line.strip():
            continue
        line, used = line + piece, used + size
    return "\n".join([*lines, line.rstrip()])
